"""Worker processes on a real queue, crawling real pages."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from time import monotonic, sleep

import pytest
from sqlalchemy import Engine, text

from archive.home import Home
from archive.outlets import ensure_outlet
from archive.turns import set_due
from crawler.outlets.row import to_row
from news.outlets import Outlet
from scheduler.queue import Queue
from tests.site import Site, story

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as served:
        yield served


@pytest.fixture
def queue(home: Home) -> Iterator[Queue]:
    opened = Queue(home)
    yield opened
    opened.close()


def until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Wait until *condition* holds; fail when it does not in time."""
    deadline = monotonic() + seconds
    while not condition():
        assert monotonic() < deadline, "it never came about"
        sleep(0.05)


def rows(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as conn:
        return [tuple(row) for row in conn.execute(text(query))]


def outlet_on(engine: Engine, site: Site, name: str, **more: object) -> int:
    """The id of an outlet that publishes by one feed and whose turn has come."""
    given = {"feeds": (site.url("/feed"),), "sitemaps": (), "listings": (), "delay": 0.0} | more
    outlet = Outlet(name, site.url("/"), **given)
    with engine.begin() as conn:
        outlet_id = ensure_outlet(conn, name, outlet.url, to_row(outlet))
        set_due(conn, {outlet_id: NOW})
    return outlet_id


def test_a_worker_crawls_what_is_queued(home: Home, engine: Engine, queue: Queue, site: Site) -> None:
    site.feed("/feed", "/a", "/b")
    site.article("/a", "The first", *story("alpha"))
    site.article("/b", "The second", *story("beta"))
    outlet_id = outlet_on(engine, site, "site")

    assert queue.offer(outlet_id, "site", NOW)
    worker = subprocess.Popen([sys.executable, "-m", "scheduler.worker"])
    until(lambda: rows(engine, "select 1 from crawls where state = 'finished'"))
    os.kill(worker.pid, signal.SIGTERM)

    assert worker.wait(10) == 0
    assert rows(engine, "select count(*) from articles") == [(2,)]
    assert rows(engine, "select due_at, process_id is not null from crawls") == [(NOW, True)]
    assert rows(engine, "select count(*) from queue.procrastinate_jobs") == [(0,)]
    assert rows(engine, "select note, stopped_at is not null from processes") == [("ended", True)]


def test_an_outlet_waits_in_the_queue_once(home: Home, engine: Engine, queue: Queue, site: Site) -> None:
    outlet_id = outlet_on(engine, site, "site")

    assert queue.offer(outlet_id, "site", NOW)
    assert not queue.offer(outlet_id, "site", NOW)
