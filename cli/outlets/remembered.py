"""What the archive remembers of an outlet: what was found when somebody looked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from cli.outlets.values import found_values
from cli.output import say
from news.errors import ArchiveError

if TYPE_CHECKING:
    from archive.channels import Channel
    from archive.home import Home
    from crawler.outlets.survey import Survey
    from news.outlets import Outlet


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
