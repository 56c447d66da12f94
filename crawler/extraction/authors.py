"""Who wrote it: persons and agencies, without the words around their names."""

# ruff: noqa: E501 (tables of words and patterns, one thought a line)

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from crawler.extraction.blocks import Page
from crawler.extraction.headline import meta_value
from crawler.extraction.structured import Claims
from crawler.extraction.text import key
from news.article import Evidence
from news.dates import date_begins

BY = re.compile(
    r"^\W*(?:(?:written|reported|posted|story|text|words|article|review|analysis|opinion|published|photos?|aus .{3,20}|ein .{3,30}|eine .{3,30})\s+)?"
    r"(?:by|von|vom|par|por|di|door|autor(?:in|es)?|authors?|przez|af|av|tekst|texto de|de notre correspondant|reporter|oleh|автор)\b[:\s]\s*",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*(?:[;|/•·]|,(?!\s*(?:jr|sr|md|phd)\b))\s*", re.IGNORECASE)
_AND = re.compile(r"\s(?:and|und|et|y|e|en|oraz|i|with|mit|&|og|och)\s", re.IGNORECASE)
_CUT = re.compile(
    r"\s*(?:\(|\[|\bfor\b|\bfür\b|\bin\b (?=[A-Z])|\bupdated\b|\bpublished\b|\bpublié\b|\bposted\b|\bis an?\b|\bist\b|\b\d|@|https?:|\bfollow\b|\bfolgen\b|\||–|—| - |\bvia\b"
    r"|\bstaff (?:writer|reporter)\b|\bsenior\b|\bcorrespondent\b|\bcontributor\b|\breporter\b|\beditor\b|\bredakteur|\bkorrespondent).*$",
    re.IGNORECASE | re.DOTALL,
)
_NOBODY = re.compile(
    r"^(?:admin|administrator|editor|editors|staff|author|redaktion|redaction|rédaction|redacción|redazione|redactie|redakcja|redação|the editors|"
    r"follow|view|more|read|share|team|guest|unknown|none|null|undefined|newsroom|online|web|contact|profile|bio|see all|by|about|email|posts|comments?)\b",
    re.IGNORECASE,
)
# Names of this kind begin with some of these words, so the whole must be one.
_NO_NAME = re.compile(
    r"(?:am|do|ph\.?d\.?|m\.?d\.?|news|press release|no author|author name|editorial|columnist|anonymous|anonym|anónimo|welcome|log ?(?:in|out)?|your account|name|datum|date|published"
    r"|veröffentlicht|opublikowano|publicado|publié|pubblicato|(?:mon|tues|wednes|thurs|fri|satur|sun)day|show all .*|(?:getty images|shutterstock|istock).*)",
    re.IGNORECASE,
)
_TWICE = re.compile(r"(.{4,}) \1")
_HOST = re.compile(r"^\S+\.(?:com|org|net|de|at|ch|fr|es|it|nl|pl|pt|uk)\b", re.IGNORECASE)
_NOT_NAME = re.compile(r"[<>{}=_\\]|https?:|www\.|\.com\b|\d{2}|[?!:]|\.{2}")
_PARTICLES = frozenset(
    [
        "von",
        "van",
        "de",
        "der",
        "den",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "das",
        "du",
        "la",
        "le",
        "el",
        "al",
        "bin",
        "ibn",
        "ter",
        "ten",
        "zu",
        "y",
        "e",
        "af",
        "av",
        "und",
        "of",
        "the",
        "and",
    ]
)
_MOST = 12


def find_authors(
    page: Page, claims: Claims, sites: frozenset[str], headline_at: int
) -> tuple[tuple[str, ...], list[Evidence]]:
    """Names in page order, each once; the raw texts they were taken from as evidence."""
    for source, said in (("json-ld", claims.authors), ("meta", _meta(page)), ("visible", _bylines(page, headline_at))):
        raw = [text for text in said if text and text.strip()][:40]
        names = tuple(_clean(raw, sites))
        if names:
            return names[:_MOST], [Evidence("authors", source, text[:200]) for text in raw[:_MOST]]
    return (), []


def _meta(page: Page) -> list[str]:
    wanted = (
        "author",
        "article:author",
        "article:author_name",
        "parsely-author",
        "sailthru.author",
        "dc.creator",
        "dcterms.creator",
        "byl",
        "authors",
    )
    said = [
        content for name in wanted for found, content in page.meta if found == name and not content.startswith("http")
    ]
    return said or [meta_value(page, "twitter:creator:name", "cxenseparse:author", "creator")]


def _bylines(page: Page, headline_at: int) -> Iterator[str]:
    for name, content, node in islice(page.props, 10 * _MOST):
        if name == "author":
            yield content or node.text(separator=" ")
    near = (node for at, node in page.names if headline_at - 6 <= at <= headline_at + 12)
    for node in islice(near, _MOST):
        text = " ".join(node.text(separator=" ").split())
        if 3 < len(text) < 120:
            yield text
    for piece in page.pieces[max(0, headline_at - 4) : headline_at + 12]:
        if len(piece.text) < 100 and BY.match(piece.text):
            yield piece.text


def _clean(raw: Iterable[str], sites: frozenset[str]) -> Iterator[str]:
    """Names, each once; of "Jim Walsh" and "Jim Walsh Evening Post" the one that is only a name."""
    names: dict[str, str] = {}
    for text in raw:
        for part in _parts(_CUT.sub("", _before_date(BY.sub("", " ".join(text.split())[:300])))):
            name = _CUT.sub("", BY.sub("", part)).strip(" ,.;:-–—|*\"'“”")
            name = _TWICE.sub(r"\1", name) if _TWICE.fullmatch(name) else name
            if _is_name(name, sites):
                names.setdefault(key(name), name)
    for folded, name in names.items():
        if not any(folded != other and folded.startswith(other) and " " in names[other] for other in names):
            yield name


def _before_date(text: str) -> str:
    return text[: date_begins(text)]


def _parts(text: str) -> list[str]:
    """The names in a list of names; "Telegram & Gazette" is one, since neither half could be a person's."""
    parts: list[str] = []
    if "," in text and _HOST.match(text):  # "outlet.de, Frankfurt, Germany"
        return []
    for item in _SPLIT.split(text):
        halves = _AND.split(item)
        parts.extend(halves if all(len(half.split()) > 1 for half in halves) else [item])
    return parts


def _is_name(name: str, sites: frozenset[str]) -> bool:
    if (
        not 2 <= len(name) <= 60
        or _NOBODY.match(name)
        or _NO_NAME.fullmatch(name)
        or _NOT_NAME.search(name)
        or key(name) in sites
    ):
        return False
    words = name.split()
    if len(words) > 6:
        return False
    return all(
        word[0].isupper() or not word[0].isalpha() or word.lower() in _PARTICLES or not word.isascii() for word in words
    ) or (
        len(words) == 1 and name.isalpha() and len(name) <= 5  # an agency: dpa, afp, apa
    )
