"""The scheduler of a daemon, without workers."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from sqlalchemy import Engine, text

from archive.home import Home, open_home
from crawler.outlets.file import parse_outlets
from news.errors import SettingError
from scheduler.round_timer import RoundTimer
from scheduler.rounds import Scheduler
from scheduler.turns import put_on_timetable

KRONE = '[[outlet]]\nname = "krone"\nurl = "https://krone.example"\n'


@pytest.fixture(autouse=True)
def quick_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make rounds ten times as frequent."""
    add = RoundTimer.add
    monkeypatch.setattr(RoundTimer, "add", lambda timer, name, seconds, work: add(timer, name, seconds / 10, work))


def rows(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as conn:
        return [tuple(row) for row in conn.execute(text(query))]


def run(until: Callable[[], object], *schedulers: Scheduler, seconds: float = 20.0) -> None:
    """Run the schedulers until the condition holds; fail when it does not in time."""

    async def decide() -> None:
        running = [asyncio.create_task(scheduler.run()) for scheduler in schedulers]
        deadline = monotonic() + seconds
        while not until():
            assert monotonic() < deadline, "it never came about"
            assert not any(task.done() for task in running), [task.exception() for task in running]
            await asyncio.sleep(0.05)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    asyncio.run(decide())


def on_timetable(engine: Engine, toml: str = KRONE) -> None:
    """Put an outlet on the timetable, as a daemon left it yesterday."""
    with engine.begin() as conn:
        put_on_timetable(conn, parse_outlets(toml), datetime.now(UTC) - timedelta(days=1))


def queued(engine: Engine) -> list[tuple[object, ...]]:
    return rows(engine, "select args->>'name' from queue.procrastinate_jobs order by 1")


def test_a_daemon_queues_what_is_due_and_writes_down_what_was_missed(home: Home, engine: Engine) -> None:
    home.outlets_file.write_text(KRONE)
    on_timetable(engine)

    run(lambda: queued(engine), Scheduler(home, engine))

    assert queued(engine) == [("krone",)]
    assert rows(engine, "select reason, ended_at - started_at > interval '23 hours' from coverage") == [
        ("not_running", True)
    ]


def test_a_daemon_that_starts_with_a_broken_file_goes_on_with_the_timetable_it_finds(
    home: Home, engine: Engine
) -> None:
    home.outlets_file.write_text("[[outlet]\n")
    on_timetable(engine)

    run(lambda: queued(engine), Scheduler(home, engine))

    assert rows(engine, "select rule from alerts where ended_at is null") == [("outlets_file",)]


def test_a_daemon_whose_file_is_gone_switches_no_outlet_off(home: Home, engine: Engine) -> None:
    on_timetable(engine)

    run(lambda: queued(engine), Scheduler(home, engine))

    assert rows(engine, "select rule from alerts where ended_at is null") == [("outlets_file",)]


@pytest.mark.parametrize("toml", ["[[outlet]\n", '[[outlet]]\nurl = "https://www.orf.at"\n'])
def test_a_file_that_cannot_be_used_stops_a_daemon_that_has_nothing_else(
    home: Home, engine: Engine, toml: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NEWSKEEP_CONTACT")  # without which no live site is crawled
    home.outlets_file.write_text(toml)
    scheduler = Scheduler(open_home(), engine)
    with pytest.raises(SettingError):
        asyncio.run(scheduler.run())
    scheduler.queue.close()


def test_of_two_daemons_one_decides(home: Home, engine: Engine) -> None:
    home.outlets_file.write_text(KRONE)
    on_timetable(engine)
    first, second = Scheduler(home, engine), Scheduler(home, engine)

    run(lambda: queued(engine) and (first.planned_at or second.planned_at), first, second)

    assert (first.planned_at is None) != (second.planned_at is None)
    assert queued(engine) == [("krone",)]


def test_a_clock_that_was_set_back_sets_turns_that_lie_too_far_ahead(home: Home, engine: Engine) -> None:
    home.outlets_file.write_text(KRONE)
    scheduler = Scheduler(home, engine)
    far = "select 1 from turns where due_at > now() + interval '2 hours'"

    def set_back() -> bool:
        if scheduler.planned_at and not scheduler.timer.jumps:
            with engine.begin() as conn:  # as if the turn had been set by a clock that was three days ahead
                conn.execute(text("update turns set due_at = due_at + interval '3 days', queued_for = null"))
            scheduler.timer.jumps += 1
            return False
        return bool(scheduler.timer.jumps) and not rows(engine, far)

    run(set_back, scheduler)

    assert len(rows(engine, "select 1 from turns")) == 1


def test_a_daemon_without_outlets_waits_for_some(home: Home, engine: Engine) -> None:
    scheduler = Scheduler(home, engine)

    run(lambda: scheduler.planned_at, scheduler)

    assert rows(engine, "select count(*) from alerts where rule = 'outlets_file'") == [(0,)]
