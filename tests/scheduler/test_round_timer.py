"""Rounds repeat although they fail and although the clock is set."""

import asyncio
import logging
import time

import pytest

from news.errors import ArchiveUnavailable
from scheduler import round_timer as rounds
from scheduler.round_timer import RoundTimer


def run(timer: RoundTimer, enough: asyncio.Event, seconds: float = 10.0) -> None:
    """Run the timer until *enough* is set; fail when that takes too long."""

    async def until_enough() -> None:
        running = asyncio.create_task(timer.run())
        try:
            await asyncio.wait_for(enough.wait(), seconds)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    asyncio.run(until_enough())


class Counting:
    """A round that counts its runs and fails when the test says so."""

    def __init__(self, times: int, *problems: Exception | None) -> None:
        self.times, self.problems, self.enough, self.done = times, list(problems), asyncio.Event(), 0

    async def __call__(self) -> None:
        self.done += 1
        if self.done >= self.times:
            self.enough.set()
        if self.problems and (problem := self.problems.pop(0)):
            raise problem


def test_a_round_comes_again_and_again() -> None:
    timer, work = RoundTimer(), Counting(3)
    timer.add("work", 0.05, work)

    run(timer, work.enough)

    assert work.done >= 3


def test_a_round_that_fails_is_logged_once_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    away = ArchiveUnavailable("away")
    timer, work = RoundTimer(), Counting(5, away, away, RuntimeError("a bug"), None)
    timer.add("work", 0.05, work)

    with caplog.at_level(logging.INFO):
        run(timer, work.enough)

    assert [record.message for record in caplog.records if record.name == "scheduler.round_timer"] == [
        "round_failed", "round_failed", "round_broke", "round_works_again",
    ]  # fmt: skip


@pytest.mark.parametrize("jump", [-86400.0, 86400.0])
def test_a_clock_that_is_set_does_not_stop_the_rounds(monkeypatch: pytest.MonkeyPatch, jump: float) -> None:
    """A scheduler that waits for a time of day would wait for a day."""
    timer, work = RoundTimer(), Counting(4)
    timer.add("work", 3600.0, work)
    real_clock, began = time.time, time.monotonic()
    monkeypatch.setattr(rounds, "_CLOCK_CHECK_SECONDS", 0.05)
    monkeypatch.setattr(rounds, "clock", lambda: real_clock() + jump * int((time.monotonic() - began) / 0.2))

    run(timer, work.enough)

    assert work.done >= 4
    assert timer.jumps >= 3
