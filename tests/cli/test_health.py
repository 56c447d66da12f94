"""`newskeep health`: what is unusual, and whether this machine's daemon and workers are alive."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from archive.alerts import end_alert, open_alert
from archive.home import Home
from tests.conftest import Outcome
from tests.newsroom import Newsroom

Newskeep = Callable[..., Outcome]
DISK = {"free_bytes": 400_000_000, "bytes_a_day": 100, "days": 3.5}


def process(
    engine: Engine, role: str, seconds: float, *, host: str | None = None, stopped: bool = False, pid: int = 7
) -> None:
    statement = text(
        "insert into processes (role, host, pid, heartbeat_at, stopped_at) values (:role, :host, :pid, "
        "clock_timestamp() - make_interval(secs => :seconds), case when :stopped then now() end)"
    )
    values = {"role": role, "host": host or socket.gethostname(), "seconds": seconds, "stopped": stopped, "pid": pid}
    with engine.begin() as conn:
        conn.execute(statement, values)


@pytest.mark.parametrize(("verb", "role"), [("daemon", "scheduler"), ("worker", "worker")])
def test_process_that_beats_is_healthy(newskeep: Newskeep, engine: Engine, verb: str, role: str) -> None:
    process(engine, role, 100)
    process(engine, role, 2)

    assert newskeep("health", verb).code == 0


@pytest.mark.parametrize(("verb", "role"), [("daemon", "scheduler"), ("worker", "worker")])
def test_process_that_is_silent_stopped_or_elsewhere_is_not(
    newskeep: Newskeep, engine: Engine, verb: str, role: str
) -> None:
    other = {"scheduler": "worker", "worker": "scheduler"}[role]
    assert newskeep("health", verb).code == 1
    process(engine, role, 100)
    process(engine, role, 2, host="another-machine")
    process(engine, role, 2, stopped=True)
    process(engine, other, 2)

    assert newskeep("health", verb).code == 1


def test_whatever_runs_here_must_beat_and_nothing_has_to_run(newskeep: Newskeep, engine: Engine) -> None:
    process(engine, "worker", 100, host="another-machine")
    assert newskeep("health", "here").code == 0
    process(engine, "worker", 2)
    assert newskeep("health", "here").code == 0
    process(engine, "scheduler", 100)
    assert newskeep("health", "here").code == 1


def test_database_that_is_away_is_unhealthy_and_no_password_is_shown(
    newskeep: Newskeep, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSKEEP_DATABASE_URL", "postgresql://keeper:sesame@127.0.0.1:1/news")
    outcome = newskeep("health", "daemon")

    assert outcome.code == 1
    assert "the database does not answer" in outcome.err
    assert "sesame" not in outcome.out + outcome.err


def test_embedded_server_is_not_started_for_the_question(
    newskeep: Newskeep, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NEWSKEEP_DATABASE_URL")

    for verb in ("here", "worker"):
        outcome = newskeep("health", verb)
        assert (outcome.code, outcome.err) == (1, f"there is no archive in {home.path}\n")
    assert not home.postgres.exists()


def test_container_health_check_is_cheap(engine: Engine) -> None:
    process(engine, "worker", 1)
    call = "from cli.main import main\ntry:\n main()\nfinally:\n import sys; print(*sorted(sys.modules))"
    before = os.times()
    ended = subprocess.run([sys.executable, "-c", call, "health", "worker"], capture_output=True, text=True, check=True)
    spent = os.times()

    heavy = {"sqlalchemy", "scrapy", "lxml", "aiohttp", "procrastinate", "prometheus_client", "numpy", "rich"}
    assert heavy & set(ended.stdout.split()) == set()
    assert spent.children_user + spent.children_system - before.children_user - before.children_system < 1.0


def test_nothing_unusual_is_said(newskeep: Newskeep, engine: Engine) -> None:
    outcome = newskeep("health")

    assert outcome.code == 0
    assert outcome.out.startswith("Nothing is unusual.\n")
    assert "Messages   not sent" in outcome.out


def test_open_and_ended_alerts_are_shown(newskeep: Newskeep, engine: Engine) -> None:
    process(engine, "worker", 1)
    with engine.begin() as conn:
        open_alert(conn, "disk_full_soon", "machine", DISK)
        open_alert(conn, "clock_wrong", "machine", {"seconds": -70})
    with engine.begin() as conn:
        end_alert(conn, "clock_wrong", "machine")
    outcome = newskeep("health")

    assert outcome.out.startswith("1 thing needs you.\n")
    assert "machine: disk full soon, 0.4 GB free, full in 3.5 days" in outcome.out
    assert "over" in outcome.out
    assert "70 s behind the database's" in outcome.out
    assert f"worker on {socket.gethostname()}" in outcome.out


def due_outlet(engine: Engine, newsroom: Newsroom, minutes: float = 4) -> None:
    """Put an outlet on the timetable whose turn came so long ago."""
    crawl = newsroom.crawl("krone")
    newsroom.close()
    newsroom.crawls.clear()
    statement = (
        "insert into turns (outlet_id, due_at) values (:id, clock_timestamp() - make_interval(mins => :minutes))"
    )
    with engine.begin() as conn:
        conn.execute(text(statement), {"id": crawl.outlet_id, "minutes": minutes})


def said_by(newskeep: Newskeep) -> tuple[int, int, str]:
    """Return the exit codes of health and doctor, and what health prints."""
    health = newskeep("health")
    return health.code, newskeep("doctor").code, health.out


def test_daemon_that_was_killed_is_wrong_although_no_daemon_is_left_to_say_so(
    newskeep: Newskeep, engine: Engine, newsroom: Newsroom
) -> None:
    due_outlet(engine, newsroom)
    process(engine, "scheduler", 245, host="another-machine")
    code, doctor, out = said_by(newskeep)

    assert (code, doctor) == (4, 4)
    assert out.startswith("2 things need you.\n")
    assert "machine: no daemon runs, the last one died, its last sign was 245 s ago, 1 outlet waits" in out
    assert "machine: nobody crawls, 1 outlet waits, no worker runs" in out
    assert "Gone       scheduler on another-machine (7), last sign " in out
    assert "Process " not in out
    states = {
        record["rule"]: record["state"] for record in newskeep("health", "--json").records if record["type"] == "rule"
    }
    assert (states["no_daemon"], states["no_worker"]) == ("broken", "broken")


def test_daemon_that_was_stopped_is_missed_once_an_outlet_waits(
    newskeep: Newskeep, engine: Engine, newsroom: Newsroom
) -> None:
    process(engine, "scheduler", 245, stopped=True)
    assert said_by(newskeep)[:2] == (0, 0)
    due_outlet(engine, newsroom)
    code, doctor, out = said_by(newskeep)

    assert (code, doctor) == (4, 4)
    assert "no daemon runs, the last one was stopped, 1 outlet waits" in out
    assert "scheduler" not in out


def test_daemon_and_worker_that_live_are_fine_and_nothing_waits_for_long(
    newskeep: Newskeep, engine: Engine, newsroom: Newsroom
) -> None:
    due_outlet(engine, newsroom)
    process(engine, "scheduler", 2, host="another-machine")
    process(engine, "worker", 2, host="another-machine")
    code, doctor, out = said_by(newskeep)

    assert (code, doctor) == (0, 0)
    assert out.startswith("Nothing is unusual.\n")
    assert "Process    scheduler on another-machine (7), last sign " in out


@pytest.mark.parametrize("seconds", [31.0, -31.0])
def test_process_without_a_sign_of_now_is_never_listed_as_alive(
    newskeep: Newskeep, engine: Engine, seconds: float
) -> None:
    """A sign from the future is no sign of now: the database's clock was set back since."""
    process(engine, "worker", seconds, host="another-machine")
    [found] = [record for record in newskeep("health", "--json").records if record["type"] == "process"]

    assert found["alive"] is False
    assert "Gone       worker on another-machine (7)" in newskeep("health").out


def test_sign_from_the_future_keeps_no_container_healthy(newskeep: Newskeep, engine: Engine) -> None:
    process(engine, "scheduler", -3600)

    assert newskeep("health", "daemon").code == 1
    assert newskeep("health", "here").code == 1


@pytest.mark.skipif(
    os.stat("/proc/self/ns/pid").st_ino != 0xEFFFFFFC, reason="in a container the host name is not enough"
)
def test_process_of_this_machine_that_is_gone_is_not_alive_although_it_gave_a_sign_just_now(
    newskeep: Newskeep, engine: Engine
) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    process(engine, "scheduler", 1, pid=ended.pid)
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)  # it is dead, and still has an entry in /proc
    code, doctor, out = said_by(newskeep)
    ended.wait()

    assert (code, doctor) == (4, 4)
    assert "no daemon runs, the last one died" in out
    assert f"Gone       scheduler on {socket.gethostname()} ({ended.pid})" in out


def test_rule_that_is_broken_now_counts_before_a_daemon_has_opened_its_alert(
    newskeep: Newskeep, home: Home, engine: Engine
) -> None:
    (home.path / "last-backup").touch()
    os.utime(home.path / "last-backup", (0, 0))
    code, doctor, out = said_by(newskeep)

    assert (code, doctor) == (4, 4)
    assert out.startswith("1 thing needs you.\n  now ")
    assert "machine: last backup is old" in out


def test_outlets_file_that_no_daemon_could_start_by_is_wrong_with_its_place(
    newskeep: Newskeep, home: Home, engine: Engine
) -> None:
    home.outlets_file.write_text('[[outlet]]\nurl = "https://www.krone.at"\nlangauge = "de"\n')
    code, doctor, out = said_by(newskeep)

    assert (code, doctor) == (4, 4)
    assert "outlets.toml: cannot be used, the last good one stays in force, unknown key “langauge” (" in out
    assert '3 | langauge = "de"\n' in out
    assert "| ^^^^^^^^  did you mean “language”?" in out


def test_unusual_outlet_is_shown_and_is_no_fault(newskeep: Newskeep, engine: Engine) -> None:
    with engine.begin() as conn:
        open_alert(conn, "silent_outlet", "krone", {"hours": 3})
    code, doctor, out = said_by(newskeep)

    assert (code, doctor) == (0, 0)
    assert out.startswith("Nothing needs you; unusual outlets: 1.\n")


def test_records_are_for_programs(newskeep: Newskeep, engine: Engine, newsroom: Newsroom) -> None:
    newsroom.crawl("krone")
    newsroom.close()
    newsroom.crawls.clear()
    with engine.begin() as conn:
        conn.execute(text("update coverage set looked = true, reason = null"))
        open_alert(conn, "disk_full_soon", "machine", DISK)
    records = newskeep("health", "--json").records

    [alert] = [record for record in records if record["type"] == "alert"]
    assert (alert["rule"], alert["facts"], alert["ended_at"]) == ("disk_full_soon", DISK, None)
    states = {
        record["rule"]: record["state"]
        for record in records
        if record["type"] == "rule" and record["subject"] == "krone"
    }
    learning = dict.fromkeys(("silent_outlet", "volume_drop", "layout_break"), "learning")
    assert states == learning | {"access_changed": "holds"}
    assert records[-1] == {"v": 1, "type": "summary", "open": 1, "bad": 1, "channels": {}, "exit_code": 4}


def test_doctor_tells_of_alerts_and_of_health(newskeep: Newskeep, engine: Engine) -> None:
    def found() -> list[tuple[str, str]]:
        return [
            (record["state"], record["text"])
            for record in newskeep("doctor", "--json").records
            if record.get("name") == "health"
        ]

    assert found() == [("fine", "nothing is unusual; outlets watched: 0, still learning what is usual: 0")]
    with engine.begin() as conn:
        open_alert(conn, "disk_full_soon", "machine", DISK)
    [(state, said)] = found()
    assert state == "bad"
    assert said.startswith("machine: disk full soon, 0.4 GB free, full in 3.5 days (since ")
