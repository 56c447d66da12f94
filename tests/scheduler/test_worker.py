"""Workers on a real queue, crawling real pages, and what becomes of their work when they end in whatever way."""

import signal
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from archive.home import Home
from scheduler.queue import Queue
from tests.scheduler.workers import NOW, Workers, is_gone, kill, outlet_on, rows, until, value
from tests.site import Answer, Site, article_page, story


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as served:
        yield served


@pytest.fixture
def queue(home: Home) -> Iterator[Queue]:
    opened = Queue(home)
    yield opened
    opened.close()


def publish(site: Site, number: int) -> None:
    """A feed of so many articles."""
    site.feed("/feed", *(f"/{count}" for count in range(number)))
    for count in range(number):
        site.article(f"/{count}", f"Story {count}", *story(f"subject{count}"))


def hold(site: Site, path: str) -> None:
    """Let the page wait for its gate."""
    import threading

    body = article_page("Held", *story("held")).encode()
    site.answers[path] = Answer(body, gate=threading.Event())


def finished(engine: Engine) -> object:
    return value(engine, "select 1 from crawls where state = 'finished'")


def stored_once(engine: Engine, number: int) -> None:
    """So many articles, each once, and nothing that waits."""
    assert rows(engine, "select count(*), count(distinct canonical_url) from articles") == [(number, number)]
    assert value(engine, "select count(*) from links where state = 'waiting'") == 0
    assert value(engine, "select count(*) from revisions") == number


def test_a_worker_crawls_what_is_queued(home: Home, engine: Engine, queue: Queue, site: Site) -> None:
    publish(site, 2)
    outlet_id = outlet_on(engine, site, "site")
    assert queue.offer(outlet_id, "site", NOW)

    with Workers() as workers:
        until(lambda: finished(engine))
        until(lambda: value(engine, "select count(*) from queue.procrastinate_jobs") == 0)
        workers.send(signal.SIGTERM)
        assert workers.parent.wait(15) == 0

    stored_once(engine, 2)
    assert rows(engine, "select due_at, process_id is not null from crawls") == [(NOW, True)]
    assert rows(engine, "select note, stopped_at is not null from processes") == [("ended", True)]


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
        until(lambda: finished(engine), 30)

    stored_once(engine, 6)
    assert rows(engine, "select state from crawls order by id") == [("interrupted",), ("finished",)]
    assert rows(engine, "select note from processes order by id") == [("SIGKILL",), ("ended",)]
    assert value(engine, "select deaths from turns") == 0  # it has survived since


def test_a_worker_that_hangs_is_killed_and_replaced(home: Home, engine: Engine, queue: Queue, site: Site) -> None:
    publish(site, 3)
    hold(site, "/2")
    queue.offer(outlet_on(engine, site, "site"), "site", NOW)

    with Workers(WORKER_SILENCE_SECONDS=3) as workers:
        until(lambda: site.held)
        (child,) = workers.children()
        kill(child, signal.SIGSTOP)
        publish(site, 3)
        until(lambda: finished(engine), 30)
        assert is_gone(child)

    stored_once(engine, 3)
    assert rows(engine, "select note from processes order by id") == [("silent",), ("ended",)]


def test_a_worker_told_to_stop_hands_its_crawl_back(home: Home, engine: Engine, queue: Queue, site: Site) -> None:
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
    with Workers():
        until(lambda: finished(engine))
    stored_once(engine, 4)
