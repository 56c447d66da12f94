"""Schedules in words and their next times."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from news.outlets import Outlet
from scheduler.timetable import in_words, next_times, next_turn, next_turns

WINTER_ENDS = datetime(2026, 3, 28, 12, tzinfo=UTC)  # the night before the clocks go forward in Vienna


@pytest.mark.parametrize(
    ("schedule", "every", "words"),
    [
        ("*/20 5-23 * * *", None, "every 20 minutes from 05:00 through 23:59"),
        ("0 6 * * 1-5", None, "at 06:00 on Monday through Friday"),
        (None, timedelta(minutes=90), "every 90 minutes"),
        (None, timedelta(hours=6), "every 6 hours"),
        (None, timedelta(days=1), "every day"),
        (None, "auto", "when the outlet usually publishes, every 30 minutes on average"),
        (None, None, "every 30 minutes"),
    ],
)
def test_a_timetable_is_said_in_words(schedule: str | None, every: timedelta | str | None, words: str) -> None:
    assert in_words(outlet(schedule=schedule, every=every)) == words


def test_a_schedule_says_that_pages_to_look_at_again_wait_for_it() -> None:
    often = outlet(schedule="0 6 * * *", revisit=(timedelta(hours=1),))
    assert in_words(often) == "at 06:00 every day; pages to look at again wait for these times"
    assert in_words(outlet(every=timedelta(hours=1), revisit=(timedelta(hours=1),))) == "every hour"


def test_an_outlet_that_follows_its_rhythm_spends_what_the_default_would() -> None:
    often = outlet(every="auto", budget=timedelta(minutes=10))
    assert in_words(often) == "when the outlet usually publishes, every 10 minutes on average"
    assert len([turn for turn in turns(often, 200) if turn <= WINTER_ENDS + timedelta(days=1)]) == 144


@pytest.mark.parametrize(
    ("number", "name"),
    [(0, "Sun"), (1, "Mon"), (2, "Tue"), (3, "Wed"), (4, "Thu"), (5, "Fri"), (6, "Sat"), (7, "Sun")],
)
def test_weekdays_are_counted_as_cron_counts_them(number: int, name: str) -> None:
    (first,) = next_times(f"0 6 * * {number}", None, WINTER_ENDS, 1)
    assert f"{first:%a}" == name


def test_times_are_in_the_outlets_zone_and_follow_its_clock() -> None:
    times = next_times("0 6 * * *", "Europe/Vienna", WINTER_ENDS - timedelta(days=1), 3)
    assert [time.isoformat() for time in times] == [
        "2026-03-28T06:00:00+01:00", "2026-03-29T06:00:00+02:00", "2026-03-30T06:00:00+02:00",
    ]  # fmt: skip


def test_a_time_that_spring_skips_comes_after_the_gap_and_not_never() -> None:
    (first, _) = next_times("30 2 * * *", "Europe/Vienna", WINTER_ENDS, 2)
    assert first.isoformat() == "2026-03-29T03:00:00+02:00"


def test_a_time_that_autumn_repeats_comes_once() -> None:
    times = next_times("30 2 * * *", "Europe/Vienna", datetime(2026, 10, 24, 12, tzinfo=UTC), 2)
    assert [time.day for time in times] == [25, 26]


def test_what_is_announced_of_an_outlet_are_its_turns_in_its_zone() -> None:
    hourly = outlet(every=timedelta(hours=1))
    times = next_turns(hourly, "Europe/Vienna", WINTER_ENDS, 2)
    assert [time.astimezone(UTC) for time in times] == [turn.replace(microsecond=0) for turn in turns(hourly, 2)]
    morning = next_turns(outlet(schedule="0 6 * * *"), "Europe/Vienna", WINTER_ENDS, 1)
    assert [time.isoformat() for time in morning] == ["2026-03-29T06:00:00+02:00"]


@pytest.mark.parametrize("schedule", ["", "* * *", "0 0 * * 8", "@daily", "0 0 31 2 *x", "1 2 3 4 5 6"])
def test_what_is_no_schedule_is_refused(schedule: str) -> None:
    with pytest.raises(ValueError, match="is not a schedule"):
        next_times(schedule, None, WINTER_ENDS, 1)


# Turns


def outlet(name: str = "krone", **fields: object) -> Outlet:
    return Outlet(name, f"https://{name}.example", **fields)  # type: ignore[arg-type]


def turns(outlet: Outlet, count: int, zone: str | None = None, after: datetime = WINTER_ENDS) -> list[datetime]:
    times = [after]
    while len(times) <= count:
        times.append(next_turn(outlet, zone, None, times[-1]))
    return times[1:]


def test_turns_of_an_interval_are_evenly_apart_and_the_same_whenever_they_are_asked_for() -> None:
    times = turns(outlet(every=timedelta(minutes=20)), 5)
    assert {later - sooner for sooner, later in pairwise(times)} == {timedelta(minutes=20)}
    assert turns(outlet(every=timedelta(minutes=20)), 1, after=times[1] + timedelta(minutes=7)) == [times[2]]


def test_two_hundred_outlets_of_one_interval_are_spread_over_it() -> None:
    every = timedelta(minutes=30)
    times = [turns(outlet(f"outlet{number}", every=every), 1)[0] for number in range(200)]
    by_minute = Counter((time - WINTER_ENDS) // timedelta(minutes=1) for time in times)
    assert len(by_minute) > 25
    assert max(by_minute.values()) < 20
    assert len(set(times)) == 200


def test_outlets_of_one_cron_line_start_within_its_minute_and_not_together() -> None:
    due = datetime(2026, 3, 29, 6, tzinfo=UTC)
    times = [turns(outlet(f"outlet{n}", schedule="0 6 * * *"), 1)[0] for n in range(200)]
    assert all(due <= time < due + timedelta(minutes=1) for time in times)
    assert len(set(times)) == 200


def test_turns_of_a_cron_line_come_once_each() -> None:
    times = turns(outlet(schedule="0 6,7 * * *"), 4, "Europe/Vienna")
    assert [time.astimezone(ZoneInfo("Europe/Vienna")).hour for time in times] == [6, 7, 6, 7]


def test_turns_that_follow_the_rhythm_are_as_many_as_those_of_the_default() -> None:
    times = turns(outlet(every="auto"), 48 * 7)
    assert (
        times[-1] - times[0] < timedelta(weeks=1) <= next_turn(outlet(every="auto"), None, None, times[-1]) - times[0]
    )


@given(
    st.text(max_size=5),
    st.sampled_from(
        [timedelta(minutes=1), timedelta(minutes=7), timedelta(days=1), timedelta(days=3660), "auto", None]
    ),
    st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - it adds a zone
)
def test_a_turn_always_lies_ahead(name: str, every: timedelta | str | None, now: datetime) -> None:
    length = every if isinstance(every, timedelta) else timedelta(minutes=30)
    assert now < next_turn(Outlet(name, "", every=every), "Europe/Berlin", None, now) <= now + length * 1.01


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
    """Return the numbers that a cron field names."""
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
    """Yield when Debian's cron would start the line.

    It goes by the wall clock where minute or hour is a star; else a time that is skipped comes at once after the gap,
    and a time that is repeated comes once.
    """
    read, place = Line(line), ZoneInfo(zone)
    seen = begin.astimezone(place).replace(tzinfo=None)
    for number in range(1, hours * 60 + 1):
        at = begin + number * MINUTE
        wall = at.astimezone(place).replace(tzinfo=None)
        new = [wall] if read.by_wall else [seen + n * MINUTE for n in range(1, (wall - seen) // MINUTE + 1)]
        seen = max(seen, wall)
        if any(read.matches(time) for time in new):
            yield at


def ours(line: str, zone: str, begin: datetime, hours: int) -> list[datetime]:
    """Return our own times, computed one after the other as the timetable does."""
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
    for line, zone, _, hours, minutes in (record for record in RECORDED if record[2] == begin):
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
        times = ours(line, zone, begin, 30)
    except ValueError:  # a day that no month has
        times = []
    assert times == list(reference(line, zone, begin, 30))
