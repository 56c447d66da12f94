"""Cron lines against what Debian's own cron did with them (debian_cron/), and against a plain reading of its rules that
is held to the same and asks minute after minute, for lines by chance.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.timetable import next_times

MINUTE = timedelta(minutes=1)
RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
ZONES = ("Europe/Berlin", "America/New_York", "UTC", "Asia/Kathmandu", "Australia/Lord_Howe")
# The days around which clocks change, and a year's end.
DAYS = {
    "Berlin in spring": ("Europe/Berlin", datetime(2026, 3, 28, 12, tzinfo=UTC)),
    "Berlin in autumn": ("Europe/Berlin", datetime(2026, 10, 24, 12, tzinfo=UTC)),
    "New York in spring": ("America/New_York", datetime(2026, 3, 7, 18, tzinfo=UTC)),
    "New York in autumn": ("America/New_York", datetime(2026, 10, 31, 18, tzinfo=UTC)),
    "the year's end": ("Europe/Berlin", datetime(2027, 12, 30, 12, tzinfo=UTC)),
    "a leap year's end of February": ("America/New_York", datetime(2028, 2, 27, 12, tzinfo=UTC)),
}

LINES_OF_EACH_DAY = ("30 2 * * *", "0,30 1-3 * * *", "*/15 * * * *", "59 23 31 12 *", "0 0 1 1 *", "15 2,3 * * 0",
                     "0 */6 * * *", "10 1 29 2 *", "5 * * * 1-5", "0 2 * * *", "0 3 * * *", "59 1 * * *")  # fmt: skip
WEEK = datetime(2026, 11, 22, tzinfo=UTC)


def field(text: str, low: int, high: int) -> set[int]:
    """The numbers that a cron field names."""
    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        begin = low if span == "*" else int(first)
        end = high if span == "*" or (step and not last) else int(last or first)
        found |= set(range(begin, end + 1, int(step or 1)))
    return found


class Line:
    """A cron line, read in the plainest way."""

    def __init__(self, line: str) -> None:
        texts = line.split()
        read = (field(text, *span) for text, span in zip(texts, RANGES, strict=True))
        self.minutes, self.hours, self.days, self.months, self.weekdays = read
        self.either_day = not (texts[2].startswith("*") or texts[4].startswith("*"))
        self.by_wall = texts[0].startswith("*") or texts[1].startswith("*")

    def matches(self, wall: datetime) -> bool:
        if wall.minute not in self.minutes or wall.hour not in self.hours or wall.month not in self.months:
            return False
        day, weekday = wall.day in self.days, bool({wall.isoweekday() % 7, wall.isoweekday()} & self.weekdays)
        return (day or weekday) if self.either_day else (day and weekday)


def reference(line: str, zone: str, begin: datetime, hours: int) -> Iterator[datetime]:
    """When Debian's cron would start the line: by the wall clock where minute or hour is a star; else a time that is
    skipped comes at once after the gap, and one that is repeated comes once.
    """
    read, place = Line(line), ZoneInfo(zone)
    seen = begin.astimezone(place).replace(tzinfo=None)
    for number in range(1, hours * 60 + 1):
        at = begin + number * MINUTE
        wall = at.astimezone(place).replace(tzinfo=None)
        new = [wall] if read.by_wall else [seen + n * MINUTE for n in range(1, (wall - seen) // MINUTE + 1)]
        seen = max(seen, wall)
        if any(read.matches(one) for one in new):
            yield at


def ours(line: str, zone: str, begin: datetime, hours: int) -> list[datetime]:
    """What we make of it, asking for one time after the other as the timetable does."""
    times, at = [], begin
    while True:
        following = next_times(line, zone, at, 1)
        if not following or following[0].astimezone(UTC) > begin + timedelta(hours=hours):
            return times
        assert following[0] > at
        at = following[0].astimezone(UTC)
        times.append(at)


RECORDED = json.loads((Path(__file__).parent / "debian_cron" / "times.json").read_text(encoding="ascii"))


def _once(minutes: list[int]) -> list[int]:
    """Where the clock skips several times of a line, cron starts it for each of them at once, and we crawl once."""
    return sorted(set(minutes))


@pytest.mark.parametrize("begin", sorted({begin for _, _, begin, *_ in RECORDED}))
@pytest.mark.parametrize("by", [ours, reference])
def test_lines_come_when_debians_cron_started_them(by: Callable[..., Iterable[datetime]], begin: str) -> None:
    at = datetime.fromisoformat(begin)
    for line, zone, _, hours, minutes in (one for one in RECORDED if one[2] == begin):
        assert [(time - at) // MINUTE for time in by(line, zone, at, hours)] == _once(minutes), (line, zone)


def test_what_was_recorded_has_all_weekdays_the_days_on_which_clocks_change_and_a_years_end() -> None:
    assert {(zone, datetime.fromisoformat(begin)) for _, zone, begin, *_ in RECORDED} >= set(DAYS.values())
    weekdays = [(f"0 6 * * {number}", zone) for number in range(8) for zone in ("Europe/Berlin", "America/New_York")]
    assert [minutes for line, zone, _, _, minutes in RECORDED if (line, zone) in weekdays].count([]) == 0
    assert {line for line, *_ in RECORDED} >= {*LINES_OF_EACH_DAY, *(line for line, _ in weekdays)}


def _field(low: int, high: int) -> st.SearchStrategy[str]:
    number = st.integers(low, high)
    span = st.tuples(number, number).map(lambda pair: f"{min(pair)}-{max(pair)}")
    several = st.lists(number.map(str) | span, min_size=1, max_size=3).map(",".join)
    steps = st.integers(1, high).map(lambda step: f"*/{step}")
    return st.just("*") | several | steps


LINES = st.tuples(*(_field(*span) for span in RANGES)).map(" ".join)
HOURS_ONLY = st.tuples(_field(0, 59), _field(0, 4)).map(lambda pair: f"{pair[0]} {pair[1]} * * *")


@settings(max_examples=40, deadline=None)
@given(LINES | HOURS_ONLY, st.sampled_from(sorted(DAYS)), st.sampled_from(ZONES))
def test_any_line_comes_when_cron_would_start_it(line: str, day: str, zone: str) -> None:
    begin = DAYS[day][1]
    try:
        mine = ours(line, zone, begin, 30)
    except ValueError:  # a day that no month has
        mine = []
    assert mine == list(reference(line, zone, begin, 30))
