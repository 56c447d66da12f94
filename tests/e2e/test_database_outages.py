"""Workers through a database that goes away, on a server of their own that may be stopped."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from archive.database import open_archive
from archive.embedded import EmbeddedServer
from archive.home import Home, open_home
from scheduler.queue import Queue
from tests.scheduler.workers import NOW, Workers, hold, outlet_on, publish, rows, until, value
from tests.site import Site

OUTAGE_SECONDS = 30


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    own = EmbeddedServer(tmp_path / "postgres", durable=False)
    yield own
    own.stop()


def home_in(folder: Path, monkeypatch: pytest.MonkeyPatch, url: str | None) -> Home:
    given = {"NEWSKEEP_HOME": str(folder), "NEWSKEEP_ALLOW_NETWORKS": "127.0.0.0/8", "NEWSKEEP_DATABASE_URL": url or ""}
    for name, setting in given.items():
        monkeypatch.setenv(name, setting)
    return open_home()


def count(engine: Engine) -> object:
    return rows(engine, "select count(*), count(distinct canonical_url) from articles")


@pytest.mark.slow
def test_a_worker_sits_out_a_database_that_is_stopped_for_half_a_minute(
    server: EmbeddedServer, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_archive(home_in(tmp_path, monkeypatch, None))  # brings the schema up to date
    home = home_in(tmp_path, monkeypatch, server.url)
    queue = Queue(home)
    publish(site, 4)
    hold(site, "/3")
    gate = site.answers["/3"].gate
    assert gate
    queue.offer(outlet_on(engine, site, "site"), "site", NOW)

    with Workers(FETCH_TIMEOUT_SECONDS=120) as workers:
        until(lambda: count(engine) == [(3, 3)] and site.held)
        children = workers.children()
        server.stop()
        time.sleep(OUTAGE_SECONDS)  # what is tested is that long an outage
        gate.set()
        server.start()
        until(lambda: value(engine, "select 1 from crawls where state = 'finished'"))
        until(lambda: value(engine, "select count(*) from queue.procrastinate_jobs") == 0)
        assert workers.children() == children
        queue.close()
        workers.send(signal.SIGTERM)
        assert workers.parent.wait(15) == 0

    assert count(engine) == [(4, 4)]
    assert rows(engine, "select state from crawls") == [("finished",)]
    engine.dispose()


@pytest.mark.slow
def test_a_daemon_ends_within_seconds_though_its_database_is_away(
    server: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_archive(home_in(tmp_path, monkeypatch, None)).dispose()  # brings the schema up to date
    engine = open_archive(home_in(tmp_path, monkeypatch, server.url))
    settings = {"DATABASE_WAIT_SECONDS": "60", "LOG_FORMAT": "json"}
    command = [sys.executable, "-m", "cli.main", "daemon"]
    log = tmp_path / "log"
    with log.open("wb") as out:
        daemon = subprocess.Popen(command, stderr=out, env={**os.environ, **settings})
    until(lambda: value(engine, "select count(*) from processes") == 2)
    engine.dispose()
    server.stop()
    until(lambda: "lead_lost" in log.read_text())

    daemon.send_signal(signal.SIGTERM)

    assert daemon.wait(20) == 0
    assert "library_message" not in log.read_text()


@pytest.mark.slow
def test_workers_share_the_embedded_server_of_their_folder_and_bring_it_back(
    server: EmbeddedServer, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = home_in(tmp_path, monkeypatch, None)
    engine, queue = open_archive(home), Queue(home)
    publish(site, 3)
    hold(site, "/2")
    gate = site.answers["/2"].gate
    assert gate
    queue.offer(outlet_on(engine, site, "site"), "site", NOW)
    queue.close()

    with Workers(2):
        until(lambda: count(engine) == [(2, 2)] and site.held)
        pid = server.state().pid
        assert pid
        os.kill(pid, signal.SIGKILL)
        gate.set()
        until(lambda: _finished(home))

    engine.dispose()
    with_fresh = open_archive(home)
    assert count(with_fresh) == [(3, 3)]
    with_fresh.dispose()


def _finished(home: Home) -> bool:
    engine = open_archive(home)
    try:
        return value(engine, "select 1 from crawls where state = 'finished'") == 1
    finally:
        engine.dispose()
