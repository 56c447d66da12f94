"""Check the database: it answers, its version and schema fit, its clock agrees with ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

from archive.backup.last_backup import last_backup
from archive.captures.index import CaptureFile, all_files
from archive.connection_url import normal_url, shown_url
from archive.database import (
    connect_archive,
    embedded_server,
    refuse_what_does_not_fit,
    schema_status,
)
from archive.home import Home
from archive.models import captures
from cli.checks.finding import Finding
from news.errors import NewsError, SchemaOutdated, SettingError
from news.exit_codes import ExitCode
from news.health.machine import CLOCK_SECONDS

if TYPE_CHECKING:
    from sqlalchemy import Engine


_AHEAD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class CaptureFacts:
    """What the archive tells the other checks: growth in bytes a day; by file, where its rows end and its index row."""

    bytes_a_day: float | None
    file_ends: dict[str, int]
    files: dict[str, CaptureFile]


def open_for_checking(home: Home) -> tuple[Engine | None, list[Finding]]:
    """Connect; return the findings, and the engine when the schema fits."""
    try:
        engine = _connect(home)
    except NewsError as error:
        return None, [Finding.of("database", error)]
    with engine.connect() as connection:
        version = str(connection.scalar(text("select current_setting('server_version')"))).partition(" ")[0]
    findings = [Finding.fine("database", f"PostgreSQL {version} {_where(home)}")]
    try:
        schema = schema_status(engine)
        refuse_what_does_not_fit(schema)
    except SchemaOutdated as error:
        engine.dispose()
        return None, [*findings, Finding.of("schema", error)]
    return engine, [*findings, Finding.fine("schema", f"{schema.current}, up to date")]


def _connect(home: Home) -> Engine:
    if not home.settings["NEWSKEEP_DATABASE_URL"] and embedded_server(home).state().version is None:
        raise SettingError(f"there is no archive in {home.path}: no database is there yet", "newskeep init")
    return connect_archive(home)


def _where(home: Home) -> str:
    if given := home.settings["NEWSKEEP_DATABASE_URL"]:
        return f"at {shown_url(normal_url(given))}"
    return f"(embedded, process {embedded_server(home).state().pid}) in {home.postgres}"


def check_clock(engine: Engine) -> Finding:
    """Compare our clock with the database's and with the newest capture."""
    with engine.connect() as connection:
        before = datetime.now(UTC)
        database_time = connection.scalars(select(func.clock_timestamp())).one()
        after = datetime.now(UTC)
        newest = connection.scalar(select(func.max(captures.c.captured_at)))
    ours = before + (after - before) / 2
    return judge_clock((ours - database_time).total_seconds(), newest - ours if newest else None)


def judge_clock(seconds: float, newest_ahead: timedelta | None) -> Finding:
    """Judge how far our clock is ahead of the database's, and the newest capture ahead of our clock."""
    remedy = "timedatectl set-ntp true"
    if abs(seconds) > CLOCK_SECONDS:
        way = "ahead of" if seconds > 0 else "behind"
        return Finding.bad(
            "clock", f"{abs(seconds):,.0f} s {way} the database's", remedy, ExitCode.CONFIGURATION_INVALID
        )
    if newest_ahead is not None and newest_ahead > _AHEAD:
        problem = f"the newest capture is {newest_ahead} ahead of it"
        return Finding.bad("clock", problem, remedy, ExitCode.CONFIGURATION_INVALID)
    return Finding.fine("clock", "agrees with the database")


def read_capture_facts(engine: Engine | None) -> CaptureFacts:
    """Ask the archive about its captures."""
    if engine is None:
        return CaptureFacts(None, {}, {})
    length = captures.c.record_length
    week = select(func.coalesce(func.sum(length), 0)).where(captures.c.captured_at > func.now() - timedelta(days=7))
    ends = select(captures.c.file, func.max(captures.c.record_offset + length)).group_by(captures.c.file)
    with engine.connect() as connection:
        grown = float(connection.scalar(week) or 0)
        ends_by_file = {file: int(end) for file, end in connection.execute(ends)}
        return CaptureFacts(grown / 7, ends_by_file, {file.name: file for file in all_files(connection)})


def check_backup(home: Home, now: datetime) -> Finding:
    """Say when the last backup was made; the rules of health judge its age."""
    last = last_backup(home)
    if last is None:
        return Finding.note("backup", "none was made yet", "newskeep backup FOLDER   # or set BACKUP_TO for the daemon")
    days = (now - last.at) / timedelta(days=1)
    return Finding.fine("backup", f"made {days:,.1f} days ago" + (f" in {last.text}" if last.text else ""))
