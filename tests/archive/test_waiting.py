"""Programs that start before the database or its schema wait for it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, text

from archive.database import connect_to, make_engine, upgrade
from archive.home import Home, find_home
from archive.schema import alembic_config, migration_steps
from archive.waiting import Upgrading, wait_for_archive
from news.errors import ArchiveUnavailable, SchemaOutdated

HEAD = migration_steps()[-1]
FOR_EVER = float("inf")


@pytest.fixture
def empty(empty_database_url: str, tmp_path: Path) -> Home:
    return find_home({"NEWSKEEP_HOME": str(tmp_path), "NEWSKEEP_DATABASE_URL": empty_database_url})


def set_back(engine: Engine) -> None:
    """Set the schema back to that of an older version."""
    with engine.begin() as conn:
        command.downgrade(alembic_config(connection=conn), "-1")


def test_who_may_not_upgrade_waits_and_says_so(empty: Home, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(SchemaOutdated):
        wait_for_archive(empty, Upgrading.NEVER, 0)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(wait_for_archive, empty, Upgrading.NEVER, FOR_EVER)
        while "archive_waited_for" not in caplog.text:
            assert not waiting.done()
        engine = make_engine(lambda: connect_to(empty.settings["NEWSKEEP_DATABASE_URL"]))
        upgrade(engine)
        engine.dispose()

        assert waiting.result(timeout=30).current == HEAD


@pytest.mark.parametrize("upgrading", [Upgrading.FIRST, Upgrading.ALWAYS])
def test_the_first_schema_is_made_by_who_may(empty: Home, upgrading: Upgrading) -> None:
    assert wait_for_archive(empty, upgrading, 0).current == HEAD


def test_an_older_schema_is_left_to_the_daemon(home: Home, engine: Engine) -> None:
    set_back(engine)

    with pytest.raises(SchemaOutdated, match=migration_steps()[-2]):
        wait_for_archive(home, Upgrading.FIRST, 0)
    assert wait_for_archive(home, Upgrading.ALWAYS, 0).current == HEAD


def test_no_process_waits_for_an_older_program(home: Home, engine: Engine) -> None:
    with engine.begin() as conn:
        conn.execute(text("update alembic_version set version_num = '9999'"))

    with pytest.raises(SchemaOutdated, match="9999"):
        wait_for_archive(home, Upgrading.ALWAYS, FOR_EVER)


def test_patience_with_a_server_that_is_not_there_ends(tmp_path: Path) -> None:
    nowhere = {"NEWSKEEP_DATABASE_URL": "postgresql://a@127.0.0.1:1/b", "DATABASE_WAIT_SECONDS": "0"}
    with pytest.raises(ArchiveUnavailable):
        wait_for_archive(find_home({"NEWSKEEP_HOME": str(tmp_path), **nowhere}), Upgrading.NEVER, 0)
