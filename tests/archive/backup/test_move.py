"""The database moves to another server, also of an older version, and comes back."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from archive.backup.move import move_database
from archive.backup.restore import choose, restore
from archive.backup.run import run_backup
from archive.backup.target import Target
from archive.database import connect_archive, database_url
from archive.embedded import EmbeddedServer
from archive.embedded.cluster import Binaries
from archive.home import Home
from news.errors import Busy, SettingError
from news.settings import read_settings
from tests.newsroom import Newsroom

Publish = Callable[[int], None]
INSTALLED = [path.parent for path in sorted(Path("/usr/lib/postgresql").glob("1[5-7]/bin"))]


def test_the_database_moves_to_an_empty_server_alone(
    home: Home, engine: Engine, empty_home: Home, newsroom: Newsroom, publish: Publish
) -> None:
    publish(1)
    with pytest.raises(Busy):  # a crawl is running
        move_database(home, database_url(empty_home))
    newsroom.close()
    newsroom.crawls.clear()
    engine.dispose()

    assert move_database(home, database_url(empty_home)) > 0
    moved = connect_archive(empty_home)
    with moved.connect() as conn:
        assert conn.exec_driver_sql("select count(*) from v_articles").scalar() == 1
    moved.dispose()
    with pytest.raises(SettingError, match="not empty"):
        move_database(home, database_url(empty_home))


@pytest.fixture
def older_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """Return a data folder whose empty database is on a PostgreSQL before 18."""
    if not INSTALLED:
        pytest.skip("no PostgreSQL before 18 is installed")
    server = EmbeddedServer(tmp_path / "older" / "postgres", durable=False)
    with monkeypatch.context() as patch:
        patch.setattr("archive.embedded.server.find_binaries", lambda account: Binaries(INSTALLED[0]))
        server.start()
    yield Home(tmp_path / "older", read_settings({"NEWSKEEP_DATABASE_URL": server.url}))
    server.stop()


@pytest.mark.slow
def test_a_backup_is_restored_into_an_older_and_into_a_newer_server(
    home: Home, empty_home: Home, older_home: Home, target: Target, publish: Publish
) -> None:
    publish(1)
    run_backup(home, target.address, 0)
    restore(older_home, target, choose(target))
    run_backup(older_home, target.address, 0)
    manifest = choose(target)
    assert manifest.server < 18

    restore(empty_home, target, manifest)

    engine = connect_archive(empty_home)
    with engine.connect() as conn:
        assert conn.exec_driver_sql("select count(*) from v_articles").scalar() == 1
    engine.dispose()
