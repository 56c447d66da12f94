"""When an article is looked at again."""

from datetime import UTC, datetime, timedelta

import pytest

from news.schedule.rechecks import next_recheck, published_about

OUT = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AGES = (DAY, HOUR, 6 * HOUR)


@pytest.mark.parametrize(
    ("age", "then"),
    [
        (timedelta(minutes=5), HOUR),
        (HOUR, 6 * HOUR),
        (timedelta(minutes=50), HOUR),
        (timedelta(minutes=55), 6 * HOUR),  # five minutes later would be the same look
        (7 * HOUR, DAY),
        (2 * DAY, 4 * DAY),
    ],
)
def test_the_next_age_that_is_asked_for_comes_next(age: timedelta, then: timedelta) -> None:
    assert next_recheck(OUT, OUT + age, AGES, first=True) == OUT + then


def test_without_ages_the_second_look_is_at_the_next_listing() -> None:
    assert next_recheck(OUT, OUT + DAY, (), first=True) is None


def test_without_ages_further_looks_become_rare() -> None:
    looks, now = 0, OUT + timedelta(minutes=30)
    while now < OUT + 30 * DAY:
        following = next_recheck(OUT, now, (), first=False)
        assert following
        now, looks = following, looks + 1
    assert looks == 11


def test_an_article_dated_ahead_is_no_reason_to_fail() -> None:
    assert next_recheck(OUT + DAY, OUT, (), first=False) == OUT


def test_the_earlier_of_two_times_is_the_publication() -> None:
    assert published_about(OUT, None) == OUT
    assert published_about(OUT, OUT + HOUR) == OUT
    assert published_about(OUT, OUT - HOUR) == OUT - HOUR
