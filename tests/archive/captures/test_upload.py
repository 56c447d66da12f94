"""Capture files handed over to an object store: real fsspec, on a folder and in memory."""

import fcntl
import gzip
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from sqlalchemy import Engine, text
from warcio.cli import main as warcio

from archive.captures import CaptureFiles, read_record
from archive.captures.index import CaptureFile, all_files, find_original, place_of
from archive.captures.upload import Uploader, upload_finished
from archive.home import Home
from news.errors import CaptureDamaged, SettingError, StoreUnavailable
from news.settings import Settings
from tests.newsroom import Newsroom, article

HTML = b"<p>Zugunglueck bei Linz</p>"


def with_store(home: Home, store: str, **settings: object) -> Home:
    return replace(home, settings=Settings({**home.settings.values, "CAPTURE_STORE": store, **settings}))


@pytest.fixture(params=["file", "memory"])
def spool(request: pytest.FixtureRequest, home: Home, tmp_path: Path) -> Iterator[Home]:
    """A data folder whose finished captures go to an existing store."""
    (tmp_path / "store").mkdir()
    yield with_store(home, f"file://{tmp_path}/store" if request.param == "file" else "memory://archive/captures/")
    MemoryFileSystem.store.clear()


def publish(newsroom: Newsroom, home: Home, *bodies: bytes) -> list[str]:
    """Store a page for each body, as a crawl does; return the names of the files."""
    with CaptureFiles(home) as captures:
        newsroom.store_captured(captures, *(
            (article(url=f"https://krone.example/{sha256(body).hexdigest()[:8]}", body=f"Text {number} " * 40), body)
            for number, body in enumerate(bodies)
        ))  # fmt: skip
    return [str(name) for (name,) in newsroom.rows("select distinct file from captures order by file")]


def bodies(engine: Engine, home: Home) -> list[bytes]:
    """Return the body of every capture, wherever its file is."""
    with engine.connect() as conn:
        ids = conn.execute(text("select id from captures order by id")).scalars().all()
        places = [place_of(conn, capture_id) for capture_id in ids]
    return [read_record(home, *place).body for place in places if place]


def states(engine: Engine) -> list[str]:
    with engine.connect() as conn:
        return [file.state for file in all_files(conn)]


def local(home: Home) -> list[str]:
    return sorted(path.name for path in home.captures.glob("*.warc.gz"))


def test_a_finished_file_is_handed_over_and_its_records_are_found_there(
    engine: Engine, newsroom: Newsroom, spool: Home
) -> None:
    (name,) = publish(newsroom, spool, HTML, HTML * 2)
    assert states(engine) == ["spooled"]

    (file,) = upload_finished(engine, spool)

    assert (file.name, file.state, local(spool)) == (name, "stored", [])
    assert file.place == f"{spool.settings['CAPTURE_STORE'].rstrip('/')}/{name}"
    assert bodies(engine, spool) == [HTML, HTML * 2]
    with engine.connect() as conn:
        assert all_files(conn) == [file]


def test_without_a_store_the_files_stay(engine: Engine, newsroom: Newsroom, home: Home) -> None:
    names = publish(newsroom, home, HTML)

    assert upload_finished(engine, home) == []
    assert local(home) == names
    assert states(engine) == ["spooled"]
    assert bodies(engine, home) == [HTML]


def test_a_file_that_is_being_written_stays(engine: Engine, newsroom: Newsroom, spool: Home) -> None:
    with CaptureFiles(spool) as captures:
        newsroom.store_captured(captures, (article(), HTML))

        assert upload_finished(engine, spool) == []
        assert bodies(engine, spool) == [HTML]
    assert len(upload_finished(engine, spool)) == 1


def test_the_store_holds_what_other_tools_read(engine: Engine, newsroom: Newsroom, home: Home, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    spool = with_store(home, f"file://{tmp_path}/store")
    (name,) = publish(newsroom, spool, HTML)
    before = (spool.captures / name).read_bytes()

    upload_finished(engine, spool)

    assert [path.name for path in (tmp_path / "store").iterdir()] == [name]
    assert (tmp_path / "store" / name).read_bytes() == before
    with pytest.raises(SystemExit) as ended:
        warcio(["check", str(tmp_path / "store" / name)])
    assert not ended.value.code


def test_a_file_without_rows_is_kept_too(engine: Engine, newsroom: Newsroom, spool: Home) -> None:
    """The crawl was killed before its pages were stored; what it fetched is still evidence."""
    with CaptureFiles(spool) as captures:
        record = captures.write(captured(HTML))

    (file,) = upload_finished(engine, spool)

    assert read_record(spool, file.place, record.offset, record.length).body == HTML


def captured(body: bytes):  # type: ignore[no-untyped-def]
    from archive.captures import CapturedResponse

    return CapturedResponse("https://krone.example/x", 200, (), body, datetime(2026, 11, 22, tzinfo=UTC))


# --- killed between the steps


def test_a_half_copy_in_the_store_is_written_anew(
    engine: Engine, newsroom: Newsroom, home: Home, tmp_path: Path
) -> None:
    (tmp_path / "store").mkdir()
    spool = with_store(home, f"file://{tmp_path}/store")
    (name,) = publish(newsroom, spool, HTML)
    for left in (name, f"{name}.part"):
        (tmp_path / "store" / left).write_bytes((spool.captures / name).read_bytes()[:20])

    assert bodies(engine, spool) == [HTML]
    upload_finished(engine, spool)

    assert [path.name for path in (tmp_path / "store").iterdir()] == [name]
    assert bodies(engine, spool) == [HTML]


def test_a_copy_that_was_left_behind_goes_once_the_store_is_asked_again(
    engine: Engine, newsroom: Newsroom, spool: Home
) -> None:
    (name,) = publish(newsroom, spool, HTML)
    data = (spool.captures / name).read_bytes()
    upload_finished(engine, spool)
    (spool.captures / name).write_bytes(data)  # as if killed before the copy was removed

    (file,) = upload_finished(engine, spool)

    assert (file.state, local(spool)) == ("stored", [])


def test_a_copy_that_differs_from_the_stored_file_is_kept(
    engine: Engine, newsroom: Newsroom, spool: Home, caplog: pytest.LogCaptureFixture
) -> None:
    (name,) = publish(newsroom, spool, HTML)
    upload_finished(engine, spool)
    (spool.captures / name).write_bytes(gzip.compress(b"WARC/1.1\r\n"))

    assert upload_finished(engine, spool) == []
    assert local(spool) == [name]


class Lossy(MemoryFileSystem):
    """A store that accepts every file and loses its last byte."""

    protocol = "lossy"

    def put_file(self, lpath: str, rpath: str, **more: object) -> None:
        self.pipe_file(rpath, Path(lpath).read_bytes()[:-1])


def test_the_local_copy_stays_when_the_store_returns_something_else(
    engine: Engine, newsroom: Newsroom, home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    fsspec.register_implementation("lossy", Lossy, clobber=True)
    spool = with_store(home, "lossy://archive")
    names = publish(newsroom, spool, HTML)

    assert upload_finished(engine, spool) == []

    assert "capture_file_differs" in [record.message for record in caplog.records]
    assert (local(spool), states(engine), bodies(engine, spool)) == (names, ["spooled"], [HTML])


KILLED = """
import os, signal, sys
from pathlib import Path
from archive.captures import upload
from archive.database import open_archive
from archive.home import open_home

step, spare = sys.argv[1], getattr(upload, sys.argv[1])

def killed(*given):
    if sys.argv[2] == "after":
        spare(*given)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(upload, step, killed)
home = open_home()
upload.upload_finished(open_archive(home), home)
"""


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("step", ["put", "measure", "note_stored"])
def test_an_upload_that_is_killed_loses_nothing_and_is_continued(
    engine: Engine, newsroom: Newsroom, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    step: str, moment: str,
) -> None:  # fmt: skip
    (tmp_path / "store").mkdir()
    spool = with_store(home, f"file://{tmp_path}/store")
    publish(newsroom, spool, HTML)
    publish(newsroom, spool, HTML * 3)
    monkeypatch.setenv("CAPTURE_STORE", spool.settings["CAPTURE_STORE"])

    ended = subprocess.run([sys.executable, "-c", KILLED, step, moment], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert bodies(engine, spool) == [HTML, HTML * 3]

    upload_finished(engine, spool)
    assert (bodies(engine, spool), local(spool)) == ([HTML, HTML * 3], [])
    assert states(engine) == ["stored", "stored"]


def test_two_uploads_at_once_upload_each_file_once(engine: Engine, newsroom: Newsroom, spool: Home) -> None:
    (name,) = publish(newsroom, spool, HTML)
    with (spool.captures / name).open("r+b") as other:
        fcntl.flock(other, fcntl.LOCK_EX)

        assert upload_finished(engine, spool) == []
    assert len(upload_finished(engine, spool)) == 1


# --- a store that is away, or cannot be


def test_a_store_that_is_away_holds_nothing_up(
    engine: Engine, newsroom: Newsroom, home: Home, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spool = with_store(home, f"file://{tmp_path}/not-mounted")
    names = publish(newsroom, spool, HTML)

    with pytest.raises(StoreUnavailable, match="not-mounted"):
        upload_finished(engine, spool)
    with Uploader(engine, spool):
        pass

    assert local(spool) == names
    assert bodies(engine, spool) == [HTML]
    assert not (tmp_path / "not-mounted").exists()  # else an unmounted disk would be written beside
    assert "capture_files_wait" in [record.message for record in caplog.records]


@pytest.mark.parametrize("store", ["nosuch://x/y", "s3://bucket/captures"])
def test_a_store_without_a_driver_is_said_before_anything_is_fetched(engine: Engine, home: Home, store: str) -> None:
    with pytest.raises(SettingError, match=store.partition(":")[0]), Uploader(engine, with_store(home, store)):
        pass


def test_a_record_that_is_neither_here_nor_there_is_damage(spool: Home) -> None:
    with pytest.raises((CaptureDamaged, StoreUnavailable)):
        read_record(spool, "newskeep-gone.warc.gz", 0, 10)


def test_a_file_handed_over_while_it_is_asked_for_is_found(engine: Engine, newsroom: Newsroom, spool: Home) -> None:
    (name,) = publish(newsroom, spool, HTML)
    with engine.connect() as conn:
        ((offset, length),) = conn.execute(text("select record_offset, record_length from captures")).all()

    upload_finished(engine, spool)

    assert read_record(spool, name, offset, length).body == HTML


def test_a_channel_is_read_again_from_the_store(engine: Engine, newsroom: Newsroom, spool: Home) -> None:
    publish(newsroom, spool, HTML)
    upload_finished(engine, spool)
    with engine.connect() as conn:
        key = conn.execute(text("select url_key from captures")).scalar_one()
        found = find_original(conn, key, digest=sha256(HTML).digest())

    assert found
    assert read_record(spool, *found.place).body == HTML


# --- during a crawl


def test_files_are_handed_over_while_others_are_written(engine: Engine, newsroom: Newsroom, home: Home) -> None:
    spool = with_store(home, "memory://crawling", CAPTURE_ROLL_BYTES=1)
    with Uploader(engine, spool) as uploader, CaptureFiles(spool, uploader.wake) as captures:
        for number in range(4):
            newsroom.store_captured(captures, (article(url=f"https://krone.example/{number}"), HTML * (number + 1)))

    assert local(spool) == []
    assert states(engine) == ["stored"] * 4
    assert bodies(engine, spool) == [HTML * number for number in range(1, 5)]
    MemoryFileSystem.store.clear()


def test_a_stored_file_keeps_its_place_when_it_is_noted_again(engine: Engine, newsroom: Newsroom, spool: Home) -> None:
    """A batch may be written after its file was rolled and handed over."""
    (name,) = publish(newsroom, spool, HTML)
    (file,) = upload_finished(engine, spool)
    with CaptureFiles(spool) as captures, engine.begin() as conn:
        captures.note(conn, [name])

    with engine.connect() as conn:
        assert all_files(conn) == [CaptureFile(name, "stored", file.host, file.place, file.size, file.digest)]
