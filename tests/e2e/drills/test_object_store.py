"""Capture files in S3: the real driver (s3fs) against a server that speaks its protocol (moto), on loopback.

    make drill-s3

Both are fetched for the occasion: they weigh as much as everything else that Newskeep needs.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from archive.backup.restore import choose, restore
from archive.backup.target import Target
from archive.captures import CaptureFiles
from archive.captures.index import all_files
from archive.captures.object_store import measure, put
from archive.captures.upload import upload_finished
from archive.home import Home, open_home
from news.errors import StoreUnavailable
from news.settings import read_settings
from tests.conftest import Outcome
from tests.e2e.drills.processes import free_port
from tests.newsroom import Newsroom, article
from tests.scheduler.workers import until
from tests.site import Site, story

pytestmark = pytest.mark.drill
Newskeep = Callable[..., Outcome]
STORE = "s3://archive/newskeep"


class Server:
    """An S3 of its own that forgets everything at its end."""

    def __init__(self) -> None:
        self.port = free_port()
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self._answers)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()

    def _answers(self) -> bool:
        import http.client

        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("PUT", "/archive")  # the bucket, which nobody but an operator makes
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    pytest.importorskip("s3fs", reason="make drill-s3")
    pytest.importorskip("moto", reason="make drill-s3")
    from fsspec.config import conf, set_conf_env

    started = Server()
    for name, setting in {
        "FSSPEC_S3_ENDPOINT_URL": f"http://127.0.0.1:{started.port}",
        "AWS_ACCESS_KEY_ID": "drill",
        "AWS_SECRET_ACCESS_KEY": "drill",
        "AWS_DEFAULT_REGION": "us-east-1",
        "CAPTURE_STORE": STORE,
    }.items():
        monkeypatch.setenv(name, setting)
    monkeypatch.setitem(conf, "s3", {})
    set_conf_env(conf)  # fsspec reads the environment once
    yield started
    started.end()


@pytest.fixture
def spool(home: Home, server: Server) -> Home:
    return open_home()


@pytest.fixture
def empty_home(empty_database_url: str, tmp_path: Path) -> Home:
    (tmp_path / "restored").mkdir()
    return Home(tmp_path / "restored", read_settings({"NEWSKEEP_DATABASE_URL": empty_database_url}))


def publish(newsroom: Newsroom, home: Home, body: bytes) -> str:
    with CaptureFiles(home) as captures:
        newsroom.store_captured(captures, (article(), body))
    (path,) = home.captures.glob("*.warc.gz")
    return path.name


def test_a_crawl_leaves_its_captures_in_s3_where_everything_finds_them(
    newskeep: Newskeep, spool: Home, engine: Engine
) -> None:
    with Site() as site:
        site.article("/town/the-bridge-opens-today", "The bridge opens today", *story("bridge"))
        assert newskeep("crawl", site.url("/town/the-bridge-opens-today"), "--delay", "0").code == 0
        raw = newskeep("show", site.url("/town/the-bridge-opens-today"), "--raw").out

    assert "The bridge opens today" in raw
    assert list(spool.captures.glob("*.warc.gz")) == []
    with engine.connect() as conn:
        assert [(file.state, file.place.startswith(STORE)) for file in all_files(conn)] == [("stored", True)]
    checked = {
        check["name"]: check["state"] for check in newskeep("doctor", "--json").records if check["type"] == "check"
    }
    assert checked["capture store"] == "fine"


def test_a_file_of_several_parts_arrives_whole(newsroom: Newsroom, engine: Engine, spool: Home) -> None:
    name = publish(newsroom, spool, os.urandom(60_000_000))  # s3fs sends parts of 50 MiB

    (file,) = upload_finished(engine, spool)

    assert (file.name, file.size > 60_000_000, local(spool)) == (name, True, [])
    assert measure(file.place) == (file.size, file.digest)


def test_files_wait_while_s3_is_away_and_go_when_it_is_back(
    newsroom: Newsroom, engine: Engine, spool: Home, server: Server
) -> None:
    name = publish(newsroom, spool, b"<p>Zugunglueck bei Linz</p>")
    server.end()
    with pytest.raises(StoreUnavailable):
        upload_finished(engine, spool)
    assert local(spool) == [name]

    server.start()
    assert [file.name for file in upload_finished(engine, spool)] == [name]
    assert local(spool) == []


def test_a_bucket_that_is_not_there_is_no_place_to_put_anything(server: Server, home: Home, tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"x")
    with pytest.raises(StoreUnavailable):
        put(tmp_path / "one", "s3://nobody/one")


def test_doctor_sees_what_s3_has_lost(newskeep: Newskeep, newsroom: Newsroom, engine: Engine, spool: Home) -> None:
    publish(newsroom, spool, b"<p>Zugunglueck bei Linz</p>")
    (file,) = upload_finished(engine, spool)
    with engine.begin() as conn:
        conn.execute(text("update capture_files set size = size + 1"))

    outcome = newskeep("doctor", "--json")

    texts = [record["text"] for record in outcome.records if record.get("name") == "capture store"]
    assert outcome.code == 8
    assert file.name in texts[0]


def local(home: Home) -> list[str]:
    return sorted(path.name for path in home.captures.glob("*.warc.gz"))


def test_a_backup_in_s3_is_proved_and_restored(
    newskeep: Newskeep, newsroom: Newsroom, engine: Engine, spool: Home, empty_home: Home
) -> None:
    publish(newsroom, spool, os.urandom(60_000_000))
    (file,) = upload_finished(engine, spool)
    publish(newsroom, spool, b"<p>Zugunglueck bei Linz</p>")
    place = "s3://archive/backups"

    first = newskeep("backup", place, "--test-restore", "--json")
    second = newskeep("backup", place, "--keep", "1", "--json")

    assert (first.code, first.records[0]["captures"]) == (0, 2)
    assert second.records[0]["written"] < 1_000_000
    assert [backup["name"] for backup in newskeep("backup", place, "--list", "--json").records] == [
        second.records[0]["name"]
    ]
    target = Target(place)
    restore(empty_home, target, choose(target))
    assert (empty_home.captures / file.name).stat().st_size == file.size
