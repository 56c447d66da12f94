"""PostgreSQL as others run it: behind pgbouncer, with other defaults, with fewer rights."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from archive.database import connect_archive, open_archive, upgrade
from archive.embedded import EmbeddedServer
from archive.embedded.operating_system import server_account
from archive.home import Home
from news.errors import ArchiveUnavailable, SettingError
from news.settings import read_settings
from scheduler.queue import Queue
from tests.conftest import run_sql

pytestmark = pytest.mark.filterwarnings("error")
NEEDS_PGBOUNCER = pytest.mark.skipif(shutil.which("pgbouncer") is None, reason="pgbouncer is not installed")


def home_with(url: str, folder: Path) -> Home:
    return Home(folder, read_settings({"NEWSKEEP_DATABASE_URL": url, "DATABASE_WAIT_SECONDS": "10"}))


@contextmanager
def pooler(cluster: EmbeddedServer, database: str, mode: str, folder: Path) -> Iterator[str]:
    """Run pgbouncer in front of the database; yield its URL. It reaches the private socket by descriptor."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    data, account = os.open(cluster.data, os.O_RDONLY | os.O_DIRECTORY), server_account(cluster.data)
    config = folder / "pgbouncer.ini"
    config.write_text(
        f"[databases]\nnews = host=/proc/self/fd/{data} port=5432 dbname={database} user=newskeep\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
        f"pool_mode = {mode}\n"
    )
    descriptor = os.open(config, os.O_RDONLY)
    process = subprocess.Popen(
        ["pgbouncer", "-q", f"/proc/self/fd/{descriptor}"], pass_fds=(data, descriptor), cwd="/",
        stderr=subprocess.DEVNULL, **account.popen_arguments,
    )  # fmt: skip
    try:
        yield f"postgresql://keeper@127.0.0.1:{port}/news"
    finally:
        process.terminate()
        process.wait()
        os.close(data)
        os.close(descriptor)


def name_of(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


@NEEDS_PGBOUNCER
def test_a_pooler_that_shares_sessions_is_refused_before_anything_is_written(
    cluster: EmbeddedServer, database_url: str, tmp_path: Path
) -> None:
    with (
        pooler(cluster, name_of(database_url), "transaction", tmp_path) as url,
        pytest.raises(ArchiveUnavailable, match="shares sessions between transactions") as refused,
    ):
        connect_archive(home_with(url, tmp_path))

    assert "pool_mode = session" in (refused.value.hint or "")


@NEEDS_PGBOUNCER
def test_a_pooler_that_keeps_sessions_serves_archive_and_queue(
    cluster: EmbeddedServer, database_url: str, tmp_path: Path
) -> None:
    with pooler(cluster, name_of(database_url), "session", tmp_path) as url:
        engine, queue = open_archive(home_with(url, tmp_path)), Queue(url)
        with engine.begin() as connection:
            connection.execute(text("insert into outlets (name, url) values ('krone', 'https://www.krone.at')"))

        assert queue.offer(1, "krone", datetime.now(UTC))
        assert not queue.offer(1, "krone", datetime.now(UTC))
        queue.close()
        engine.dispose()


@pytest.mark.parametrize("level", ["serializable", "repeatable read"])
def test_defaults_of_the_server_change_nothing(
    cluster: EmbeddedServer, database_url: str, level: str, tmp_path: Path
) -> None:
    name = name_of(database_url)
    run_sql(cluster, f"alter database {name} set default_transaction_isolation to '{level}'")
    run_sql(cluster, f"alter database {name} set datestyle to 'SQL, DMY'")
    run_sql(cluster, f"alter database {name} set statement_timeout to '1s'")
    engine = open_archive(home_with(database_url, tmp_path))

    with engine.connect() as connection:
        assert connection.scalar(text("select current_setting('transaction_isolation')")) == "read committed"
        assert connection.scalar(text("select timestamptz '2026-11-03 12:00Z'")) == datetime(
            2026, 11, 3, 12, tzinfo=UTC
        )
        assert connection.scalar(text("select current_setting('statement_timeout')")) == "0"
    engine.dispose()


def test_an_account_that_may_not_create_tables_is_told_the_grant(
    cluster: EmbeddedServer, empty_database_url: str, tmp_path: Path, newskeep: Callable[..., object]
) -> None:
    run_sql(cluster, "create role visitor login")
    try:
        engine = connect_archive(home_with(empty_database_url.replace("newskeep@", "visitor@"), tmp_path))
        with pytest.raises(SettingError, match="may not create tables") as refused:
            upgrade(engine)
        with engine.connect() as connection:
            assert connection.scalar(text("select count(*) from pg_tables where schemaname = 'public'")) == 0
        engine.dispose()
    finally:
        run_sql(cluster, "drop role visitor")

    assert 'grant usage, create on schema public to "visitor"; grant create on database' in (refused.value.hint or "")
