"""Says in words why a search found nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from news.text import one_line

if TYPE_CHECKING:
    from datetime import date

    from archive.search import Filters
    from archive.search_nothing import Nothing, Term

_GAPS_SHOWN = 3


def nothing_lines(found: Nothing, filters: Filters) -> Iterator[str]:
    """The lines below "Nothing was found"; none when there is nothing to explain."""
    yield from (_term_line(term) for term in found.terms)
    if len(found.terms) > 1 and all(term.articles for term in found.terms):
        yield "  each of them is there, but no article has them all"
    for term in found.without:
        if term.articles:
            yield f"  without {_quoted(term)}: {_articles(term.articles)}"
    if found.unfiltered:
        yield f"  without {_names(filters)}: {_articles(found.unfiltered)}"
    yield from _gap_lines(found, filters)


def _term_line(term: Term) -> str:
    line = f"  {_quoted(term):<20} {_articles(term.articles)}"
    if not any(map(str.isalnum, term.text)):
        return f"{line}   no word: letters and digits are searched for"
    if term.stop_word_of:
        languages = ", ".join(name.capitalize() for name in term.stop_word_of)
        return f"{line}   a stop word of {languages}: too common to be searched for"
    return line if term.articles else f"{line}   ← empties the search"


def _gap_lines(found: Nothing, filters: Filters) -> Iterator[str]:
    who = one_line(filters.outlet) if filters.outlet else "anything"
    if found.imported:
        yield f"  nobody has crawled {who} yet: what is there was imported"
    elif found.first_looked is None:
        yield f"  nobody has looked at {who} yet\n  try: newskeep crawl {one_line(filters.outlet or 'https://…')}"
    for first, last in found.gaps[:_GAPS_SHOWN]:
        days = _day(first) if first == last else f"{_day(first)} to {_day(last)}"
        yield f"  nobody looked at {who} on {days}: what appeared then may be missing"
    if len(found.gaps) > _GAPS_SHOWN:
        yield f"  … and {len(found.gaps) - _GAPS_SHOWN} gaps more"


def _names(filters: Filters) -> str:
    named = {"--outlet": filters.outlet, "--lang": filters.language, "--from": filters.since, "--to": filters.until}
    return ", ".join(f"{option} {one_line(str(value))}" for option, value in named.items() if value is not None)


def _quoted(term: Term) -> str:
    shown = one_line(term.text)
    return shown if '"' in shown else f"“{shown}”"


def _articles(number: int) -> str:
    return f"{number} article{'s' if number != 1 else ''}"


def _day(day: date) -> str:
    return f"{day:%-d %b %Y}"
