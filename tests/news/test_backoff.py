"""How long what fails is left alone, and when the fault is ours."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.backoff import Ended, are_offline, is_network, pause_after

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def ends(*reasons: str | None, ago: timedelta = timedelta(minutes=1)) -> list[Ended]:
    return [Ended(f"host{number}", NOW - ago, reason) for number, reason in enumerate(reasons)]


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
        [Ended("one host", NOW, "dns")] * 9,
    ],
)
def test_this_is_no_outage_of_ours(those: list[Ended]) -> None:
    assert not are_offline(those, NOW)


def test_a_host_counts_by_its_latest_end() -> None:
    later = [Ended(f"host{number}", NOW, None) for number in range(3)]
    assert not are_offline(ends("dns", "dns", "dns") + later, NOW)
    assert are_offline(later[:0] + ends("dns", "dns", "dns"), NOW)


@pytest.mark.parametrize(("reason", "network"), [("robots_dns", True), ("dns", True), ("robots_http_503", False),
                                                 ("layout_changed", False), (None, False), ("", False)])  # fmt: skip
def test_reasons_of_the_network(reason: str | None, network: bool) -> None:
    assert is_network(reason) is network
