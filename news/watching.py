"""When an outlet was watched: looks come at intervals, and a long interval without one is time that nobody looked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

_SHORTEST = timedelta(hours=8)  # longer than back-off ever waits, and than a night without a turn
_TIMES = 3  # the usual interval
OURS = frozenset({"not_running", "no_worker", "offline", "interrupted", "not_looked", "crawl_timeout"})

Interval = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Look:
    """A row of coverage: from when to when, whether something could be read, and why not."""

    started_at: datetime
    ended_at: datetime
    looked: bool
    reason: str | None = None

    @property
    def counts(self) -> bool:
        """True when we asked: an outlet that answers nobody was watched, one that we did not ask was not."""
        return self.looked or self.reason not in OURS


def unwatched(looks: Sequence[Look], start: datetime, end: datetime) -> tuple[Interval, ...]:
    """The parts of *start* to *end* in which nobody looked, in order and without overlap.

    Long intervals between looks, and what is recorded as a gap of our own. What comes before the first look of all is
    unwatched, what comes after the last only when it is long.
    """
    times = sorted(look.started_at for look in looks if look.counts)
    if not times:
        return ((start, end),) if start < end else ()
    allowed = _allowed(times)
    pairs = list(zip(times, [*times[1:], end], strict=True))
    gaps = [(one, two) for one, two in pairs if two - one > allowed]
    gaps += [(look.started_at, look.ended_at) for look in looks if not look.counts]
    if times[0] > start:
        gaps.append((start, times[0]))
    return _joined([(max(one, start), min(two, end)) for one, two in gaps])


def length(intervals: Sequence[Interval]) -> timedelta:
    """How long they are together."""
    return sum((end - start for start, end in intervals), timedelta(0))


def within(intervals: Sequence[Interval], start: datetime, end: datetime) -> timedelta:
    """How much of *start* to *end* they cover."""
    return length([(max(one, start), min(two, end)) for one, two in intervals if one < end and two > start])


def _allowed(times: Sequence[datetime]) -> timedelta:
    pauses = [(two - one).total_seconds() for one, two in pairwise(times)]
    return max(_SHORTEST, timedelta(seconds=_TIMES * median(pauses))) if pauses else _SHORTEST


def _joined(intervals: Sequence[Interval]) -> tuple[Interval, ...]:
    joined: list[Interval] = []
    for start, end in sorted(one for one in intervals if one[0] < one[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)
