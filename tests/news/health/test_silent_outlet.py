"""Silence of an outlet: unusual silence is reported, and nothing is judged before it is known what is usual."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from news.health.outlet_day import OutletDay
from news.health.rule import State
from news.health.silent_outlet import silent_outlet
from tests.news.health.days import HOUR, silence, weeks


def test_long_silence_when_articles_were_due_is_reported() -> None:
    judged = silent_outlet(weeks(6), silence(11))

    assert judged.state is State.BROKEN
    assert judged.facts["silent_hours"] == 11
    assert judged.facts["expected"] >= 5


@pytest.mark.parametrize("hours", [0, 2, 10])
def test_silence_as_long_as_others_before_is_not_reported(hours: float) -> None:
    assert silent_outlet(weeks(6), silence(hours)).state is State.HOLDS


def test_long_silence_in_which_nothing_was_due_is_not_reported() -> None:
    few = [replace(day, longest_silence=3 * HOUR) for day in weeks(6)]
    night = datetime(2026, 9, 22, 23, 30, tzinfo=UTC)

    assert silent_outlet(few, silence(6.4, night)).state is State.HOLDS


def test_time_without_a_crawl_is_no_silence() -> None:
    assert silent_outlet(weeks(6), silence(14, away=8)).state is State.HOLDS


def test_weekend_is_no_silence_for_an_outlet_that_rests_then() -> None:
    workdays = weeks(6, lambda at: 24 if at.weekday() < 5 else 0)
    workdays = [replace(day, longest_silence=58 * HOUR if day.day.weekday() == 0 else 7 * HOUR) for day in workdays]
    friday = datetime(2026, 9, 18, 22, tzinfo=UTC)

    assert silent_outlet(workdays, silence(60, friday)).state is State.HOLDS
    assert silent_outlet(workdays, silence(96, friday)).state is State.BROKEN


@pytest.mark.parametrize("days", [[], weeks(1), weeks(6, lambda _: 0), [replace(day, watched=0.5) for day in weeks(6)]])
def test_outlet_of_which_little_is_known_is_not_judged_silent(days: list[OutletDay]) -> None:
    assert silent_outlet(days, silence(500)).state is State.LEARNING
