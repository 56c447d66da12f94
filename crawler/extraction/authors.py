"""Who wrote it: persons and agencies, without the words around their names."""

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
from crawler.extraction.jsonld import Claims
from crawler.extraction.markup import Hint
from crawler.extraction.walk import ParsedPage
from news.article import Evidence
from news.dates import date_begins, parse_date
from news.text import fold

# ruff: noqa: E501 (tables of words and patterns, one thought a line)


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
_PARAGRAPH = 160  # characters; the text has begun
_AND = r"(?:and|und|et|y|e|en|i|og|och|with|mit)"
_BEHIND_NAME = re.compile(rf"\s?(?:[,&/]|{_AND}\b)\s?[^\W\d]", re.IGNORECASE)
_BEFORE_NAME = re.compile(rf"(?:[,&/]|\w\s{_AND})\s?$", re.IGNORECASE)
_DECLARED = frozenset(("json-ld", "meta", "microdata"))
_TOGETHER = 3  # names in microdata; more of them are those who comment
_LOOKED_AT = 40  # texts


def find_authors(
    page: ParsedPage, claims: Claims, sites: frozenset[str], headline_at: int, text_end: int
) -> tuple[tuple[str, ...], list[Evidence]]:
    """Names in page order, each once; the raw texts they were taken from as evidence.

    Persons and agencies count before editorial teams and the outlet itself, which are named only where the page names
    nobody else.
    """
    others: list[tuple[tuple[str, ...], list[Evidence]]] = []
    agencies = frozenset(map(fold, claims.agencies))
    for source, said in _sources(page, claims, headline_at, text_end):
        raw = [text for text in islice(said, _LOOKED_AT) if text and not text.isspace()]
        names = _names_of(raw, source, sites)
        evidence = [Evidence("authors", source, text[:200]) for text in raw[:MOST]]
        if any(fold(name) not in agencies and not is_firm(name) for name in names):
            return _confirmed(names, source, page, sites, headline_at), evidence
        if names or groups_in(raw, sites):
            others.append((names or groups_in(raw, sites)[:1], evidence))
    return others[0] if others else ((), [])


def _names_of(raw: list[str], source: str, sites: frozenset[str]) -> tuple[str, ...]:
    found = linked_in(raw, sites) if source == "linked" else names_in(raw, sites, trusted=source != "visible")
    return found[:MOST]


def _confirmed(
    names: tuple[str, ...], source: str, page: ParsedPage, sites: frozenset[str], headline_at: int
) -> tuple[str, ...]:
    """Names that the markup declares, as the page shows them."""
    if source not in _DECLARED:
        return names
    if source == "json-ld":
        names = _whole(names, page, sites)
    if len(names) == 1:
        return _beside(names[0], page, sites, headline_at) or names
    return names if source == "meta" else _as_shown(names, page, headline_at, source)


def _sources(page: ParsedPage, claims: Claims, headline_at: int, text_end: int) -> Iterator[tuple[str, Iterable[str]]]:
    yield "json-ld", claims.authors
    yield "meta", _meta(page)
    yield "microdata", _props(page)
    yield "linked", linked_names(page, headline_at)
    yield "visible", marked(page, headline_at)
    yield "visible", lines(page, headline_at)
    yield "visible", last_lines(page, headline_at)
    yield "visible", alone(page, claims, headline_at)
    yield "visible", signed_below(page, text_end)
    yield "visible", signature(page, text_end)


def _meta(page: ParsedPage) -> list[str]:
    said = [
        content for name in _META for found, content in page.meta if found == name and not content.startswith("http")
    ]
    if not said:
        said = [page.meta_value("twitter:creator:name", "cxenseparse:author", "creator")]
    for number in "12":  # as WordPress tells it to Slack: a label and what it stands for
        if _WRITTEN_BY.fullmatch(page.meta_value(f"twitter:label{number}")):
            said.append(page.meta_value(f"twitter:data{number}"))
    return said


def _props(page: ParsedPage) -> Iterator[str]:
    return (
        content or node.text(separator=" ")
        for name, content, node in islice(page.props, 10 * MOST)
        if name in _AUTHOR_PROPS
    )


def _whole(names: tuple[str, ...], page: ParsedPage, sites: frozenset[str]) -> tuple[str, ...]:
    """*names*, or those of the page's meta data when these are the same and more: some systems give JSON-LD the first."""
    said = page.meta_value("author")
    if names[0] not in said or len(said) < len(names[-1]) + 4:
        return names
    others = names_in([said], sites, trusted=True)[:MOST]
    return others if set(names) < set(others) else names


def _beside(name: str, page: ParsedPage, sites: frozenset[str], headline_at: int) -> tuple[str, ...]:
    """The names of the line below the headline that says "by": more than *name*, or others than who put the text in."""
    others: tuple[str, ...] = ()
    for piece in page.pieces[headline_at : headline_at + BEHIND]:
        line = piece.text
        if len(line) < LINE:
            if name in line and says_by(line):
                found = names_in([line], sites) if _has_more(line, name) else ()
                return found if name in found else ()
            if not others and not piece.box.effective_hints & _ASIDE:
                others = tuple(other for other in persons_in(line, sites) if fold(other) != fold(name))
        elif len(line) > _PARAGRAPH:
            break
    return others


def _has_more(line: str, name: str) -> bool:
    """A cheap look before the dear one: most lines name one person."""
    before, _, behind = line.partition(name)
    return bool(_BEFORE_NAME.search(before) or _BEHIND_NAME.match(behind))


def _as_shown(names: tuple[str, ...], page: ParsedPage, headline_at: int, source: str) -> tuple[str, ...]:
    """Of the names in the markup those that the page shows in its byline.

    Photographers and editors are declared as well, and who comments is marked as an author in microdata.
    """
    near = page.pieces[max(0, headline_at - BEFORE) : headline_at + BEHIND]
    shown_lines = (
        map(byline_of, lines(page, headline_at)) if source == "json-ld" else (piece.text[:LINE] for piece in near)
    )
    shown = [fold(line) for line in shown_lines]
    seen = tuple(name for name in names if any(fold(name) in line for line in shown))
    return seen or (names if source == "json-ld" or len(names) <= _TOGETHER else names[:1])


# ruff: noqa: E501 (tables of words and patterns, one thought a line)


NOT_HERE = Hint.COMMENT | Hint.RELATED | Hint.NAVIGATION | Hint.AD | Hint.PROMO | Hint.CAPTION
_ASIDE = NOT_HERE & ~Hint.NAVIGATION
BEFORE, BEHIND = 6, 12  # blocks around the headline among which a byline is looked for
LINE = 120  # characters; a byline is shorter
MOST = 12  # names
_ELSEWHERE = NOT_HERE & ~Hint.NAVIGATION | Hint.TAGS | Hint.SHARE
_OTHERS = Hint.COMMENT | Hint.RELATED
_WORD = r"(?:[^\W\d_a-z][^\W\d_]+(?:[-'’][^\W\d_]+)?|[A-Z]\.)"
_ALONE = re.compile(rf"{_WORD}(?: (?:de|van|von|der|bin|al|del|di|da))?(?: {_WORD}){{1,2}}")
_DATED = re.compile(r"^\d[\d./: |-]{5,30}(?:Uhr|h|am|pm)?\s?[|·•–—-]\s")  # "05.03.2024 | 13:10 Uhr | "
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_JOINT = re.compile(r"^(?:,|&|and\b|und\b|et\b|y\b|e\b|en\b)|(?:,|&|\band|\bund|\bet|\by|\ben)$", re.IGNORECASE)
_PARTS = 8  # lines that a byline may be cut into
_AUTHORS_PAGE = re.compile(
    r"/(?:author|autor|auteur|autore|auteurs|authors|autoren|autores|people|profil|profile)s?/|[?&]author="
)
_SHORT = 60  # characters
_MOST_LINKS = 8
_BELOW = 9  # blocks behind the text
_ABOUT = re.compile(
    r"(?:about|über|zu[mr]?|sobre|acerca|à propos|over|o)\s(?:(?:the|den|die|dem|der|el|la|de|del|do|da|l[’']|de l[’'])\s?)*(?:authors?|autor(?:in|en|es|a)?|auteurs?|autore|autrice)\W*",
    re.IGNORECASE,
)
_LONGEST_SIGNATURE = 60  # characters
_SIGNATURE = re.compile(r"\(([^()]{5,40})\)[\s+.*]*$")


def linked_names(page: ParsedPage, headline_at: int) -> Iterator[str]:
    """Texts of the links to authors' pages in the byline; those above the headline where there are none below it."""
    below: list[str] = []
    above: list[str] = []
    for at, node in _near(page, headline_at):
        if at < len(page.pieces) and page.pieces[at].box.effective_hints & _OTHERS:
            continue
        credits = " ".join(piece.text for piece in page.pieces[at : at + 4] if is_credit(piece.text))
        texts = [" ".join(link.text(separator=" ").split()) for link in _authors_links(node)]
        (above if at < headline_at else below).extend(text for text in texts if text and text not in credits)
    yield from below or above


def _near(page: ParsedPage, headline_at: int) -> list[tuple[int, LexborNode]]:
    """Elements around the headline that call themselves a byline; those below it first."""
    near = [(at, node) for at, node in page.bylines if headline_at - BEFORE <= at <= headline_at + BEHIND]
    return sorted(near, key=lambda item: item[0] < headline_at)[:MOST]


def _authors_links(node: LexborNode) -> list[LexborNode]:
    links = [node] if node.tag == "a" else _links(node, "a[href]")
    return [link for link in links if _leads_to_author(link.attributes)]


def _links(node: LexborNode, selector: str) -> list[LexborNode]:
    """Links in *node*; most bylines hold no element, and a selector costs as much as all else."""
    return node.css(selector)[:_MOST_LINKS] if next(node.iter(), None) is not None else []


def _leads_to_author(attributes: dict[str, str | None]) -> bool:
    return "author" in (attributes.get("rel") or "") or bool(_AUTHORS_PAGE.search(attributes.get("href") or ""))


def marked(page: ParsedPage, headline_at: int) -> Iterator[str]:
    """Texts of elements around the headline that call themselves a byline; those below it first."""
    for _, node in _near(page, headline_at):
        text = " ".join(node.text(separator=" ").split())
        if 3 < len(text) < LINE:
            text = _without_categories(text, node)
            if len(text) > 3:
                yield text


def _without_categories(text: str, node: LexborNode) -> str:
    for link in _links(node, "a[rel~=tag],a[rel~=category]"):
        text = text.replace(" ".join(link.text(separator=" ").split()), "", 1)
    return text.strip()


def lines(page: ParsedPage, headline_at: int) -> Iterator[str]:
    """Lines around the headline that say "by", with what continues them."""
    near = page.pieces[max(0, headline_at - 4) : headline_at + BEHIND]
    for n, piece in enumerate(near):
        if len(piece.text) < LINE and (says_by(piece.text) or is_by_alone(piece.text)):
            yield _continued([line.text for line in near[n : n + _PARTS]])[:LINE]


def _continued(lines: Sequence[str]) -> str:
    """The first line and those that go on with it: "By", "Jane Miller", "and", "Ed Ito"."""
    text = lines[0]
    open_end = is_by_alone(text) or bool(_JOINT.search(text))
    for line in lines[1:]:
        if len(line) > LINE or not (open_end or _JOINT.match(line)):
            break
        text += f" {line}"
        open_end = bool(_JOINT.search(line))
    return text


def last_lines(page: ParsedPage, headline_at: int) -> Iterator[str]:
    """Lines behind the text that say nothing but "by" and a name."""
    for piece in page.pieces[headline_at + BEHIND :]:
        if len(piece.text) > LINE or not may_begin_with_by(piece.text):
            continue
        aside = piece.box.effective_hints & NOT_HERE
        short = not aside and len(piece.text) < _SHORT and LIST.fullmatch(piece.text)
        if short or (not aside & ~Hint.CAPTION and is_signed(piece.text)):
            yield piece.text


def signed_below(page: ParsedPage, text_end: int) -> Iterator[str]:
    """The name that follows right behind the text, below "Author", "Published by" or "About the author"."""
    near = page.pieces[max(0, text_end - 2) : text_end + 1 + _BELOW]  # a short last line may be taken for text
    for n, piece in enumerate(near[:-1]):
        if piece.box.effective_hints & (Hint.COMMENT | Hint.PROMO | Hint.AD):
            return
        name = near[n + 1].text[:LINE]
        if " " in name and (is_by_alone(piece.text) or _ABOUT.fullmatch(piece.text)):
            yield f"By {name}"
            return


def signature(page: ParsedPage, text_end: int) -> Iterator[str]:
    """A whole name in brackets as the last words of the text: "... are counted. (Jane Miller)"."""
    text = page.pieces[text_end].text[-_LONGEST_SIGNATURE:] if 0 <= text_end < len(page.pieces) else ""
    found = _SIGNATURE.search(text)
    if found and _ALONE.fullmatch(found[1]):
        yield found[1]


def _behind_date(text: str) -> str:
    found = _DATED.match(text)
    return text[found.end() :] if found else ""


def alone(page: ParsedPage, claims: Claims, headline_at: int) -> Iterator[str]:
    """A line between headline and text that is a name and nothing else, beside a date or above the first paragraph.

    Two such lines are a menu.
    """
    known = {fold(text) for text in (claims.section, *claims.keywords)}
    lines = page.pieces[headline_at : headline_at + BEHIND]
    above = page.pieces[max(0, headline_at - 2) : headline_at]
    yield from (name for name in (_behind_date(piece.text) for piece in above) if _ALONE.fullmatch(name))
    found: dict[str, bool] = {}  # whether it stands near a date or above a paragraph
    for n, piece in enumerate(lines[1:-1], 1):
        if len(piece.text) > _PARAGRAPH:
            break
        name = _DATED.sub("", piece.text, count=1)
        name = name[: date_begins(name)].strip(" |·•–—-,")
        if piece.tag in _HEADINGS or not _ALONE.fullmatch(name) or fold(name) in known:
            continue
        around = [line.text for line in lines[n - 1 : n + 3]]
        near = any(len(text) > _PARAGRAPH or parse_date(text) for text in around)
        found[name] = near and not piece.box.effective_hints & _ELSEWHERE
    if len(found) == 1:
        yield from (name for name, near in found.items() if near)
