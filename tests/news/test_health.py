"""All rules for outlets: noise seldom alarms, and any history can be judged."""

import json
import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.health.layout_break import layout_break
from news.health.outlet_day import OutletDay
from news.health.rule import State
from news.health.silent_outlet import silent_outlet
from news.health.volume_drop import volume_drop
from tests.news.health.days import TODAY, day_before, silence


def noisy_outlet(seed: int, mean: float) -> list[OutletDay]:
    """Ten weeks of an outlet without any change, whose numbers vary as newsrooms' do (more than chance would)."""
    random.seed(seed)
    days = []
    for back in range(70, 0, -1):
        weekend = (TODAY - timedelta(days=back)).weekday() >= 5
        number = max(0, round(random.gauss(mean * (0.5 if weekend else 1), 1.3 * mean**0.5)))
        dates = sum(random.random() < 0.97 for _ in range(number))
        days.append(
            replace(day_before(back, number), dates=dates, words_median=random.gauss(400, 400 / (2 + number) ** 0.5))
        )
    return days


@pytest.mark.parametrize("mean", [3, 12, 60])
def test_ordinary_noise_alarms_less_than_once_in_two_hundred_days(mean: float) -> None:
    alarms = 0
    for seed in range(50):
        days = noisy_outlet(seed, mean)
        for end in range(56, 70, 2):
            known, today = days[:end], days[end].day
            judged = volume_drop(known, today), layout_break(known)
            alarms += any(judgement.state is State.BROKEN for judgement in judged)

    assert alarms * 200 <= 50 * 7


NUMBERS = st.integers(0, 30)


DAYS = st.lists(
    st.builds(
        lambda back, articles, words, fields, watched, ending, endings: day_before(
            back, articles, words_median=words if articles else None, headlines=min(fields, articles), ending=ending,
            dates=min(fields, articles), watched=watched, endings=min(endings, articles),
        ),
        st.integers(0, 90), NUMBERS, st.floats(0, 1e6), NUMBERS, st.floats(0, 1), st.none() | st.text(max_size=1),
        NUMBERS,
    ),
    max_size=60,
    unique_by=lambda day: day.day,
).map(lambda days: sorted(days, key=lambda day: day.day))  # fmt: skip


@given(days=DAYS, hours=st.floats(0, 1000), since=st.dates(TODAY - timedelta(days=90), TODAY) | st.none())
def test_any_history_can_be_judged(days: list[OutletDay], hours: float, since: date | None) -> None:
    for judged in (silent_outlet(days, silence(hours)), volume_drop(days, TODAY), layout_break(days, (), since)):
        assert judged.state in State
        assert json.dumps(judged.facts)
