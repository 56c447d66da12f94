"""Who wrote it: persons and agencies, without the words around their names."""

# ruff: noqa: E501 (tables of words and patterns, one thought a line)

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from crawler.extraction.blocks import Page
from crawler.extraction.headline import meta_value
from crawler.extraction.hints import Hint
from crawler.extraction.names import LIST, byline_of, groups_in, is_by_alone, names_in, says_by
from crawler.extraction.structured import Claims
from crawler.extraction.text import key
from news.article import Evidence
from news.dates import date_begins, parse_date

_META = (
    "author",
    "article:author",
    "article:author_name",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "authors",
    "dc.author",
    "citation_author",
)
_WRITTEN_BY = re.compile(
    r"(?:written|posted) by|author|verfasst von|geschrieben von|autor|écrit par|auteur|escrito por|scritto da|geschreven door|napisane przez",
    re.IGNORECASE,
)
_AUTHOR_PROPS = frozenset(("author", "creator"))
_NOT_HERE = Hint.COMMENT | Hint.RELATED | Hint.NAVIGATION | Hint.AD | Hint.PROMO | Hint.CAPTION
_ELSEWHERE = _NOT_HERE & ~Hint.NAVIGATION | Hint.TAGS | Hint.SHARE
_WORD = r"(?:[^\W\d_a-z][^\W\d_]+(?:[-'’][^\W\d_]+)?|[A-Z]\.)"
_ALONE = re.compile(rf"{_WORD}(?: (?:de|van|von|der|bin|al|del|di|da))?(?: {_WORD}){{1,2}}")
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_JOINT = re.compile(r"^(?:,|&|and\b|und\b|et\b|y\b|e\b|en\b)|(?:,|&|\band|\bund|\bet|\by|\ben)$", re.IGNORECASE)
_PARTS = 8  # lines that a byline may be cut into
_PARAGRAPH = 160  # characters; the text has begun
_BEFORE, _BEHIND = 6, 12  # blocks around the headline among which a byline is looked for
_LINE = 120  # characters; a byline is shorter
_MOST = 12  # names
_TOGETHER = 3  # names in microdata; more of them are those who comment
_LOOKED_AT = 40  # texts


def find_authors(
    page: Page, claims: Claims, sites: frozenset[str], headline_at: int
) -> tuple[tuple[str, ...], list[Evidence]]:
    """Names in page order, each once; the raw texts they were taken from as evidence.

    Persons and agencies count before editorial teams and the outlet itself, which are named only where the page names
    nobody else.
    """
    others: list[tuple[tuple[str, ...], list[Evidence]]] = []
    agencies = frozenset(map(key, claims.agencies))
    for source, said in _sources(page, claims, headline_at):
        raw = [text for text in islice(said, _LOOKED_AT) if text and not text.isspace()]
        names = names_in(raw, sites, trusted=source != "visible")[:_MOST]
        evidence = [Evidence("authors", source, text[:200]) for text in raw[:_MOST]]
        if any(key(name) not in agencies for name in names):
            return _as_shown(names, page, headline_at, source), evidence
        if names or groups_in(raw, sites):
            others.append((names or groups_in(raw, sites)[:1], evidence))
    return others[0] if others else ((), [])


def _sources(page: Page, claims: Claims, headline_at: int) -> Iterator[tuple[str, Iterable[str]]]:
    yield "json-ld", claims.authors
    yield "meta", _meta(page)
    yield "microdata", _props(page)
    yield "visible", _marked(page, headline_at)
    yield "visible", _lines(page, headline_at)
    yield "visible", _last_lines(page, headline_at)
    yield "visible", _alone(page, claims, headline_at)


def _meta(page: Page) -> list[str]:
    said = [
        content for name in _META for found, content in page.meta if found == name and not content.startswith("http")
    ]
    if not said:
        said = [meta_value(page, "twitter:creator:name", "cxenseparse:author", "creator")]
    for number in "12":  # as WordPress tells it to Slack: a label and what it stands for
        if _WRITTEN_BY.fullmatch(meta_value(page, f"twitter:label{number}")):
            said.append(meta_value(page, f"twitter:data{number}"))
    return said


def _props(page: Page) -> Iterator[str]:
    return (
        content or node.text(separator=" ")
        for name, content, node in islice(page.props, 10 * _MOST)
        if name in _AUTHOR_PROPS
    )


def _marked(page: Page, headline_at: int) -> Iterator[str]:
    """Texts of elements around the headline that call themselves a byline; those below it first."""
    near = [(at < headline_at, node) for at, node in page.names if headline_at - _BEFORE <= at <= headline_at + _BEHIND]
    for _, node in sorted(near, key=lambda item: item[0])[:_MOST]:
        text = " ".join(node.text(separator=" ").split())
        if 3 < len(text) < _LINE:
            yield text


def _lines(page: Page, headline_at: int) -> Iterator[str]:
    """Lines around the headline that say "by", with what continues them."""
    near = page.pieces[max(0, headline_at - 4) : headline_at + _BEHIND]
    for n, piece in enumerate(near):
        if len(piece.text) < _LINE and (says_by(piece.text) or is_by_alone(piece.text)):
            yield _continued([line.text for line in near[n : n + _PARTS]])[:_LINE]


def _continued(lines: Sequence[str]) -> str:
    """The first line and those that go on with it: "By", "Jane Miller", "and", "Ed Ito"."""
    text = lines[0]
    open_end = is_by_alone(text) or bool(_JOINT.search(text))
    for line in lines[1:]:
        if len(line) > _LINE or not (open_end or _JOINT.match(line)):
            break
        text += f" {line}"
        open_end = bool(_JOINT.search(line))
    return text


def _last_lines(page: Page, headline_at: int) -> Iterator[str]:
    """Lines behind the text that say nothing but "by" and a name."""
    for piece in page.pieces[headline_at + _BEHIND :]:
        if len(piece.text) < 60 and not piece.box.settled & _NOT_HERE and LIST.fullmatch(piece.text):
            yield piece.text


def _as_shown(names: tuple[str, ...], page: Page, headline_at: int, source: str) -> tuple[str, ...]:
    """Of the names in the markup those that the page shows in its byline.

    Photographers and editors are declared as well, and who comments is marked as an author in microdata.
    """
    if len(names) == 1 or source not in ("json-ld", "microdata"):
        return names
    near = page.pieces[max(0, headline_at - _BEFORE) : headline_at + _BEHIND]
    lines = map(byline_of, _lines(page, headline_at)) if source == "json-ld" else (piece.text[:_LINE] for piece in near)
    shown = [key(line) for line in lines]
    seen = tuple(name for name in names if any(key(name) in line for line in shown))
    return seen or (names if source == "json-ld" or len(names) <= _TOGETHER else names[:1])


def _alone(page: Page, claims: Claims, headline_at: int) -> Iterator[str]:
    """A line between headline and text that is a name and nothing else, beside a date or above the first paragraph.

    Two such lines are a menu.
    """
    known = {key(text) for text in (claims.section, *claims.keywords)}
    lines = page.pieces[headline_at : headline_at + _BEHIND]
    found: dict[str, bool] = {}  # whether it stands near a date or above a paragraph
    for n, piece in enumerate(lines[1:-1], 1):
        if len(piece.text) > _PARAGRAPH:
            break
        name = piece.text[: date_begins(piece.text)].strip(" |·•–—-,")
        if piece.tag in _HEADINGS or not _ALONE.fullmatch(name) or key(name) in known:
            continue
        around = [line.text for line in lines[n - 1 : n + 3]]
        near = any(len(text) > _PARAGRAPH or parse_date(text) for text in around)
        found[name] = near and not piece.box.settled & _ELSEWHERE
    if len(found) == 1:
        yield from (name for name, near in found.items() if near)
