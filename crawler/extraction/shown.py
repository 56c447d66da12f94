"""In which zone a moment is written down: the outlet's own, so that its calendar day is the day that readers saw."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from news.dates import parse_date

_QUARTER = 15 * 60  # seconds; no zone is ahead by another share of an hour
_FARTHEST = 14 * 3600
_HALF_A_DAY = 12 * 3600  # that far from UTC nobody lives but seamen; it is a clock of twelve hours, misread
_SLACK = 60  # seconds by which two notes of one moment may differ: one is cut to the minute
# Where the page shows another day than UTC has and no clock: the zones west of it that most outlets keep.
_WEST = ("America/New_York", "America/Los_Angeles")


def zone_named(name: str | None) -> tzinfo | None:
    """The time zone called *name*; None when there is no such zone."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def as_shown(date: datetime, zone: tzinfo | None, shown: Iterable[str]) -> datetime:
    """The same moment in the outlet's zone. A zone that the page itself names stays.

    Without a `zone`, `shown` (texts of the page that hold dates) tell: the same moment with another offset, the clock
    time that is shown, or the day.
    """
    if date.utcoffset():
        return date
    if zone is not None:
        return date.astimezone(zone)
    if not (date.hour or date.minute):
        return date  # most likely a day without a time
    for text in shown:
        found = parse_date(text)
        offset = _zone_between(date, found) if found else None
        if offset is not None:
            return date.astimezone(offset)
    return date


def _zone_between(date: datetime, shown: datetime) -> tzinfo | None:
    """The zone in which the moment *date* reads as *shown*; None when it reads so in none, or in UTC."""
    if shown.utcoffset():
        return shown.tzinfo if abs((shown - date).total_seconds()) <= _SLACK else None
    if not (shown.hour or shown.minute):
        return _western(date, shown)
    ahead = (shown - date.replace(second=0, microsecond=0)).total_seconds()
    if ahead and abs(ahead) <= _FARTHEST and abs(ahead) != _HALF_A_DAY and not ahead % _QUARTER:
        return timezone(timedelta(seconds=ahead))
    return None


def _western(date: datetime, shown: datetime) -> tzinfo | None:
    if shown.date() != (date.astimezone(UTC) - timedelta(days=1)).date():
        return None
    zones = (zone_named(name) for name in _WEST)
    return next((zone for zone in zones if zone and date.astimezone(zone).date() == shown.date()), None)
