"""When an outlet is due: its schedule in words, and the next times of it in the outlet's own zone."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from cronsim.explain import explain

from news.outlets import Outlet
from news.schedule.backoff import jitter
from news.schedule.rhythm import Rhythm, next_look

AUTO = "auto"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CRON_MINUTE = timedelta(minutes=1)  # over which outlets with the same cron line are spread
_EVERY_NTH = re.compile(r"every (\d+)(?:st|nd|rd|th) (minute|hour)\b", re.IGNORECASE)
DEFAULT_EVERY = timedelta(minutes=30)


def in_words(outlet: Outlet) -> str:
    """Return the timetable in words: "every 30 minutes", "at 06:00 every day".

    Raises ValueError for an invalid schedule.
    """
    interval = f"every {duration_in_words(interval_of(outlet))}"
    if outlet.schedule:
        _check(outlet.schedule)
        words = _EVERY_NTH.sub(r"every \1 \2s", str(explain(outlet.schedule)))
        waits = "; pages to look at again wait for these times" if outlet.revisit else ""
        return words[:1].lower() + words[1:] + waits
    return f"when the outlet usually publishes, {interval} on average" if outlet.every == AUTO else interval


def duration_in_words(length: timedelta) -> str:
    """Return *length* in its largest whole unit: "90 minutes", "6 hours", "day"."""
    minutes = max(1, round(length.total_seconds() / 60))
    for unit, size in (("week", 10_080), ("day", 1440), ("hour", 60), ("minute", 1)):
        if minutes % size == 0:
            count = minutes // size
            return unit if count == 1 else f"{count} {unit}s"
    raise AssertionError(minutes)


def next_times(schedule: str, timezone: str | None, after: datetime, count: int) -> tuple[datetime, ...]:
    """Return the next *count* times that *schedule* names after *after* (with a zone), in *timezone* (UTC when None).

    Cron fields are read as Debian's cron reads them: 0 and 7 are Sunday; a time that the clock skips in spring comes at
    once after the gap, a time that it repeats in autumn comes once. Raises ValueError for an invalid schedule.
    """
    _check(schedule)
    return tuple(islice(_ticks(schedule, after.astimezone(ZoneInfo(timezone) if timezone else UTC)), count))


def next_turn(outlet: Outlet, timezone: str | None, rhythm: Rhythm | None, after: datetime) -> datetime:
    """Return the first turn of *outlet* after *after*, in UTC; with `every = "auto"` by its *rhythm*.

    The outlet's name fixes its place within the interval, or within the minute that cron names. So outlets with the
    same timetable do not start together, and the place is the same after a restart.
    """
    if outlet.schedule:
        late = _CRON_MINUTE * jitter(outlet.name)
        return next_times(outlet.schedule, timezone, after - late, 1)[0].astimezone(UTC) + late
    if outlet.every == AUTO:
        return next_look(
            rhythm or Rhythm(), interval_of(outlet), jitter(outlet.name), ZoneInfo(timezone or "UTC"), after
        )
    every = _length(outlet.every)
    first = _EPOCH + every * jitter(outlet.name)
    return first + every * ((after - first) // every + 1)


def next_turns(outlet: Outlet, timezone: str | None, after: datetime, count: int) -> tuple[datetime, ...]:
    """Return the next *count* turns of *outlet* after *after* by outlets.toml, in *timezone* (UTC when None).

    For a schedule these are the times it names, without the outlet's place in the minute. Turns by a learnt rhythm, and
    extra turns for rechecks, are not among them.
    """
    if outlet.schedule:
        return next_times(outlet.schedule, timezone, after, count)
    turns = [after]
    while len(turns) <= count:
        turns.append(next_turn(outlet, timezone, None, turns[-1]))
    zone = ZoneInfo(timezone) if timezone else UTC
    return tuple(turn.astimezone(zone).replace(microsecond=0) for turn in turns[1:])


def interval_of(outlet: Outlet) -> timedelta:
    """Return the time between two turns of an outlet without a schedule; the mean with "auto"."""
    return _length(outlet.budget if outlet.every == AUTO else outlet.every)


def _ticks(schedule: str, after: datetime) -> Iterator[datetime]:
    """Yield the schedule's times, each once: cronsim repeats those of the hour that autumn repeats."""
    last = after.astimezone(UTC)
    for tick in CronSim(schedule, after):
        if (at := tick.astimezone(UTC)) > last:
            yield tick
            last = at


def _check(schedule: str) -> None:
    if len(schedule.split()) != 5:
        raise ValueError(f"{schedule!r} is not a schedule: five fields are needed")
    try:
        CronSim(schedule, datetime(2026, 1, 1, tzinfo=UTC))
    except (CronSimError, RecursionError) as error:
        raise ValueError(f"{schedule!r} is not a schedule: {error}") from error


def _length(every: timedelta | str | None) -> timedelta:
    return every if isinstance(every, timedelta) else DEFAULT_EVERY
