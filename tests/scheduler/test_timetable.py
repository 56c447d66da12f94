"""Schedules in words and their next times."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduler.timetable import in_words, next_times

WINTER_ENDS = datetime(2026, 3, 28, 12, tzinfo=UTC)  # the night before the clocks go forward in Vienna


@pytest.mark.parametrize(
    ("schedule", "every", "words"),
    [
        ("*/20 5-23 * * *", None, "every 20 minutes from 05:00 through 23:59"),
        ("0 6 * * 1-5", None, "at 06:00 on Monday through Friday"),
        (None, timedelta(minutes=90), "every 90 minutes"),
        (None, timedelta(hours=6), "every 6 hours"),
        (None, timedelta(days=1), "every day"),
        (None, "auto", "as often as the outlet usually publishes"),
        (None, None, "every 30 minutes"),
    ],
)
def test_a_timetable_is_said_in_words(schedule: str | None, every: timedelta | str | None, words: str) -> None:
    assert in_words(schedule, every) == words


@pytest.mark.parametrize(
    ("number", "name"),
    [(0, "Sun"), (1, "Mon"), (2, "Tue"), (3, "Wed"), (4, "Thu"), (5, "Fri"), (6, "Sat"), (7, "Sun")],
)
def test_weekdays_are_counted_as_cron_counts_them(number: int, name: str) -> None:
    (first,) = next_times(f"0 6 * * {number}", None, None, WINTER_ENDS, 1)
    assert f"{first:%a}" == name


def test_times_are_in_the_outlets_zone_and_follow_its_clock() -> None:
    times = next_times("0 6 * * *", None, "Europe/Vienna", WINTER_ENDS - timedelta(days=1), 3)
    assert [time.isoformat() for time in times] == [
        "2026-03-28T06:00:00+01:00", "2026-03-29T06:00:00+02:00", "2026-03-30T06:00:00+02:00",
    ]  # fmt: skip


def test_a_time_that_spring_skips_comes_after_the_gap_and_not_never() -> None:
    (first, _) = next_times("30 2 * * *", None, "Europe/Vienna", WINTER_ENDS, 2)
    assert first.isoformat() == "2026-03-29T03:00:00+02:00"


def test_a_time_that_autumn_repeats_comes_once() -> None:
    times = next_times("30 2 * * *", None, "Europe/Vienna", datetime(2026, 10, 24, 12, tzinfo=UTC), 2)
    assert [time.day for time in times] == [25, 26]


def test_an_interval_counts_from_the_moment_asked() -> None:
    times = next_times(None, timedelta(hours=1), "Europe/Vienna", WINTER_ENDS, 2)
    assert [time.astimezone(UTC) for time in times] == [WINTER_ENDS + timedelta(hours=n) for n in (1, 2)]


@pytest.mark.parametrize("schedule", ["", "* * *", "0 0 * * 8", "@daily", "0 0 31 2 *x", "1 2 3 4 5 6"])
def test_what_is_no_schedule_is_refused(schedule: str) -> None:
    with pytest.raises(ValueError, match="is not a schedule"):
        next_times(schedule, None, None, WINTER_ENDS, 1)
