"""`newskeep search`: full text, each article in the words of its own language."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import click

from cli.archive_helpers import (
    coloured,
    dim,
    format_time,
    need_outlet,
    opened_archive,
    print_answer,
    record_of,
    strong,
)
from cli.completion import complete_outlet
from cli.output import say
from cli.verbs import Misused
from news.article import short_id
from news.text import one_line

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from archive.search import EmptySearch, Filters, Hit, Term

SECTION = "Read"


_EXCLUDED = re.compile(r"-(?!-|h$|$)")
_GAPS_SHOWN = 3
MOST_CHARACTERS = 500  # with a hundred terms, PostgreSQL takes minutes to rank a page that repeats one word


class Day(click.ParamType[date]):
    """A day in ISO 8601, such as 2026-11-22."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}” is not a day (write for example 2026-11-22)", param, ctx)


class Search(click.Command):
    """A command with days, and words of which those to exclude may look like options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        excluded = list(filter(_EXCLUDED.match, takewhile(lambda arg: arg != "--", args)))
        if not excluded:
            rest = super().parse_args(ctx, args)
            since, until = ctx.params.get("since"), ctx.params.get("until")
            if since and until and since > until:
                raise click.UsageError("--from is after --to", ctx)
            return rest
        then = f"{self._corrected(ctx, args, excluded)}   # a term to exclude goes inside the quotes"
        raise Misused(f"no such option: {one_line(excluded[0])}", ctx, then)

    def _corrected(self, ctx: click.Context, args: list[str], excluded: list[str]) -> str:
        """Return the arguments with the words as one, those to exclude at its end."""
        others = [arg for arg in args if arg not in excluded]
        query = self.make_parser(ctx).parse_args(list(others))[0].get("query")
        words = query if isinstance(query, tuple) else ()  # click marks what is absent with an object of its own
        for word in words:
            others.remove(word)
        return shlex.join(map(one_line, [" ".join([*(words or ["WORDS"]), *excluded]), *others]))


@click.command(cls=Search)
@click.argument("query", nargs=-1, required=True)
@click.option("--outlet", metavar="NAME|URL", shell_complete=complete_outlet, help="Only this outlet.")
@click.option("--lang", help="Only this language: de, en, de-AT ...")
@click.option("--from", "since", type=Day(), help="Published on this day or later (UTC).")
@click.option("--to", "until", type=Day(), help="Published on this day or earlier (UTC).")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="At most so many.")
@click.option("--newest", is_flag=True, help="The newest first, instead of the best match.")
@click.option("--json", "as_json", is_flag=True, help="JSON objects, one a line.")
def search(
    query: tuple[str, ...], outlet: str | None, lang: str | None, since: date | None, until: date | None,
    limit: int, newest: bool, as_json: bool,
) -> None:  # fmt: skip
    """Search the archive's texts: words, "phrases", or, -not.

    \b
    newskeep search Zugunglück Linz --from 2026-11-01
    newskeep search '"supreme court" or verfassungsgericht -sport' --lang de --json

    If nothing is found, it says which term is the reason, and on which days of the period there was no crawl.
    """
    from archive.search import Filters, Order, search_articles

    words = " ".join(query).strip()
    if not words:
        raise click.UsageError("there is no word to search for")
    if len(words) > MOST_CHARACTERS:
        raise click.UsageError(f"a search of {len(words)} characters; {MOST_CHARACTERS} at most")
    with opened_archive() as (_, conn):
        if outlet is not None:
            outlet = need_outlet(conn, outlet)
        filters = Filters(outlet, lang, since, until)
        hits, total = search_articles(conn, words, filters, limit=limit, order=Order.NEWEST if newest else Order.RANK)
        lines = [] if hits else ["Nothing was found.", *_explanation(conn, words, filters)]
        lines.extend(ignored_lines(conn, words, filters))
    if total > len(hits):
        lines.append(f"{len(hits)} of {_articles(total)}; more with --limit")
    records = (record_of("hit", hit, snippet=_marked(hit.snippet, "**", "**")) for hit in hits)
    print_answer(records, map(_lines, hits), as_json=as_json)
    for line in lines:
        say(line)


def ignored_lines(conn: Connection, query: str, filters: Filters) -> Iterator[str]:
    """Yield a line for each term to exclude that excludes nothing."""
    from archive.search import ignored_terms

    for term, languages in ignored_terms(conn, query, filters).items():
        yield f"“{one_line(term)}” is a stop word of {_languages(languages)} and was ignored"


def _explanation(conn: Connection, query: str, filters: Filters) -> Iterator[str]:
    from archive.search import explain_empty_search

    yield from empty_search_lines(explain_empty_search(conn, query, filters, datetime.now(UTC).date()), filters)


def _lines(hit: Hit) -> str:
    day = format_time(hit.date_published or hit.first_captured_at, "%Y-%m-%d")
    head = f"{short_id('a', hit.id)}  {day}  {one_line(hit.outlet)}"
    start, end = ("\x1b[1m", "\x1b[22m") if coloured() else ("", "")
    snippet = _marked(one_line(hit.snippet), start, end)
    return f"{dim(head)}\n  {strong(one_line(hit.headline or '(no headline)'))}\n  {snippet}"


def _marked(snippet: str, start: str, end: str) -> str:
    from archive.search import FOUND_END, FOUND_START

    return snippet.replace(FOUND_START, start).replace(FOUND_END, end)


def empty_search_lines(found: EmptySearch, filters: Filters) -> Iterator[str]:
    """Yield the lines below "Nothing was found"."""
    yield from (_term_line(term, filters) for term in found.terms)
    if len(found.terms) > 1 and all(term.articles for term in found.terms):
        yield "  each term is found, but no article has them all"
    for term in found.without:
        if term.articles:
            yield f"  without {_quoted(term)}: {_articles(term.articles)}"
    if found.unfiltered:
        yield f"  without {_names(filters)}: {_articles(found.unfiltered)}"
    yield from _gap_lines(found, filters)


def _term_line(term: Term, filters: Filters) -> str:
    line = f"  {_quoted(term):<20} {_articles(term.articles)}"
    if not any(map(str.isalnum, term.text)):
        return f"{line}   not a word: only letters and digits are searched for"
    if term.stop_word_of:
        return f"{line}   a stop word of {_languages(term.stop_word_of)}: too common to be searched for"
    if term.articles:
        return line
    if term.unfiltered:
        return f"{line}   {_articles(term.unfiltered)} without {_names(filters)}"
    return f"{line}   ← no article has this word"


def _languages(names: tuple[str, ...]) -> str:
    return ", ".join(map(str.capitalize, names))


def _gap_lines(found: EmptySearch, filters: Filters) -> Iterator[str]:
    outlet = one_line(filters.outlet) if filters.outlet else "any outlet"
    if found.imported:
        yield f"  no crawl of {outlet} yet: the articles were imported"
    elif found.first_looked is None:
        yield f"  no crawl of {outlet} yet\n  try: newskeep crawl {one_line(filters.outlet or 'https://…')}"
    for first, last in found.gaps[:_GAPS_SHOWN]:
        days = _day(first) if first == last else f"{_day(first)} to {_day(last)}"
        yield f"  no crawl of {outlet} on {days}: articles of that time may be missing"
    if len(found.gaps) > _GAPS_SHOWN:
        yield f"  … and {len(found.gaps) - _GAPS_SHOWN} more gaps"


def _names(filters: Filters) -> str:
    named = {"--outlet": filters.outlet, "--lang": filters.language, "--from": filters.since, "--to": filters.until}
    return ", ".join(f"{option} {one_line(str(value))}" for option, value in named.items() if value is not None)


def _quoted(term: Term) -> str:
    shown = one_line(term.text)
    return shown if '"' in shown else f"“{shown}”"


def _articles(number: int) -> str:
    from archive.search import MOST_COUNTED

    return f"{number}{' or more' if number >= MOST_COUNTED else ''} article{'s' if number != 1 else ''}"


def _day(day: date) -> str:
    return f"{day:%-d %b %Y}"
