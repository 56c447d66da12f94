import contextlib
import errno
import gzip
import os
import signal
import subprocess
import sys
import threading
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli
import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.cli import main as warcio

from archive.captures import CapturedResponse, CaptureFiles, Original, StoredRecord, read_record
from archive.captures.repair import mend_captures, whole_length
from archive.captures.response import decode
from archive.home import Home
from news.errors import ArchiveError, CaptureDamaged
from news.settings import read_settings

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HTML = "<p>Zugunglück bei Linz</p>".encode() * 20


def make_home(path: Path, **settings_: object) -> Home:
    return Home(path, read_settings({"NEWSKEEP_CONTACT": "a@example.org", **settings_}))


@pytest.fixture
def folder(tmp_path: Path) -> Home:
    return make_home(tmp_path)


def response(body: bytes = HTML, url: str = "https://example.org/a?b=ü c", **fields: object) -> CapturedResponse:
    headers = (("Content-Type", "text/html; charset=utf-8"), ("X-Odd", "Zürich\xff"), ("Set-Cookie", "a"))
    asked = (("Host", "example.org"), ("User-Agent", "newskeep"))
    given_fields = {
        "headers": headers,
        "reason": "OK",
        "request_headers": asked,
        "ip": "192.0.2.1",
        "status": 200,
    } | fields
    return CapturedResponse(url, given_fields.pop("status"), body=body, captured_at=NOW, **given_fields)


def place(record: StoredRecord) -> tuple[str, int, int]:
    return record.file, record.offset, record.length


def records(path: Path) -> list[tuple[str, str | None]]:
    with path.open("rb") as stream:
        return [
            (record.rec_type, record.rec_headers.get_header("WARC-Target-URI")) for record in ArchiveIterator(stream)
        ]


def check(*paths: Path) -> int:
    with pytest.raises(SystemExit) as ended:
        warcio(["check", *map(str, paths)])
    return int(ended.value.code or 0)


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


def test_tail_cut_at_any_byte_costs_the_last_record_alone(tmp_path: Path) -> None:
    home = make_home(tmp_path / "whole")
    with CaptureFiles(home) as captures:
        first, second = captures.write(response(b"<p>1")), captures.write(response(b"<p>2"))
    (path,) = home.captures.glob("*.warc.gz")
    data = path.read_bytes()
    ends = [end for end in range(len(data) + 1) if whole_length(data[:end]) == end]

    assert len(ends) == 6  # nothing, warcinfo and twice response and request
    assert first.offset + first.length in ends
    assert second.offset + second.length in ends
    for end in range(len(data) + 1):
        assert whole_length(data[:end]) == max(whole for whole in ends if whole <= end)


def test_a_disk_that_is_full_at_the_end_costs_only_the_note_that_the_file_is_whole(folder: Home) -> None:
    captures = CaptureFiles(folder)
    record = captures.write(response())
    (folder.captures / ".whole").symlink_to("/dev/full")
    captures.close()
    (folder.captures / ".whole").unlink()
    assert read_record(folder, *place(record)).body == HTML
    assert mend_captures(folder.captures) == []


@pytest.mark.parametrize("garbage", [b"", b"\x00" * 4096, b"\x1f\x8b\x08", b"\x1f\x8b\x08\x00text"])
def test_broken_tail_is_cut_at_start_and_kept_beside_the_file(folder: Home, garbage: bytes) -> None:
    captures = CaptureFiles(folder)
    first, second = captures.write(response(b"<p>1")), captures.write(response(b"<p>2"))
    captures.close()
    path = folder.captures / first.file
    (folder.captures / ".whole").unlink()  # as after a kill
    whole = path.read_bytes()
    cut = second.offset + second.length // 2
    path.write_bytes(whole[:cut] + garbage)
    with CaptureFiles(folder) as captures:
        third = captures.write(response(b"<p>3"))

    assert path.read_bytes() == whole[: second.offset]
    assert path.with_name(f"{path.name}.tail-{second.offset}").read_bytes() == whole[second.offset : cut] + garbage
    assert read_record(folder, *place(first)).body == b"<p>1"
    assert third.file != first.file
    assert check(*folder.captures.glob("*.warc.gz")) == 0
    with pytest.raises(CaptureDamaged, match="0 of"):
        read_record(folder, *place(second))


def test_file_damaged_in_the_middle_is_left_alone(folder: Home) -> None:
    with CaptureFiles(folder) as captures:
        first, second = captures.write(response(b"<p>1")), captures.write(response(b"<p>2"))
    path = folder.captures / first.file
    data = bytearray(path.read_bytes())
    data[first.offset + first.length // 2] ^= 0xFF
    path.write_bytes(data)
    (folder.captures / ".whole").unlink()

    assert mend_captures(folder.captures) == []
    assert path.read_bytes() == data
    assert read_record(folder, *place(second)).body == b"<p>2"
    with pytest.raises(CaptureDamaged):
        read_record(folder, *place(first))


def test_file_of_a_living_writer_is_not_touched(folder: Home) -> None:
    with CaptureFiles(folder) as captures:
        record = captures.write(response())
        path = folder.captures / record.file
        with path.open("ab") as file:
            file.write(b"half a rec")

        assert mend_captures(folder.captures) == []
        assert path.read_bytes().endswith(b"half a rec")


def test_file_that_another_machine_writes_is_not_touched_and_mended_when_that_machine_is_long_gone(
    folder: Home,
) -> None:
    with CaptureFiles(folder) as captures:
        record = captures.write(response())
    (folder.captures / ".whole").unlink()
    parts = record.file.split("-")
    path = (folder.captures / record.file).rename(folder.captures / "-".join([*parts[:2], "elsewhere", *parts[3:]]))
    with path.open("ab") as file:
        file.write(b"half a rec")

    assert mend_captures(folder.captures) == []
    assert path.read_bytes().endswith(b"half a rec")
    os.utime(path, (0, 0))
    assert [(repair.file, repair.cut) for repair in mend_captures(folder.captures)] == [(path.name, 10)]


def test_file_known_to_be_whole_is_not_read_again(folder: Home) -> None:
    with CaptureFiles(folder) as captures:
        record = captures.write(response())
    path = folder.captures / record.file
    data = bytearray(path.read_bytes())
    data[-1] ^= 0xFF  # what a reading would notice
    path.write_bytes(data)

    assert mend_captures(folder.captures) == []


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


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("", HTML),
        ("identity", HTML),
        ("gzip", gzip.compress(HTML)),
        ("gzip", HTML),  # announced, but not packed
        ("x-gzip", gzip.compress(HTML[:100]) + gzip.compress(HTML[100:])),
        ("deflate", zlib.compress(HTML)),
        ("deflate", zlib.compress(HTML)[2:-4]),  # raw
        ("br", brotli.compress(HTML)),
        ("zstd", zstd.compress(HTML)),
        ("deflate, gzip", gzip.compress(zlib.compress(HTML))),
    ],
)
def test_packed_body_is_unpacked(encoding: str, body: bytes) -> None:
    assert decode(body, encoding, len(HTML)) == HTML


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, brotli.compress, zstd.compress])
def test_body_that_unpacks_to_too_much_is_refused(pack: object) -> None:
    encoding = {gzip.compress: "gzip", zlib.compress: "deflate", brotli.compress: "br", zstd.compress: "zstd"}[pack]
    with pytest.raises(CaptureDamaged, match="more than 1000 bytes"):
        decode(pack(b"0" * 5_000_000), encoding, 1000)


@settings(max_examples=40)
@given(st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, gzip, gzip, gzip"]), st.binary(max_size=200))
def test_any_bytes_are_unpacked_or_refused(encoding: str, body: bytes) -> None:
    for data in (body, gzip.compress(HTML)[: len(body)] + body):
        with contextlib.suppress(CaptureDamaged):
            assert len(decode(data, encoding, 10_000)) <= 10_000


def test_times_are_kept_to_the_second_in_utc(folder: Home) -> None:
    with CaptureFiles(folder) as captures:
        from_vienna = datetime.fromisoformat("2026-11-22T13:00:00.750+01:00")
        record = captures.write(CapturedResponse("https://example.org/", 200, (), b"", from_vienna))

    assert from_vienna - read_record(folder, *place(record)).captured_at == timedelta(milliseconds=750)
