"""Repair the files of a killed writer: cut off a half-written last record and keep it beside the file.

Only a tail is ever cut. A file damaged in the middle is left alone and logged, since whole records follow the damage.
Rows never point at a tail: a record is flushed to disk before its row is written.
"""

import contextlib
import fcntl
import json
import logging
import os
import re
import socket
import time
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Protocol

logger = logging.getLogger(__name__)

_WHOLE_FILES = ".whole"  # one line per file known to be whole: size and name
_MEMBER_START = b"\x1f\x8b\x08"
_STEP = 1 << 20
_PARTS_OF_NAME = 5  # newskeep-TIME-MACHINE-WRITER-NUMBER
_OTHERS_SECONDS = 3600.0  # without a write, after which another machine's file is repaired


@dataclass(frozen=True, slots=True)
class Repair:
    """The repair of one file: its length now (`size`) and the bytes that were cut off (`cut`)."""

    file: str
    size: int
    cut: int


def repair_captures(folder: Path) -> list[Repair]:
    """Cut broken tails of files without a living writer; files already found whole are not read again.

    In a shared folder, a file of another machine is left alone until it was not written to for an hour: not every file
    system shows one machine the locks of another.
    """
    whole = _whole_files(folder)
    repairs = []
    for path in sorted(folder.glob("*.warc.gz")):
        with contextlib.suppress(FileNotFoundError):  # uploaded meanwhile
            if whole.get(path.name) != path.stat().st_size and not _is_elsewhere(path):
                repairs.append(_mend(path))
    return [repair for repair in repairs if repair]


def note_whole(path: Path, size: int) -> None:
    """Note that the file is whole at this size, so that the next start need not read it.

    On a full disk there is no note, and the next start reads the file.
    """
    with contextlib.suppress(OSError), (path.parent / _WHOLE_FILES).open("a", encoding="utf-8") as notes:
        notes.write(f"{size} {path.name}\n")


def machine_name() -> str:
    """Return this machine's name as it stands in the names of its files."""
    return re.sub(r"[^A-Za-z0-9]+", "", socket.gethostname())[:32] or "host"


def _is_elsewhere(path: Path) -> bool:
    """Return whether another machine may be writing the file."""
    parts = path.name.split("-")
    another = len(parts) == _PARTS_OF_NAME and parts[2] != machine_name()
    return another and time.time() - path.stat().st_mtime < _OTHERS_SECONDS


class Sliceable(Protocol):
    """Bytes in memory, or a file that is read slice by slice."""

    def __len__(self) -> int: ...

    def __getitem__(self, key: slice, /) -> bytes: ...


def whole_length(data: Sliceable, end: int = 0) -> int:
    """Return where the whole records of *data* end, of which the first begins at *end*."""
    while end < len(data) and (next_end := _member_end(data, end)):
        end = next_end
    return end


def _whole_files(folder: Path) -> dict[str, int]:
    try:
        lines = (folder / _WHOLE_FILES).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.partition(" ") for line in lines)
    return {name: int(size) for size, _, name in pairs if size.isdecimal() and size.isascii()}


def _mend(path: Path) -> Repair | None:
    with path.open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return None  # its writer is alive
        size = os.fstat(file.fileno()).st_size
        end = _end_of_whole(file.fileno(), size)
        if end is None:
            logger.error("capture_damaged", extra={"file": path.name})
            return None
        repair = _cut(path, file.fileno(), end, size) if end < size or not size else None
        if end:
            note_whole(path, end)
        return repair


def _end_of_whole(descriptor: int, size: int) -> int | None:
    """Find the end of the whole records; None when more records follow behind a damaged place."""
    if not size:
        return 0
    with mmap(descriptor, 0, access=ACCESS_READ) as data:
        end = whole_length(data)
        return None if _record_follows(data, end) else end


def _member_end(data: Sliceable, start: int) -> int | None:
    """Find the end of the record that begins at *start*; None when it is not whole."""
    stream, position, head = zlib.decompressobj(31), start, b""
    try:
        while not stream.eof and position < len(data):
            piece = stream.decompress(data[position : position + _STEP])
            head = head or piece[:5]
            position += _STEP
    except zlib.error:
        return None
    return min(position, len(data)) - len(stream.unused_data) if stream.eof and head == b"WARC/" else None


def _record_follows(data: mmap, end: int) -> bool:
    """Return whether a record begins somewhere behind the broken one at *end*."""
    position = data.find(_MEMBER_START, end + 1)
    while position >= 0:
        try:
            if zlib.decompressobj(31).decompress(data[position : position + 4096]).startswith(b"WARC/"):
                return True
        except zlib.error:
            pass
        position = data.find(_MEMBER_START, position + 1)
    return False


def _cut(path: Path, descriptor: int, end: int, size: int) -> Repair:
    """Cut the tail off, after saving it beside the file together with a note."""
    tail = os.pread(descriptor, size - end, end)
    if tail:
        _keep_tail(path, tail, end)
    os.ftruncate(descriptor, end)
    os.fsync(descriptor)
    if not end:
        path.unlink()
    logger.warning("capture_tail_cut", extra={"file": path.name, "kept_bytes": end, "cut_bytes": len(tail)})
    return Repair(path.name, end, len(tail))


def _keep_tail(path: Path, tail: bytes, end: int) -> None:
    path.with_name(f"{path.name}.tail-{end}").write_bytes(tail)
    note = {"at": datetime.now(UTC).isoformat(), "kept": end, "cut": len(tail), "sha256": sha256(tail).hexdigest()}
    with path.with_name(f"{path.name}.repairs").open("a", encoding="utf-8") as notes:
        notes.write(json.dumps(note) + "\n")
