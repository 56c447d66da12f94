"""`newskeep remove`: take articles out of the archive for good: rows, captures, search; they do not come back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from cli.archive_helpers import NotFound, format_time, need_article, opened_engine
from cli.output import emit, plural, print_text, say
from news.article import parse_id, short_id
from news.exit_codes import ExitCode
from news.text import one_line

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from archive.home import Home
    from archive.removal.removal import Removed
    from archive.removal.rows import Extent

SECTION = "Look after"


@click.command()
@click.argument("targets", metavar="ID|URL...", nargs=-1, required=True)
@click.option("--reason", required=True, help="Why; it is kept in the register of removals.")
@click.option("--copies", is_flag=True, help="All articles that carry the text, of every outlet.")
@click.option("--yes", is_flag=True, help="Remove; without it, only show what would be removed.")
@click.option("--no-scrub", is_flag=True, help="Do not write the database's tables anew; do it later with VACUUM FULL.")
@click.option("--json", "as_json", is_flag=True, help="JSON objects, one a line: each article, then a summary.")
def remove(targets: tuple[str, ...], reason: str, copies: bool, yes: bool, no_scrub: bool, as_json: bool) -> int:
    """Remove articles for good: all revisions, captures, search; a later crawl does not bring them back.

    \b
    newskeep remove a1f3c --reason "court order 3 Cg 12/26"               shows what would be removed
    newskeep remove https://www.krone.at/123 --reason "takedown" --copies --yes

    It goes on where a killed removal stopped. What remains: pages that quote the article, and feeds with its headline.
    """
    from archive.removal.register import holds
    from archive.removal.removal import Held, finish_removals, remove_articles

    with opened_engine() as (home, engine):
        with engine.connect() as conn:
            found = _extents(conn, targets, copies)
            held = holds(conn, [each.article_id for each in found])
        if not yes:
            _print_plan(found, copies, as_json)
        if held:
            raise Held(held)
        if not yes:
            return ExitCode.FINE
        finish_removals(engine, home)
        removed = remove_articles(engine, home, [each.article_id for each in found], reason, everywhere=copies)
        scrubbed = no_scrub or _scrub(engine)
        _print_end(engine, home, found, removed, scrubbed, as_json)
        listed = _list_in_backup(engine, home)
    is_whole = scrubbed and listed and not removed.erased.waiting and not any(each.in_place for each in found)
    return ExitCode.FINE if is_whole else ExitCode.SOME_PAGES_FAILED


def _list_in_backup(engine: Engine, home: Home) -> bool:
    """Add the removal to the list of the newest backup in BACKUP_TO; return False when that was not possible."""
    from archive.backup.removals import note_removals
    from news.errors import NewsError

    address = home.settings["BACKUP_TO"]
    try:
        if address:
            note_removals(engine, address)
    except NewsError as error:
        say(f"the backups in {address} do not list it yet: {error}\n  try: newskeep backup")
        return False
    return True


def _extents(conn: Connection, targets: Sequence[str], copies: bool) -> list[Extent]:
    """Find the articles. Raises NotFound, also for one that was removed before."""
    from archive.removal.rows import extents, with_copies

    ids = [_need_article(conn, target) for target in dict.fromkeys(targets)]
    return extents(conn, with_copies(conn, ids) if copies else ids)


def _need_article(conn: Connection, target: str) -> int:
    from archive.lookup import key_of
    from archive.removal.register import removed_at

    try:
        return need_article(conn, target)
    except NotFound as error:
        key = key_of(target) if "." in target else None
        kind, number = parse_id(target) or ("", 0)
        if when := removed_at(conn, number if kind == "a" and number < 2**63 else None, key):
            hint = f"newskeep explain {one_line(target)}" if key is not None else ""
            raise NotFound(f"{one_line(target)} was removed before, on {format_time(when)}", hint) from error
        raise


def _print_plan(found: Sequence[Extent], copies: bool, as_json: bool) -> None:
    for each in found:
        if as_json:
            emit({"type": "article", **_record(each)})
            continue
        print_text(f"{short_id('a', each.article_id)} · {each.outlet} · {one_line(each.headline or each.url)}")
        print_text(f"  {plural(each.revisions, 'revision')}, {plural(each.captures, 'capture')} in "
                   f"{plural(each.files, 'file')}")  # fmt: skip
        if each.copies and not copies:
            other = plural(each.copies, "other article")
            print_text(f"  {other} with this text would stay: --copies removes them too")
    if not as_json:
        say(f"{plural(len(found), 'article')} would be removed; add --yes to do it")


def _record(each: Extent) -> dict[str, object]:
    return {
        "id": short_id("a", each.article_id), "outlet": each.outlet, "url": each.url, "headline": each.headline,
        "revisions": each.revisions, "captures": each.captures, "copies": each.copies,
        "in_place": each.in_place,
    }  # fmt: skip


def _scrub(engine: Engine) -> bool:
    from archive.removal.scrub import TABLES, scrub
    from cli.progress import part_bars

    with part_bars() as bars:
        task = bars.add_task("writing tables anew", total=len(TABLES) + 2, size="")
        left = []
        for table, is_done in scrub(engine):
            bars.update(task, advance=1)
            left += [] if is_done else [table]
    if left:
        say(f"not written anew: {', '.join(left)}. Removed text may stay in their free space: docs/keeping.md")
    return not left


def _print_end(
    engine: Engine, home: Home, found: Sequence[Extent], removed: Removed, scrubbed: bool, as_json: bool
) -> None:
    from archive.export.register import exports_with

    erased = removed.erased
    with engine.connect() as conn:
        exports = exports_with(conn, [each.article_id for each in found])
    if as_json:
        emit({"type": "summary", "articles": removed.articles, "records": erased.records, "waiting": erased.waiting,
              "scrubbed": scrubbed, "exports": exports})  # fmt: skip
        return
    say(f"{plural(removed.articles, 'article')} removed; {plural(erased.records, 'record')} erased in "
        f"{plural(erased.files, 'capture file')}")  # fmt: skip
    for name in erased.waiting:
        say(
            f"waits: {home.captures / name} is written at this moment, or cannot be reached; the daemon erases it later"
        )
    for name in sorted({name for each in found for name in each.in_place}):
        say(f"{name} was imported in place and still holds a capture of it: Newskeep does not change that file")
    for folder in exports:
        say(f"an export contains it, or is unfinished and may: {folder}")
