"""Fewer articles than usual: a drop is reported, and chance, weekends and holidays are not."""

from datetime import date, timedelta

import pytest

from news.health.outlet_day import OutletDay
from news.health.rule import Judgement, State
from news.health.volume_drop import VOLUME_DROP, common_share, easter, is_holiday, volume_drop
from tests.news.health.days import TODAY, day_before, last, weeks


def publish_less(days: list[OutletDay], *numbers: int) -> list[OutletDay]:
    return last(days, *({"articles": number} for number in numbers))


def test_three_weak_days_running_are_reported() -> None:
    judged = volume_drop(publish_less(weeks(7), 10, 11, 12), TODAY)

    assert judged == Judgement(
        VOLUME_DROP,
        State.BROKEN,
        {"articles": [10, 11, 12], "usual": [24, 24, 24], "last_day": "2026-09-22"},
    )


@pytest.mark.parametrize("numbers", [(10, 11), (10, 15, 11), (15, 15, 15), (24, 3, 3)])
def test_fewer_weak_days_are_not_reported(numbers: tuple[int, ...]) -> None:
    assert volume_drop(publish_less(weeks(7), *numbers), TODAY).state is State.HOLDS


def test_weekend_is_measured_by_weekends() -> None:
    quiet = weeks(7, lambda at: 24 if at.weekday() < 5 else 6)
    monday = date(2026, 9, 21)

    assert volume_drop([day for day in quiet if day.day < monday], monday).state is State.HOLDS


def test_chance_makes_no_drop_of_a_small_outlet() -> None:
    assert volume_drop(publish_less(weeks(7, lambda _: 4), 2, 2, 2), TODAY).state is State.HOLDS


def test_day_that_is_not_over_says_nothing() -> None:
    days = [*publish_less(weeks(7), 10, 10), day_before(0, 1)]

    assert volume_drop(days, TODAY).state is State.HOLDS


def test_days_on_which_we_were_away_are_neither_judged_nor_learnt_from() -> None:
    away = last(weeks(7), *({"articles": 0, "watched": 0.2},) * 3)
    assert volume_drop(away, TODAY).state is State.HOLDS

    long_away = last(weeks(7), *({"articles": 0, "watched": 0.0},) * 7)
    assert volume_drop(long_away, TODAY).state is State.LEARNING


def test_four_weeks_are_needed_to_know_a_weekday() -> None:
    assert volume_drop(publish_less(weeks(4), 1, 1, 1), TODAY).state is State.LEARNING
    assert volume_drop(publish_less(weeks(5), 1, 1, 1), TODAY).state is State.BROKEN


def test_what_all_outlets_do_is_no_fault_of_one() -> None:
    days = publish_less(weeks(7), 10, 11, 12)
    weak = {day.day: common_share([0.4, 0.5, 0.5, 0.6, 0.45]) for day in days[-3:]}

    assert volume_drop(days, TODAY, weak).state is State.HOLDS


def test_few_neighbours_excuse_nothing_and_busy_ones_ask_for_no_more() -> None:
    assert common_share([0.1, 0.1, 0.1]) == 1
    assert common_share([2.0] * 9) == 1


def test_christmas_is_measured_by_sundays() -> None:
    after = date(2026, 12, 27)
    days = [OutletDay(after - timedelta(days=back), 40 if (after - timedelta(days=back)).weekday() < 5 else 20)
            for back in range(60, 0, -1)]  # fmt: skip
    quiet = last(days, *({"articles": 15},) * 3)  # 24 to 26 December: Thursday to Saturday

    assert volume_drop(quiet, after).state is State.HOLDS
    assert volume_drop(last(days, *({"articles": 3},) * 3), after).state is State.BROKEN


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2027, 3, 26), date(2027, 5, 6), date(2026, 12, 25)])
def test_holidays_move_with_easter(day: date) -> None:
    assert is_holiday(day)


def test_most_days_are_no_holidays() -> None:
    assert sum(is_holiday(date(2027, 1, 1) + timedelta(days=number)) for number in range(365)) < 20


@pytest.mark.parametrize(("year", "month", "day"), [(1999, 4, 4), (2008, 3, 23), (2025, 4, 20), (2038, 4, 25)])
def test_easter_is_when_it_was(year: int, month: int, day: int) -> None:
    assert easter(year) == date(year, month, day)
