"""The rules of health: each has a twin that keeps quiet, and none says anything before it knows what is usual."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.health.layout_break import layout_break
from news.health.outlet_day import OutletDay, Silence
from news.health.rule import Judgement, State
from news.health.silent_outlet import silent_outlet
from news.health.volume_drop import VOLUME_DROP, common_share, easter, is_holiday, volume_drop

TODAY = date(2026, 9, 23)  # a Wednesday
HOUR = timedelta(hours=1)


def day(back: int, articles: int = 24, **fields: object) -> OutletDay:
    """A day so long before today, its articles spread over the hours from six to midnight."""
    hours = tuple(articles // 18 + (hour - 6 < articles % 18) if hour >= 6 else 0 for hour in range(24))
    usual = {"words": 400 * articles, "words_median": 400.0, "headlines": articles, "dates": articles,
             "authors": articles, "leads": articles, "sections": articles, "images": articles, "languages": articles,
             "removed_share": 0.3, "hours": hours, "longest_silence": 7 * HOUR}  # fmt: skip
    return OutletDay(day=TODAY - timedelta(days=back), articles=articles, **usual | fields)  # type: ignore[arg-type]


def weeks(number: int, publish: Callable[[date], int] = lambda _: 24) -> list[OutletDay]:
    """So many weeks that end with yesterday."""
    return [day(back, publish(TODAY - timedelta(days=back))) for back in range(7 * number, 0, -1)]


def last(days: list[OutletDay], *changes: dict[str, object]) -> list[OutletDay]:
    """The days with the last ones changed."""
    number = len(changes)
    return days[:-number] + [replace(one, **new) for one, new in zip(days[-number:], changes, strict=True)]


def silence(hours: float, since: datetime = datetime(2026, 9, 22, 9, tzinfo=UTC), away: float = 0) -> Silence:
    gap = ((since, since + away * HOUR),) if away else ()
    return Silence(since, since + hours * HOUR, gap)


# --- silent outlet


def test_long_silence_when_articles_were_due_is_told() -> None:
    judged = silent_outlet(weeks(6), silence(11))

    assert judged.state is State.BROKEN
    assert judged.facts["silent_hours"] == 11
    assert judged.facts["expected"] >= 5


@pytest.mark.parametrize("hours", [0, 2, 10])
def test_silence_as_long_as_others_before_is_let_be(hours: float) -> None:
    assert silent_outlet(weeks(6), silence(hours)).state is State.HOLDS


def test_long_silence_in_which_nothing_was_due_is_let_be() -> None:
    few = [replace(one, longest_silence=3 * HOUR) for one in weeks(6)]
    night = datetime(2026, 9, 22, 23, 30, tzinfo=UTC)

    assert silent_outlet(few, silence(6.4, night)).state is State.HOLDS


def test_time_in_which_nobody_looked_is_no_silence() -> None:
    assert silent_outlet(weeks(6), silence(14, away=8)).state is State.HOLDS


def test_weekend_is_no_silence_for_an_outlet_that_rests_then() -> None:
    workdays = weeks(6, lambda at: 24 if at.weekday() < 5 else 0)
    workdays = [replace(one, longest_silence=58 * HOUR if one.day.weekday() == 0 else 7 * HOUR) for one in workdays]
    friday = datetime(2026, 9, 18, 22, tzinfo=UTC)

    assert silent_outlet(workdays, silence(60, friday)).state is State.HOLDS
    assert silent_outlet(workdays, silence(96, friday)).state is State.BROKEN


@pytest.mark.parametrize("days", [[], weeks(1), weeks(6, lambda _: 0), [replace(one, watched=0.5) for one in weeks(6)]])
def test_outlet_of_which_little_is_known_is_not_judged_silent(days: list[OutletDay]) -> None:
    assert silent_outlet(days, silence(500)).state is State.LEARNING


# --- volume drop


def publish_less(days: list[OutletDay], *numbers: int) -> list[OutletDay]:
    return last(days, *({"articles": number} for number in numbers))


def test_three_weak_days_running_are_told() -> None:
    judged = volume_drop(publish_less(weeks(7), 10, 11, 12), TODAY)

    assert judged == Judgement(
        VOLUME_DROP,
        State.BROKEN,
        {"articles": [10, 11, 12], "usual": [24, 24, 24], "last_day": "2026-09-22"},
    )


@pytest.mark.parametrize("numbers", [(10, 11), (10, 15, 11), (15, 15, 15), (24, 3, 3)])
def test_fewer_weak_days_are_let_be(numbers: tuple[int, ...]) -> None:
    assert volume_drop(publish_less(weeks(7), *numbers), TODAY).state is State.HOLDS


def test_weekend_is_measured_by_weekends() -> None:
    quiet = weeks(7, lambda at: 24 if at.weekday() < 5 else 6)
    monday = date(2026, 9, 21)

    assert volume_drop([one for one in quiet if one.day < monday], monday).state is State.HOLDS


def test_chance_makes_no_drop_of_a_small_outlet() -> None:
    assert volume_drop(publish_less(weeks(7, lambda _: 4), 2, 2, 2), TODAY).state is State.HOLDS


def test_day_that_is_not_over_says_nothing() -> None:
    days = [*publish_less(weeks(7), 10, 10), day(0, 1)]

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
    weak = {one.day: common_share([0.4, 0.5, 0.5, 0.6, 0.45]) for one in days[-3:]}

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


# --- layout break


def signs(judged: Judgement) -> set[str]:
    assert (judged.state is State.BROKEN) == bool(judged.facts.get("signs"))
    return set(judged.facts.get("signs", {}))


def test_nothing_unusual_is_no_layout_break() -> None:
    assert layout_break(weeks(6)).state is State.HOLDS


def test_emptied_listing_is_told_even_while_learning() -> None:
    assert signs(layout_break([], ["https://krone.example/"])) == {"listings"}


def test_same_last_paragraph_in_a_third_of_texts_is_told() -> None:
    days = last(weeks(6), {"ending": "newsletter", "endings": 9})

    assert signs(layout_break(days)) == {"same_ending"}


@pytest.mark.parametrize("ends", [("newsletter", 7), (None, 0)])
def test_last_paragraph_that_few_share_is_let_be(ends: tuple[str | None, int]) -> None:
    assert layout_break(last(weeks(6), {"ending": ends[0], "endings": ends[1]})).state is State.HOLDS


def test_sign_off_that_the_outlet_always_had_is_let_be() -> None:
    signed = [replace(one, ending="redaktion", endings=10) for one in weeks(6)]

    assert layout_break(signed).state is State.HOLDS


def test_same_last_paragraph_adds_up_over_the_days_of_a_small_outlet() -> None:
    days = [replace(one, ending=f"own {one.day}", endings=1) for one in weeks(6, lambda _: 3)]
    days = last(days, *({"ending": "newsletter", "endings": 2},) * 7)

    assert signs(layout_break(days)) == {"same_ending"}


def test_texts_a_third_shorter_are_told() -> None:
    assert signs(layout_break(last(weeks(6), {"words_median": 250.0}))) == {"shorter"}


def test_texts_somewhat_shorter_are_let_be() -> None:
    assert layout_break(last(weeks(6), {"words_median": 270.0})).state is State.HOLDS


def test_length_that_weekends_have_too_is_let_be() -> None:
    days = [replace(one, words_median=200.0 if one.day.weekday() >= 5 else 400.0) for one in weeks(6)]

    assert layout_break(last(days, {"words_median": 210.0})).state is State.HOLDS


FIELDS = [("headlines", 20), ("dates", 20), ("authors", 18), ("leads", 18), ("sections", 18), ("images", 18),
          ("languages", 18)]  # fmt: skip


@pytest.mark.parametrize(("name", "found"), FIELDS)
def test_field_found_less_often_is_told(name: str, found: int) -> None:
    assert signs(layout_break(last(weeks(6), {name: found}))) == {name}


@pytest.mark.parametrize(("name", "found"), FIELDS)
def test_field_missing_now_and_then_is_let_be(name: str, found: int) -> None:
    assert layout_break(last(weeks(6), {name: found + 2})).state is State.HOLDS
    seldom = [replace(one, **{name: 12}) for one in weeks(6)]  # type: ignore[arg-type]
    assert layout_break(last(seldom, {name: 9})).state is State.HOLDS


def test_field_that_comes_in_waves_is_let_be() -> None:
    waves = [replace(one, authors=(9, 20, 14, 23, 17)[one.day.toordinal() % 5]) for one in weeks(6)]

    assert layout_break(last(waves, {"authors": 8})).state is State.HOLDS
    assert signs(layout_break(last(waves, *({"authors": 0},) * 3))) == {"authors"}


def test_field_that_was_never_counted_is_let_be() -> None:
    uncounted = [replace(one, leads=None) for one in weeks(6)]

    assert layout_break(last(uncounted, {"leads": 0})).state is State.HOLDS


@pytest.mark.parametrize("share", [0.08, 0.55])
def test_share_of_words_set_aside_that_changes_much_is_told(share: float) -> None:
    assert signs(layout_break(last(weeks(6), {"removed_share": share}))) == {"removed"}


def test_share_of_words_set_aside_that_changes_little_or_had_been_so_is_let_be() -> None:
    weekends = [replace(one, removed_share=0.6 if one.day.weekday() >= 5 else 0.3) for one in weeks(6)]

    assert layout_break(last(weeks(6), {"removed_share": 0.4})).state is State.HOLDS
    assert layout_break(last(weekends, {"removed_share": 0.58})).state is State.HOLDS


@pytest.mark.parametrize("days", [[], weeks(1)[-3:], weeks(6, lambda _: 0), weeks(1, lambda _: 1)])
def test_layout_of_which_little_is_known_is_not_judged(days: list[OutletDay]) -> None:
    assert layout_break(days).state is State.LEARNING


def test_broken_layout_does_not_become_usual_while_it_is_told() -> None:
    broken = last(weeks(6), *({"words_median": 200.0},) * 20)
    since = broken[-20].day

    assert signs(layout_break(broken, open_since=since)) == {"shorter"}


def test_new_layout_is_usual_after_four_weeks() -> None:
    changed = last(weeks(6), *({"words_median": 200.0},) * 30)

    assert layout_break(changed, open_since=changed[-30].day).state is State.HOLDS


# --- noise


def noisy_outlet(seed: int, mean: float) -> list[OutletDay]:
    """Ten weeks of an outlet without any change, whose numbers vary as newsrooms' do (more than chance would)."""
    random.seed(seed)
    days = []
    for back in range(70, 0, -1):
        weekend = (TODAY - timedelta(days=back)).weekday() >= 5
        number = max(0, round(random.gauss(mean * (0.5 if weekend else 1), 1.3 * mean**0.5)))
        dates = sum(random.random() < 0.97 for _ in range(number))
        days.append(replace(day(back, number), dates=dates, words_median=random.gauss(400, 400 / (2 + number) ** 0.5)))
    return days


@pytest.mark.parametrize("mean", [3, 12, 60])
def test_ordinary_noise_alarms_less_than_once_in_two_hundred_days(mean: float) -> None:
    alarms = 0
    for seed in range(50):
        days = noisy_outlet(seed, mean)
        for end in range(56, 70, 2):
            known, today = days[:end], days[end].day
            judged = volume_drop(known, today), layout_break(known)
            alarms += any(one.state is State.BROKEN for one in judged)

    assert alarms * 200 <= 50 * 7


NUMBERS = st.integers(0, 30)
DAYS = st.lists(
    st.builds(
        lambda back, articles, words, fields, watched, ending, endings: day(
            back, articles, words_median=words if articles else None, headlines=min(fields, articles), ending=ending,
            dates=min(fields, articles), watched=watched, endings=min(endings, articles),
        ),
        st.integers(0, 90), NUMBERS, st.floats(0, 1e6), NUMBERS, st.floats(0, 1), st.none() | st.text(max_size=1),
        NUMBERS,
    ),
    max_size=60,
    unique_by=lambda one: one.day,
).map(lambda days: sorted(days, key=lambda one: one.day))  # fmt: skip


@given(days=DAYS, hours=st.floats(0, 1000), since=st.dates(TODAY - timedelta(days=90), TODAY) | st.none())
def test_any_history_can_be_judged(days: list[OutletDay], hours: float, since: date | None) -> None:
    for judged in (silent_outlet(days, silence(hours)), volume_drop(days, TODAY), layout_break(days, (), since)):
        assert judged.state in State
        assert json.dumps(judged.facts)
