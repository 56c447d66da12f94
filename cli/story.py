"""`newskeep story`: the articles that carry a text; split and merge stories by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

import click

from cli.archive_helpers import (
    NotFound,
    dim,
    evidence_in_words,
    format_time,
    is_story,
    need_article,
    need_story,
    opened_archive,
    print_answer,
    record_of,
    strong,
)
from cli.output import plural, say
from news.article import short_id
from news.text import one_line, printable

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from archive.stories import Member, SameEvent

SECTION = "Read"

_PASSAGE_CHARS = 160


@click.command()
@click.argument("id_or_url", metavar="ID|URL")
@click.option("--split", metavar="[ARTICLE]", is_flag=False, flag_value="", help="Take the article out of its story.")
@click.option("--merge", metavar="ID", help="Make one story of this one and that one.")
@click.option("--events", is_flag=True, help="Other stories on the same event, in other words.")
@click.option("--dry-run", is_flag=True, help="With --split or --merge: say what would be done, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="JSON objects, one a line.")
def story(id_or_url: str, split: str | None, merge: str | None, events: bool, dry_run: bool, as_json: bool) -> None:
    """Show which articles carry a text, since when and how much of it; correct it permanently.

    \b
    newskeep story s77                     its articles; newskeep story a1f3c shows the story of an article
    newskeep story a1f3c --split           it is no copy; newskeep story s77 --merge s78 makes one story of two
    """
    if split is not None and merge is not None:
        raise click.UsageError("choose --split or --merge, not both.")
    with opened_archive() as (_, conn):
        story_id = need_story(conn, id_or_url)
        if split is not None:
            _split(conn.engine, _leaving(conn, story_id, id_or_url, split), dry_run, as_json)
        elif merge is not None:
            _merge(conn.engine, story_id, need_story(conn, merge), dry_run, as_json)
        else:
            _show(conn, story_id, events, as_json)


def _leaving(conn: Connection, story_id: int, id_or_url: str, split: str) -> int:
    """Find the article that leaves the story. Raises NotFound when it is not in the story."""
    if not split and is_story(id_or_url):
        raise click.UsageError(f"say which article leaves: newskeep story {id_or_url} --split ARTICLE")
    article_id = need_article(conn, split or id_or_url)
    article = short_id("a", article_id)
    own_story = need_story(conn, article)
    if own_story != story_id:
        now = short_id("s", own_story)
        where = f"{article} is not in story {short_id('s', story_id)} but in {now}"
        raise NotFound(where, f"newskeep story {now} --split {article}")
    return article_id


def _split(engine: Engine, article_id: int, dry_run: bool, as_json: bool) -> None:
    from archive.stories import split_article

    old_story, new_story = split_article(engine, article_id, keep=not dry_run)
    article, was, now = short_id("a", article_id), short_id("s", old_story), short_id("s", new_story)
    record = {"type": "split", "id": article, "from": was, "to": None if dry_run else now, "dry_run": dry_run}
    done = f"{article} is out of story {was} and in story {now} of its own, permanently"
    would = f"{article} would leave story {was} for one of its own; nothing was written"
    print_answer([record], [would if dry_run else done], as_json=as_json)


def _merge(engine: Engine, story_id: int, other_id: int, dry_run: bool, as_json: bool) -> None:
    from archive.stories import merge_stories

    into = short_id("s", merge_stories(engine, story_id, other_id, keep=not dry_run))
    old = short_id("s", max(story_id, other_id))
    record = {"type": "merge", "from": old, "to": into, "dry_run": dry_run}
    done = f"{old} is part of story {into} now; its number leads there"
    would = f"{old} would become part of story {into}; nothing was written"
    print_answer([record], [would if dry_run else done], as_json=as_json)


def _show(conn: Connection, story_id: int, events: bool, as_json: bool) -> None:
    from archive.stories import read_story, same_event

    members = read_story(conn, story_id)
    others = same_event(conn, story_id) if events else []
    records = [record_of("member", member) for member in members] + [record_of("same_event", one) for one in others]
    print_answer(records, [*story_lines(members), *_event_lines(others)], as_json=as_json)
    if events and not others:
        say("No other story on the event was found within three days.")


def story_lines(members: Iterable[Member]) -> Iterator[str]:
    """Yield the lines about stories and their articles, which stand in this order."""
    for story_id, group in groupby(members, lambda member: member.story_id):
        articles = list(group)
        outlets = plural(len({article.outlet for article in articles}), "outlet")
        yield strong(f"{short_id('s', story_id)} · {plural(len(articles), 'article')} of {outlets}")
        for article in articles:
            yield f"  {short_id('a', article.id)}  {format_time(article.first_captured_at)}  {one_line(article.outlet)}"
            yield f"    {one_line(article.headline or '')}"
            matched = evidence_in_words(article.evidence, earliest=article.earliest, agency=article.agency)
            yield f"    {dim(matched)}  {one_line(article.url)}"
            yield from (dim(f"      “{_cut(passage)}”") for passage in article.passages)


def _event_lines(others: Iterable[SameEvent]) -> Iterator[str]:
    for other in others:
        story = f"{short_id('s', other.story_id)}  {other.alike:.2f}  {format_time(other.date)}"
        yield f"{dim('same event')}  {story}  {one_line(other.outlet)}"
        yield f"    {one_line(other.headline or '')}"


def _cut(passage: str) -> str:
    line = one_line(printable(passage))
    return line if len(line) <= _PASSAGE_CHARS else f"{line[:_PASSAGE_CHARS]}…"
