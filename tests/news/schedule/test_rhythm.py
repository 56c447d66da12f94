"""Learning when an outlet publishes, and when to look."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from news.schedule.rhythm import HOURS, Rhythm, best_looks, learn, next_look

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, tzinfo=BERLIN).astimezone(UTC)  # a Monday
HALF, HOUR, WEEK = timedelta(minutes=30), timedelta(hours=1), timedelta(weeks=1)


def every_morning(weeks: int, until: datetime = NOW, hour: int = 6, number: int = 10) -> list[datetime]:
    """So many articles in that hour of each day."""
    first = until.astimezone(BERLIN) - weeks * WEEK
    return [
        first.replace(hour=hour) + timedelta(days=day, minutes=6 * article)
        for day in range(7 * weeks)
        for article in range(number)
    ]


def looks(rhythm: Rhythm, begin: datetime = NOW, span: timedelta = WEEK) -> list[datetime]:
    times = [begin]
    while times[-1] < begin + span:
        times.append(next_look(rhythm, HALF, 0.3, BERLIN, times[-1]))
    return times[1:-1]


def by_hour(times: list[datetime]) -> list[int]:
    hours = [time.astimezone(BERLIN).hour for time in times]
    return [hours.count(hour) for hour in range(24)]


def test_with_nothing_to_go_by_looks_are_evenly_apart() -> None:
    times = looks(learn([], BERLIN, NOW))
    assert {round((later - sooner) / HALF, 6) for sooner, later in pairwise(times)} == {1}


def test_looks_gather_where_the_news_comes_and_are_no_more_in_all() -> None:
    times = looks(learn(every_morning(6), BERLIN, NOW))
    hours = by_hour(times)
    assert hours[6] > 3 * max(hours[:6] + hours[7:])
    assert min(hours) >= 1
    assert abs(len(times) - 7 * 48) <= 1


def test_the_clock_of_the_outlet_counts_across_daylight_saving() -> None:
    before = datetime(2026, 10, 19, tzinfo=BERLIN).astimezone(UTC)  # six in the morning is at four in UTC
    rhythm = learn(every_morning(6, before), BERLIN, before)
    after = by_hour(looks(rhythm, NOW))
    assert max(range(24), key=lambda hour: after[hour]) == 6


def test_a_new_habit_outweighs_an_old_one() -> None:
    moved = every_morning(6, NOW - 6 * WEEK) + every_morning(6, hour=18)
    hours = by_hour(looks(learn(moved, BERLIN, NOW)))
    assert hours[18] > hours[6]


def test_what_lies_months_back_is_forgotten() -> None:
    assert learn(every_morning(6, NOW - 20 * WEEK), BERLIN, NOW) == Rhythm()


def test_one_odd_article_changes_little() -> None:
    with_it = learn([*every_morning(6), NOW - timedelta(hours=2)], BERLIN, NOW).looks
    without = learn(every_morning(6), BERLIN, NOW).looks
    assert sum(abs(first - second) for first, second in zip(with_it, without, strict=True)) < 0.05


def test_an_outlet_that_publishes_evenly_is_looked_at_evenly() -> None:
    assert best_looks([3.0] * HOURS) == pytest.approx([1 / HOURS] * HOURS, abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.floats(0, 1000), min_size=HOURS, max_size=HOURS),
    st.floats(0, 1, exclude_max=True),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - it adds a zone
    st.integers(1, 10**4),
)
def test_a_look_lies_ahead_and_comes(rates: list[float], place: float, zone: str, now: datetime, minutes: int) -> None:
    total = sum(rates)
    rhythm = Rhythm(tuple(rate / total for rate in rates) if total else ())
    following = next_look(rhythm, timedelta(minutes=minutes), place, ZoneInfo(zone), now)
    assert now < following
    assert following <= now + max(2 * WEEK, timedelta(minutes=3 * minutes)) or min(rates) == 0
