"""Pauses between requests, before other tries and after failures; and when our own connection is at fault."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.schedule.backoff import (
    LONGEST_WAIT,
    CrawlEnd,
    are_offline,
    back_off,
    concurrency,
    is_network,
    next_recheck,
    pause,
    pause_after,
    published_about,
    retry_after,
    worth_another_try,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


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


def ends(*reasons: str | None, ago: timedelta = timedelta(minutes=1)) -> list[CrawlEnd]:
    return [CrawlEnd(f"host{number}", NOW - ago, reason) for number, reason in enumerate(reasons)]


@given(st.integers(-5, 10**9), st.text())
def test_a_pause_is_minutes_at_first_and_never_over_six_hours(failures: int, name: str) -> None:
    assert timedelta(minutes=8) <= pause_after(failures, name) <= timedelta(hours=6)


def test_a_pause_doubles_until_it_is_long_enough() -> None:
    pauses = [pause_after(failures, "krone") for failures in range(1, 7)]
    assert all(later > 1.5 * sooner for sooner, later in pairwise(pauses))


def test_what_failed_together_comes_back_apart() -> None:
    assert len({pause_after(3, f"outlet {number}") for number in range(200)}) == 200


def test_three_hosts_of_three_that_are_not_reached_are_our_own_outage() -> None:
    assert are_offline(ends("dns", "timeout", "connection_failed"), NOW)


def test_most_hosts_are_enough() -> None:
    assert are_offline(ends(*["dns"] * 9, None), NOW)


@pytest.mark.parametrize(
    "those",
    [
        [],
        ends("dns", "dns"),  # two hosts may well be down at once
        ends("dns", "dns", "dns", None),
        ends("http_503", "http_503", "http_503", "http_503"),  # they answered
        ends("dns", "dns", "dns", ago=timedelta(minutes=11)),
        [CrawlEnd("one host", NOW, "dns")] * 9,
    ],
)
def test_this_is_no_outage_of_ours(those: list[CrawlEnd]) -> None:
    assert not are_offline(those, NOW)


def test_a_host_counts_by_its_latest_end() -> None:
    later = [CrawlEnd(f"host{number}", NOW, None) for number in range(3)]
    assert not are_offline(ends("dns", "dns", "dns") + later, NOW)
    assert are_offline(later[:0] + ends("dns", "dns", "dns"), NOW)


@pytest.mark.parametrize(("reason", "network"), [("robots_dns", True), ("dns", True), ("robots_http_503", False),
                                                 ("layout_changed", False), (None, False), ("", False)])  # fmt: skip
def test_reasons_of_the_network(reason: str | None, network: bool) -> None:
    assert is_network(reason) is network


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
