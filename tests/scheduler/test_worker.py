"""Workers on a real queue that crawl real pages; their work is kept however they end."""

import signal
import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from archive.home import Home
from scheduler.queue import Queue
from tests.conftest import Outcome
from tests.scheduler.workers import NOW, Workers, hold, is_gone, kill, outlet_on, publish, rows, until, value
from tests.site import Site


def finished(engine: Engine) -> object:
    return value(engine, "select 1 from crawls where state = 'finished'")


def stored_once(engine: Engine, number: int) -> None:
    """Assert that so many articles are stored, each once, and that no link waits."""
    assert rows(engine, "select count(*), count(distinct canonical_url) from articles") == [(number, number)]
    assert value(engine, "select count(*) from links where state = 'waiting'") == 0
    assert value(engine, "select count(*) from revisions") == number


def test_an_outlet_waits_in_the_queue_once(home: Home, engine: Engine, queue: Queue, site: Site) -> None:
    outlet_id = outlet_on(engine, site, "site")

    assert queue.offer(outlet_id, "site", NOW)
    assert not queue.offer(outlet_id, "site", NOW)


def test_a_killed_worker_loses_nothing_and_its_outlet_is_crawled_on_by_the_next(
    home: Home, engine: Engine, queue: Queue, site: Site
) -> None:
    publish(site, 6)
    hold(site, "/5")
    queue.offer(outlet_on(engine, site, "site"), "site", NOW)

    with Workers() as workers:
        until(lambda: value(engine, "select count(*) from articles") == 5 and site.held)
        (child,) = workers.children()
        kill(child, signal.SIGKILL)
        publish(site, 6)
        site.feed("/feed")  # the links have left the outlet's front page meanwhile
        until(lambda: finished(engine))

    stored_once(engine, 6)
    assert rows(engine, "select state from crawls order by id") == [("interrupted",), ("finished",)]
    assert rows(engine, "select note from processes order by id") == [("SIGKILL",), ("ended",)]
    assert value(engine, "select deaths from turns") == 0  # it has survived since


@pytest.mark.slow
def test_a_worker_that_fails_to_start_is_not_taken_for_alive(home: Home, engine: Engine) -> None:
    home.captures.write_text("a file where the folder should be")
    with Workers():
        until(lambda: value(engine, "select count(*) from processes where stopped_at is not null") == 2)

    assert rows(engine, "select distinct note from processes where note like 'exit code %'") == [("exit code 6",)]
    assert value(engine, "select count(*) from processes where stopped_at is null") == 0


@pytest.mark.slow
def test_a_worker_that_hangs_is_killed_and_replaced(home: Home, engine: Engine, queue: Queue, site: Site) -> None:
    publish(site, 3)
    hold(site, "/2")
    queue.offer(outlet_on(engine, site, "site"), "site", NOW)

    with Workers(WORKER_SILENCE_SECONDS=3) as workers:
        until(lambda: site.held)
        (child,) = workers.children()
        kill(child, signal.SIGSTOP)
        publish(site, 3)
        until(lambda: finished(engine))
        assert is_gone(child)

    stored_once(engine, 3)
    assert rows(engine, "select note from processes order by id") == [("silent",), ("ended",)]


def test_a_worker_that_is_asked_to_stop_hands_its_crawl_back(
    home: Home, engine: Engine, queue: Queue, site: Site, newskeep: Callable[..., Outcome]
) -> None:
    publish(site, 4)
    hold(site, "/3")
    queue.offer(outlet_on(engine, site, "site"), "site", NOW)

    with Workers() as workers:
        until(lambda: value(engine, "select count(*) from articles") == 3 and site.held)
        workers.send(signal.SIGTERM)
        assert workers.parent.wait(10) == 0
    assert rows(engine, "select state from crawls") == [("interrupted",)]
    assert rows(engine, "select status::text from queue.procrastinate_jobs") == [("todo",)]
    assert value(engine, "select deaths from turns") == 0

    publish(site, 4)
    assert newskeep("crawl", "site").code == 0
    stored_once(engine, 4)


@pytest.mark.slow
def test_a_worker_makes_way_after_so_many_crawls(home: Home, engine: Engine, queue: Queue, site: Site) -> None:
    publish(site, 1)
    for name in ("one", "two"):
        queue.offer(outlet_on(engine, site, name), name, NOW)

    with Workers(WORKER_MAX_CRAWLS=1, CRAWL_OUTLETS_AT_ONCE=1):
        until(lambda: value(engine, "select count(*) from crawls where state = 'finished'") == 2)
        until(lambda: value(engine, "select count(*) from processes") == 2)
        until(lambda: value(engine, "select count(*) from processes where note = 'ended'"))

    assert value(engine, "select sum(deaths) from turns") == 0


@pytest.mark.slow
def test_a_worker_whose_parent_was_killed_hands_back_and_ends(
    home: Home, engine: Engine, queue: Queue, site: Site
) -> None:
    publish(site, 2)
    hold(site, "/1")
    queue.offer(outlet_on(engine, site, "site"), "site", NOW)

    with Workers() as workers:
        until(lambda: site.held)
        (child,) = workers.children()
        workers.parent.kill()
        until(lambda: is_gone(child), 60)

    assert rows(engine, "select state from crawls") == [("interrupted",)]
    assert rows(engine, "select status::text from queue.procrastinate_jobs") == [("todo",)]


def test_a_worker_crawls_what_is_queued_and_a_command_never_crawls_it_at_once(
    home: Home, engine: Engine, queue: Queue, site: Site, newskeep: Callable[..., Outcome]
) -> None:
    publish(site, 2)
    hold(site, "/1")
    gate = site.answers["/1"].gate
    assert gate
    queue.offer(outlet_on(engine, site, "site"), "site", NOW)

    with Workers() as workers:
        until(lambda: site.held)
        refused = newskeep("crawl", "site")
        threading.Timer(1, gate.set).start()
        waited = newskeep("crawl", "site", "--wait")
        until(lambda: value(engine, "select count(*) from queue.procrastinate_jobs") == 0)
        workers.send(signal.SIGTERM)
        assert workers.parent.wait(15) == 0

    stored_once(engine, 2)
    assert rows(engine, "select due_at, process_id is not null from crawls order by id") == [(NOW, True), (None, False)]
    assert rows(engine, "select note, stopped_at is not null from processes") == [("ended", True)]
    assert (refused.code, waited.code) == (7, 0)
    assert "site is being crawled already (crawl 1, by the worker on" in refused.err
    assert "waiting until it ends" in waited.err
    assert rows(engine, "select id, state from crawls order by id") == [(1, "finished"), (2, "finished")]


@pytest.mark.slow
def test_an_outlet_that_kills_three_workers_is_set_aside(home: Home, engine: Engine, queue: Queue, site: Site) -> None:
    publish(site, 2)
    hold(site, "/1")
    queue.offer(outlet_on(engine, site, "site"), "site", NOW)

    with Workers() as workers:
        for deaths in (1, 2, 3):
            until(lambda: site.held and workers.children())
            kill(workers.children()[0], signal.SIGKILL)
            until(lambda wanted=deaths: value(engine, "select deaths from turns") == wanted)
            gate = site.answers["/1"].gate
            assert gate
            gate.set()
            until(lambda: not site.held)
            hold(site, "/1")

    assert value(engine, "select set_aside_reason from turns") == "killed_workers"
    assert value(engine, "select count(*) from alerts") == 1
    assert value(engine, "select count(*) from queue.procrastinate_jobs") == 0
