"""A real PostgreSQL for the tests: one cluster per session, and a migrated database for each test that needs one.

Imports are inside the fixtures, so that tests without a database start at once.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from archive.embedded import EmbeddedServer
    from archive.home import Home
    from tests.newsroom import Newsroom
    from tests.site import Site

TEMPLATE = "migrated"
MEMORY_BYTES = 2_000_000_000
_numbers = itertools.count(1)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name tests of bytes by their argument: compressed bytes contain the time, and all processes must agree."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def cluster() -> Iterator[EmbeddedServer]:
    """Run a PostgreSQL that is deleted at the end; it is fast because nothing is flushed to disk."""
    from archive.embedded import EmbeddedServer

    folder = Path(tempfile.mkdtemp(prefix="newskeep-test-", dir=_memory()))
    server = EmbeddedServer(folder / "postgres", durable=False)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template(cluster: EmbeddedServer) -> str:
    """Return the name of an empty database with the schema."""
    from archive.database import connect_to, make_engine, upgrade

    run_sql(cluster, f"create database {TEMPLATE}")
    engine = make_engine(lambda: connect_to(url_of(cluster, TEMPLATE)))
    upgrade(engine)
    engine.dispose()  # a database with connections cannot be a template
    return TEMPLATE


@pytest.fixture
def empty_database_url(cluster: EmbeddedServer) -> Iterator[str]:
    """Return the URL of a new database without a schema."""
    yield from _fresh_database(cluster, "template0")


@pytest.fixture
def database_url(cluster: EmbeddedServer, template: str) -> Iterator[str]:
    """Return the URL of a new database with the schema."""
    yield from _fresh_database(cluster, template)


@pytest.fixture
def home(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Return a data folder with a new database; the environment names it, so that commands run in it."""
    from archive.home import open_home

    monkeypatch.setenv("NEWSKEEP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NEWSKEEP_DATABASE_URL", database_url)
    monkeypatch.setenv("NEWSKEEP_CONTACT", "tests@example.org")
    monkeypatch.setenv("NEWSKEEP_ALLOW_NETWORKS", "127.0.0.0/8")
    return open_home()


@pytest.fixture
def engine(home: Home) -> Iterator[Engine]:
    """Return an engine on the database of `home`, with connections for tests that play several processes."""
    from archive.database import external_connections, make_engine

    url, wait = home.settings["NEWSKEEP_DATABASE_URL"], home.settings["DATABASE_WAIT_SECONDS"]
    opened = make_engine(external_connections(url, wait), connections=20)
    yield opened
    opened.dispose()


@pytest.fixture
def newsroom(engine: Engine) -> Iterator[Newsroom]:
    """Return outlets that publish what a test says; see tests/newsroom.py."""
    from tests.newsroom import Newsroom

    room = Newsroom(engine)
    yield room
    room.close()


@pytest.fixture
def site() -> Iterator[Site]:
    """Serve a site on loopback whose answers a test sets."""
    from tests.site import Site

    with Site() as served:
        yield served


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """Standard output as NDJSON."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def newskeep(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Return a function that runs the command line in this process: `newskeep("db", "status")`."""
    from cli.main import main

    def run(*arguments: str) -> Outcome:
        monkeypatch.setattr("sys.argv", ["newskeep", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return Outcome(int(ended.value.code or 0), printed.out, printed.err)

    return run


def url_of(cluster: EmbeddedServer, database: str) -> str:
    """Return the URL of one of the cluster's databases."""
    return cluster.url.replace("/newskeep?", f"/{database}?")


def run_sql(cluster: EmbeddedServer, statement: str) -> None:
    """Run a statement outside a transaction."""
    import psycopg

    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute(statement.encode())


def _memory() -> str | None:
    """Return a folder in memory if the system has enough; then a busy disk does not matter."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > MEMORY_BYTES
    return str(memory) if roomy else None


def _fresh_database(cluster: EmbeddedServer, template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    run_sql(cluster, f"create database {name} template {template} strategy file_copy")
    yield url_of(cluster, name)
    run_sql(cluster, f"drop database {name} with (force)")
