"""Schedules in words and their next times."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
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


def turns(one: Outlet, count: int, zone: str | None = None, after: datetime = WINTER_ENDS) -> list[datetime]:
    times = [after]
    while len(times) <= count:
        times.append(next_turn(one, zone, None, times[-1]))
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
