"""Parent or leader free what a dead process held; a process that hung and was given up writes nothing any more."""

import signal
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text

from archive.crash_markers import ReadingMark, count_deaths, old_marks
from archive.crawls import Crawl, close_crawl, open_crawl
from archive.database import database_url, open_archive
from archive.frontier import Settlement, add_links, owed_links
from archive.home import Home, open_home
from archive.locks import OutletLocks
from archive.outlets import ensure_outlet
from crawler.batch_writer import BatchWriter
from news.dispositions import Disposition
from news.errors import Busy, CrawlLost
from news.outlets import FoundLink
from scheduler import reaper
from scheduler.deaths import Death, blamed, is_suspect, reinstate
from scheduler.processes import WORKER, beat, delete_old_processes, name_connections, register
from scheduler.queue import QUEUE, Queue, worker_app
from scheduler.reaper import StillConnected, reap_process, reap_silent
from scheduler.turn_queries import set_due
from tests.conftest import Outcome
from tests.scheduler.workers import Workers, hold, is_gone, outlet_on, publish, rows, until, value
from tests.site import Site

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Dead:
    """A worker that has died: its row, one crawl it ran and the job it took.

    The server may still hold the lock of its outlet: it notices a moment later that the client is gone. `hang` is
    called before the client goes.
    """

    def __init__(
        self,
        engine: Engine,
        queue: Queue,
        name: str = "krone",
        pid: int | None = None,
        hang: Callable[[Engine], None] = lambda engine: None,
    ) -> None:
        with engine.begin() as conn:
            self.outlet_id = ensure_outlet(conn, name, f"https://{name}.example/")
            if value(engine, f"select 1 from turns where outlet_id = {self.outlet_id}") is None:
                set_due(conn, {self.outlet_id: NOW})
        self.process_id = pid or register(engine, WORKER)
        queue.offer(self.outlet_id, name, NOW)
        with engine.begin() as conn:
            conn.execute(text("set local search_path to public, queue"))
            conn.execute(_TAKE, {"id": self.process_id, "outlet": str(self.outlet_id)})
        own = open_archive(open_home())
        name_connections(own, self.process_id)
        locks = OutletLocks(own)
        self.crawl: Crawl = open_crawl(engine, self.outlet_id, "test", locks=locks, process_id=self.process_id)
        with engine.begin() as conn:
            add_links(conn, self.outlet_id, self.crawl.id, None, [FoundLink(f"https://{name}.example/a")])
        hang(own)
        locks.drop()
        own.dispose()


_TAKE = text("""
with worker as (
    insert into procrastinate_workers (id) overriding system value values (:id) on conflict do nothing
)
update procrastinate_jobs set status = 'doing', worker_id = :id where args ->> 'outlet_id' = :outlet
""")


_BACKENDS = """
select pid from pg_stat_activity
where application_name = current_setting('application_name') and pid <> pg_backend_pid()
"""


def jobs(engine: Engine) -> list[tuple[object, ...]]:
    return rows(engine, "select args ->> 'name', status::text, worker_id from queue.procrastinate_jobs order by id")


def silence_all(engine: Engine, seconds: int = 60) -> None:
    with engine.begin() as conn:
        conn.execute(text(f"update processes set heartbeat_at = now() - interval '{seconds} seconds'"))


def test_a_process_that_was_reaped_holds_nothing_any_more(home: Home, engine: Engine, queue: Queue) -> None:
    dead = Dead(engine, queue)

    (freed,) = reap_process(engine, dead.process_id, "SIGKILL")

    assert (freed.outlet_id, freed.crawl_id, freed.deaths, freed.set_aside) == (dead.outlet_id, dead.crawl.id, 1, False)
    assert jobs(engine) == [("krone", "todo", None)]
    assert rows(engine, "select state, note from crawls") == [("interrupted", "interrupted")]
    assert rows(engine, "select note from processes where stopped_at is not null") == [("SIGKILL",)]
    assert reap_process(engine, dead.process_id, "SIGKILL") == []


def test_a_death_is_counted_when_the_server_is_slow_to_let_go_of_the_outlet(
    home: Home, engine: Engine, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.reaper._END_MILLISECONDS", 50)
    stopped: list[int] = []

    def stop_backends(own: Engine) -> None:
        stopped.extend(pid for (pid,) in rows(own, _BACKENDS) if isinstance(pid, int))
        for pid in stopped:
            _signal(pid, signal.SIGSTOP)

    dead = Dead(engine, queue, hang=stop_backends)
    try:
        with pytest.raises(StillConnected):
            reap_process(engine, dead.process_id, "SIGKILL")
        assert rows(engine, "select state from crawls") == [("running",)]
        assert value(engine, "select stopped_at from processes") is None
    finally:
        for pid in stopped:
            _signal(pid, signal.SIGCONT)
    monkeypatch.setattr("scheduler.reaper._END_MILLISECONDS", 10_000)

    assert [freed.deaths for freed in reap_process(engine, dead.process_id, "SIGKILL")] == [1]


def test_one_process_that_cannot_be_reaped_yet_does_not_delay_the_others(
    home: Home, engine: Engine, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, dead = Dead(engine, queue, "krone"), Dead(engine, queue, "kurier")
    monkeypatch.setattr("scheduler.processes._SILENT", _without_the_grace_after_a_start())
    silence_all(engine)
    end_connections = reaper._end_connections

    def end_all_but_one(engine: Engine, process_id: int) -> None:
        if process_id == stuck.process_id:
            raise StillConnected("its connections do not end")
        end_connections(engine, process_id)

    monkeypatch.setattr(reaper, "_end_connections", end_all_but_one)

    assert [freed.outlet_id for freed in reap_silent(engine, 20)] == [dead.outlet_id]


def test_a_silent_process_is_reaped_and_one_with_a_heartbeat_is_not(
    home: Home, engine: Engine, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead, alive = Dead(engine, queue, "krone"), Dead(engine, queue, "kurier")
    monkeypatch.setattr("scheduler.processes._SILENT", _without_the_grace_after_a_start())
    silence_all(engine)
    assert beat(engine, alive.process_id)

    assert [freed.outlet_id for freed in reap_silent(engine, 20)] == [dead.outlet_id]
    assert jobs(engine) == [("krone", "todo", None), ("kurier", "doing", alive.process_id)]


def test_a_process_that_may_have_missed_the_heartbeats_reaps_none(
    home: Home, engine: Engine, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = Dead(engine, queue)
    monkeypatch.setattr("scheduler.processes._SILENT", _without_the_grace_after_a_start())
    silence_all(engine)

    assert reap_silent(engine, 20, lambda: False) == []
    assert jobs(engine) == [("krone", "doing", dead.process_id)]


def test_a_worker_that_was_reaped_gets_no_job_and_does_not_break(home: Home, engine: Engine, queue: Queue) -> None:
    import asyncio

    reaped = register(engine, WORKER)
    with engine.begin() as conn:
        queue.offer(ensure_outlet(conn, "krone", "https://krone.example/"), "krone", NOW)

    async def ask() -> object:
        app = worker_app(database_url(home), "test", reaped)
        async with app.open_async():
            return await app.job_manager.fetch_job([QUEUE], reaped)

    assert asyncio.run(ask()) is None
    assert jobs(engine) == [("krone", "todo", None)]


def _without_the_grace_after_a_start() -> object:
    """Return the query without its grace after a start: the tests' server has just been started."""
    from scheduler import processes

    return text(str(processes._SILENT).replace("pg_postmaster_start_time()", "'-infinity'::timestamptz"))


def test_no_process_is_reaped_when_the_database_has_just_come_back(home: Home, engine: Engine, queue: Queue) -> None:
    Dead(engine, queue)
    silence_all(engine, 3600)

    assert reap_silent(engine, 3000) == []


def test_what_an_ended_process_still_holds_is_freed_by_the_next_round(home: Home, engine: Engine, queue: Queue) -> None:
    dead = Dead(engine, queue)
    with engine.begin() as conn:
        conn.execute(text("update processes set stopped_at = now(), note = 'ended'"))

    assert [freed.crawl_id for freed in reap_silent(engine)] == [dead.crawl.id]
    assert jobs(engine) == [("krone", "todo", None)]
    assert value(engine, "select deaths from turns") == 0


def test_processes_are_deleted_a_month_after_their_end_and_their_crawls_are_not(
    home: Home, engine: Engine, queue: Queue
) -> None:
    old, lately = Dead(engine, queue, "krone"), Dead(engine, queue, "kurier")
    with engine.begin() as conn:
        conn.execute(text("update processes set stopped_at = now() - interval '31 days'"))
        assert delete_old_processes(conn) == 0  # they still hold their crawls
    for dead in (old, lately):
        reap_process(engine, dead.process_id, "")
    with engine.begin() as conn:
        conn.execute(text("update processes set stopped_at = now() where id = :id"), {"id": lately.process_id})
        assert delete_old_processes(conn) == 1

    assert rows(engine, "select id from processes") == [(lately.process_id,)]
    assert rows(engine, "select process_id from crawls order by id") == [(old.process_id,), (lately.process_id,)]


def test_a_job_that_is_freed_gives_way_to_one_that_waits_already(home: Home, engine: Engine, queue: Queue) -> None:
    dead = Dead(engine, queue)
    assert queue.offer(dead.outlet_id, "krone", NOW)

    reap_process(engine, dead.process_id, "SIGKILL")

    assert jobs(engine) == [("krone", "todo", None)]


def test_a_crawl_is_left_alone_when_the_next_one_has_begun(home: Home, engine: Engine, queue: Queue) -> None:
    dead = Dead(engine, queue)
    following = open_crawl(engine, dead.outlet_id, "test")

    reap_process(engine, dead.process_id, "SIGKILL")

    assert rows(engine, "select state from crawls order by id") == [("interrupted",), ("running",)]
    assert value(engine, "select count(*) from coverage") == 1
    close_crawl(engine, following)


def test_an_outlet_over_which_three_workers_died_is_set_aside_with_an_alert(
    home: Home, engine: Engine, queue: Queue
) -> None:
    for _ in range(2):
        dead = Dead(engine, queue)
        assert not reap_process(engine, dead.process_id, "SIGKILL")[0].set_aside
    dead = Dead(engine, queue)
    (freed,) = reap_process(engine, dead.process_id, "SIGKILL")

    assert (freed.deaths, freed.set_aside) == (3, True)
    assert rows(engine, "select set_aside_at is not null, set_aside_reason from turns") == [(True, "killed_workers")]
    assert rows(engine, "select rule, subject from alerts where ended_at is null") == [("outlet_set_aside", "krone")]
    assert jobs(engine) == []


def test_a_person_puts_an_outlet_back_by_switching_it_on(
    home: Home, engine: Engine, queue: Queue, newskeep: Callable[..., Outcome]
) -> None:
    home.outlets_file.write_text('[[outlet]]\nname = "krone"\nurl = "https://krone.example/"\n', encoding="utf-8")
    for _ in range(3):
        dead = Dead(engine, queue)
        reap_process(engine, dead.process_id, "SIGKILL")

    assert "it had been set aside" in newskeep("outlets", "on", "krone").err
    assert "on already" in newskeep("outlets", "on", "krone").err
    assert value(engine, "select set_aside_at from turns") is None


def test_an_outlet_that_is_taken_back_starts_again_without_deaths(home: Home, engine: Engine, queue: Queue) -> None:
    for _ in range(3):
        dead = Dead(engine, queue)
        reap_process(engine, dead.process_id, "SIGKILL")
    with engine.begin() as conn:
        assert reinstate(conn, dead.outlet_id)
        assert not reinstate(conn, dead.outlet_id)

    assert rows(engine, "select deaths, set_aside_at, set_aside_reason from turns") == [(0, None, None)]
    assert value(engine, "select count(*) from alerts where ended_at is null") == 0


def test_a_death_without_a_cause_in_the_crawls_is_charged_to_no_outlet(
    home: Home, engine: Engine, queue: Queue
) -> None:
    dead = Dead(engine, queue)

    assert reap_process(engine, dead.process_id, "ended", death=None)[0].deaths == 0


def test_outlets_that_ran_together_share_a_death_until_one_is_close_to_the_limit() -> None:
    assert blamed({1: 0, 2: 1}) == {1, 2}
    assert blamed({1: 0, 2: 2}) == {2}
    assert blamed({1: 0, 2: 2}, death=Death.MACHINE) == {1, 2}


def test_the_outlet_whose_page_was_being_read_is_charged_alone() -> None:
    assert blamed({1: 2, 2: 0, 3: 0}, marked=[3]) == {3}
    assert blamed({1: 0}, marked=[9]) == {1}


def test_a_parent_charges_the_page_that_its_worker_was_reading(home: Home, engine: Engine, queue: Queue) -> None:
    guilty, innocent = Dead(engine, queue, "krone"), None
    innocent = Dead(engine, queue, "kurier", guilty.process_id)
    with engine.connect() as conn:
        (link,) = owed_links(conn, guilty.crawl.id)
    ReadingMark(home, guilty.crawl.id).on(link.id)
    ReadingMark(home, innocent.crawl.id).on(0)

    reap_process(engine, guilty.process_id, "SIGKILL", home=home)

    assert rows(engine, "select deaths from turns order by outlet_id") == [(1,), (0,)]
    assert rows(engine, "select disposition, reason from links where state = 'done'") == [
        ("failed", "killed_the_crawl")
    ]
    assert not any((home.path / "reading").iterdir())


def die_with_machine(home: Home, engine: Engine, queue: Queue, *, reading: bool = True) -> Dead:
    """Return a worker whose container died while it read the outlet's page, and which the leader has reaped."""
    count_deaths_of_crawls(home, engine)
    dead = Dead(engine, queue)
    with engine.connect() as conn:
        (link,) = owed_links(conn, dead.crawl.id)
    ReadingMark(home, dead.crawl.id).on(link.id if reading else 0)
    with engine.connect() as conn:
        assert old_marks(conn, home) == []  # it may live, and be another's
    reap_process(engine, dead.process_id, "silent", death=Death.MACHINE)
    return dead


def count_deaths_of_crawls(home: Home, engine: Engine) -> None:
    """Do what the outlet's next crawl does before it reads anything."""
    with engine.begin() as conn:
        for (outlet_id,) in conn.execute(text("select id from outlets")).all():
            for counted in count_deaths(conn, home, outlet_id):
                counted.unlink()


def test_a_page_that_was_read_when_two_containers_died_is_set_aside_and_its_outlet_is_not(
    home: Home, engine: Engine, queue: Queue
) -> None:
    for _ in range(2):
        die_with_machine(home, engine, queue)
    count_deaths_of_crawls(home, engine)

    assert rows(engine, "select disposition, reason from links") == [("skipped", "killed_the_crawl")]
    assert value(engine, "select set_aside_at from turns") is None


def test_containers_that_die_three_times_while_nothing_is_read_set_nothing_aside(
    home: Home, engine: Engine, queue: Queue
) -> None:
    for _ in range(3):
        die_with_machine(home, engine, queue, reading=False)
    count_deaths_of_crawls(home, engine)

    assert rows(engine, "select deaths, machine_deaths, set_aside_at from turns") == [(0, 3, None)]
    assert value(engine, "select count(*) from links where state = 'waiting'") == 1


def test_an_outlet_runs_alone_only_after_five_deaths_of_its_container(home: Home, engine: Engine, queue: Queue) -> None:
    suspect = []
    for _ in range(Death.MACHINE.alone_from):
        dead = die_with_machine(home, engine, queue, reading=False)
        with engine.connect() as conn:
            suspect.append(is_suspect(conn, dead.outlet_id))

    assert suspect == [False] * 4 + [True]


def test_an_outlet_over_which_ten_containers_died_is_set_aside(home: Home, engine: Engine, queue: Queue) -> None:
    for _ in range(Death.MACHINE.limit):
        die_with_machine(home, engine, queue, reading=False)

    assert value(engine, "select set_aside_reason from turns") == "killed_workers"


def test_the_mark_of_a_crawl_does_not_count_after_a_later_crawl_has_ended(
    home: Home, engine: Engine, queue: Queue
) -> None:
    dead = die_with_machine(home, engine, queue)
    close_crawl(engine, open_crawl(engine, dead.outlet_id, "on a machine of its own"))

    with engine.begin() as conn:
        assert [path.name for path in old_marks(conn, home)] == [str(dead.crawl.id)]
    count_deaths_of_crawls(home, engine)
    assert value(engine, "select count(*) from links where state = 'waiting'") == 1


def test_a_worker_that_was_stopped_leaves_no_mark(home: Home, engine: Engine, queue: Queue) -> None:
    dead = Dead(engine, queue)
    with engine.connect() as conn:
        (link,) = owed_links(conn, dead.crawl.id)
    ReadingMark(home, dead.crawl.id).on(link.id)

    reap_process(engine, dead.process_id, "SIGKILL", death=None, home=home)

    assert not any((home.path / "reading").iterdir())
    assert value(engine, "select count(*) from links where state = 'waiting'") == 1


def test_a_worker_that_was_taken_for_dead_writes_nothing_any_more(home: Home, engine: Engine, queue: Queue) -> None:
    import asyncio

    dead = Dead(engine, queue)
    with engine.connect() as conn:
        (link,) = owed_links(conn, dead.crawl.id)
    reap_process(engine, dead.process_id, "silent")
    following = open_crawl(engine, dead.outlet_id, "test")
    with engine.begin() as conn:
        add_links(conn, dead.outlet_id, following.id, None, [FoundLink("https://krone.example/a")])

    async def settle_both() -> list[object]:
        batches = BatchWriter(engine, None)  # type: ignore[arg-type]
        late = batches.settle(dead.crawl.id, Settlement(link.id, Disposition.FAILED, "timeout"))
        good = batches.settle(following.id, Settlement(link.id, Disposition.UNCHANGED))
        return list(await asyncio.gather(late, good, return_exceptions=True))

    late, good = asyncio.run(settle_both())
    assert isinstance(late, CrawlLost)
    assert good is None
    assert rows(engine, "select disposition, reason from links") == [("unchanged", None)]
    with pytest.raises(CrawlLost):
        close_crawl(engine, dead.crawl)
    close_crawl(engine, following)
    assert rows(engine, "select state from crawls order by id") == [("interrupted",), ("finished",)]


def test_outlets_are_held_through_a_connection_that_breaks(home: Home, engine: Engine) -> None:
    with engine.begin() as conn:
        outlet_id = ensure_outlet(conn, "krone", "https://krone.example/")
    here, there = OutletLocks(engine), OutletLocks(engine)
    assert here.take(outlet_id)
    _end_connections(engine)
    with pytest.raises(Exception, match="broke"):
        here.keep()

    assert here.keep() == set()
    assert not there.take(outlet_id)
    here.free(outlet_id)
    assert there.take(outlet_id)
    there.drop()


def test_an_outlet_that_another_process_took_meanwhile_is_given_up(home: Home, engine: Engine) -> None:
    with engine.begin() as conn:
        outlet_id = ensure_outlet(conn, "krone", "https://krone.example/")
    here, there = OutletLocks(engine), OutletLocks(engine)
    assert here.take(outlet_id)
    _end_connections(engine)
    assert there.take(outlet_id)
    with pytest.raises(Exception, match="broke"):
        here.keep()

    assert here.keep() == {outlet_id}
    assert here.keep() == set()
    with pytest.raises(Busy):
        open_crawl(engine, outlet_id, "test", locks=here)
    there.drop()


def _end_connections(engine: Engine) -> None:
    with engine.connect() as conn:
        conn.execute(
            text("select pg_terminate_backend(pid, 5000) from pg_stat_activity where pid <> pg_backend_pid()"
                 " and datname = current_database()")
        )  # fmt: skip


@pytest.mark.slow
def test_a_machine_that_was_stopped_is_replaced_and_comes_back_harmless(
    home: Home, engine: Engine, queue: Queue, site: Site
) -> None:
    publish(site, 4)
    hold(site, "/3")
    queue.offer(outlet_on(engine, site, "site"), "site", NOW)

    with Workers() as stopped:
        until(lambda: value(engine, "select count(*) from articles") == 3 and site.held)
        (child,) = stopped.children()
        for pid in (stopped.parent.pid, child):
            _signal(pid, signal.SIGSTOP)
        silence_all(engine)
        assert [freed.deaths for freed in reap_process(engine, 1, "silent")] == [1]
        publish(site, 4)
        with Workers() as others:
            until(lambda: value(engine, "select 1 from crawls where state = 'finished'"))
            others.send(signal.SIGTERM)
            others.parent.wait(15)
        for pid in (child, stopped.parent.pid):
            _signal(pid, signal.SIGCONT)
        until(lambda: is_gone(child), 60)

    assert rows(engine, "select count(*), count(distinct canonical_url) from articles") == [(4, 4)]
    assert rows(engine, "select state from crawls order by id")[:2] == [("interrupted",), ("finished",)]
    assert value(engine, "select count(*) from revisions") == 4


def _signal(pid: int, number: signal.Signals) -> None:
    import os

    os.kill(pid, number)
