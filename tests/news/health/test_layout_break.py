"""A layout that is read no longer: each sign is reported, and has a twin that is not."""

from dataclasses import replace

import pytest

from news.health.layout_break import layout_break
from news.health.outlet_day import OutletDay
from news.health.rule import Judgement, State
from tests.news.health.days import last, weeks


def signs(judged: Judgement) -> set[str]:
    assert (judged.state is State.BROKEN) == bool(judged.facts.get("signs"))
    return set(judged.facts.get("signs", {}))


def test_nothing_unusual_is_no_layout_break() -> None:
    assert layout_break(weeks(6)).state is State.HOLDS


def test_emptied_listing_is_reported_even_while_learning() -> None:
    assert signs(layout_break([], ["https://krone.example/"])) == {"listings"}


def test_same_last_paragraph_in_a_third_of_texts_is_reported() -> None:
    days = last(weeks(6), {"ending": "newsletter", "endings": 9})

    assert signs(layout_break(days)) == {"same_ending"}


@pytest.mark.parametrize("ends", [("newsletter", 7), (None, 0)])
def test_last_paragraph_that_few_share_is_not_reported(ends: tuple[str | None, int]) -> None:
    assert layout_break(last(weeks(6), {"ending": ends[0], "endings": ends[1]})).state is State.HOLDS


def test_sign_off_that_the_outlet_always_had_is_not_reported() -> None:
    signed = [replace(day, ending="redaktion", endings=10) for day in weeks(6)]

    assert layout_break(signed).state is State.HOLDS


def test_same_last_paragraph_adds_up_over_the_days_of_a_small_outlet() -> None:
    days = [replace(day, ending=f"own {day.day}", endings=1) for day in weeks(6, lambda _: 3)]
    days = last(days, *({"ending": "newsletter", "endings": 2},) * 7)

    assert signs(layout_break(days)) == {"same_ending"}


def test_texts_a_third_shorter_are_reported() -> None:
    assert signs(layout_break(last(weeks(6), {"words_median": 250.0}))) == {"shorter"}


def test_texts_somewhat_shorter_are_not_reported() -> None:
    assert layout_break(last(weeks(6), {"words_median": 270.0})).state is State.HOLDS


def test_length_that_weekends_have_too_is_not_reported() -> None:
    days = [replace(day, words_median=200.0 if day.day.weekday() >= 5 else 400.0) for day in weeks(6)]

    assert layout_break(last(days, {"words_median": 210.0})).state is State.HOLDS


FIELDS = [("headlines", 20), ("dates", 20), ("authors", 18), ("leads", 18), ("sections", 18), ("images", 18),
          ("languages", 18)]  # fmt: skip


@pytest.mark.parametrize(("name", "found"), FIELDS)
def test_field_found_less_often_is_reported(name: str, found: int) -> None:
    assert signs(layout_break(last(weeks(6), {name: found}))) == {name}


@pytest.mark.parametrize(("name", "found"), FIELDS)
def test_field_missing_now_and_then_is_not_reported(name: str, found: int) -> None:
    assert layout_break(last(weeks(6), {name: found + 2})).state is State.HOLDS
    seldom = [replace(day, **{name: 12}) for day in weeks(6)]  # type: ignore[arg-type]
    assert layout_break(last(seldom, {name: 9})).state is State.HOLDS


def test_field_that_comes_in_waves_is_not_reported() -> None:
    waves = [replace(day, authors=(9, 20, 14, 23, 17)[day.day.toordinal() % 5]) for day in weeks(6)]

    assert layout_break(last(waves, {"authors": 8})).state is State.HOLDS
    assert signs(layout_break(last(waves, *({"authors": 0},) * 3))) == {"authors"}


def test_field_that_was_never_counted_is_not_reported() -> None:
    uncounted = [replace(day, leads=None) for day in weeks(6)]

    assert layout_break(last(uncounted, {"leads": 0})).state is State.HOLDS


@pytest.mark.parametrize("share", [0.08, 0.55])
def test_share_of_words_set_aside_that_changes_much_is_reported(share: float) -> None:
    assert signs(layout_break(last(weeks(6), {"removed_share": share}))) == {"removed"}


def test_share_of_words_set_aside_that_changes_little_or_had_been_so_is_not_reported() -> None:
    weekends = [replace(day, removed_share=0.6 if day.day.weekday() >= 5 else 0.3) for day in weeks(6)]

    assert layout_break(last(weeks(6), {"removed_share": 0.4})).state is State.HOLDS
    assert layout_break(last(weekends, {"removed_share": 0.58})).state is State.HOLDS


@pytest.mark.parametrize("days", [[], weeks(1)[-3:], weeks(6, lambda _: 0), weeks(1, lambda _: 1)])
def test_layout_of_which_little_is_known_is_not_judged(days: list[OutletDay]) -> None:
    assert layout_break(days).state is State.LEARNING


def test_broken_layout_does_not_become_usual_while_it_is_reported() -> None:
    broken = last(weeks(6), *({"words_median": 200.0},) * 20)
    since = broken[-20].day

    assert signs(layout_break(broken, open_since=since)) == {"shorter"}


def test_new_layout_is_usual_after_four_weeks() -> None:
    changed = last(weeks(6), *({"words_median": 200.0},) * 30)

    assert layout_break(changed, open_since=changed[-30].day).state is State.HOLDS
