"""Turns: from outlets.toml to the timetable, to the queue when they come, and on when a crawl has ended."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from archive.home import Home
from crawler.outlets.file import OutletsFile, parse_outlets
from crawler.results import CrawlResult
from news.errors import ArchiveUnavailable, Busy
from news.outlets import Outlet
from scheduler.deaths import charge
from scheduler.queue import Queue
from scheduler.turn_queries import Turn, all_turns, requeue_lost
from scheduler.turns import begin_turn, end_turn, offer_due, put_on_timetable

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)
AT_MOST = HALF_AN_HOUR * 1.25  # a turn at another time than its own may be followed by a longer interval


class Desk:
    """A timetable, its queue and a clock that a test sets."""

    def __init__(self, home: Home, engine: Engine) -> None:
        self.engine, self.queue, self.now = engine, Queue(home), NOW
        self.outlets = OutletsFile()

    def read(self, toml: str) -> int:
        """Read outlets.toml as it is now."""
        self.outlets = parse_outlets(toml)
        with self.engine.begin() as conn:
            return put_on_timetable(conn, self.outlets, self.now)

    def turns(self) -> dict[str, Turn]:
        with self.engine.connect() as conn:
            return {turn.name: turn for turn in all_turns(conn)}

    def turn(self, name: str = "krone") -> Turn:
        return self.turns()[name]

    def offer(self) -> int:
        return offer_due(self.engine, self.queue, None, self.now)

    def run(self, name: str = "krone", *, looked: bool = True, **more: object) -> datetime:
        """Offer the turn at its time, crawl, and say when the next one comes."""
        turn = self.turn(name)
        self.now = max(self.now, turn.due_at)
        self.offer()
        assert begin_turn(self.engine, turn.outlet_id, turn.due_at, self.now)
        self.end(name, looked=looked, **more)
        return self.turn(name).due_at

    def end(self, name: str = "krone", *, looked: bool = True, state: str = "finished", **more: object) -> None:
        outlet = self.outlets.by_name(name)
        assert outlet
        self.lose_jobs()
        result = CrawlResult(name, outlet.url, state, 1, looked=looked, **more)  # type: ignore[arg-type]
        end_turn(self.engine, outlet, result, self.now)

    def jobs(self) -> list[str]:
        return [str(row[0]) for row in self.sql("select args->>'name' from queue.procrastinate_jobs order by id")]

    def lose_jobs(self) -> None:
        self.sql("delete from procrastinate_jobs", "queue")

    def gaps(self) -> list[tuple[object, ...]]:
        return self.sql("select started_at, ended_at, reason from coverage where not looked order by started_at")

    def sql(self, statement: str, schema: str = "public") -> list[tuple[object, ...]]:
        with self.engine.begin() as conn:
            conn.execute(text(f"set local search_path = {schema}"))
            done = conn.execute(text(statement))
            return [tuple(row) for row in done] if done.returns_rows else []


FILE = """
[defaults]
every = "30m"
[[outlet]]
name = "krone"
url = "https://krone.example"
[[outlet]]
name = "kurier"
url = "https://kurier.example"
schedule = "0 6 * * *"
timezone = "Europe/Vienna"
"""


@pytest.fixture
def desk(home: Home, engine: Engine) -> Iterator[Desk]:
    opened = Desk(home, engine)
    yield opened
    opened.queue.close()


def test_an_outlet_that_is_new_has_its_first_turn_at_once_or_when_cron_says(desk: Desk) -> None:
    assert desk.read(FILE) == 2

    assert NOW <= desk.turn("krone").due_at < NOW + timedelta(seconds=10)
    morning = datetime(2026, 11, 23, 5, tzinfo=UTC)
    assert morning <= desk.turn("kurier").due_at < morning + timedelta(minutes=1)


def test_many_outlets_that_are_new_do_not_start_together(desk: Desk) -> None:
    desk.read("".join(f'[[outlet]]\nurl = "https://a{n}.example"\n' for n in range(200)))

    seconds = sorted((turn.due_at - NOW).total_seconds() for turn in desk.turns().values())
    assert seconds[-1] < 400
    assert max(sum(at <= other < at + 10 for other in seconds) for at in seconds) < 20


def test_reading_the_same_file_again_leaves_the_timetable_as_it_is(desk: Desk) -> None:
    desk.read(FILE)
    before = desk.turns()

    assert desk.read(FILE) == 0
    assert desk.turns() == before


def test_an_outlet_that_is_off_or_gone_has_no_turn_any_more(desk: Desk) -> None:
    desk.read(FILE)

    desk.read('[[outlet]]\nname = "krone"\nurl = "https://krone.example"\nenabled = false\n')

    assert desk.turns() == {}
    desk.now += timedelta(days=2)
    assert desk.offer() == 0


def test_a_job_of_an_outlet_that_was_switched_off_meanwhile_is_not_crawled(desk: Desk) -> None:
    desk.read(FILE)
    turn = desk.turn()
    desk.read("")

    assert begin_turn(desk.engine, turn.outlet_id, turn.due_at, NOW) is False


def test_another_schedule_sets_the_turn_anew(desk: Desk) -> None:
    desk.read(FILE)
    desk.run()

    assert desk.read(FILE.replace('"30m"', '"12h"')) == 1
    assert desk.turn().due_at - desk.now <= timedelta(hours=12)
    assert desk.read(FILE.replace('"30m"', '"12h"').replace("krone.example", "krone.example/heute")) == 0


def test_a_turn_that_came_is_queued_once(desk: Desk) -> None:
    desk.read(FILE)
    desk.now += timedelta(seconds=10)

    assert [desk.offer(), desk.offer()] == [1, 0]
    assert desk.jobs() == ["krone"]
    assert desk.turn().queued_for == desk.turn().due_at


def test_a_turn_that_has_not_come_is_not_queued(desk: Desk) -> None:
    desk.read(FILE)
    desk.now = desk.turn().due_at - timedelta(seconds=1)

    assert desk.offer() == 0
    assert desk.jobs() == []


def test_the_next_turn_comes_after_the_interval_at_the_outlets_own_place(desk: Desk) -> None:
    desk.read(FILE)

    first = desk.run()
    second = desk.run()
    third = desk.run()

    assert first - NOW <= AT_MOST
    assert [second - first, third - second] == [HALF_AN_HOUR, HALF_AN_HOUR]


def test_a_job_offered_twice_is_crawled_once(desk: Desk) -> None:
    desk.read(FILE)
    turn = desk.turn()
    desk.run()

    assert begin_turn(desk.engine, turn.outlet_id, turn.due_at, desk.now) is False


def test_a_turn_whose_job_was_lost_is_queued_again_and_one_whose_job_runs_is_not(desk: Desk) -> None:
    desk.read(FILE)
    desk.now += timedelta(seconds=10)
    desk.offer()
    desk.sql("update procrastinate_jobs set status = 'doing'", "queue")
    with desk.engine.begin() as conn:
        assert requeue_lost(conn) == 0
    desk.lose_jobs()
    with desk.engine.begin() as conn:
        assert requeue_lost(conn) == 1

    assert desk.offer() == 1


def set_aside(desk: Desk) -> None:
    ids = [turn.outlet_id for turn in desk.turns().values() if turn.name == "krone"]
    with desk.engine.begin() as conn:
        for _ in range(3):
            charge(conn, ids)
    desk.now += timedelta(days=1)


def alerts(desk: Desk) -> int:
    return len(desk.sql("select 1 from alerts where ended_at is null"))


def test_an_outlet_that_was_set_aside_waits_for_a_person(desk: Desk) -> None:
    desk.read(FILE)
    set_aside(desk)

    desk.read(FILE)
    desk.offer()

    assert desk.jobs() == ["kurier"]
    assert alerts(desk) == 1


@pytest.mark.parametrize("mended", [FILE.replace('krone.example"', 'krone.example"\nnote = "another layout"'), ""])
def test_another_entry_ends_the_setting_aside(desk: Desk, mended: str) -> None:
    desk.read(FILE)
    set_aside(desk)

    desk.read(mended)

    assert alerts(desk) == 0
    assert [turn.set_aside_at for turn in desk.turns().values()] == [None] * len(desk.turns())


# Missed turns


def test_turns_that_were_missed_are_one_gap_and_one_crawl(desk: Desk) -> None:
    desk.read(FILE)
    due = desk.run()
    desk.now = due + timedelta(hours=5)  # nobody was there

    assert desk.offer() == 1
    assert desk.gaps() == [(due, desk.now, "not_running")]
    assert desk.jobs() == ["krone"]


def test_a_turn_that_is_a_moment_late_is_no_gap(desk: Desk) -> None:
    desk.read(FILE)
    desk.now = desk.run() + timedelta(seconds=90)

    assert desk.offer() == 1
    assert desk.gaps() == []


def test_a_turn_that_waited_for_a_worker_is_a_gap_of_that_name(desk: Desk) -> None:
    desk.read(FILE)
    turn = desk.turn()
    desk.now = turn.due_at
    desk.offer()
    desk.now += timedelta(hours=1)

    assert begin_turn(desk.engine, turn.outlet_id, turn.due_at, desk.now)
    assert desk.gaps() == [(turn.due_at, desk.now, "no_worker")]


def test_a_turn_offered_late_that_waits_as_well_leaves_two_gaps_that_do_not_overlap(desk: Desk) -> None:
    desk.read(FILE)
    turn = desk.turn()
    offered = desk.now = turn.due_at + timedelta(hours=1)
    desk.offer()
    desk.now += timedelta(hours=1)

    begin_turn(desk.engine, turn.outlet_id, turn.due_at, desk.now)
    assert desk.gaps() == [(turn.due_at, offered, "not_running"), (offered, desk.now, "no_worker")]


@pytest.mark.parametrize(("wait", "gaps"), [(0.9, 1), (119, 1), (120, 2)])
def test_a_gap_is_recorded_from_two_minutes_on_also_when_it_follows_another(desk: Desk, wait: float, gaps: int) -> None:
    desk.read(FILE)
    turn = desk.turn()
    desk.now = turn.due_at + timedelta(hours=1)
    desk.offer()
    desk.now += timedelta(seconds=wait)

    begin_turn(desk.engine, turn.outlet_id, turn.due_at, desk.now)
    assert len(desk.gaps()) == gaps


def test_a_worker_that_begins_at_once_is_not_blamed_for_the_time_without_a_daemon(desk: Desk) -> None:
    desk.read(FILE)
    turn = desk.turn()
    began = desk.now = turn.due_at + timedelta(hours=1)

    class QuickWorker:
        def offer(self, outlet_id: int, name: str, due_at: datetime, *, contact: str | None = None) -> bool:
            return begin_turn(desk.engine, outlet_id, due_at, began)

    offer_due(desk.engine, QuickWorker(), None, desk.now)
    assert [gap for gap in desk.gaps() if gap[0] == turn.due_at] == [(turn.due_at, began, "not_running")]


def test_a_turn_handed_back_by_a_worker_that_stops_is_taken_up_where_it_was(desk: Desk) -> None:
    desk.read(FILE)
    turn = desk.turn()
    desk.now = turn.due_at
    desk.offer()
    before = desk.turn()

    desk.end(state="interrupted", looked=False)

    assert desk.turn() == before
    assert begin_turn(desk.engine, turn.outlet_id, turn.due_at, desk.now)


def test_a_clock_that_was_set_back_does_not_stop_the_timetable(desk: Desk) -> None:
    desk.read(FILE)
    desk.run()
    desk.now -= timedelta(days=3)

    assert desk.read(FILE) == 2
    assert desk.turn("krone").due_at - desk.now <= HALF_AN_HOUR
    assert desk.turn("kurier").due_at - desk.now <= timedelta(days=1, minutes=1)


def test_a_clock_that_was_set_forward_makes_one_gap(desk: Desk) -> None:
    desk.read(FILE)
    due = desk.run()
    desk.now += timedelta(days=30)

    assert desk.read(FILE) == 0
    desk.offer()
    assert (due, desk.now, "not_running") in desk.gaps()
    assert sorted(desk.jobs()) == ["krone", "kurier"]


# Failures


def test_failures_lengthen_the_pause_up_to_six_hours_and_a_success_ends_it(desk: Desk) -> None:
    desk.read(FILE)
    desk.run()
    pauses = []
    for _ in range(12):
        due = desk.run(looked=False)
        pauses.append(due - desk.now)

    assert pauses[0] < pauses[2] < pauses[4]
    assert timedelta(hours=4) < max(pauses) <= timedelta(hours=6)
    assert desk.turn().failures == 12
    assert desk.run() - desk.now <= AT_MOST
    assert desk.turn().failures == 0


def test_a_pause_is_not_cut_short_by_reading_the_file_again(desk: Desk) -> None:
    desk.read(FILE)
    for _ in range(8):
        desk.run(looked=False)
    before = desk.turn()

    desk.read(FILE)
    assert desk.turn() == before


def test_an_outlet_with_a_schedule_of_its_own_is_tried_at_its_times_only(desk: Desk) -> None:
    desk.read(FILE)

    due = desk.run("kurier", looked=False)
    assert due == desk.turn("kurier").due_at
    assert (due.hour, due.date()) == (5, NOW.date() + timedelta(days=2))


@pytest.mark.parametrize("problem", [ArchiveUnavailable("gone"), Busy("somebody crawls it by hand")])
def test_what_is_not_the_outlets_doing_is_not_counted(desk: Desk, problem: Exception) -> None:
    desk.read(FILE)
    desk.run(looked=False)

    due = desk.run(looked=False, state="failed", problem=problem)

    assert desk.turn().failures == 1
    assert due - desk.now <= AT_MOST


# Pages to look at again


def plan_page(desk: Desk, due: datetime, name: str = "krone") -> None:
    key = int(due.timestamp())
    desk.sql(f"""
        insert into links (outlet_id, url, canonical_url, url_key, state, disposition, due_at)
        select id, 'https://x.example/{key}', 'https://x.example/{key}', {key}, 'done', 'new', '{due.isoformat()}'
        from outlets where name = '{name}'
    """)


DAILY = FILE.replace('"30m"', '"1d"\nrevisit = ["1h"]')


def test_a_page_to_look_at_again_brings_the_next_turn_forward(desk: Desk) -> None:
    desk.read(DAILY)
    page = NOW + timedelta(hours=1)
    plan_page(desk, page)

    assert desk.run() == page


def test_pages_that_are_due_one_after_the_other_share_their_turns(desk: Desk) -> None:
    desk.read(DAILY)
    for minutes in range(2, 60, 2):
        plan_page(desk, NOW + timedelta(minutes=minutes))

    assert desk.run() - desk.now == timedelta(minutes=15)


def test_pages_wait_for_the_times_of_a_schedule(desk: Desk) -> None:
    desk.read(DAILY)
    plan_page(desk, NOW + timedelta(days=1, hours=1), "kurier")

    assert desk.run("kurier").date() == NOW.date() + timedelta(days=2)


def test_pages_that_no_age_asks_for_make_no_turns_of_their_own(desk: Desk) -> None:
    desk.read(FILE.replace('"30m"', '"1d"'))
    plan_page(desk, NOW + timedelta(hours=1))

    assert desk.run() - desk.now > timedelta(minutes=61)


def test_a_page_that_is_overdue_already_makes_no_turn_of_its_own(desk: Desk) -> None:
    desk.read(DAILY)
    plan_page(desk, NOW - timedelta(hours=1))

    assert desk.run() - desk.now > timedelta(minutes=15)


def test_an_outlet_off_the_timetable_has_no_next_turn(desk: Desk) -> None:
    end_turn(desk.engine, Outlet("fremd", "https://fremd.example"), CrawlResult("fremd", "", "finished"), NOW)

    assert desk.turns() == {}
