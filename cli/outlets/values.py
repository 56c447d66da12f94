"""Values of an outlet: those set in outlets.toml, and those found on its site."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cli.output import say
from news.errors import ArchiveError

if TYPE_CHECKING:
    from archive.channels import Channel
    from archive.home import Home
    from crawler.outlets.survey import Survey
    from news.outlets import Outlet


def found_values(look: Survey) -> dict[str, Any]:
    """Values found on the outlet's site by key, as JSON holds them; empty values are left out."""
    found = {key: value for key, value in asdict(look.found).items() if key != "problems"}
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in found.items()
        if value not in (None, ())
    }


def in_words(value: Any) -> str:
    """One value, or one of several, as `show` prints it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(f"{key} {given}" for key, given in value.items()) if isinstance(value, Mapping) else str(value)


def timetable(outlet: Outlet) -> str:
    """When it is looked at: "every 30 minutes"."""
    from scheduler.timetable import in_words as schedule_in_words

    return schedule_in_words(outlet)


def zone_of(outlet: Outlet) -> str | None:
    """The time zone its schedule is read in, as set or as its address and language suggest."""
    from news.zones import time_zone

    return outlet.timezone or time_zone(outlet.url, outlet.language)


def remember(home: Home, outlet: Outlet, look: Survey) -> None:
    """Keep what was found where `show` and the first crawl find it; a database that is away does not stop anybody."""
    from archive.database import open_archive
    from archive.outlets import ensure_outlet, save_found

    try:
        engine = open_archive(home)
        try:
            with engine.begin() as conn:
                save_found(conn, ensure_outlet(conn, outlet.name, outlet.url), found_values(look))
        finally:
            engine.dispose()
    except ArchiveError as error:
        say(f"not remembered ({error}); the first crawl will look again")


def remembered(home: Home, name: str) -> dict[str, Any] | None:
    """What was found of the outlet; None when nobody has looked yet, or the archive cannot say."""
    if not (home.settings["NEWSKEEP_DATABASE_URL"] or home.postgres.exists()):
        return None
    from sqlalchemy import select

    from archive import models
    from archive.channels import known_channels
    from archive.database import open_archive

    try:
        engine = open_archive(home)
    except ArchiveError as error:
        say(f"what was found is not shown: {error}")
        return None
    columns = models.outlets.c
    with engine.connect() as conn:
        row = conn.execute(
            select(columns.id, columns.found, columns.found_at).where(columns.name == name)
        ).one_or_none()
        channels = [] if row is None else known_channels(conn, row.id)
    engine.dispose()
    if row is None or (row.found_at is None and not channels):
        return None
    return {**row.found, **_by_kind(channels)}


def _by_kind(channels: Iterable[Channel]) -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = {}
    for channel in channels:
        if channel.kind.value != "robots":
            kinds.setdefault(f"{channel.kind.value}s", []).append(channel.url)
    return kinds


_SHOWN, _PROBLEMS_SHOWN = 3, 10


def tell_found(look: Survey, line: Callable[[str], None]) -> None:
    """Hand to *line* what was found, how many articles are announced and what could not be read."""
    for key, value in found_values(look).items():
        line(f"  {key:<10} {_shortened(value)}")
    line(f"  {'links':<10} {len(look.links)}")
    line(f"  {'volume':<10} {_volume(look)}")
    for problem in look.found.problems[:_PROBLEMS_SHOWN]:
        line(f"  {'problem':<10} {problem}")


def _shortened(value: Any) -> str:
    if not isinstance(value, list):
        return str(value)
    return f"{len(value)}: " + " ".join(value[:_SHOWN]) + (" …" if len(value) > _SHOWN else "")


def _volume(look: Survey) -> str:
    if look.per_day is None:
        return "not known: too few links say when they appeared"
    dated = sum(link.announced_at is not None for link in look.links)
    return f"about {look.per_day:.0f} a day, by the dates of {dated} links"
