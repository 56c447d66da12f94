"""Values of an outlet: those set in outlets.toml, and those found on its site."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from archive.home import Home
from cli.output import say
from news.errors import ArchiveError
from news.outlets import Outlet

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from archive.access import AccessInterval
    from crawler.outlets.survey import Survey

_MAX_ADDRESSES, _MAX_PROBLEMS = 3, 10  # printed of a survey


def found_values(survey: Survey) -> dict[str, Any]:
    """Return values found on the outlet's site by key, as JSON holds them; empty values are left out."""
    found = asdict(survey.found)
    channels = {f"{kind}s": list(urls) for kind, urls in found.pop("channels").items()}
    return {key: value for key, value in (found | channels).items() if key != "problems" and value not in (None, [])}


def in_words(value: Any) -> str:
    """Return the value as `show` prints it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(f"{key} {given}" for key, given in value.items()) if isinstance(value, Mapping) else str(value)


def timetable(outlet: Outlet) -> str:
    """Schedule of the outlet in words, such as "every 30 minutes"."""
    from scheduler.timetable import in_words as schedule_in_words

    return schedule_in_words(outlet)


def zone_of(outlet: Outlet) -> str | None:
    """Time zone of the outlet's schedule: the one that is set, else the one that address and language suggest."""
    from news.dates import time_zone

    return outlet.timezone or time_zone(outlet.url, outlet.language)


@contextmanager
def archive_if_there(home: Home) -> Iterator[Connection | None]:
    """Yield a connection with a transaction; None without a database, and with a note if it cannot be opened."""
    from archive.database import open_archive

    try:
        there = home.settings["NEWSKEEP_DATABASE_URL"] or home.postgres.exists()
        engine = open_archive(home) if there else None
    except ArchiveError as error:
        say(f"what is in the archive is not shown: {error}")
        engine = None
    if engine is None:
        yield None
        return
    try:
        with engine.begin() as conn:
            yield conn
    finally:
        engine.dispose()


def save_survey(home: Home, outlet: Outlet, survey: Survey) -> None:
    """Save what was found, for `show` and the first crawl. Without a database, only print a note."""
    from archive.database import archive_engine
    from archive.outlets import ensure_outlet, save_found

    try:
        with archive_engine(home) as engine, engine.begin() as conn:
            save_found(conn, ensure_outlet(conn, outlet.name, outlet.url), found_values(survey))
    except ArchiveError as error:
        say(f"not remembered ({error}); the first crawl will look again")


def values_in_archive(home: Home, name: str) -> dict[str, Any] | None:
    """Return values found on the outlet's site; None before the first visit, or without a database."""
    with archive_if_there(home) as conn:
        row = _outlet_row(conn, name)
        channels = _channels(conn, row.id) if conn and row else {}
    if row is None or (row.found_at is None and not channels):
        return None
    return {**row.found, **{f"{kind}s": urls for kind, urls in channels.items()}}


def channels_in_archive(home: Home, name: str) -> dict[str, list[str]]:
    """Return channels that crawls of the outlet have found, {kind: URLs}; none without a database."""
    with archive_if_there(home) as conn:
        row = _outlet_row(conn, name)
        return _channels(conn, row.id) if conn and row else {}


def access_in_archive(home: Home, name: str) -> list[AccessInterval]:
    """Access states of the outlet; none without a database."""
    from archive.access import access_of

    with archive_if_there(home) as conn:
        row = _outlet_row(conn, name)
        return access_of(conn, row.id) if conn and row else []


def _outlet_row(conn: Connection | None, name: str) -> Any:
    from sqlalchemy import select

    from archive.models import outlets

    columns = outlets.c.id, outlets.c.found, outlets.c.found_at
    return conn.execute(select(*columns).where(outlets.c.name == name)).one_or_none() if conn else None


def _channels(conn: Connection, outlet_id: int) -> dict[str, list[str]]:
    from archive.channels import ROBOTS, known_channels

    kinds: dict[str, list[str]] = {}
    for channel in known_channels(conn, outlet_id):
        if channel.kind != ROBOTS:
            kinds.setdefault(channel.kind, []).append(channel.url)
    return kinds


def print_survey(survey: Survey, line: Callable[[str], None]) -> None:
    """Print what was found, the number of links, the volume and the problems; *line* prints one line."""
    for key, value in found_values(survey).items():
        line(f"  {key:<10} {_shortened(value)}")
    line(f"  {'links':<10} {len(survey.links)}")
    line(f"  {'volume':<10} {_volume(survey)}")
    for problem in survey.found.problems[:_MAX_PROBLEMS]:
        line(f"  {'problem':<10} {problem}")


def _shortened(value: Any) -> str:
    if not isinstance(value, list):
        return str(value)
    return f"{len(value)}: " + " ".join(value[:_MAX_ADDRESSES]) + (" …" if len(value) > _MAX_ADDRESSES else "")


def _volume(survey: Survey) -> str:
    if survey.per_day is None:
        return "not known: too few links say when they appeared"
    dated = sum(link.announced_at is not None for link in survey.links)
    return f"about {survey.per_day:.0f} a day, by the dates of {dated} links"
