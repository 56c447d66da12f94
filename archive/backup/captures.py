"""Copy capture files into a backup, and back: only what is new of each file, in whole records."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from archive.backup.contents import Progress
from archive.backup.manifest import CaptureCopy, Part, read_part
from archive.backup.target import CAPTURES, Target
from archive.captures.index import CaptureFile, find_file
from archive.captures.object_store import read_range
from archive.captures.repair import note_whole, whole_length
from archive.home import Home, flush_to_disk
from news.errors import StoreUnavailable

_STEP = 1 << 22
_ENDING = ".warc.gz"
_DIGITS = 16  # of a digest in a name

# Why a file is not in a backup.
IN_PLACE, ELSEWHERE = "imported in place", "on another machine"
MISSING, CHANGED = "missing", "shorter than its rows say"


class CaptureBackup:
    """Copies capture files to *target*. *former* are the copies that it has already."""

    def __init__(self, home: Home, target: Target, former: Mapping[str, CaptureCopy], progress: Progress) -> None:
        self._home, self._target, self._former = home, target, former
        self._progress = progress
        self._there = target.sizes(CAPTURES)
        self.copied = 0  # bytes, by this run

    def copy_all(self, conn: Connection, ends: Mapping[str, int]) -> tuple[tuple[CaptureCopy, ...], dict[str, str]]:
        """Copy the files of *ends* (where the last row in each ends) and all others of this folder.

        Return the copies, and the files that could not be copied with the reason. Raises StoreUnavailable.
        """
        here = {path.name: 0 for path in self._home.captures.glob(f"*{_ENDING}")}
        copies, absent = [], {}
        wanted = sorted({**here, **ends}.items())
        for number, (name, end) in enumerate(wanted):
            self._progress("captures", number, len(wanted))
            copy = self._copy(conn, name, end)
            if isinstance(copy, str):
                absent[name] = copy
            elif copy.size:
                copies.append(copy)
        self._progress("captures", len(wanted), len(wanted))
        return tuple(copies), absent

    def _copy(self, conn: Connection, name: str, end: int) -> CaptureCopy | str:
        """Return the copy of one file, or why there is none."""
        if name.startswith("/"):
            return IN_PLACE
        former = self._former.get(name)
        with _original(conn, self._home, name) as original:
            if isinstance(original, str):
                return former if former and former.size >= end else original
            if former and original.state in (former.source, former.sha256) and former.size >= end:
                return former
            copy = self._copy_new(original, former, end)
        return copy if copy.size >= end else CHANGED

    def _copy_new(self, original: "_Original", former: CaptureCopy | None, end: int) -> CaptureCopy:
        """Add what the original has beyond *former*; all of it when its beginning is no longer that of *former*."""
        digest = sha256()
        parts: tuple[Part, ...] = ()
        if former and _has_parts(original, former.parts, digest):
            parts = former.parts
        else:
            digest = sha256()
        start = sum(part.size for part in parts)
        whole = original.whole_length(max(start, end))
        if whole > start:
            parts += (self._add_part(original, start, whole, digest),)
        return CaptureCopy(original.name, max(start, whole), digest.hexdigest(), original.state, parts)

    def _add_part(self, original: "_Original", start: int, end: int, whole_digest: Any) -> Part:
        digest = sha256()
        for piece in original.pieces(start, end):
            digest.update(piece)
            whole_digest.update(piece)
        name = f"{original.name.removesuffix(_ENDING)}.{start}-{digest.hexdigest()[:_DIGITS]}{_ENDING}"
        part = Part(f"{CAPTURES}/{name}", end - start, digest.hexdigest())
        if self._there.get(name) != part.size:  # else a killed run has left it
            written = self._target.write(part.name, original.pieces(start, end))
            if written != (part.size, part.sha256):
                raise StoreUnavailable(f"{original.name} changed while it was copied", "the same command again")
            self.copied += part.size
        return part


@dataclass(frozen=True, slots=True)
class _Original:
    """A capture file to copy. `state` changes when the file does: size and time, or the sha256 that the store noted."""

    name: str
    state: str
    size: int
    read: Callable[[int, int], bytes]  # offset and length
    is_finished: bool

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, key: slice) -> bytes:
        return self.read(key.start, key.stop - key.start)

    def pieces(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the bytes from *start* to *end*."""
        for offset in range(start, end, _STEP):
            yield self.read(offset, min(_STEP, end - offset))

    def whole_length(self, start: int) -> int:
        """Return where its whole records end, of which one begins at *start*."""
        return self.size if self.is_finished else whole_length(self, min(start, self.size))


@contextmanager
def _original(conn: Connection, home: Home, name: str) -> Iterator["_Original | str"]:
    """Open the file where it is now, in this folder or in the store; yield why that is not possible."""
    try:
        descriptor = os.open(home.captures / name, os.O_RDONLY)
    except FileNotFoundError:
        row = find_file(conn, name)
        yield _stored(row) if row and row.state == "stored" else _reason(row, home)
        return
    try:
        status = os.fstat(descriptor)
        state = f"{status.st_size}:{status.st_mtime_ns}"
        yield _Original(name, state, status.st_size, lambda at, size: os.pread(descriptor, size, at), False)
    finally:
        os.close(descriptor)


def _stored(row: CaptureFile) -> _Original:
    assert row.size is not None  # a constraint of the table, and so is the digest
    assert row.digest is not None
    return _Original(row.name, row.digest.hex(), row.size, lambda at, size: read_range(row.place, at, size), True)


def _reason(row: CaptureFile | None, home: Home) -> str:
    return ELSEWHERE if row and row.place != str(home.captures) else MISSING


def _has_parts(original: _Original, parts: tuple[Part, ...], digest: Any) -> bool:
    """Return whether the original still begins with these parts, and add them to *digest*."""
    start = 0
    for part in parts:
        own = sha256()
        for piece in original.pieces(start, start + part.size):
            own.update(piece)
            digest.update(piece)
        if own.hexdigest() != part.sha256:
            return False
        start += part.size
    return True


def begins_with(path: Path, copy: CaptureCopy) -> bool:
    """Return whether the file at *path* begins with the bytes of *copy*."""
    with path.open("rb") as file:
        original = _Original(path.name, "", copy.size, lambda at, size: os.pread(file.fileno(), size, at), True)
        return _has_parts(original, copy.parts, sha256())


def restore_capture(folder: Path, target: Target, copy: CaptureCopy) -> None:
    """Write the file into *folder*, where it appears when it is whole and on disk; leave one that is there."""
    path = folder / copy.name
    if path.exists():
        return
    half = path.with_name(f"{path.name}.part")
    with half.open("wb") as file:
        for part in copy.parts:
            file.writelines(read_part(target, part))
    flush_to_disk(half)
    half.rename(path)
    note_whole(path, copy.size)
