"""The authors: persons and agencies, from metadata, links to authors' pages, bylines and signatures."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from selectolax.lexbor import LexborNode

from crawler.extraction.author_names import (
    LIST,
    byline_of,
    groups_in,
    is_by_alone,
    is_credit,
    is_firm,
    is_signed,
    linked_in,
    may_begin_with_by,
    names_in,
    persons_in,
    says_by,
)
from crawler.extraction.class_hints import Hint
from crawler.extraction.jsonld import Claims
from crawler.extraction.walk import ParsedPage
from news.article import Evidence
from news.dates import date_begins, parse_date
from news.text import fold

# ruff: noqa: E501 (tables of words and patterns, one thought a line)


_OTHER_PARTS = Hint.COMMENT | Hint.RELATED | Hint.NAVIGATION | Hint.AD | Hint.PROMO | Hint.CAPTION
_ASIDE = _OTHER_PARTS & ~Hint.NAVIGATION
_BEFORE, _BEHIND = 6, 12  # blocks around the headline that may be a byline
_LINE = 120  # characters; a byline is shorter
_MOST_NAMES = 12  # names
_NO_BYLINE = _OTHER_PARTS & ~Hint.NAVIGATION | Hint.TAGS | Hint.SHARE
_OTHER_TEXTS = Hint.COMMENT | Hint.RELATED
_WORD = r"(?:[^\W\d_a-z][^\W\d_]+(?:[-'’][^\W\d_]+)?|[A-Z]\.)"
_PERSON_NAME = re.compile(rf"{_WORD}(?: (?:de|van|von|der|bin|al|del|di|da))?(?: {_WORD}){{1,2}}")
_DATED = re.compile(r"^\d[\d./: |-]{5,30}(?:Uhr|h|am|pm)?\s?[|·•–—-]\s")  # "05.03.2024 | 13:10 Uhr | "
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_JOINT = re.compile(r"^(?:,|&|and\b|und\b|et\b|y\b|e\b|en\b)|(?:,|&|\band|\bund|\bet|\by|\ben)$", re.IGNORECASE)
_PARTS = 8  # lines of one byline
_AUTHORS_PAGE = re.compile(
    r"/(?:author|autor|auteur|autore|auteurs|authors|autoren|autores|people|profil|profile)s?/|[?&]author="
)
# Elements of a byline with what its person is: "byline__title", "author-role".
_ROLE_NAMES = re.compile(r"(?:title|role|position|job|occupation|affiliation)s?(?=$|\s)", re.IGNORECASE)
_ROLE_ELEMENTS = ",".join(
    f"[class$={word}]" for word in ("title", "role", "position", "job", "occupation", "affiliation")
)
_SHORT_LINE = 60  # characters
_MOST_LINKS = 8
_BLOCKS_BEHIND_TEXT = 9  # blocks behind the text
_ABOUT = re.compile(
    r"(?:about|über|zu[mr]?|sobre|acerca|à propos|over|o)\s(?:(?:the|den|die|dem|der|el|la|de|del|do|da|l[’']|de l[’'])\s?)*(?:authors?|autor(?:in|en|es|a)?|auteurs?|autore|autrice)\W*",
    re.IGNORECASE,
)
_LONGEST_SIGNATURE = 60  # characters
_SIGNATURE = re.compile(r"\(([^()]{5,40})\)[\s+.*]*$")
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
_HOUSE_META = ("copyright", "dc.rights", "dcterms.rights", "rights", "publisher", "dc.publisher", "dcterms.publisher")
_WRITTEN_BY = re.compile(
    r"(?:written|posted) by|author|verfasst von|geschrieben von|autor|écrit par|auteur|escrito por|scritto da|geschreven door|napisane przez",
    re.IGNORECASE,
)
_AUTHOR_PROPS = frozenset(("author", "creator"))
_PARAGRAPH = 160  # characters; the text has begun
_AND = r"(?:and|und|et|y|e|en|i|og|och|with|mit)"
_BEHIND_NAME = re.compile(rf"\s?(?:[,&/]|{_AND}\b)\s?[^\W\d]", re.IGNORECASE)
_BEFORE_NAME = re.compile(rf"(?:[,&/]|\w\s{_AND})\s?$", re.IGNORECASE)
_DECLARED = frozenset(("json-ld", "meta", "microdata"))
_MOST_IN_MICRODATA = 3  # names; more of them are readers who comment
_MOST_TEXTS = 40  # texts


def find_authors(
    page: ParsedPage, claims: Claims, sites: frozenset[str], headline_position: int, text_end: int
) -> tuple[tuple[str, ...], list[Evidence]]:
    """Return the names in page order, each once, and their raw texts as evidence.

    Editorial teams and the outlet itself count only where the page names no person and no agency.
    """
    others: list[tuple[tuple[str, ...], list[Evidence]]] = []
    agencies = frozenset(map(fold, claims.agencies))
    for source, texts in _sources(page, claims, headline_position, text_end):
        raw = [text for text in islice(texts, _MOST_TEXTS) if text and not text.isspace()]
        names = _names_of(raw, source, sites)
        evidence = [Evidence("authors", source, text[:200]) for text in raw[:_MOST_NAMES]]
        if any(fold(name) not in agencies and not is_firm(name) for name in names):
            return _confirmed(names, source, page, sites, headline_position), evidence
        if names or groups_in(raw, sites):
            others.append((names or groups_in(raw, sites)[:1], evidence))
    return others[0] if others else ((), [])


def _names_of(raw: list[str], source: str, sites: frozenset[str]) -> tuple[str, ...]:
    found = linked_in(raw, sites) if source == "linked" else names_in(raw, sites, trusted=source != "visible")
    return found[:_MOST_NAMES]


def _confirmed(
    names: tuple[str, ...], source: str, page: ParsedPage, sites: frozenset[str], headline_position: int
) -> tuple[str, ...]:
    """Return the names of the markup, corrected by what the page shows."""
    if source not in _DECLARED:
        return names
    if source == "json-ld":
        names = _with_meta_names(names, page, sites)
    if len(names) == 1:
        return _in_byline(names[0], page, sites, headline_position) or names
    return names if source == "meta" else _shown_names(names, page, headline_position, source)


def _sources(
    page: ParsedPage, claims: Claims, headline_position: int, text_end: int
) -> Iterator[tuple[str, Iterable[str]]]:
    yield "json-ld", claims.authors
    yield "meta", _meta(page, claims)
    yield "microdata", _microdata(page)
    end = text_end if text_end > headline_position else len(page.pieces)
    yield "linked", linked_names(page, headline_position, end)
    yield "visible", byline_elements(page, headline_position, end)
    yield "visible", byline_lines(page, headline_position)
    yield "linked", linked_names(page, headline_position)
    yield "visible", byline_elements(page, headline_position)
    yield "visible", lines_behind_text(page, headline_position)
    yield "visible", lone_names(page, claims, headline_position)
    yield "visible", name_below_label(page, text_end)
    yield "visible", name_in_brackets(page, text_end)


def _meta(page: ParsedPage, claims: Claims) -> list[str]:
    texts = [
        content for name in _META for found, content in page.meta if found == name and not content.startswith("http")
    ]
    houses = [fold(text) for text in (*claims.sites, page.meta_value(*_HOUSE_META)) if text]
    texts = [text for text in texts if not any(fold(text) in house for house in houses)] or texts
    if not texts:
        texts = [page.meta_value("twitter:creator:name", "cxenseparse:author", "creator")]
    for number in "12":  # as WordPress tells it to Slack: a label and what it stands for
        if _WRITTEN_BY.fullmatch(page.meta_value(f"twitter:label{number}")):
            texts.append(page.meta_value(f"twitter:data{number}"))
    return texts


def _microdata(page: ParsedPage) -> Iterator[str]:
    return (
        content or node.text(separator=" ")
        for name, content, node in islice(page.props, 10 * _MOST_NAMES)
        if name in _AUTHOR_PROPS
    )


def _with_meta_names(names: tuple[str, ...], page: ParsedPage, sites: frozenset[str]) -> tuple[str, ...]:
    """*names*, or those of the meta tags when they contain more: some systems put only the first into JSON-LD."""
    meta = page.meta_value("author")
    if names[0] not in meta or len(meta) < len(names[-1]) + 4:
        return names
    others = names_in([meta], sites, trusted=True)[:_MOST_NAMES]
    return others if set(names) < set(others) else names


def _in_byline(name: str, page: ParsedPage, sites: frozenset[str], headline_position: int) -> tuple[str, ...]:
    """Return the names in the line below the headline that says "by", when they are more than *name* or others.

    Markup may name the person who entered the text.
    """
    others: tuple[str, ...] = ()
    for piece in page.pieces[headline_position : headline_position + _BEHIND]:
        line = piece.text
        if len(line) < _LINE:
            if name in line and says_by(line):
                found = names_in([line], sites) if _has_more(line, name) else ()
                return found if name in found else ()
            if not others and not piece.box.effective_hints & _ASIDE:
                others = tuple(other for other in persons_in(line, sites) if fold(other) != fold(name))
        elif len(line) > _PARAGRAPH:
            break
    return others


def _has_more(line: str, name: str) -> bool:
    """Return whether *line* may have another name beside *name*: a cheap test, since most lines name one person."""
    before, _, behind = line.partition(name)
    return bool(_BEFORE_NAME.search(before) or _BEHIND_NAME.match(behind))


def _shown_names(names: tuple[str, ...], page: ParsedPage, headline_position: int, source: str) -> tuple[str, ...]:
    """Return the names in the markup that the page shows in its byline.

    Markup names photographers and editors as well, and microdata marks readers who comment as authors.
    """
    near = page.pieces[max(0, headline_position - _BEFORE) : headline_position + _BEHIND]
    shown_lines = (
        map(byline_of, byline_lines(page, headline_position))
        if source == "json-ld"
        else (piece.text[:_LINE] for piece in near)
    )
    shown = [fold(line) for line in shown_lines]
    seen = tuple(name for name in names if any(fold(name) in line for line in shown))
    return seen or (names if source == "json-ld" or len(names) <= _MOST_IN_MICRODATA else names[:1])


def linked_names(page: ParsedPage, headline_position: int, end: int | None = None) -> Iterator[str]:
    """Texts of the links to authors' pages below the headline, before *end*; those above it where there are none."""
    below: list[str] = []
    above: list[str] = []
    for at, node in _elements_near(page, headline_position, end):
        if at < len(page.pieces) and page.pieces[at].box.effective_hints & _OTHER_TEXTS:
            continue
        credits = " ".join(piece.text for piece in page.pieces[at : at + 4] if is_credit(piece.text))
        texts = [" ".join(link.text(separator=" ").split()) for link in _authors_links(node)]
        (above if at < headline_position else below).extend(text for text in texts if text and text not in credits)
    yield from below or above


def _elements_near(page: ParsedPage, headline_position: int, end: int | None) -> list[tuple[int, LexborNode]]:
    """Elements around the headline and before *end* that are named as a byline; those below the headline first."""
    low, high = headline_position - _BEFORE, headline_position + _BEHIND
    high = high if end is None else min(high, end)
    near = [(at, node) for at, node in page.bylines if low <= at <= high]
    return sorted(near, key=lambda item: item[0] < headline_position)[:_MOST_NAMES]


def _authors_links(node: LexborNode) -> list[LexborNode]:
    links = [node] if node.tag == "a" else _links(node, "a[href]")
    return [link for link in links if _leads_to_author(link.attributes)]


def _links(node: LexborNode, selector: str) -> list[LexborNode]:
    """Return links in *node*. Most bylines contain no element, and a selector costs as much as the rest."""
    return node.css(selector)[:_MOST_LINKS] if next(node.iter(), None) is not None else []


def _leads_to_author(attributes: dict[str, str | None]) -> bool:
    return "author" in (attributes.get("rel") or "") or bool(_AUTHORS_PAGE.search(attributes.get("href") or ""))


def byline_elements(page: ParsedPage, headline_position: int, end: int | None = None) -> Iterator[str]:
    """Yield texts of elements around the headline, before *end*, that are named as a byline; those below it first."""
    near = [node for _, node in _elements_near(page, headline_position, end)]
    names = [node for node in near if not _ROLE_NAMES.search(node.attributes.get("class") or "")]
    for node in names or near:
        text = " ".join(node.text(separator=" ").split())
        if 3 < len(text) < _LINE:
            text = _without_roles(_without_categories(text, node), node)
            if len(text) > 3:
                yield text


def _without_roles(text: str, node: LexborNode) -> str:
    """*text* without what elements of the byline call a job title, a post or a paper, unless nothing else is in it."""
    roles = _links(node, _ROLE_ELEMENTS)
    rest = text
    for role in roles:
        rest = rest.replace(" ".join(role.text(separator=" ").split()), "", 1).strip()
    return rest if len(byline_of(rest).split()) > 1 else text


def _without_categories(text: str, node: LexborNode) -> str:
    for link in _links(node, "a[rel~=tag],a[rel~=category]"):
        text = text.replace(" ".join(link.text(separator=" ").split()), "", 1)
    return text.strip()


def byline_lines(page: ParsedPage, headline_position: int) -> Iterator[str]:
    """Yield lines around the headline that say "by", joined with the lines that continue them."""
    near = page.pieces[max(0, headline_position - 4) : headline_position + _BEHIND]
    for n, piece in enumerate(near):
        if len(piece.text) < _LINE and (says_by(piece.text) or is_by_alone(piece.text)):
            yield _continued([line.text for line in near[n : n + _PARTS]])[:_LINE]


def _continued(lines: Sequence[str]) -> str:
    """Return the first line and those that continue it: "By", "Jane Miller", "and", "Ed Ito"."""
    text = lines[0]
    open_end = is_by_alone(text) or bool(_JOINT.search(text))
    for line in lines[1:]:
        if len(line) > _LINE or not (open_end or _JOINT.match(line)):
            break
        text += f" {line}"
        open_end = bool(_JOINT.search(line))
    return text


def lines_behind_text(page: ParsedPage, headline_position: int) -> Iterator[str]:
    """Yield lines behind the text that consist of "by" and a name."""
    for piece in page.pieces[headline_position + _BEHIND :]:
        if len(piece.text) > _LINE or not may_begin_with_by(piece.text):
            continue
        aside = piece.box.effective_hints & _OTHER_PARTS
        short = not aside and len(piece.text) < _SHORT_LINE and LIST.fullmatch(piece.text)
        if short or (not aside & ~Hint.CAPTION and is_signed(piece.text)):
            yield piece.text


def name_below_label(page: ParsedPage, text_end: int) -> Iterator[str]:
    """Yield the name behind the text, in the line below "Author", "Published by" or "About the author"."""
    near = page.pieces[
        max(0, text_end - 2) : text_end + 1 + _BLOCKS_BEHIND_TEXT
    ]  # a short last line may be taken for text
    for n, piece in enumerate(near[:-1]):
        if piece.box.effective_hints & (Hint.COMMENT | Hint.PROMO | Hint.AD):
            return
        name = near[n + 1].text[:_LINE]
        if " " in name and (is_by_alone(piece.text) or _ABOUT.fullmatch(piece.text)):
            yield f"By {name}"
            return


def name_in_brackets(page: ParsedPage, text_end: int) -> Iterator[str]:
    """Yield a whole name in brackets as the last words of the text: "... are counted. (Jane Miller)"."""
    text = page.pieces[text_end].text[-_LONGEST_SIGNATURE:] if 0 <= text_end < len(page.pieces) else ""
    found = _SIGNATURE.search(text)
    if found and _PERSON_NAME.fullmatch(found[1]):
        yield found[1]


def _behind_date(text: str) -> str:
    found = _DATED.match(text)
    return text[found.end() :] if found else ""


def lone_names(page: ParsedPage, claims: Claims, headline_position: int) -> Iterator[str]:
    """Yield a line between headline and text that is only a name, next to a date or above the first paragraph.

    Two such lines are a menu.
    """
    topics = {fold(text) for text in (claims.section, *claims.keywords)}
    lines = page.pieces[headline_position : headline_position + _BEHIND]
    above = page.pieces[max(0, headline_position - 2) : headline_position]
    yield from (name for name in (_behind_date(piece.text) for piece in above) if _PERSON_NAME.fullmatch(name))
    found: dict[str, bool] = {}  # whether it stands near a date or above a paragraph
    for n, piece in enumerate(lines[1:-1], 1):
        if len(piece.text) > _PARAGRAPH:
            break
        name = _DATED.sub("", piece.text, count=1)
        name = name[: date_begins(name)].strip(" |·•–—-,")
        if piece.tag in _HEADINGS or not _PERSON_NAME.fullmatch(name) or fold(name) in topics:
            continue
        around = [line.text for line in lines[n - 1 : n + 3]]
        near = any(len(text) > _PARAGRAPH or parse_date(text) for text in around)
        found[name] = near and not piece.box.effective_hints & _NO_BYLINE
    if len(found) == 1:
        yield from (name for name, near in found.items() if near)
