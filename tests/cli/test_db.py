"""`newskeep db`."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, text

from archive.database import connect_to
from archive.embedded import EmbeddedServer
from archive.home import Home
from archive.programs import without_password
from archive.schema import migration_steps
from tests.conftest import Outcome

Newskeep = Callable[..., Outcome]
HEAD = migration_steps()[-1]


@pytest.fixture
def empty(empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("NEWSKEEP_HOME", str(tmp_path))
    monkeypatch.setenv("NEWSKEEP_DATABASE_URL", empty_database_url)
    return empty_database_url


@pytest.fixture
def embedded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedServer]:
    monkeypatch.setenv("NEWSKEEP_HOME", str(tmp_path))
    monkeypatch.delenv("NEWSKEEP_DATABASE_URL", raising=False)
    server = EmbeddedServer(tmp_path / "postgres", durable=False)
    yield server
    server.stop()


def test_upgrade_makes_the_schema_and_status_then_fits(newskeep: Newskeep, empty: str) -> None:
    before = newskeep("db", "status", "--json")
    done = newskeep("db", "upgrade", "--json")
    after = newskeep("db", "status", "--json")

    assert (before.code, before.records[0]["schema"], before.records[0]["fits"]) == (6, None, False)
    assert (done.code, done.records[0]["steps"], done.records[0]["after"]) == (0, list(migration_steps()), HEAD)
    assert (after.code, after.records[0]["schema"], after.records[0]["fits"]) == (0, HEAD, True)


def test_dry_run_of_upgrade_says_the_steps_and_makes_nothing(newskeep: Newskeep, empty: str) -> None:
    outcome = newskeep("db", "upgrade", "--dry-run")

    assert outcome.code == 0
    assert f"missing: {', '.join(migration_steps())}" in outcome.err
    assert newskeep("db", "status").code == 6


def test_second_upgrade_has_nothing_to_do(newskeep: Newskeep, home: Home) -> None:
    outcome = newskeep("db", "upgrade")

    assert outcome.code == 0
    assert "up to date" in outcome.err


def test_upgrade_refuses_the_schema_of_a_newer_newskeep(newskeep: Newskeep, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))

    upgraded, status = newskeep("db", "upgrade"), newskeep("db", "status")

    assert (upgraded.code, status.code) == (6, 6)
    assert "9999" in upgraded.err
    assert "install a newer Newskeep" in status.out


def test_outdated_schema_names_the_command_that_helps(newskeep: Newskeep, empty: str) -> None:
    assert "newskeep db upgrade" in newskeep("db", "status").out


def test_status_shows_where_without_the_password(
    newskeep: Newskeep, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = home.settings["NEWSKEEP_DATABASE_URL"]
    monkeypatch.setenv("NEWSKEEP_DATABASE_URL", given.replace("newskeep@", "newskeep:sesame@"))

    outcome = newskeep("db", "status")

    assert outcome.code == 0
    assert "newskeep:***@" in outcome.out
    assert "sesame" not in outcome.out + outcome.err


def test_unreachable_server_ends_with_six_and_one_clear_error(
    newskeep: Newskeep, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSKEEP_DATABASE_URL", "postgresql://keeper:sesame@127.0.0.1:1/news")
    monkeypatch.setenv("DATABASE_WAIT_SECONDS", "0")

    outcome = newskeep("db", "status")

    assert outcome.code == 6
    assert outcome.err.startswith("error: the archive at postgresql://keeper:***@127.0.0.1:1/news cannot be reached")
    assert "Traceback" not in outcome.err


def test_embedded_database_is_named_stopped_and_found_again(newskeep: Newskeep, embedded: EmbeddedServer) -> None:
    embedded.start()
    url = newskeep("db", "url")
    with psycopg.connect(url.out.strip()) as connection:
        assert connection.execute("select count(*) from v_articles").fetchone() == (0,)
        daemon = "insert into processes (role, host, pid) values ('scheduler', %s, %s)"
        connection.execute(daemon, (socket.gethostname(), os.getpid()))

    stopped, again = newskeep("db", "stop", "--json"), newskeep("db", "stop")
    assert stopped.records[0]["stopped"] is True
    assert "a daemon of this folder runs and starts it again" in stopped.err
    assert not embedded.state().running
    assert again.code == 0
    assert "No embedded PostgreSQL runs" in again.err

    status = newskeep("db", "status")
    assert status.code == 0
    assert f"embedded, process {embedded.state().pid}" in status.out


def test_status_makes_no_database(newskeep: Newskeep, embedded: EmbeddedServer) -> None:
    outcome = newskeep("db", "status")

    assert outcome.code == 4
    assert "newskeep init" in outcome.err
    assert not embedded.folder.exists()


def test_url_of_an_external_database_is_what_psql_understands(newskeep: Newskeep, home: Home) -> None:
    with connect_to(newskeep("db", "url").out.strip()) as connection:
        assert connection.execute("select count(*) from v_links").fetchone() == (0,)


def run_db(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cli.main", "db", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_psql_and_dump_run_programs_that_fit_the_server(home: Home) -> None:
    asked = run_db("psql", "-tAc", "select count(*) from v_articles")
    dumped = run_db("dump", "--schema-only")

    assert (asked.stdout, asked.returncode) == ("0\n", 0)
    assert "CREATE VIEW public.v_articles" in dumped.stdout
    assert dumped.returncode == 0


def test_a_password_is_no_argument_of_a_program() -> None:
    place, environment = without_password("postgresql://keeper:sesame@db:5433/news")

    assert "sesame" not in place
    assert environment == {"PGPASSWORD": "sesame"}
