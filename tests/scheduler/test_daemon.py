"""Whole daemons: processes with workers of their own, on a real database, crawling real pages."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from archive.database import NEEDED
from archive.embedded import EmbeddedServer
from archive.home import Home
from tests.conftest import Outcome, run_sql
from tests.scheduler.workers import PATIENCE, rows, until
from tests.site import Site, story


class Daemon:
    """A running `newskeep daemon` and what it logs."""

    def __init__(self, log: Path, *, workers: int = 1) -> None:
        self.log = log
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "cli.main", "daemon"],
                stderr=out,
                env={**os.environ, "WORKER_PROCESSES": str(workers), "LOG_FORMAT": "json"},
            )

    def events(self, name: str) -> list[dict[str, Any]]:
        lines = [line for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [event for line in lines if (event := json.loads(line))["event"] == name]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Daemon]]:
    """Start daemons, and end those that a test leaves running."""
    started: list[Daemon] = []

    def begin(**more: Any) -> Daemon:
        started.append(Daemon(tmp_path / f"daemon{len(started)}.log", **more))
        return started[-1]

    yield begin
    for daemon in started:
        if daemon.process.poll() is None:
            daemon.end()


def entry(site: Site, name: str) -> str:
    """Return the entry in outlets.toml of an outlet that publishes one article by one feed."""
    site.article(f"/{name}/the-bridge-opens-today", f"{name} opens", *story(name))
    site.feed(f"/{name}.xml", f"/{name}/the-bridge-opens-today")
    return (
        f'[[outlet]]\nname = "{name}"\nurl = "{site.url(f"/{name}/")}"\nfeeds = ["{site.url(f"/{name}.xml")}"]\n'
        "listings = []\nsitemaps = []\ndelay = 0\n"
    )


def crawled(engine: Engine, name: str) -> bool:
    return bool(rows(engine, f"select 1 from crawls join outlets o on o.id = outlet_id where o.name = '{name}' "
                             "and state = 'finished' and due_at is not null"))  # fmt: skip


def test_a_daemon_crawls_on_schedule_and_follows_outlets_toml(
    home: Home, engine: Engine, site: Site, start: Callable[..., Daemon], newskeep: Callable[..., Outcome]
) -> None:
    home.outlets_file.write_text(entry(site, "krone"))
    daemon = start()
    until(lambda: crawled(engine, "krone"))
    assert "krone  1 new  on schedule" in newskeep("crawls", "list").out
    assert " · on schedule, due " in newskeep("crawls", "show", "1").out

    home.outlets_file.write_text(entry(site, "krone") + "langauge = 1\n")
    until(lambda: rows(engine, "select 1 from alerts where rule = 'outlets_file' and ended_at is null"))
    assert len(daemon.events("outlets_file_broken")) == 1

    home.outlets_file.write_text(entry(site, "krone") + entry(site, "kurier"))
    until(lambda: crawled(engine, "kurier"))
    assert rows(engine, "select 1 from alerts where rule = 'outlets_file' and ended_at is null") == []

    home.outlets_file.write_text(entry(site, "kurier"))
    until(lambda: rows(engine, "select name from turns join outlets on id = outlet_id") == [("kurier",)])
    assert rows(engine, "select headline from v_articles order by 1") == [("krone opens",), ("kurier opens",)]

    assert daemon.end() == 0
    assert rows(engine, "select count(*) from processes where stopped_at is null") == [(0,)]
    [started], [stopped] = daemon.events("daemon_started"), daemon.events("daemon_stopped")
    assert {"version", "database", "metrics"} <= started.keys()
    assert (started["data_folder"], started["outlets"], started["contact"]) == (str(home.path), 1, "tests@example.org")
    assert (stopped["why"], stopped["level"]) == ("stopped by a signal", "info")
    assert daemon.events("outlets_missing") == daemon.events("contact_missing") == []


@pytest.mark.slow
def test_another_daemon_takes_over_from_a_leader_that_was_killed(
    home: Home, engine: Engine, site: Site, start: Callable[..., Daemon]
) -> None:
    home.outlets_file.write_text(entry(site, "krone"))
    first = start(workers=0)
    until(lambda: first.events("lead_taken"))
    second = start(workers=0)
    until(lambda: rows(engine, "select 1 from processes where role = 'scheduler' having count(*) = 2"))
    assert not second.events("lead_taken")

    first.kill()

    assert until(lambda: second.events("lead_taken"), 30) < 10
    until(lambda: second.events("timetable_set"))


@pytest.mark.slow
def test_a_daemon_with_one_worker_needs_no_more_connections_than_it_says(
    home: Home, engine: Engine, cluster: EmbeddedServer, start: Callable[..., Daemon], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_sql(cluster, f"create role few login connection limit {NEEDED} in role newskeep")
    monkeypatch.setenv("NEWSKEEP_DATABASE_URL", home.settings["NEWSKEEP_DATABASE_URL"].replace("newskeep@", "few@"))
    with ExitStack() as sites:
        names = [f"o{number}" for number in range(20)]
        home.outlets_file.write_text("".join(entry(sites.enter_context(Site()), name) for name in names))
        daemon = start()
        until(lambda: all(crawled(engine, name) for name in names))
        used = rows(engine, "select count(*) from pg_stat_activity where usename = 'few'")
        assert daemon.end() == 0
    run_sql(cluster, "reassign owned by few to newskeep")
    run_sql(cluster, "drop role few")

    assert used[0][0] >= NEEDED - 2, "this shows little about the limit"
    assert not daemon.events("database_full") + daemon.events("round_failed") + daemon.events("worker_ended")[1:]
    assert rows(engine, "select distinct balanced from crawls") == [(True,)]


@pytest.mark.slow
def test_when_the_net_is_gone_no_outlet_pays_and_all_catch_up_when_it_is_back(
    home: Home, engine: Engine, start: Callable[..., Daemon]
) -> None:
    with ExitStack() as before:
        sites = [before.enter_context(Site()) for _ in range(4)]
        home.outlets_file.write_text("".join(entry(site, f"o{n}") for n, site in enumerate(sites)))
    daemon = start()
    until(lambda: rows(engine, "select 1 from alerts where rule = 'offline' and ended_at is null"))
    assert daemon.events("network_lost")

    with ExitStack() as back:
        for number, gone in enumerate(sites):
            entry(back.enter_context(Site(port=gone.port)), f"o{number}")
        until(lambda: rows(engine, "select count(*) from articles") == [(4,)])

    assert daemon.events("network_found")
    assert rows(engine, "select 1 from alerts where rule = 'offline' and ended_at is null") == []
    assert rows(engine, "select max(failures) from turns") == [(0,)]
    assert rows(engine, "select distinct reason from coverage where not looked") == [("offline",)]


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("PROCESS_SILENCE_SECONDS", "5"),  # between two heartbeats everybody would be dead
        ("WORKER_SILENCE_SECONDS", "0"),
        ("WORKER_MAX_BYTES", "1"),
    ],
)
def test_a_setting_under_which_no_worker_could_live_is_an_error(
    home: Home, newskeep: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, name: str, setting: str
) -> None:
    monkeypatch.setenv(name, setting)
    outcome = newskeep("daemon")

    assert outcome.code == 4
    assert name in outcome.err


def test_a_store_that_no_worker_could_use_is_an_error(
    home: Home, engine: Engine, start: Callable[..., Daemon], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAPTURE_STORE", "nosuch://place")
    daemon = start()

    assert daemon.process.wait(PATIENCE) == 4
    assert "CAPTURE_STORE" in daemon.log.read_text()


def test_outlets_that_cannot_be_read_from_the_start_are_an_error(
    home: Home, engine: Engine, start: Callable[..., Daemon]
) -> None:
    home.outlets_file.write_text("[[outlet]]\nurl = 1\n")
    daemon = start(workers=0)

    assert daemon.process.wait(PATIENCE) == 4
    assert "outlets.toml:2" in daemon.log.read_text()


def test_daemon_without_outlets_and_contact_says_so_and_waits(
    home: Home, engine: Engine, start: Callable[..., Daemon], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NEWSKEEP_CONTACT")
    daemon = start(workers=0)
    until(lambda: daemon.events("timetable_set"))

    assert [event["level"] for event in daemon.events("outlets_missing") + daemon.events("contact_missing")] == [
        "warning", "warning",
    ]  # fmt: skip
    assert daemon.end() == 0


@pytest.mark.parametrize("setting", ["CAPTURE_STORE=nosuch://place", "METRICS_LISTEN=192.0.2.1:9464"])
def test_daemon_that_failed_to_start_is_not_alive_and_says_why_it_stopped(
    home: Home, engine: Engine, start: Callable[..., Daemon], monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    name, _, value = setting.partition("=")
    monkeypatch.setenv(name, value)
    daemon = start()

    assert daemon.process.wait(PATIENCE) == 4
    assert rows(engine, "select role from processes where stopped_at is null") == []
    [stopped] = daemon.events("daemon_stopped")
    assert name in stopped["why"]


def test_a_killed_daemon_is_seen_by_health_and_doctor(
    home: Home, engine: Engine, start: Callable[..., Daemon], newskeep: Callable[..., Outcome]
) -> None:
    daemon = start(workers=0)
    until(lambda: rows(engine, "select 1 from processes where role = 'scheduler'"))
    assert (newskeep("health").code, newskeep("doctor").code) == (0, 0)
    daemon.kill()
    with engine.begin() as conn:  # as if four minutes had passed
        conn.execute(text("update processes set heartbeat_at = heartbeat_at - interval '4 minutes'"))
    seen = newskeep("health")

    assert (seen.code, newskeep("doctor").code) == (4, 4)
    assert "no daemon runs, the last one died" in seen.out
    assert "Process " not in seen.out
