"""Opening the archive, by URL or embedded, and the errors when it cannot be opened."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from archive.connection_url import normal_url, shown_url
from archive.database import (
    connect_to,
    embedded_server,
    external_connections,
    make_engine,
    open_archive,
    refuse_unfit_server,
    schema_status,
)
from archive.database import database_url as archive_url
from archive.embedded import EmbeddedServer, operating_system
from archive.home import Home
from news.errors import ArchiveUnavailable, SchemaOutdated, SettingError
from news.settings import read_settings
from tests.conftest import run_sql, url_of

CLOSED_PORT = "postgresql://keeper:sesame@127.0.0.1:1/news"


def kill_all(server: EmbeddedServer) -> None:
    while found := operating_system.postgres_in(server.data):
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def home_with(path: Path, **settings: str) -> Home:
    return Home(path, read_settings({"DATABASE_WAIT_SECONDS": "0", **settings}))


def test_fresh_database_takes_a_row(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("insert into outlets (name, url) values ('krone', 'https://www.krone.at')"))
        assert connection.scalar(text("select count(*) from outlets")) == 1


def test_next_test_sees_nothing_of_it(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.scalar(text("select count(*) from outlets")) == 0


def test_sessions_are_in_utc_and_say_who_they_are(engine: Engine) -> None:
    with engine.connect() as connection:
        shown = connection.execute(
            text("select current_setting('timezone'), current_setting('application_name')")
        ).one()

    assert tuple(shown) == ("UTC", "newskeep")


def test_name_given_in_the_url_stays(database_url: str) -> None:
    with connect_to(database_url + "&application_name=mine") as connection:
        assert connection.info.parameter_status("application_name") == "mine"


def test_embedded_archive_is_made_migrated_and_brought_back(tmp_path: Path) -> None:
    home = home_with(tmp_path)
    server = embedded_server(home)
    engine = open_archive(home)
    try:
        with engine.begin() as connection:
            connection.execute(text("insert into outlets (name, url) values ('krone', 'https://www.krone.at')"))
        kill_all(server)

        with engine.connect() as connection:  # the same engine, as in a daemon
            assert connection.scalars(text("select name from outlets")).all() == ["krone"]
        assert archive_url(home) == server.url
    finally:
        engine.dispose()
        server.stop()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_common_scheme_is_understood(database_url: str, scheme: str, tmp_path: Path) -> None:
    url = database_url.replace("postgresql:", f"{scheme}:", 1)

    engine = open_archive(home_with(tmp_path, NEWSKEEP_DATABASE_URL=url))

    assert normal_url(url) == database_url
    assert schema_status(engine).current
    engine.dispose()


@pytest.mark.parametrize(
    "url",
    ["sqlite:///news.db", "mysql://root:sesame@db/news", "news", "postgresql:/news", "sesame@db", "password=sesame"],
)
def test_another_kind_of_database_is_refused(url: str) -> None:
    with pytest.raises(SettingError, match="lives in PostgreSQL") as caught:
        normal_url(url)

    assert "sesame" not in str(caught.value)


UNREADABLE = (
    "postgresql://keeper:ses%zzame@db/news",
    "postgresql://keeper:sesame@db/news?sesame",
    "postgresql://keeper:12@sesame@db/news",
    "postgresql://keeper:12/sesame@db/news",
    "postgresql://keeper:12?sesame@db/news",
    "postgresql://keeper:12#sesame@db/news",
    "postgresql://keeper:sesame/news",
)


@pytest.mark.parametrize("url", UNREADABLE)
def test_unreadable_url_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(SettingError, match="cannot be read as a PostgreSQL URL") as caught:
        normal_url(url)

    assert "ame" not in f"{caught.value}{caught.value.hint}".replace("NAME", "")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://keeper:sesame@db.example.org:5433/news", "postgresql://keeper:***@db.example.org:5433/news"),
        ("postgresql://keeper@db/news?password=sesame&sslmode=require", "postgresql://keeper:***@db/news"),
        ("postgresql://db/news", "postgresql://db/news"),
        ("postgresql:///news?host=/run/postgresql", "postgresql:///news?host=/run/postgresql"),
    ],
)
def test_shown_url_keeps_the_place_and_hides_the_password(url: str, shown: str) -> None:
    assert shown_url(url) == shown


def test_unreachable_server_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(ArchiveUnavailable, match=r"postgresql://keeper:\*\*\*@127\.0\.0\.1:1/news") as caught:
        open_archive(home_with(tmp_path, NEWSKEEP_DATABASE_URL=CLOSED_PORT))

    assert "refused" in str(caught.value)
    assert "sesame" not in str(caught.value)
    assert caught.value.exit_code == 6


def test_server_without_that_database_is_not_waited_for(database_url: str, tmp_path: Path) -> None:
    engine = make_engine(external_connections(database_url.replace("/test_", "/no_test_"), wait=60))

    with pytest.raises(ArchiveUnavailable, match="does not exist"):
        engine.connect()


def test_external_database_without_schema_says_how_to_make_it(empty_database_url: str, tmp_path: Path) -> None:
    with pytest.raises(SchemaOutdated, match="not there yet") as caught:
        open_archive(home_with(tmp_path, NEWSKEEP_DATABASE_URL=empty_database_url))

    assert caught.value.hint == "newskeep db upgrade"


def test_schema_of_a_newer_newskeep_is_left_alone(engine: Engine, home: Home) -> None:
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))

    with pytest.raises(SchemaOutdated, match="schema is 9999, and this program knows it up to") as caught:
        open_archive(home)

    assert "newer" in str(caught.value.hint)


def test_database_without_utf8_is_refused(cluster: EmbeddedServer, tmp_path: Path) -> None:
    run_sql(cluster, "create database narrow template template0 encoding 'SQL_ASCII' locale 'C' locale_provider 'libc'")
    try:
        with pytest.raises(ArchiveUnavailable, match="encoding is SQL_ASCII"):
            open_archive(home_with(tmp_path, NEWSKEEP_DATABASE_URL=url_of(cluster, "narrow")))
    finally:
        run_sql(cluster, "drop database narrow with (force)")


def test_old_server_is_refused() -> None:
    with pytest.raises(ArchiveUnavailable, match="PostgreSQL 14, and Newskeep needs 15"):
        refuse_unfit_server(140_022, "UTF8")


def test_oldest_good_server_is_taken() -> None:
    refuse_unfit_server(150_000, "UTF8")


def test_connection_that_breaks_at_work_is_an_archive_error(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(ArchiveUnavailable, match="connection to the archive broke"):
        connection.execute(text("select pg_terminate_backend(pg_backend_pid())"))


def test_an_account_without_a_free_connection_is_told_how_many_are_needed(
    cluster: EmbeddedServer, database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    run_sql(cluster, "create role few login connection limit 1")
    url = database_url.replace("newskeep@", "few@")
    try:
        with connect_to(url), pytest.raises(ArchiveUnavailable, match="too many connections") as full:
            open_archive(home_with(tmp_path, NEWSKEEP_DATABASE_URL=url), wait=0.1)
    finally:
        run_sql(cluster, "drop role few")

    assert "a daemon with one worker needs 9 connections" in str(full.value.hint)
    assert caplog.text.count("database_full") == 1


@pytest.mark.parametrize("sqlstate", ["53100", "25006"])
def test_server_that_can_write_nothing_is_an_archive_error(engine: Engine, sqlstate: str) -> None:
    full = f"do $$ begin raise exception 'no space' using errcode = '{sqlstate}'; end $$"
    with engine.connect() as connection, pytest.raises(ArchiveUnavailable, match="takes nothing more: no space"):
        connection.execute(text(full))


def test_connection_that_broke_while_idle_is_replaced(engine: Engine, database_url: str) -> None:
    with engine.connect() as connection:
        pid = connection.scalar(text("select pg_backend_pid()"))
    with connect_to(database_url) as other:
        other.execute("select pg_terminate_backend(%s, 5000)", [pid])

    with engine.connect() as connection:
        assert connection.scalar(text("select pg_backend_pid()")) != pid


def test_ctrl_c_during_a_query_is_no_lost_connection(engine: Engine) -> None:
    query = "select pg_sleep(60)"
    running = text("select exists (select from pg_stat_activity where query = :query and state = 'active')")

    def interrupt() -> None:
        with engine.connect() as conn:
            while not conn.scalar(running, {"query": query}):
                conn.rollback()
        os.kill(os.getpid(), signal.SIGINT)

    signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever ran before in this process
    with ThreadPoolExecutor(1) as pool, engine.connect() as conn:
        pool.submit(interrupt)
        with pytest.raises(KeyboardInterrupt):
            conn.execute(text(query))
