"""`newskeep outlets check`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from cli.outlets.known import opened
from cli.outlets.options import as_json
from cli.outlets.values import timetable, zone_of
from cli.output import emit, say, tell

if TYPE_CHECKING:
    from news.outlets import Outlet

_TIMES = 3


@click.command()
@as_json
def check(json_: bool) -> None:
    """Check outlets.toml, and say when each outlet is due.

    \b
    newskeep outlets check
    newskeep outlets check --json
    """
    home, known = opened()
    now = datetime.now(UTC)
    for outlet in known.outlets:
        zone, times = zone_of(outlet), _next_times(outlet, now)
        if json_:
            emit({"type": "outlet", "outlet": outlet.name, "enabled": outlet.enabled, "when": timetable(outlet),
                  "timezone": zone or "UTC", "next": [time.isoformat() for time in times]})  # fmt: skip
        elif outlet.enabled:
            shown = ", ".join(_shown(time, now) for time in times)
            tell(f"{outlet.name:<20} {timetable(outlet)}; next {shown}")
        else:
            tell(f"{outlet.name:<20} off")
    if not home.outlets_file.exists():
        say(f"{home.outlets_file} is not there yet\n  next: newskeep outlets add https://…")
        return
    say(f"{home.outlets_file}: {len(known.outlets)} outlet{'s' if len(known.outlets) != 1 else ''}, no mistakes")


def _next_times(outlet: Outlet, now: datetime) -> tuple[datetime, ...]:
    from scheduler.timetable import next_turns

    return next_turns(outlet, zone_of(outlet), now, _TIMES) if outlet.enabled else ()


def _shown(time: datetime, now: datetime) -> str:
    """A turn as people say it; its year where that is another."""
    return f"{time:%a %d %b %H:%M %Z}" if time.year == now.year else f"{time:%a %d %b %Y %H:%M %Z}"
