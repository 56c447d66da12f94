"""`newskeep show`: an article, the text removed from it, the other articles with its text, its captured page."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from archive.article_fields import COLUMNS
from archive.home import Home
from cli.archive_helpers import (
    NotFound,
    dim,
    format_time,
    is_story,
    need_article,
    need_crawl,
    need_story,
    opened_archive,
    print_answer,
    record_of,
    strong,
)
from cli.output import plural
from cli.story import story_lines
from news.article import short_id
from news.text import one_line, printable

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from archive.lookup import ArchivedArticle, RemovedBlock

SECTION = "Read"


@click.command()
@click.argument("article", metavar="[ID|URL]", required=False)
@click.option("--revision", type=click.IntRange(1, 2**31 - 1), help="This revision instead of the latest.")
@click.option("--removed", is_flag=True, help="The removed text, with label, rule and score.")
@click.option("--copies", is_flag=True, help="All articles of its story.")
@click.option("--raw", is_flag=True, help="The captured page, byte for byte.")
@click.option("--crawl", type=int, help="With --removed or --copies: everything that this crawl stored.")
@click.option("--json", "as_json", is_flag=True, help="JSON objects, one a line.")
def show(
    article: str | None, revision: int | None, removed: bool, copies: bool, raw: bool, crawl: int | None, as_json: bool
) -> None:
    """Show an article, its removed parts or its raw capture.

    \b
    newskeep show a1f3c                              headline, text, and where it comes from
    newskeep show --removed --crawl 2041             every teaser that crawl 2041 removed
    newskeep show https://example.org/a --raw > page.html
    """
    _check_usage(article, revision, removed, copies, raw, crawl, as_json)
    with opened_archive() as (home, conn):
        if removed:
            _show_removed(conn, article, revision, crawl, as_json)
        elif copies or is_story(article or ""):
            _show_stories(conn, article, crawl, as_json)
        elif raw:
            _show_raw(home, conn, article or "", revision)
        else:
            _show_article(conn, article or "", revision, as_json)


def _check_usage(
    article: str | None, revision: int | None, removed: bool, copies: bool, raw: bool, crawl: int | None, as_json: bool
) -> None:
    if removed + copies + raw > 1:
        raise click.UsageError("choose one of --removed, --copies and --raw.")
    if (article is None) == (crawl is None):
        raise click.UsageError("name one article, or a crawl with --removed or --copies.")
    if crawl is not None and not (removed or copies):
        raise click.UsageError("--crawl goes with --removed or --copies.")
    if revision is not None and (copies or crawl is not None):
        raise click.UsageError("--revision goes with one article.")
    if raw and as_json:
        raise click.UsageError("--raw prints the page itself and cannot be JSON.")
    if raw and sys.stdout.isatty():
        raise click.UsageError(f"a captured page is not for a terminal: newskeep show {article} --raw > page.html")


def _read(conn: Connection, id_or_url: str, revision: int | None) -> ArchivedArticle:
    from archive.lookup import read_article

    article_id = need_article(conn, id_or_url)
    article = read_article(conn, article_id, revision)
    if article is None:
        raise NotFound(f"{short_id('a', article_id)} has no revision {revision}", f"newskeep show {id_or_url}")
    return article


def _show_article(conn: Connection, id_or_url: str, revision: int | None, as_json: bool) -> None:
    article = _read(conn, id_or_url, revision)
    print_answer([_article_record(article)], _article_lines(article), as_json=as_json)


def _article_record(article: ArchivedArticle) -> dict[str, Any]:
    record = record_of("article", article, **{column.name: column.value_in(article.fields) for column in COLUMNS})
    del record["capture_id"]
    record["fields"] = _sources_of_fields(article.fields.get("evidence", []))
    return record


def _sources_of_fields(evidence: Iterable[tuple[str, str, str]]) -> dict[str, list[dict[str, str]]]:
    """Return by field what each source on the page says, as far as it was recorded."""
    sources: dict[str, list[dict[str, str]]] = {}
    for field, source, value in evidence:
        sources.setdefault(field, []).append({"source": source, "value": value})
    return sources


def _article_lines(article: ArchivedArticle) -> Iterator[str]:
    yield strong(one_line(article.headline or "(no headline)"))
    if article.lead:
        yield ""
        yield one_line(article.lead)
    for paragraph in article.body.split("\n\n"):
        yield ""
        yield printable(paragraph)
    yield ""
    for name, value in _provenance(article):
        yield f"{dim(f'{name:<10}')} {value}"


def _provenance(article: ArchivedArticle) -> Iterator[tuple[str, str]]:
    yield "id", f"{short_id('a', article.id)} · {one_line(article.outlet)} · {article.words} words"
    yield "address", one_line(article.canonical_url)
    for address in article.addresses[:5]:
        yield "also at", one_line(address)
    yield "published", " · ".join([format_time(article.date_published), *map(one_line, article.authors)])
    yield from _more_fields(article)
    first, last = format_time(article.first_captured_at), format_time(article.last_checked_at)
    yield "captured", f"first {first}, last looked {last}"
    kinds = f" ({', '.join(article.changes)})" if article.changes else ""
    until = f" to {format_time(article.valid_to)}" if article.valid_to else ""
    held = f"held from {format_time(article.valid_from)}{until}"
    yield "revision", f"{article.number} of {article.revisions}{kinds}, {held}"
    if article.flags:
        yield "flags", ", ".join(article.flags)
    if article.copies:
        hint = f"newskeep show {short_id('a', article.id)} --copies"
        yield "story", f"{short_id('s', article.story_id)} with {article.copies} more: {hint}"
    if article.removed:
        hint = f"newskeep show {short_id('a', article.id)} --removed"
        yield "removed", f"{plural(article.removed, 'block')}, {article.words_removed} words: {hint}"


def _more_fields(article: ArchivedArticle) -> Iterator[tuple[str, str]]:
    """Yield the fields that `archive.article_fields` gives a column, where the page has them."""
    for column in COLUMNS:
        if value := column.value_in(article.fields):
            yield column.label, one_line(", ".join(value) if column.is_list else value)


def _show_removed(
    conn: Connection, id_or_url: str | None, revision: int | None, crawl: int | None, as_json: bool
) -> None:
    from archive.lookup import removed_blocks

    if crawl is not None:
        blocks = removed_blocks(conn, crawl_id=need_crawl(conn, crawl).id)
    else:
        article = _read(conn, id_or_url or "", revision)
        blocks = removed_blocks(conn, article_id=article.id, revision=article.number)
    records = (record_of("removed", block, score=block.score / 100) for block in blocks)
    print_answer(records, _removed_lines(blocks), as_json=as_json, nothing="Nothing was removed.")


def _removed_lines(blocks: list[RemovedBlock]) -> Iterator[str]:
    for (article_id, number), group in groupby(blocks, lambda block: (block.article_id, block.number)):
        members = list(group)
        yield strong(f"{short_id('a', article_id)} revision {number} · {one_line(members[0].headline or '')}")
        for block in members:
            yield f"  {block.label:<10} {block.score / 100:.2f}  {dim(f'{block.rule:<24}')} {one_line(block.text)}"


def _show_stories(conn: Connection, id_or_url: str | None, crawl: int | None, as_json: bool) -> None:
    from archive.stories import copies_of_crawl, read_story

    if crawl is not None:
        members = copies_of_crawl(conn, need_crawl(conn, crawl).id)
    else:
        members = read_story(conn, need_story(conn, id_or_url or ""))
    records = (record_of("copy", member) for member in members)
    print_answer(records, story_lines(members), as_json=as_json, nothing="No copies were found.")


def _show_raw(home: Home, conn: Connection, id_or_url: str, revision: int | None) -> None:
    from archive.captures import read_record
    from archive.captures.index import place_of

    article = _read(conn, id_or_url, revision)
    place = place_of(conn, article.capture_id) if article.capture_id is not None else None
    if place is None:
        raise NotFound(
            f"{short_id('a', article.id)} was imported: there is no captured page", f"newskeep show {id_or_url}"
        )
    sys.stdout.buffer.write(read_record(home, *place).decoded_body())
    sys.stdout.buffer.flush()
