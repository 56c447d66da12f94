"""Write WARC/1.1 files (ISO 28500:2017). One writer per process; a lock makes each file its writer's own.

The records are built by hand: that takes a third of warcio's time, and a body that arrived packed is stored as it is.
"""

import fcntl
import os
import threading
import time
import uuid
import zlib
from base64 import b32encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from secrets import token_hex
from typing import Self
from urllib.parse import quote, urlsplit

from sqlalchemy import Connection, Engine

from archive.captures.index import find_original, note_spooled
from archive.captures.repair import machine_name, note_whole, repair_captures
from archive.captures.response import ANNOUNCED, CapturedResponse, Headers, Original, Redirect, StoredRecord
from archive.home import Home, flush_to_disk
from news.errors import ArchiveError
from news.urls import canonicalise, url_key

_IN_ADDRESSES = "".join(map(chr, range(0x21, 0x7F)))
_PROFILE = "http://netpreserve.org/warc/1.1/revisit/"
_PACKED_LEVEL = 0  # compressing a body again costs time and saves nothing
_PLAIN_LEVEL = 4
Fields = list[tuple[str, str]]


class CaptureFiles:
    """The capture file of this process, rolled by size and age. Thread-safe; use as a context manager.

    *rolled* is called when a file is finished and the next begins. Opening repairs what a killed writer left behind.
    Raises ArchiveError when the folder cannot be written.
    """

    def __init__(self, home: Home, rolled: Callable[[], None] = lambda: None) -> None:
        self._folder = home.captures
        self._roll_bytes, self._roll_seconds = (home.settings[f"CAPTURE_ROLL_{unit}"] for unit in ("BYTES", "SECONDS"))
        self._guard = threading.Lock()
        self._file: _OwnedFile | None = None
        self._files = 0
        self._name = token_hex(4)
        self.operator: str | None = home.settings["NEWSKEEP_CONTACT"]  # who crawls, for the next file
        self._rolled = rolled
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            repair_captures(self._folder)
        except OSError as error:
            raise ArchiveError(f"{self._folder} cannot be written: {error.strerror}", "newskeep doctor") from error

    def note(self, conn: Connection, names: Iterable[str]) -> None:
        """Record in the database that this machine has these files, before rows point into them."""
        note_spooled(conn, self._folder, names)

    def write(
        self, response: CapturedResponse, *, original: Original | None = None, imported_from: str | None = None
    ) -> StoredRecord:
        """Append request and response; with *original* (an earlier capture with this body) a revisit without the body.

        A response *imported_from* a file gets no request record, since we did not send it. The record is certain to be
        on disk after the next `sync`. Raises ArchiveError when it cannot be written.
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
            record_digest=sha256(record).digest(),
        )

    def sync(self) -> None:
        """Flush all records to disk. `store_pages` calls it before it writes rows."""
        with self._guard:
            handle = self._file.handle() if self._file else None
        if handle is not None:  # outside the guard, so that writers do not wait for the disk
            _flush(handle)

    def close(self) -> None:
        """Sync and release the file. A later write begins another."""
        with self._guard:
            if self._file:
                self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _ready_file(self) -> "_OwnedFile":
        file = self._file
        if file and (file.size >= self._roll_bytes or file.age >= self._roll_seconds or _roll_mark(file.path).exists()):
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
            path = self._folder / _file_name(now, self._name, self._files)
            file = _OwnedFile.create(path)
            if file:
                file.append(info_record(path.name, f"newskeep/{version('newskeep')}", self.operator, now))
                return file


@dataclass(slots=True)
class CaptureRecorder:
    """Writes captures, and counts what came over the network: `pages` and their `size` in bytes."""

    engine: Engine
    files: CaptureFiles
    pages: int = 0
    size: int = 0
    redirects: list[Redirect] = field(default_factory=list)  # whose rows are not written yet

    def count(self, size: int) -> None:
        """Count one more response of *size* bytes."""
        self.pages += 1
        self.size += size

    def record(self, response: CapturedResponse, requested: str, digest: bytes | None = None) -> StoredRecord | None:
        """Write the response to a request for *requested*; of a body with *digest* that was stored before, a revisit.

        Captures stand under the address that was requested first, whatever it redirects to. None for "not modified"
        without a stored body to refer to.
        """
        original = None
        if digest:
            with self.engine.connect() as conn:
                original = find_original(conn, url_key(canonicalise(requested)), digest=digest)
        if original is None and response.status == 304:
            return None
        return self.files.write(response, original=original.original if original else None)


def ask_to_roll(path: Path) -> None:
    """Ask the process that writes this file to finish it before its next record, so that it can be changed."""
    _roll_mark(path).touch()


def _roll_mark(path: Path) -> Path:
    return path.with_name(f"{path.name}.roll")


class _OwnedFile:
    """A file that only this process appends to. Its lock ends with the process, however it ends."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.size = 0
        self._descriptor = descriptor
        self._opened = time.monotonic()

    @classmethod
    def create(cls, path: Path) -> "_OwnedFile | None":
        """Create the file; None when the name is taken or a repairing process has just removed the empty file."""
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
        flush_to_disk(path.parent)
        return cls(path, descriptor)

    @property
    def age(self) -> float:
        """Seconds since its creation."""
        return time.monotonic() - self._opened

    def append(self, *members: bytes) -> int:
        """Append the members and return the offset of the first. A failed write leaves the file as it was."""
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
        """Duplicate the descriptor; the caller closes it."""
        return os.dup(self._descriptor)

    def close(self) -> None:
        _flush(self._descriptor)
        note_whole(self.path, self.size)
        _roll_mark(self.path).unlink(missing_ok=True)


def _flush(descriptor: int) -> None:
    """Flush the file to disk and close the descriptor."""
    try:
        os.fdatasync(descriptor)
    except OSError as error:
        raise ArchiveError(f"a capture file cannot be flushed to disk: {error.strerror}", "newskeep doctor") from error
    finally:
        os.close(descriptor)


def _file_name(now: datetime, writer: str, number: int) -> str:
    """Make a name that no other writer uses, even where machines share a name and containers their process ids."""
    return f"newskeep-{now:%Y%m%d%H%M%S}-{machine_name()}-{writer}-{number:05d}.warc.gz"


# The records, as bytes: each is a gzip member of its own


def info_record(file: str, software: str, contact: str | None, now: datetime) -> bytes:
    """Build the first record of a file: who wrote it, with which software, in which format."""
    lines = {
        "software": software,
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "operator": contact or "",
    }
    block = "".join(f"{name}: {_line(value)}\r\n" for name, value in lines.items() if value).encode()
    fields = [("WARC-Type", "warcinfo"), ("WARC-Filename", file), ("WARC-Date", date_text(now)), _new_id()]
    return pack_record([*fields, ("Content-Type", "application/warc-fields"), block_digest(block)], block, _PLAIN_LEVEL)


def response_record(
    response: CapturedResponse, original: Original | None, imported_from: str | None = None
) -> tuple[bytes, str]:
    """Build the record of a response, or of a revisit of *original*, and return it with its id."""
    head = _http_head(response)
    block = head if original else head + response.body
    record_id = _new_id()
    kind = _revisit_fields(response, original) if original else [("WARC-Type", "response")]
    fields = [
        *kind,
        ("WARC-Target-URI", target_text(response.url)),
        ("WARC-Date", date_text(response.captured_at)),
        record_id,
    ]
    fields += [("WARC-IP-Address", _line(response.ip))] if response.ip else []
    fields += [(ANNOUNCED, response.announced_at.isoformat())] if response.announced_at else []
    fields += [("Newskeep-Imported-From", _line(imported_from))] if imported_from else []
    fields += [
        ("Content-Type", "application/http; msgtype=response"),
        *([("WARC-Payload-Digest", digest_text(response.body))] if response.status != 304 else []),
        block_digest(block),
    ]
    packed = response.header("content-encoding") is not None and original is None
    return pack_record(fields, block, _PACKED_LEVEL if packed else _PLAIN_LEVEL), record_id[1]


def request_record(response: CapturedResponse, response_id: str) -> bytes:
    """Build the record of the request."""
    parts = urlsplit(response.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    block = _latin(f"{response.method} {_line(path)} HTTP/1.1\r\n") + _header_lines(response.request_headers) + b"\r\n"
    fields = [
        ("WARC-Type", "request"),
        ("WARC-Target-URI", target_text(response.url)),
        ("WARC-Date", date_text(response.captured_at)),
        _new_id(),
        ("WARC-Concurrent-To", response_id),
        ("Content-Type", "application/http; msgtype=request"),
        block_digest(block),
    ]
    return pack_record(fields, block, _PLAIN_LEVEL)


def digest_text(data: bytes) -> str:
    """Return the digest of *data* as WARC writes it."""
    return "sha256:" + b32encode(sha256(data).digest()).decode()


def _revisit_fields(response: CapturedResponse, original: Original) -> Fields:
    profile = "server-not-modified" if response.status == 304 else "identical-payload-digest"
    return [
        ("WARC-Type", "revisit"),
        ("WARC-Profile", _PROFILE + profile),
        ("WARC-Refers-To-Target-URI", target_text(original.url)),
        ("WARC-Refers-To-Date", date_text(original.captured_at)),
    ]


def _http_head(response: CapturedResponse) -> bytes:
    """Return status line and headers as received; of a body in chunks, which is stored joined, with its length."""
    headers = list(response.headers)
    if response.header("transfer-encoding") is not None:
        headers = [(k, v) for k, v in headers if k.lower() not in ("transfer-encoding", "content-length")]
        headers.append(("Content-Length", str(len(response.body))))
    status = _latin(f"{response.protocol} {response.status} {_line(response.reason)}\r\n")
    return status + _header_lines(headers) + b"\r\n"


def _header_lines(headers: Headers | Iterable[tuple[str, str]]) -> bytes:
    return b"".join(_latin(f"{_line(name)}: {_line(value)}\r\n") for name, value in headers)


def pack_record(fields: Fields, block: bytes, level: int = _PLAIN_LEVEL) -> bytes:
    """Return a record as a gzip member; the same values give the same bytes."""
    head = "".join(f"{name}: {value}\r\n" for name, value in [*fields, ("Content-Length", str(len(block)))])
    pack = zlib.compressobj(level, wbits=31)
    start = pack.compress(b"WARC/1.1\r\n" + head.encode() + b"\r\n")
    return start + pack.compress(block) + pack.compress(b"\r\n\r\n") + pack.flush()


def _new_id() -> tuple[str, str]:
    return ("WARC-Record-ID", f"<urn:uuid:{uuid.uuid4()}>")


def block_digest(block: bytes) -> tuple[str, str]:
    """Return the field with the digest of a block."""
    return ("WARC-Block-Digest", digest_text(block))


def date_text(time: datetime) -> str:
    """Return the time as WARC-Date."""
    # Whole seconds: readers find a revisit's original by a time stamp of 14 digits.
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def target_text(url: str) -> str:
    """Return the address as WARC-Target-URI."""
    return quote(url.encode("utf-8", "replace"), safe=_IN_ADDRESSES)


def _line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ")


def _latin(text: str) -> bytes:
    return text.encode("latin-1", "replace")
