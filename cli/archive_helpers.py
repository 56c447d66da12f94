"""What the reading verbs share: open the archive, resolve ids and addresses, print answers, times and evidence."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import click

from archive.home import Home, existing_archive
from cli.output import emit, say
from news.article import parse_id, short_id
from news.errors import NewsError
from news.exit_codes import ExitCode
from news.sameness.sameness_rule import STORY_RULES, SamenessRule
from news.text import one_line

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from archive.crawls import CrawlRecord


class NotFound(NewsError):
    """The archive does not have what the command names."""

    exit_code = ExitCode.USAGE


@contextmanager
def opened_engine() -> Iterator[tuple[Home, Engine]]:
    """Open the archive; yield its data folder and an engine."""
    from archive.database import archive_engine

    home = existing_archive()
    with archive_engine(home) as engine:
        yield home, engine


@contextmanager
def opened_archive() -> Iterator[tuple[Home, Connection]]:
    """Open the archive; yield its data folder and a connection."""
    with opened_engine() as (home, engine), engine.connect() as conn:
        yield home, conn


@contextmanager
def connected_archive(home: Home) -> Iterator[Engine]:
    """Connect to the archive whatever its schema; dispose of the engine at the end."""
    from archive.database import connect_archive

    engine = connect_archive(home)
    try:
        yield engine
    finally:
        engine.dispose()


def need_article(conn: Connection, id_or_url: str) -> int:
    """Find an article by its id or address and return its row number. Raises NotFound."""
    from archive.lookup import find_article

    article_id = find_article(conn, id_or_url)
    if article_id is None:
        hint = f"newskeep explain {one_line(id_or_url)}" if "." in id_or_url else "newskeep search WORDS"
        raise NotFound(f"“{one_line(id_or_url)}” is no article of this archive", hint)
    return article_id


def need_story(conn: Connection, id_or_url: str) -> int:
    """Find a story by its id, or that of an article, and return its row number. Raises NotFound."""
    from archive.lookup import find_story, read_article

    if is_story(id_or_url):
        story_id = find_story(conn, id_or_url)
        if story_id is None:
            raise NotFound(f"“{one_line(id_or_url)}” is no story of this archive", "newskeep search WORDS")
        return story_id
    article = read_article(conn, need_article(conn, id_or_url))
    assert article  # an article always has a latest revision
    return article.story_id


def is_story(text: str) -> bool:
    """Return whether *text* is the id of a story, such as s77."""
    kind_and_number = parse_id(text)
    return kind_and_number is not None and kind_and_number[0] == "s"


def need_crawl(conn: Connection, number: int) -> CrawlRecord:
    """Find a crawl by its number. Raises NotFound."""
    from archive.crawls import find_crawl

    crawl = find_crawl(conn, number)
    if crawl is None:
        raise NotFound(f"there was no crawl {number}", "newskeep crawls list")
    return crawl


def need_outlet(conn: Connection, name_or_url: str) -> str:
    """Find an outlet by its name or home page and return its name. Raises NotFound with the nearest name."""
    from sqlalchemy import select

    from archive.lookup import key_of
    from archive.models import outlets

    urls = {row.name: row.url for row in conn.execute(select(outlets.c.name, outlets.c.url))}
    key = key_of(name_or_url) if "://" in name_or_url else None
    at_home = (name for name, url in urls.items() if key is not None and key_of(url) == key)
    outlet = name_or_url if name_or_url in urls else next(at_home, None)
    if outlet is not None:
        return outlet
    near = get_close_matches(name_or_url, urls, n=1, cutoff=0.5)
    ctx = click.get_current_context(silent=True)
    verb = ctx.command_path if ctx else "newskeep search"
    hint = f"{verb} --outlet {one_line(near[0])}" if near else "newskeep crawls list"
    raise NotFound(f"nothing was crawled from an outlet “{one_line(name_or_url)}”", hint)


_KINDS = {"id": "a", "article_id": "a", "matched_article_id": "a", "story_id": "s"}


def record_of(kind: str, row: Any, **more: Any) -> dict[str, Any]:
    """Return a row of the archive as a record of `--json`, its ids as people see them (a1f3c, s77), with *more*."""
    fields = {**asdict(row), **more}
    ids = {name: short_id(letter, fields[name]) for name, letter in _KINDS.items() if fields.get(name) is not None}
    return {"type": kind, **fields, **ids}


def print_answer(
    records: Iterable[Mapping[str, Any]], lines: Iterable[str], *, as_json: bool, nothing: str = ""
) -> None:
    """Print the records as JSON or the lines for people; without any, say *nothing*."""
    found = False
    for part in records if as_json else lines:
        found = True
        emit(part) if isinstance(part, Mapping) else click.echo(part)
    if not found and nothing:
        say(nothing)


def format_time(time: datetime | None, pattern: str = "%-d %b %Y %H:%M %Z") -> str:
    """Format a time in the local time zone, with the zone's name; a dash for None."""
    return time.astimezone().strftime(pattern) if time else "–"


def coloured() -> bool:
    """Return whether standard output takes colours: it is a terminal, and NO_COLOR is not set."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def strong(text: str) -> str:
    """Make *text* bold, where colours are on."""
    return click.style(text, bold=True) if coloured() else text


def dim(text: str) -> str:
    """Make *text* dim, where colours are on."""
    return click.style(text, dim=True) if coloured() else text


def evidence_in_words(evidence: Mapping[str, Any], *, earliest: bool = False, agency: str | None = None) -> str:
    """Say why an article belongs to its story: the rule, the common share, the other article, the agency it names."""
    return " · ".join(one_line(part) for part in _evidence_parts(evidence, earliest, agency))


def _evidence_parts(evidence: Mapping[str, Any], earliest: bool, agency: str | None) -> Iterator[str]:
    if earliest:
        yield "earliest copy we saw"
    rule = str(evidence.get("rule", ""))
    matched = evidence.get("article")
    if rule in STORY_RULES:
        yield SamenessRule(rule).words + (f" as {short_id('a', matched)}" if isinstance(matched, int) else "")
        if rule != SamenessRule.SAME_LETTERS and evidence.get("share") is not None:
            of_other = evidence.get("share_of_other", "?")
            yield f"{evidence['share']} % of the shorter's words, {of_other} % of the longer's"
        if passages := evidence.get("passages"):
            yield f"longest passages {', '.join(f'{end - start} words' for start, end in passages)}"
    if id_or_url := evidence.get("agency") or agency:
        yield f"names {id_or_url}"
