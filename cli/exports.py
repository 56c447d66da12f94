"""`newskeep exports`: the register of exports."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.archive_helpers import NotFound, format_time, opened_archive, opened_engine, print_answer, strong
from cli.crawl_report import size
from cli.output import plural, say
from cli.verbs import Verbs
from news.exit_codes import ExitCode
from news.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from archive.export.register import Export

SECTION = "Look after"


@click.group(cls=Verbs)
def exports() -> None:
    """List what was exported, show an export, make it again.

    \b
    newskeep exports list
    newskeep exports remake 3 --into again
    """


@exports.command(name="list")
@click.option("--limit", type=click.IntRange(1, 100_000), default=20, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="JSON objects, one a line.")
def list_(limit: int, as_json: bool) -> None:
    """List the latest exports, newest first.

    \b
    newskeep exports list
    newskeep exports list --limit 100 --json
    """
    from archive.export.register import list_exports

    with opened_archive() as (_, conn):
        found = list_exports(conn, limit)
    nothing = "Nothing was exported into a folder yet: newskeep export --all --into FOLDER"
    print_answer(map(_record, found), map(_line, found), as_json=as_json, nothing=nothing)


@exports.command()
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show(number: int, as_json: bool) -> None:
    """Show what an export was asked for, and its files with their digests.

    \b
    newskeep exports show 3
    newskeep exports show 3 --json
    """
    with opened_archive() as (_, conn):
        export = _need_export(conn, number)
    print_answer([_record(export)], _lines(export), as_json=as_json)


@exports.command()
@click.argument("number", type=int)
@click.option("--into", type=click.Path(path_type=Path), metavar="FOLDER", required=True, help="A new folder.")
def remake(number: int, into: Path) -> int:
    """Make an export again, as of its time, and compare its data files; exit code 8 when they differ.

    \b
    newskeep exports list
    newskeep exports remake 3 --into again
    """
    from archive.export.folder import export_to
    from cli.counting import counting

    with opened_engine() as (home, engine):
        with engine.connect() as conn:
            export = _need_export(conn, number)
        if not export.finished_at:
            raise NotFound(f"export {number} is unfinished", f"newskeep exports show {number}")
        with counting() as on_rows:
            made = export_to(engine, home, export.asked(), into, on_rows)
    before = {file["name"]: file["sha256"] for file in export.files}
    different = [file.name for file in made.files if before.get(file.name) != file.sha256]
    say(f"different: {', '.join(different)}" if different else f"the same to the byte as export {number}")
    return ExitCode.BOOKS_OR_DAMAGE if different else ExitCode.FINE


def _need_export(conn: Connection, number: int) -> Export:
    from archive.export.register import find_export

    export = find_export(conn, number)
    if export is None:
        raise NotFound(f"there was no export {number}", "newskeep exports list")
    return export


def _record(export: Export) -> dict[str, Any]:
    record = asdict(export)
    return {"type": "export", "export": record.pop("id"), **record}


def _line(export: Export) -> str:
    rows = sum(file["rows"] for file in export.files)
    state = plural(rows, "row") if export.finished_at else "unfinished"
    return f"{export.id:>6}  {format_time(export.started_at)}  {one_line(_title(export))}  {state}"


def _title(export: Export) -> str:
    from archive.export.documents import title_of

    return title_of(export.asked())


def _lines(export: Export) -> Iterator[str]:
    yield strong(f"Export {export.id} · {one_line(_title(export))}")
    state = f"finished {format_time(export.finished_at)}" if export.finished_at else "unfinished: run it again"
    yield f"  begun {format_time(export.started_at)} · {state} · Newskeep {export.version}"
    yield f"  in {one_line(export.folder)}"
    for file in export.files:
        yield f"  {file['sha256']}  {file['name']}  {plural(file['rows'], 'row')}, {size(file['bytes'])}"
