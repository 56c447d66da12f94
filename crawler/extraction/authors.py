"""Who wrote it: persons and agencies, without the words around their names."""

# ruff: noqa: E501 (tables of words and patterns, one thought a line)

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from crawler.extraction.blocks import Page
from crawler.extraction.bylines import (
    BEFORE,
    BEHIND,
    LINE,
    MOST,
    NOT_HERE,
    alone,
    last_lines,
    lines,
    linked_names,
    marked,
    signature,
    signed_below,
)
from crawler.extraction.headline import meta_value
from crawler.extraction.hints import Hint
from crawler.extraction.names import byline_of, groups_in, is_firm, linked_in, names_in, persons_in, says_by
from crawler.extraction.structured import Claims
from crawler.extraction.text import key
from news.article import Evidence

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
_ASIDE = NOT_HERE & ~Hint.NAVIGATION
_PARAGRAPH = 160  # characters; the text has begun
_AND = r"(?:and|und|et|y|e|en|i|og|och|with|mit)"
_BEHIND_NAME = re.compile(rf"\s?(?:[,&/]|{_AND}\b)\s?[^\W\d]", re.IGNORECASE)
_BEFORE_NAME = re.compile(rf"(?:[,&/]|\w\s{_AND})\s?$", re.IGNORECASE)
_DECLARED = frozenset(("json-ld", "meta", "microdata"))
_TOGETHER = 3  # names in microdata; more of them are those who comment
_LOOKED_AT = 40  # texts


def find_authors(
    page: Page, claims: Claims, sites: frozenset[str], headline_at: int, text_end: int
) -> tuple[tuple[str, ...], list[Evidence]]:
    """Names in page order, each once; the raw texts they were taken from as evidence.

    Persons and agencies count before editorial teams and the outlet itself, which are named only where the page names
    nobody else.
    """
    others: list[tuple[tuple[str, ...], list[Evidence]]] = []
    agencies = frozenset(map(key, claims.agencies))
    for source, said in _sources(page, claims, headline_at, text_end):
        raw = [text for text in islice(said, _LOOKED_AT) if text and not text.isspace()]
        names = _names_of(raw, source, sites)
        evidence = [Evidence("authors", source, text[:200]) for text in raw[:MOST]]
        if any(key(name) not in agencies and not is_firm(name) for name in names):
            return _confirmed(names, source, page, sites, headline_at), evidence
        if names or groups_in(raw, sites):
            others.append((names or groups_in(raw, sites)[:1], evidence))
    return others[0] if others else ((), [])


def _names_of(raw: list[str], source: str, sites: frozenset[str]) -> tuple[str, ...]:
    found = linked_in(raw, sites) if source == "linked" else names_in(raw, sites, trusted=source != "visible")
    return found[:MOST]


def _confirmed(
    names: tuple[str, ...], source: str, page: Page, sites: frozenset[str], headline_at: int
) -> tuple[str, ...]:
    """Names that the markup declares, as the page shows them."""
    if source not in _DECLARED:
        return names
    if source == "json-ld":
        names = _whole(names, page, sites)
    if len(names) == 1:
        return _beside(names[0], page, sites, headline_at) or names
    return names if source == "meta" else _as_shown(names, page, headline_at, source)


def _sources(page: Page, claims: Claims, headline_at: int, text_end: int) -> Iterator[tuple[str, Iterable[str]]]:
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
        for name, content, node in islice(page.props, 10 * MOST)
        if name in _AUTHOR_PROPS
    )


def _whole(names: tuple[str, ...], page: Page, sites: frozenset[str]) -> tuple[str, ...]:
    """*names*, or those of the page's meta data when these are the same and more: some systems give JSON-LD the first."""
    said = meta_value(page, "author")
    if names[0] not in said or len(said) < len(names[-1]) + 4:
        return names
    others = names_in([said], sites, trusted=True)[:MOST]
    return others if set(names) < set(others) else names


def _beside(name: str, page: Page, sites: frozenset[str], headline_at: int) -> tuple[str, ...]:
    """The names of the line below the headline that says "by": more than *name*, or others than who put the text in."""
    others: tuple[str, ...] = ()
    for piece in page.pieces[headline_at : headline_at + BEHIND]:
        line = piece.text
        if len(line) < LINE:
            if name in line and says_by(line):
                found = names_in([line], sites) if _has_more(line, name) else ()
                return found if name in found else ()
            if not others and not piece.box.settled & _ASIDE:
                others = tuple(other for other in persons_in(line, sites) if key(other) != key(name))
        elif len(line) > _PARAGRAPH:
            break
    return others


def _has_more(line: str, name: str) -> bool:
    """A cheap look before the dear one: most lines name one person."""
    before, _, behind = line.partition(name)
    return bool(_BEFORE_NAME.search(before) or _BEHIND_NAME.match(behind))


def _as_shown(names: tuple[str, ...], page: Page, headline_at: int, source: str) -> tuple[str, ...]:
    """Of the names in the markup those that the page shows in its byline.

    Photographers and editors are declared as well, and who comments is marked as an author in microdata.
    """
    near = page.pieces[max(0, headline_at - BEFORE) : headline_at + BEHIND]
    shown_lines = (
        map(byline_of, lines(page, headline_at)) if source == "json-ld" else (piece.text[:LINE] for piece in near)
    )
    shown = [key(line) for line in shown_lines]
    seen = tuple(name for name in names if any(key(name) in line for line in shown))
    return seen or (names if source == "json-ld" or len(names) <= _TOGETHER else names[:1])
