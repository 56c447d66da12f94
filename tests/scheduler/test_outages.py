"""When all outlets fail at once, our own connection is down, and no outlet is charged for it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from archive.alerts import open_alerts
from archive.crawls import close_crawl, open_crawl
from archive.home import Home
from crawler.outlets.file import parse_outlets
from crawler.results import CrawlResult
from scheduler.queue import Queue
from scheduler.turn_queries import Turn, all_turns
from scheduler.turns import begin_turn, end_turn, offer_due, put_on_timetable

OUTLETS = parse_outlets("".join(f'[[outlet]]\nname = "o{n}"\nurl = "https://o{n}.example"\n' for n in range(5)))


class Machine:
    """Five outlets, and a connection that a test cuts."""

    def __init__(self, home: Home, engine: Engine) -> None:
        self.engine, self.queue, self.began = engine, Queue(home), datetime.now(UTC)
        with engine.begin() as conn:
            put_on_timetable(conn, OUTLETS, self.began - timedelta(minutes=1))

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def turns(self) -> dict[str, Turn]:
        with self.engine.connect() as conn:
            return {turn.name: turn for turn in all_turns(conn)}

    def crawl(self, name: str, reason: str | None) -> None:
        """One crawl on schedule, closed as a worker closes it; *reason* is why its feed could not be read."""
        outlet, turn = OUTLETS.by_name(name), self.turns()[name]
        assert outlet
        assert begin_turn(self.engine, turn.outlet_id, turn.due_at, self.now)
        crawl = open_crawl(self.engine, turn.outlet_id, outlet.url)
        with self.engine.begin() as conn:
            conn.execute(_CHANNEL, {"outlet_id": turn.outlet_id, "url": outlet.url, "failed": reason is not None})
        close_crawl(self.engine, crawl, looked=reason is None, reason=reason)
        unread = {outlet.url: reason} if reason else {}
        result = CrawlResult(name, outlet.url, "finished", crawl.id, looked=reason is None, unread=unread)
        end_turn(self.engine, outlet, result, self.now)

    def failures(self) -> list[int]:
        return [turn.failures for _, turn in sorted(self.turns().items())]

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with self.engine.connect() as conn:
            return [tuple(row) for row in conn.execute(text(query))]

    def is_offline(self) -> bool:
        with self.engine.connect() as conn:
            return any(alert.rule == "offline" for alert in open_alerts(conn))


_CHANNEL = text("""
insert into channels (outlet_id, kind, url, url_key, failures, disposition, reason, last_seen_at, next_due_at)
values (:outlet_id, 'feed', :url, 1, 1, case when :failed then 'failed' else 'read' end, 'dns', clock_timestamp(),
        clock_timestamp() + interval '10 minutes')
on conflict (outlet_id, url_key) do update
set failures = channels.failures + 1, last_seen_at = clock_timestamp(), next_due_at = excluded.next_due_at
""")


@pytest.fixture
def machine(home: Home, engine: Engine) -> Iterator[Machine]:
    opened = Machine(home, engine)
    yield opened
    opened.queue.close()


def test_outlets_that_fail_together_are_not_charged(machine: Machine) -> None:
    for name in ("o0", "o1"):
        machine.crawl(name, "dns")
    assert machine.failures() == [1, 1, 0, 0, 0]
    assert not machine.is_offline()

    machine.crawl("o2", "connection_failed")

    assert machine.is_offline()
    assert machine.failures() == [0, 0, 0, 0, 0]
    assert machine.rows("select failures, next_due_at from channels") == [(0, None)] * 3
    assert machine.rows("select distinct looked, reason from coverage") == [(False, "offline")]


def test_they_are_tried_again_within_minutes(machine: Machine) -> None:
    for name in ("o0", "o1", "o2", "o0"):
        machine.crawl(name, "timeout")

    assert all(turn.due_at < machine.now + timedelta(minutes=2) for turn in machine.turns().values())
    assert machine.failures() == [0, 0, 0, 0, 0]


def test_the_first_answer_ends_the_outage_and_the_rest_catch_up_with_a_gap_of_that_name(machine: Machine) -> None:
    for name in ("o0", "o1", "o2"):
        machine.crawl(name, "dns")
    machine.crawl("o3", None)
    assert not machine.is_offline()

    offered = offer_due(machine.engine, machine.queue, None, machine.now + timedelta(seconds=150))

    assert offered == 4  # o3 had its turn
    assert machine.rows("""
        select distinct reason from coverage join outlets o on o.id = outlet_id
        where not looked and crawl_id is null and o.name <> 'o3'
    """) == [("offline",)]


def test_a_host_that_fails_while_others_answer_is_charged(machine: Machine) -> None:
    for name, reason in (("o0", None), ("o1", "dns"), ("o2", "dns"), ("o3", "dns")):
        machine.crawl(name, reason)

    assert not machine.is_offline()
    assert machine.failures() == [0, 1, 1, 1, 0]


def test_a_host_that_fails_again_after_the_outage_is_charged(machine: Machine) -> None:
    for name in ("o0", "o1", "o2"):
        machine.crawl(name, "dns")
    for name in ("o0", "o2", "o3", "o4"):
        machine.crawl(name, None)

    machine.crawl("o1", "dns")

    assert machine.failures() == [0, 1, 0, 0, 0]


def test_outlets_that_answer_with_errors_are_charged_however_many(machine: Machine) -> None:
    for name in ("o0", "o1", "o2", "o3", "o4"):
        machine.crawl(name, "http_503")

    assert machine.failures() == [1] * 5
    assert not machine.is_offline()
