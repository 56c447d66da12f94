"""`newskeep export`: a search, or all, as files for others."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

import click

from archive.export import formats as formats_package
from cli.archive_helpers import need_outlet, opened_engine
from cli.completion import complete_outlet
from cli.counting import counting
from cli.crawl_report import size
from cli.output import emit, plural, say
from cli.search import MOST_CHARACTERS, Day, Search, ignored_lines
from news.exit_codes import ExitCode

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem
    from sqlalchemy import Engine

    from archive.export.folder import Exported
    from archive.export.request import Request
    from archive.home import Home

SECTION = "Read"

FORMATS = [found.name for found in iter_modules(formats_package.__path__)]  # a format has the name of its module


class Moment(click.ParamType[datetime]):
    """A day, which means its end in UTC, or a time in ISO 8601 (in UTC without a zone)."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            if isinstance(value, str) and len(value) == 10:
                return datetime.combine(date.fromisoformat(value), time.max, UTC)
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(f"“{value}” is neither a day nor a time (write for example 2026-11-22)", param, ctx)


class FormatName(click.ParamType[str]):
    """The name of a format."""

    name = "format"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in FORMATS:
            self.fail(f"there is no format “{value}”; there are {', '.join(FORMATS)}", param, ctx)
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        from archive.export.format import formats

        found = formats().values()
        return [CompletionItem(each.name, help=each.words) for each in found if each.name.startswith(incomplete)]


@click.command(cls=Search)
@click.argument("query", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every article; instead of a query.")
@click.option("--outlet", metavar="NAME|URL", shell_complete=complete_outlet, help="Only this outlet.")
@click.option("--lang", help="Only this language: de, en, de-AT ...")
@click.option("--from", "since", type=Day(), help="Published on this day or later (UTC).")
@click.option("--to", "until", type=Day(), help="Published on this day or earlier (UTC).")
@click.option(
    "--format",
    "formats",
    type=FormatName(),
    multiple=True,
    help=f"{', '.join(FORMATS)}; jsonl unless you name another. May be repeated.",
)
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Write a dataset with its documentation there; else the data go to standard output.",
)
@click.option("--as-of", type=Moment(), help="As the archive stood at the end of this day (UTC), or at this time.")
@click.option("--fields", metavar="A,B,…", help="Only these columns.")
@click.option("--revisions", is_flag=True, help="Every text of each article over time as well.")
@click.option("--removed", is_flag=True, help="What was removed from the texts as well, for example teasers.")
@click.option("--stories", is_flag=True, help="The stories of the articles as well.")
@click.option("--dry-run", is_flag=True, help="Count and estimate; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="The outcome as one JSON object.")
def export(
    query: tuple[str, ...], everything: bool, outlet: str | None, lang: str | None, since: date | None,
    until: date | None, formats: tuple[str, ...], into: Path | None, as_of: datetime | None, fields: str | None,
    revisions: bool, removed: bool, stories: bool, dry_run: bool, as_json: bool,
) -> int:  # fmt: skip
    """Export what a search finds, or everything, as files that can be cited and made again to the byte.

    \b
    newskeep export zugunglück linz --into linz --format csv --format wacz
    newskeep export --all --revisions --as-of 2026-11-30 --into frozen

    An interrupted export goes on when the command is run again. `newskeep exports list` shows what was exported.
    """
    words = " ".join(query).strip()
    if not (words or everything or outlet or lang or since or until):
        raise click.UsageError("say what: a query, a filter, or --all")
    if len(words) > MOST_CHARACTERS:
        raise click.UsageError(f"a query of {len(words)} characters; {MOST_CHARACTERS} at most")
    tables = ("articles", *(("revisions",) if revisions else ()), *(("stories",) if stories else ()))
    if into is None and not dry_run:
        tables = tables[-1:]
        if as_json or (revisions and stories) or len(formats) > 1:
            raise click.UsageError("several files, or --json, need a folder: --into FOLDER")
    with opened_engine() as (home, engine):
        request = _request(engine, words, outlet, lang, since, until, as_of, tables, formats, fields, removed)
        if dry_run:
            return _estimate(engine, home, request, as_json)
        if into is None:
            return _stream(engine, home, request)
        return to_folder(engine, home, request, into, any_time=as_of is None, as_json=as_json)


def _request(
    engine: Engine, words: str, outlet: str | None, lang: str | None, since: date | None, until: date | None,
    as_of: datetime | None, tables: tuple[str, ...], formats: tuple[str, ...], fields: str | None, removed: bool,
) -> Request:  # fmt: skip
    """Return what is asked for. Raises NotFound, CannotExport, SettingError."""
    from archive.export.dataset import settled_at
    from archive.export.request import Request, default_fields
    from archive.search import Filters

    with engine.connect() as conn:
        outlet = need_outlet(conn, outlet) if outlet else None
        as_of = as_of or settled_at(conn)
        filters = Filters(outlet, lang, since, until)
        for line in ignored_lines(conn, words, filters):
            say(line)
    named = tuple(field.strip() for field in (fields or "").split(",") if field.strip())
    if removed:
        named = (*(named or default_fields(tables)), "removed")
    formats = tuple(dict.fromkeys(formats)) or ("jsonl",)
    request = Request(words, filters, as_of, tables, formats, named)
    request.check()
    return request


def _estimate(engine: Engine, home: Home, request: Request, as_json: bool) -> int:
    from archive.export.dataset import open_dataset
    from archive.export.folder import parts_of

    with open_dataset(engine, request) as dataset:
        found = [(part.name, part.count(), part.estimate()) for part in parts_of(dataset, home)]
    for name, rows, estimate in found:
        if as_json:
            emit({"type": "estimate", "file": name, "rows": rows, "bytes": estimate})
        else:
            say(f"{name}: {plural(rows, 'row')}, about {size(estimate)}")
    return ExitCode.FINE


def _stream(engine: Engine, home: Home, request: Request) -> int:
    """Write the only file of the export to standard output."""
    from archive.export.dataset import open_dataset
    from archive.export.folder import parts_of

    with open_dataset(engine, request) as dataset, counting() as on_rows:
        [part] = parts_of(dataset, home)
        progress = part.stream(sys.stdout.buffer, on_rows)
        sys.stdout.buffer.flush()
    say(f"{plural(progress.rows, 'row')}, as of {request.as_of.isoformat()}")
    return _damage(progress.damaged)


def to_folder(
    engine: Engine, home: Home, request: Request, folder: Path, *, any_time: bool = False, as_json: bool = False
) -> int:
    """Export into a folder, and say what came of it; the exit code."""
    from archive.export.folder import export_to

    try:
        with counting() as on_rows:
            exported = export_to(engine, home, request, folder, on_rows, any_time=any_time)
    except KeyboardInterrupt:
        say("the same command goes on from here")
        raise
    if as_json:
        emit(_record(exported, folder))
    for file in () if as_json else exported.files:
        say(f"{folder / file.name}: {plural(file.rows, 'row')}, {size(file.bytes)}")
    if not as_json:
        say(f"export {exported.number}, as of {exported.request.as_of.isoformat()}")
    damaged = [file for file in exported.files if file.damaged]
    return _damage([f"{file.name} lacks {plural(file.damaged, 'capture')}" for file in damaged])


def _record(exported: Exported, folder: Path) -> dict[str, Any]:
    from dataclasses import asdict

    about = {"export": exported.number, "folder": str(folder), "as_of": exported.request.as_of.isoformat()}
    return {"type": "export", **about, "files": [asdict(file) for file in exported.files]}


def _damage(problems: Sequence[str]) -> int:
    for problem in problems:
        say(f"damaged: {problem}")
    return ExitCode.BOOKS_OR_DAMAGE if problems else ExitCode.FINE
