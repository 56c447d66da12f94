"""Files whose end was lost or damaged, and files that must not be touched."""

import os
from pathlib import Path

import pytest

from archive.captures import CaptureFiles, read_record
from archive.captures.repair import repair_captures, whole_length
from archive.home import Home
from news.errors import CaptureDamaged
from tests.archive.captures.responses import HTML, check, make_home, place, response


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
    assert repair_captures(folder.captures) == []


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

    assert repair_captures(folder.captures) == []
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

        assert repair_captures(folder.captures) == []
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

    assert repair_captures(folder.captures) == []
    assert path.read_bytes().endswith(b"half a rec")
    os.utime(path, (0, 0))
    assert [(repair.file, repair.cut) for repair in repair_captures(folder.captures)] == [(path.name, 10)]


def test_file_known_to_be_whole_is_not_read_again(folder: Home) -> None:
    with CaptureFiles(folder) as captures:
        record = captures.write(response())
    path = folder.captures / record.file
    data = bytearray(path.read_bytes())
    data[-1] ^= 0xFF  # what a reading would notice
    path.write_bytes(data)

    assert repair_captures(folder.captures) == []
