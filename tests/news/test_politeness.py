from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.politeness import LONGEST_WAIT, back_off, concurrency, pause, retry_after, worth_another_try

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_a_site_that_asks_for_more_gets_more() -> None:
    assert pause(2, 10) == 10


@pytest.mark.parametrize("asked", [None, 0.0, 1.0])
def test_a_site_that_asks_for_less_gets_what_we_chose(asked: float | None) -> None:
    assert pause(2, asked) == 2


def test_a_site_with_a_pause_is_asked_for_one_page_at_a_time() -> None:
    assert concurrency(0.1) == 1
    assert concurrency(0) > 1


@pytest.mark.parametrize(("status", "again"), [(503, True), (429, True), (404, False), (410, False), (200, False)])
def test_only_a_busy_answer_is_worth_another_try(status: int, again: bool) -> None:
    assert worth_another_try(status) is again


def test_each_try_waits_longer_up_to_a_limit() -> None:
    assert back_off(1, 2) < back_off(2, 2) <= LONGEST_WAIT
    assert back_off(40, 2) == LONGEST_WAIT


def test_retry_after_is_read_as_seconds_and_as_a_date() -> None:
    assert retry_after("120", NOW) == 120
    assert retry_after("Sun, 22 Nov 2026 12:00:30 GMT", NOW) == 30
    assert retry_after("Sun, 22 Nov 2026 11:00:00 GMT", NOW) == 0


@pytest.mark.parametrize("header", [None, "", "soon", "-5", "1.5e9", "Sun, 99 Nov", "٣"])
def test_a_retry_after_that_says_nothing_is_no_wait(header: str | None) -> None:
    assert retry_after(header, NOW) is None


@given(st.text(max_size=40))
def test_no_header_breaks_the_reading(header: str) -> None:
    wait = retry_after(header, NOW)
    assert wait is None or wait >= 0
