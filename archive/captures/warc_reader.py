"""Read WARC records (ISO 28500 1.0 and 1.1): our own at their place, any file record by record, damaged or not.

Written by hand, since no library reads on behind a damaged place (docs/decisions/0055-warc-reader.md).
"""

import hashlib
import re
import zlib
from base64 import b32encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from archive.captures.object_store import place_in, read_range
from archive.captures.response import ANNOUNCED, CapturedResponse
from archive.home import Home
from news.errors import CaptureDamaged

READABLE = frozenset({"response", "revisit"})
_ANY_SIZE = 1 << 62
_MOST_LINE = 1 << 16
_MOST_FIELDS = 500
_MOST_HEAD = 1 << 18  # of HTTP
_STEP = 1 << 16
_GZIP_MAGIC = b"\x1f\x8b"
_MEMBER_START = b"\x1f\x8b\x08"
_VERSION = re.compile(rb"WARC/[01]\.\d+\s*")
_STATUS = re.compile(r"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?:[ \t]+(.*))?")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\n]{0,1000})?\r?\n")
_DATE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?Z")


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """A record of a WARC file.

    `kind` is its WARC-Type, or "damaged" for a place without a whole record. Names in `fields` are lower case. `block`
    is None for kinds that are not READABLE and for blocks over the size limit. `offset` and `length` are bytes of the
    file as it lies; `length` is None where the record cannot be read from its `offset` alone.
    """

    kind: str
    fields: Mapping[str, str]
    block: bytes | None
    offset: int
    length: int | None = None

    @property
    def id(self) -> str:
        """The record's id in its file, or its offset."""
        return _unbracketed(self.fields.get("warc-record-id", "")).removeprefix("urn:uuid:") or f"byte {self.offset}"

    @property
    def url(self) -> str | None:
        """The address that was fetched. wget writes it in angle brackets."""
        return _unbracketed(self.fields.get("warc-target-uri", "")) or None

    @property
    def captured_at(self) -> datetime | None:
        """The capture time in whole seconds, as in our own records; None when missing or invalid."""
        return warc_time(self.fields.get("warc-date"))


def read_record(home: Home, file: str, offset: int, length: int) -> CapturedResponse:
    """Read the response at that place and check its digest; a revisit comes without body.

    *file* is a name below NEWSKEEP_HOME/captures or the URL of a file in an object store. Raises CaptureDamaged when
    there is no whole record, StoreUnavailable when the store does not answer.
    """
    response = response_in(read_member(home, file, offset, length)[1])
    if response is None:
        raise CaptureDamaged(f"{file} at byte {offset} holds no response")
    return response


def read_member(home: Home, file: str, offset: int, length: int) -> tuple[bytes, WarcRecord]:
    """Read the record at that place as `read_record` does; return its bytes as they lie, and what they say."""
    where = f"{file} at byte {offset}"
    data = _read_bytes(home, file, offset, length, where)
    return data, whole_record(data, where)


def whole_record(data: bytes, where: str) -> WarcRecord:
    """Return the record that *data* begins with, which lies at the place that *where* names.

    Raises CaptureDamaged when there is no whole record, or when it does not have its digest.
    """
    record = next(read_records(BytesIO(data), _ANY_SIZE), None)
    if record is None or record.kind == "damaged":
        problem = record.fields["problem"] if record else "it is empty"
        raise CaptureDamaged(f"{where} is no whole record: {problem}")
    if not _digest_matches(record.fields.get("warc-block-digest", ""), record.block or b""):
        raise CaptureDamaged(f"{where}: the block does not have its digest")
    return record


def read_records(file: BinaryIO, max_bytes: int) -> Iterator[WarcRecord]:
    """Read every record in order, with the block of responses and revisits of up to *max_bytes* bytes."""
    stream = _Unpacked(file)
    while (record := _next_record(stream, max_bytes)) is not None:
        yield record


def warc_time(text: str | None) -> datetime | None:
    """Parse a WARC time to whole seconds; None for anything else."""
    match = _DATE.fullmatch(text or "")
    try:
        return datetime.fromisoformat(match[1]).replace(tzinfo=UTC) if match else None
    except ValueError:
        return None


def response_in(record: WarcRecord) -> CapturedResponse | None:
    """Parse the HTTP response of a record and join its chunks; None without a response or a time.

    A revisit holds the head of the response, or nothing at all.
    """
    at, block = record.captured_at, record.block
    if at is None or block is None or record.url is None:
        return None
    end = _HEAD_END.search(block, 0, _MOST_HEAD)
    head, body = (block[: end.start()], block[end.end() :]) if end else (block[:_MOST_HEAD], b"")
    status, *lines = head.decode("latin-1").replace("\r\n", "\n").split("\n")
    match = _STATUS.match(status)
    if match is None:
        empty_revisit = record.kind == "revisit" and not block.strip()
        return CapturedResponse(record.url, 304, (), b"", at) if empty_revisit else None
    headers = tuple(_headers(lines))
    chunked = any(name.lower() == "transfer-encoding" and "chunked" in value.lower() for name, value in headers)
    whole = _without_chunks(body) if chunked else body
    ip, announced_at = record.fields.get("warc-ip-address"), _announced(record.fields.get(ANNOUNCED.lower(), ""))
    reason = (match[2] or "").strip()
    return CapturedResponse(record.url, int(match[1]), headers, whole, at, reason, ip=ip, announced_at=announced_at)


def _announced(text: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo else None


def is_cut(record: WarcRecord, response: CapturedResponse) -> bool:
    """Return whether only the beginning of the body was kept: the record says so, or the server announced more."""
    promised = response.header("content-length") or ""
    short = promised.isdecimal() and promised.isascii() and len(promised) < 19 and int(promised) > len(response.body)
    plain = response.header("content-encoding") is None and response.header("transfer-encoding") is None
    return "warc-truncated" in record.fields or (short and plain)


# Our own files


def _read_bytes(home: Home, file: str, offset: int, length: int, where: str) -> bytes:
    """Read from the local copy as long as there is one, else from the store: an upload may be under way."""
    name, store = file.rpartition("/")[2], home.settings["CAPTURE_STORE"]
    place = file if "://" in file else place_in(store, name) if store else None
    try:
        data = _read_local(home.captures / name, offset, length)
    except OSError as error:
        if not place:
            raise CaptureDamaged(f"{where} cannot be read: {error.strerror}", "newskeep doctor") from error
        data = read_range(place, offset, length)
    if len(data) < length:
        raise CaptureDamaged(f"{where} has {len(data)} of {length} bytes")
    return data


def _read_local(path: Path, offset: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(length)


def _digest_matches(stated: str, data: bytes) -> bool:
    """Compare with a digest such as "sha256:BASE32" or "sha1:HEX"; an unknown algorithm is not checked."""
    algorithm, _, value = stated.partition(":")
    try:
        digest = hashlib.new(algorithm.lower().replace("-", ""), data, usedforsecurity=False).digest()
    except ValueError:
        return True
    return value.lower() in (b32encode(digest).decode().lower(), digest.hex())


# Records


def _next_record(stream: "_Unpacked", max_bytes: int) -> WarcRecord | None:
    offset = 0
    try:
        while True:
            offset, alone = stream.place()
            line = stream.line(_MOST_LINE)
            if not line:
                return None
            if line.strip():
                break
        return _record(stream, line, offset, alone, max_bytes)
    except CaptureDamaged as error:
        _go_to_next_record(stream)
        return WarcRecord("damaged", {"problem": str(error)}, None, offset)


def _record(stream: "_Unpacked", line: bytes, offset: int, alone: bool, max_bytes: int) -> WarcRecord:
    if not _VERSION.fullmatch(line):
        raise CaptureDamaged("no record begins here")
    fields = _fields(stream)
    size = fields.get("content-length", "")
    if not (size.isdecimal() and size.isascii() and len(size) < 19):
        raise CaptureDamaged("a record of no stated length")
    kind = fields.get("warc-type", "").lower()
    if kind in READABLE and int(size) <= max_bytes:
        block: bytes | None = stream.read(int(size))
        whole = len(block or b"") == int(size)
    else:
        block, whole = None, stream.skip(int(size))
    if not whole:
        raise CaptureDamaged("the file ends in the middle of a record")
    _skip_empty_lines(stream)
    end = stream.member_end()
    return WarcRecord(kind, fields, block, offset, end - offset if alone and end else None)


def _fields(stream: "_Unpacked") -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for _ in range(_MOST_FIELDS):
        line = stream.line(_MOST_LINE)
        if not line.strip():
            return fields
        text = line.decode("utf-8", "replace")
        if text[0] in " \t" and name:  # a folded line
            fields[name] += " " + text.strip()
            continue
        name, colon, value = text.partition(":")
        name = name.strip().lower()
        if not colon or not line.endswith(b"\n"):
            raise CaptureDamaged("a record with a broken head")
        fields.setdefault(name, value.strip())
    raise CaptureDamaged("a record with an endless head")


def _skip_empty_lines(stream: "_Unpacked") -> None:
    """Skip the two empty lines behind a record, where they are."""
    for _ in range(2):
        if stream.member_end():
            return
        line = stream.line(_MOST_LINE)
        if line.strip():
            stream.put_back(line)
            return


def _go_to_next_record(stream: "_Unpacked") -> None:
    """Go to where the next record seems to begin."""
    while True:
        try:
            line = stream.line(_MOST_LINE)
        except CaptureDamaged:
            if not stream.skip_damage():
                return
            continue
        if not line or _VERSION.fullmatch(line):
            stream.put_back(line)
            return


def _unbracketed(text: str) -> str:
    return text.strip().removeprefix("<").removesuffix(">").strip()


def _headers(lines: list[str]) -> Iterator[tuple[str, str]]:
    name = value = ""
    for line in lines:
        if line[:1] in (" ", "\t") and name:
            value += " " + line.strip()
            continue
        if name:
            yield name, value
        name, colon, value = (part.strip() for part in line.partition(":"))
        name = name if colon else ""
    if name:
        yield name, value


def _without_chunks(body: bytes) -> bytes:
    """Join the chunks. A body without any stays as it is: many tools join them and leave the header."""
    pieces, place = [], 0
    while head := _CHUNK.match(body, place):
        size = int(head[1], 16)
        pieces.append(body[head.end() : head.end() + size])
        place = head.end() + size
        if not size or place >= len(body):
            break
        place += 2 if body[place : place + 2] == b"\r\n" else 1
    else:
        return b"".join(pieces) if pieces else body
    return b"".join(pieces)


class _Unpacked:
    """The bytes of a file, read forward only; gzip is unpacked on demand, since a small file may hold gigabytes.

    gzip may come as one member for each record, as one for all, or not at all. Raises CaptureDamaged where the stream
    cannot be unpacked; `skip_damage` goes on behind that place.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._packed = b""  # read, not yet unpacked
        self._buffer = b""  # unpacked, not yet taken
        self._bytes_read = 0  # from the file
        self._member: zlib._Decompress | None = None
        self._member_start = 0
        self._taken_of_member = 0  # bytes
        self._read_more()
        self._is_gzip = self._packed.startswith(_GZIP_MAGIC)

    def line(self, max_bytes: int) -> bytes:
        """Take the next line, its end included, or its first *max_bytes* bytes; empty at the end."""
        while (end := self._buffer.find(b"\n")) < 0 and len(self._buffer) < max_bytes and self._unpack():
            pass
        return self._take(min(end + 1 if end >= 0 else len(self._buffer), max_bytes))

    def read(self, number: int) -> bytes:
        """Take the next *number* bytes, fewer at the end."""
        pieces, missing = [], number
        while missing and (self._buffer or self._unpack()):
            pieces.append(self._take(missing))
            missing -= len(pieces[-1])
        return b"".join(pieces)

    def skip(self, number: int) -> bool:
        """Skip *number* bytes without holding them; False when there were fewer."""
        while number and (self._buffer or self._unpack()):
            number -= len(self._take(number))
        return not number

    def put_back(self, data: bytes) -> None:
        """Return *data*, which was just taken, to the stream."""
        self._buffer = data + self._buffer
        self._taken_of_member -= len(data)

    def place(self) -> tuple[int, bool]:
        """Return the next byte's offset in the file as it lies, and whether a record can be read from there alone."""
        if not self._is_gzip:
            return self._bytes_read - len(self._packed) - len(self._buffer), True
        while not self._buffer and self._unpack():
            pass
        if not self._buffer:
            return self._bytes_read, True
        return self._member_start, not self._taken_of_member

    def member_end(self) -> int | None:
        """Return the end of the gzip member when all of it was taken; None before that, and without gzip."""
        while self._member and not self._buffer:
            self._unpack()
        over = self._is_gzip and not self._member and not self._buffer
        return self._bytes_read - len(self._packed) if over else None

    def skip_damage(self) -> bool:
        """Go to the next gzip member behind a place that could not be unpacked; False when there is none."""
        self._buffer, self._member = b"", None
        self._packed = self._packed[1:]
        while (start := self._packed.find(_MEMBER_START)) < 0:
            self._packed = self._packed[-2:]
            if not self._read_more():
                return False
        self._packed = self._packed[start:]
        return True

    def _take(self, number: int) -> bytes:
        data, self._buffer = self._buffer[:number], self._buffer[number:]
        self._taken_of_member += len(data)
        return data

    def _read_more(self) -> bool:
        data = self._file.read(_STEP)
        self._bytes_read += len(data)
        self._packed += data
        return bool(data)

    def _unpack(self) -> bool:
        """Add a piece to the buffer; False at the end of the file."""
        if not self._packed and not self._read_more():
            if self._member:
                self._member = None
                raise CaptureDamaged("the file ends in the middle of a record")
            return False
        if not self._is_gzip:
            self._buffer, self._packed = self._buffer + self._packed, b""
        elif self._member or self._begin_member():
            self._unpack_member()
        return True

    def _begin_member(self) -> bool:
        """Start on the next member; False when only padding was there."""
        self._packed = self._packed.lstrip(b"\0")
        while self._packed and len(self._packed) < len(_MEMBER_START) and self._read_more():
            pass
        if not self._packed:
            return False
        self._member_start = self._bytes_read - len(self._packed)
        self._member, self._taken_of_member = zlib.decompressobj(31), 0
        return True

    def _unpack_member(self) -> None:
        assert self._member
        try:
            self._buffer += self._member.decompress(self._packed, _STEP)
        except zlib.error as error:
            self._member = None
            raise CaptureDamaged(f"a part cannot be unpacked: {error}") from error
        self._packed = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
        if self._member.eof:
            self._member = None
