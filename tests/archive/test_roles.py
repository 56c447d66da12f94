"""Accounts with few rights: each can do its work and nothing else."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from archive.database import connect_to, make_engine
from archive.embedded import EmbeddedServer
from archive.home import Home
from news.dispositions import Disposition
from scheduler.queue import Queue
from tests.conftest import Outcome, run_sql
from tests.newsroom import Newsroom, article

DENIED = pytest.raises(ProgrammingError, match=r"permission denied|read-only|must be owner")


@pytest.fixture
def urls(
    newskeep: Callable[..., Outcome], home: Home, engine: Engine, cluster: EmbeddedServer
) -> Iterator[dict[str, str]]:
    made = newskeep("db", "roles", "--json").records
    yield {record["role"]: record["url"] for record in made}
    engine.dispose()
    for record in made:
        database = record["name"].rpartition("_")[0]
        run_sql(cluster, f"drop database if exists {database} with (force)")
        run_sql(cluster, f"create database {database}")
        run_sql(cluster, f"drop role {record['name']}")


def ask(url: str, statement: str) -> object:
    engine = make_engine(lambda: connect_to(url))
    try:
        with engine.begin() as conn:
            result = conn.execute(text(statement))
            return result.scalar() if result.returns_rows else None
    finally:
        engine.dispose()


def test_the_reader_reads_the_views_alone(urls: dict[str, str], newskeep: Callable[..., Outcome], home: Home) -> None:
    reader = newskeep("db", "url", "--reader").out.strip()

    assert reader == urls["reader"]
    assert Path(home.path, "reader.url").stat().st_mode & 0o077 == 0
    assert ask(reader, "select count(*) from v_articles") == 0
    for statement in (
        "select url from articles",
        "create table mine (id int)",
        "select count(*) from queue.procrastinate_jobs",
    ):
        with pytest.raises(Exception, match=r"permission denied|read-only"):
            ask(reader, statement)


def test_the_writer_stores_articles_and_queues_crawls_but_changes_no_table(urls: dict[str, str]) -> None:
    engine = make_engine(lambda: connect_to(urls["writer"]))
    room = Newsroom(engine)
    assert room.see(article()) is Disposition.NEW
    room.close()
    queue = Queue(urls["writer"])
    assert queue.offer(1, "krone", datetime.now(UTC))
    queue.close()
    engine.dispose()

    for statement in ("create table mine (id int)", "drop table articles", "alter table articles add x int"):
        with DENIED:
            ask(urls["writer"], statement)


def test_what_the_migrator_makes_belongs_to_the_owner(urls: dict[str, str]) -> None:
    ask(urls["migrator"], "create table added (id int)")

    assert ask(urls["writer"], "select count(*) from added") == 0
