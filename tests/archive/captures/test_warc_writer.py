"""Captures come back as they were received, from files that other programs can read."""

import errno
import gzip
import os
import signal
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.captures import CapturedResponse, CaptureFiles, Original, StoredRecord, read_record
from archive.home import Home
from news.errors import ArchiveError, CaptureDamaged
from tests.archive.captures.responses import HTML, NOW, check, make_home, place, response


def records(path: Path) -> list[tuple[str, str | None]]:
    with path.open("rb") as stream:
        return [
            (record.rec_type, record.rec_headers.get_header("WARC-Target-URI")) for record in ArchiveIterator(stream)
        ]


def test_response_comes_back_as_it_was_received(folder: Home) -> None:
    packed = gzip.compress(HTML)
    headers = (
        *response().headers,
        ("Content-Encoding", "gzip"),
        ("Transfer-Encoding", "chunked"),
        ("Content-Length", "9"),
    )
    with CaptureFiles(folder) as captures:
        record = captures.write(response(packed, headers=headers))
        plain = captures.write(response())
    back = read_record(folder, *place(record))

    assert back.body == packed
    assert back.decoded_body() == HTML
    assert back.url == "https://example.org/a?b=%C3%BC%20c"
    assert (back.status, back.reason, back.captured_at, back.ip) == (200, "OK", NOW, "192.0.2.1")
    assert back.header("content-length") == str(len(packed))
    assert back.header("transfer-encoding") is None
    assert back.header("x-odd") == "Zürich\xff"
    assert read_record(folder, *place(plain)).decoded_body() == HTML


def test_other_tools_find_nothing_to_complain_about(folder: Home) -> None:
    with CaptureFiles(folder) as captures:
        original = captures.write(response(url="https://example.org/a"))
        captures.write(response(b"", status=304))
        captures.write(response(b"", url="https://example.org/empty"))
        again = Original(1, "https://example.org/a", original.captured_at)
        revisit = captures.write(response(url="https://example.org/a"), original=again)
    (path,) = folder.captures.glob("*.warc.gz")

    assert [kind for kind, _ in records(path)] == ["warcinfo"] + ["response", "request"] * 3 + ["revisit", "request"]
    assert check(path) == 0
    assert revisit.revisit_of == 1
    assert read_record(folder, *place(revisit)).body == b""


def test_each_record_is_a_member_of_its_own(folder: Home) -> None:
    with CaptureFiles(folder) as captures:
        record = captures.write(response())
        data = (folder.captures / record.file).read_bytes()
    member = data[record.offset : record.offset + record.length]

    assert gzip.decompress(member).startswith(b"WARC/1.1\r\nWARC-Type: response\r\n")


def test_files_are_rolled_by_size_and_age_and_still_found(tmp_path: Path) -> None:
    for settings_ in ({"CAPTURE_ROLL_BYTES": "1"}, {"CAPTURE_ROLL_SECONDS": "0"}):
        home = make_home(tmp_path / next(iter(settings_)), **settings_)
        with CaptureFiles(home) as captures:
            written = [captures.write(response(f"{number}".encode())) for number in range(3)]

        assert len({record.file for record in written}) == 3
        assert [read_record(home, *place(record)).body for record in written] == [b"0", b"1", b"2"]
        assert check(*home.captures.glob("*.warc.gz")) == 0


def test_many_threads_write_whole_records(folder: Home) -> None:
    written: list[StoredRecord] = []
    with CaptureFiles(folder) as captures:

        def write(number: int) -> None:
            written.extend(captures.write(response(f"{number} {turn}".encode())) for turn in range(20))

        threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len({read_record(folder, *place(record)).body for record in written}) == 80
    assert len({record.file for record in written}) == 1


KILLED = """
import os, signal, sys
from pathlib import Path
from datetime import UTC, datetime
from archive.captures import CaptureFiles, CapturedResponse
from archive.home import Home
from news.settings import read_settings
captures = CaptureFiles(Home(Path(sys.argv[1]), read_settings({})))
record = captures.write(CapturedResponse("https://example.org/a", 200, (), b"<p>kept", datetime.now(UTC)))
captures.sync()
print(record.file, record.offset, record.length, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_record_that_was_synced_outlives_a_kill(folder: Home) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder.path)], check=False, capture_output=True, text=True
    )
    file, offset, length = killed.stdout.split()
    with CaptureFiles(folder):
        back = read_record(folder, file, int(offset), int(length))

    assert killed.returncode == -signal.SIGKILL
    assert back.body == b"<p>kept"


def test_failed_write_leaves_whole_records_behind(folder: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write

    def full_disk(descriptor: int, data: memoryview) -> int:
        if len(data) > 100:
            return write(descriptor, data[:50])
        raise OSError(errno.ENOSPC, "No space left on device")

    with CaptureFiles(folder) as captures:
        first = captures.write(response())
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", full_disk)
            with pytest.raises(ArchiveError, match="No space left"):
                captures.write(response(url="https://example.org/b"))
        second = captures.write(response(url="https://example.org/c"))

    assert read_record(folder, *place(second)).url == "https://example.org/c"
    assert check(folder.captures / first.file) == 0


def test_unwritable_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "captures").write_text("a file where the folder should be")
    with pytest.raises(ArchiveError, match="captures cannot be written"):
        CaptureFiles(make_home(tmp_path))


def test_reading_outside_the_folder_is_impossible(folder: Home) -> None:
    (folder.path / "secret").write_bytes(b"x" * 100)
    with pytest.raises(CaptureDamaged, match="No such file"):
        read_record(folder, "../secret", 0, 10)


def test_times_are_kept_to_the_second_in_utc(folder: Home) -> None:
    with CaptureFiles(folder) as captures:
        from_vienna = datetime.fromisoformat("2026-11-22T13:00:00.750+01:00")
        record = captures.write(CapturedResponse("https://example.org/", 200, (), b"", from_vienna))

    assert from_vienna - read_record(folder, *place(record)).captured_at == timedelta(milliseconds=750)
