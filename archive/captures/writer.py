"""Writes WARC files. One writer per process; each owns its file by a lock."""

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import Self

from sqlalchemy import Connection

from archive.captures.files import note_spooled
from archive.captures.records import info_record, request_record, response_record
from archive.captures.repair import machine, mend_captures, note_whole
from archive.captures.response import CapturedResponse, Original, StoredRecord
from archive.home import Home
from news.errors import ArchiveError


class CaptureFiles:
    """This process's capture file, rolled by size and age. Safe to use from several threads; use as a context manager.

    *rolled* is called when a file has been finished and the next begins. Opening mends what a killed writer left
    behind. Raises ArchiveError when the folder cannot be written.
    """

    def __init__(self, home: Home, rolled: Callable[[], None] = lambda: None) -> None:
        self._home = home
        self._guard = threading.Lock()
        self._file: _OwnedFile | None = None
        self._files = 0
        self._name = token_hex(4)
        self._rolled = rolled
        try:
            home.captures.mkdir(parents=True, exist_ok=True)
            mend_captures(home.captures)
        except OSError as error:
            raise ArchiveError(f"{home.captures} cannot be written: {error.strerror}", "newskeep doctor") from error

    def note(self, conn: Connection, names: Iterable[str]) -> None:
        """Remember in the database that this machine has these files, before rows point into them."""
        note_spooled(conn, self._home, names)

    def write(
        self, response: CapturedResponse, *, original: Original | None = None, imported_from: str | None = None
    ) -> StoredRecord:
        """Append request and response; with *original* (same body, seen before) a revisit record without the body.

        What was *imported_from* somewhere has no request: somebody else made it. The record is on disk for certain
        after the next `sync`. Raises ArchiveError when it cannot be written.
        """
        record, record_id = response_record(response, original, imported_from)
        members = [record] if imported_from else [record, request_record(response, record_id)]
        with self._guard:
            file = self._ready_file()
            offset = file.append(*members)
        return StoredRecord(
            file=file.path.name,
            offset=offset,
            length=len(record),
            digest=sha256(response.body).digest(),
            size=len(response.body),
            url=response.url,
            status=response.status,
            content_type=response.header("content-type"),
            captured_at=response.captured_at,
            revisit_of=original.capture_id if original else None,
        )

    def sync(self) -> None:
        """Flush everything written so far to the disk. `archive.store.store_pages` calls it before it writes rows."""
        with self._guard:
            behind = self._file.handle() if self._file else None
        if behind is not None:  # outside the guard: nobody who writes waits for the disk
            _flush(behind)

    def close(self) -> None:
        """Sync and let go of the file. A later write begins another."""
        with self._guard:
            if self._file:
                self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ready_file(self) -> "_OwnedFile":
        settings = self._home.settings
        file = self._file
        if file and (file.size >= settings["CAPTURE_ROLL_BYTES"] or file.age >= settings["CAPTURE_ROLL_SECONDS"]):
            file.close()
            file = self._file = None
            self._rolled()
        if file is None:
            file = self._file = self._new_file()
        return file

    def _new_file(self) -> "_OwnedFile":
        now = datetime.now(UTC)
        while True:
            self._files += 1
            path = self._home.captures / _file_name(now, self._name, self._files)
            file = _OwnedFile.create(path)
            if file:
                contact = self._home.settings["NEWSKEEP_CONTACT"]
                file.append(info_record(path.name, f"newskeep/{version('newskeep')}", contact, now))
                return file


class _OwnedFile:
    """A file that this process alone appends to. Its lock goes when the process dies, however it dies."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.size = 0
        self._descriptor = descriptor
        self._opened = time.monotonic()

    @classmethod
    def create(cls, path: Path) -> "_OwnedFile | None":
        """A new file; None when the name is taken or another process, mending, has just removed the empty file."""
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o644)
        except FileExistsError:
            return None
        except OSError as error:
            raise ArchiveError(f"{path} cannot be written: {error.strerror}", "newskeep doctor") from error
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if not os.fstat(descriptor).st_nlink:
            os.close(descriptor)
            return None
        _sync_folder(path.parent)
        return cls(path, descriptor)

    @property
    def age(self) -> float:
        """Seconds since it was begun."""
        return time.monotonic() - self._opened

    def append(self, *members: bytes) -> int:
        """Write the members one after the other; the offset of the first. A failed write leaves the file as it was."""
        offset, data = self.size, b"".join(members)
        try:
            written = 0
            while written < len(data):
                written += os.write(self._descriptor, memoryview(data)[written:])
        except OSError as error:
            os.ftruncate(self._descriptor, offset)
            raise ArchiveError(f"{self.path} cannot be written: {error.strerror}", "newskeep doctor") from error
        self.size += len(data)
        return offset

    def handle(self) -> int:
        """Another handle on the file, which stays good when this one is closed; the caller closes it."""
        return os.dup(self._descriptor)

    def close(self) -> None:
        _flush(self._descriptor)
        note_whole(self.path, self.size)


def _flush(descriptor: int) -> None:
    """Everything written to disk, and the handle closed."""
    try:
        os.fdatasync(descriptor)
    except OSError as error:
        raise ArchiveError(f"a capture file cannot be flushed to disk: {error.strerror}", "newskeep doctor") from error
    finally:
        os.close(descriptor)


def _file_name(now: datetime, writer: str, number: int) -> str:
    """One that no other writer uses, also where machines share a name and containers their process ids."""
    return f"newskeep-{now:%Y%m%d%H%M%S}-{machine()}-{writer}-{number:05d}.warc.gz"


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
