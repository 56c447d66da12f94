"""Read WARC records: our own at their place, and any file record by record, whatever is wrong with it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from archive.captures.object_store import place_in, read_range
from archive.captures.response import CapturedResponse
from archive.home import Home
from news.errors import CaptureDamaged

READABLE = frozenset({"response", "revisit"})
_MOST_LINE = 1 << 16
_MOST_FIELDS = 500
_MOST_HEAD = 1 << 18  # of HTTP
_VERSION = re.compile(rb"WARC/[01]\.\d+\s*")
_STATUS = re.compile(r"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?:[ \t]+(.*))?")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\n]{0,1000})?\r?\n")
_DATE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?Z")


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """A record as it lies in the file. `kind` is its WARC-Type, "damaged" for a place that holds no whole record.

    `fields` have small names. `block` is None for what nobody reads: other kinds, and more than the bytes asked for.
    `length` is None where the record cannot be read from its `offset` alone.
    """

    kind: str
    fields: Mapping[str, str]
    block: bytes | None
    offset: int
    length: int | None = None

    @property
    def id(self) -> str:
        """What the file calls it."""
        return _bare(self.fields.get("warc-record-id", "")).removeprefix("urn:uuid:") or f"byte {self.offset}"

    @property
    def url(self) -> str | None:
        """The address that was asked for. wget puts it in angle brackets."""
        return _bare(self.fields.get("warc-target-uri", "")) or None

    @property
    def captured_at(self) -> datetime | None:
        """When, in whole seconds as our own records have it; None when it is not said or no time."""
        return warc_time(self.fields.get("warc-date"))


def read_records(file: BinaryIO, most: int) -> Iterator[WarcRecord]:
    """Every record, in order; the block of responses and revisits of up to *most* bytes with it."""
    stream = ByteStream(file)
    while (record := _next(stream, most)) is not None:
        yield record


def warc_time(text: str | None) -> datetime | None:
    """A time as WARC writes it, in whole seconds; None for anything else."""
    found = _DATE.fullmatch(text or "")
    try:
        return datetime.fromisoformat(found[1]).replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def response_in(record: WarcRecord) -> CapturedResponse | None:
    """The HTTP answer that a record holds, its chunks undone; None when there is none or no time.

    A revisit has the head of the answer, or nothing at all.
    """
    at, block = record.captured_at, record.block
    if at is None or block is None or record.url is None:
        return None
    end = _HEAD_END.search(block, 0, _MOST_HEAD)
    head, body = (block[: end.start()], block[end.end() :]) if end else (block[:_MOST_HEAD], b"")
    status, *lines = head.decode("latin-1").replace("\r\n", "\n").split("\n")
    found = _STATUS.match(status)
    if found is None:
        return (
            CapturedResponse(record.url, 304, (), b"", at) if record.kind == "revisit" and not block.strip() else None
        )
    headers = tuple(_headers(lines))
    chunked = any(name.lower() == "transfer-encoding" and "chunked" in value.lower() for name, value in headers)
    whole = _without_chunks(body) if chunked else body
    ip = record.fields.get("warc-ip-address")
    return CapturedResponse(record.url, int(found[1]), headers, whole, at, (found[2] or "").strip(), ip=ip)


def is_cut(record: WarcRecord, response: CapturedResponse) -> bool:
    """Whether only the beginning of the body was kept: the record says so, or the answer promised more."""
    promised = response.header("content-length") or ""
    short = promised.isdecimal() and promised.isascii() and len(promised) < 19 and int(promised) > len(response.body)
    plain = response.header("content-encoding") is None and response.header("transfer-encoding") is None
    return "warc-truncated" in record.fields or (short and plain)


def _next(stream: ByteStream, most: int) -> WarcRecord | None:
    offset = 0
    try:
        while True:
            offset, alone = stream.place()
            line = stream.line(_MOST_LINE)
            if not line:
                return None
            if line.strip():
                break
        return _record(stream, line, offset, alone, most)
    except CaptureDamaged as error:
        fields = {"problem": str(error)}
        _find_next(stream)
        return WarcRecord("damaged", fields, None, offset)


def _record(stream: ByteStream, line: bytes, offset: int, alone: bool, most: int) -> WarcRecord:
    if not _VERSION.fullmatch(line):
        raise CaptureDamaged("no record begins here")
    fields = _fields(stream)
    size = fields.get("content-length", "")
    if not (size.isdecimal() and size.isascii() and len(size) < 19):
        raise CaptureDamaged("a record of no stated length")
    kind = fields.get("warc-type", "").lower()
    if kind in READABLE and int(size) <= most:
        block: bytes | None = stream.read(int(size))
        whole = len(block or b"") == int(size)
    else:
        block, whole = None, stream.skip(int(size))
    if not whole:
        raise CaptureDamaged("the file ends in the middle of a record")
    _skip_end(stream)
    end = stream.member_ends()
    return WarcRecord(kind, fields, block, offset, end - offset if alone and end else None)


def _skip_end(stream: ByteStream) -> None:
    """Pass over the two empty lines behind a record, where they are."""
    for _ in range(2):
        if stream.member_ends():
            return
        line = stream.line(_MOST_LINE)
        if line.strip():
            stream.put_back(line)
            return


def _fields(stream: ByteStream) -> dict[str, str]:
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


def _find_next(stream: ByteStream) -> None:
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


def _bare(text: str) -> str:
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
    """The body with its chunks joined; as it is where it has none: many tools undo them and leave the header."""
    pieces, place = [], 0
    while found := _CHUNK.match(body, place):
        size = int(found[1], 16)
        pieces.append(body[found.end() : found.end() + size])
        place = found.end() + size
        if not size or place >= len(body):
            break
        place += 2 if body[place : place + 2] == b"\r\n" else 1
    else:
        return b"".join(pieces) if pieces else body
    return b"".join(pieces)


_GZIP_MAGIC = b"\x1f\x8b"
_MEMBER_START = b"\x1f\x8b\x08"
_STEP = 1 << 16


class ByteStream:
    """Reads forward only. gzip may come as one member for each record, as one for all, or not at all.

    Raises CaptureDamaged where the stream cannot be unpacked; `skip_damage` goes on behind that place.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._packed = b""  # read and not unpacked yet
        self._buffer = b""  # unpacked and not asked for yet
        self._taken = 0  # bytes read from the file
        self._member: zlib._Decompress | None = None
        self._member_start = 0
        self._of_member = 0  # bytes of it that were asked for
        self._read_more()
        self._is_gzip = self._packed.startswith(_GZIP_MAGIC)

    def line(self, most: int) -> bytes:
        """The next line, its end included, or the first *most* bytes of it; empty at the end."""
        while (end := self._buffer.find(b"\n")) < 0 and len(self._buffer) < most and self._unpack():
            pass
        return self._take(min(end + 1 if end >= 0 else len(self._buffer), most))

    def read(self, number: int) -> bytes:
        """So many bytes, fewer at the end."""
        pieces, wanted = [], number
        while wanted and (self._buffer or self._unpack()):
            pieces.append(self._take(wanted))
            wanted -= len(pieces[-1])
        return b"".join(pieces)

    def skip(self, number: int) -> bool:
        """Pass over so many bytes without holding them; False when there were fewer."""
        while number and (self._buffer or self._unpack()):
            number -= len(self._take(number))
        return not number

    def put_back(self, data: bytes) -> None:
        """Let *data*, which was just taken, be taken again."""
        self._buffer = data + self._buffer
        self._of_member -= len(data)

    def place(self) -> tuple[int, bool]:
        """Where in the file as it lies the next byte is, and whether a record can be read from there alone."""
        if not self._is_gzip:
            return self._taken - len(self._packed) - len(self._buffer), True
        while not self._buffer and self._unpack():
            pass
        if not self._buffer:
            return self._taken, True
        return self._member_start, not self._of_member

    def member_ends(self) -> int | None:
        """Where the gzip member ends of which everything was taken; None where there is more of it, or none."""
        while self._member and not self._buffer:
            self._unpack()
        over = self._is_gzip and not self._member and not self._buffer
        return self._taken - len(self._packed) if over else None

    def skip_damage(self) -> bool:
        """Go on at the next gzip member behind a place that could not be unpacked; False when there is none."""
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
        self._of_member += len(data)
        return data

    def _read_more(self) -> bool:
        data = self._file.read(_STEP)
        self._taken += len(data)
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
        self._member_start = self._taken - len(self._packed)
        self._member, self._of_member = zlib.decompressobj(31), 0
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


def read_record(home: Home, file: str, offset: int, length: int) -> CapturedResponse:
    """The response whose record lies there; a revisit comes without body. Digests are checked.

    *file* is a name below NEWSKEEP_HOME/captures or the URL of a file in an object store. Raises CaptureDamaged when
    there is no whole record, StoreUnavailable when the store does not answer.
    """
    from warcio.exceptions import ArchiveLoadFailed  # not at the top: most crawls read no record, and it takes 70 ms

    where = f"{file} at byte {offset}"
    data = _read_bytes(home, file, offset, length, where)
    try:
        return _parse(data, where)
    except (ArchiveLoadFailed, ValueError, EOFError, OSError, zlib.error, AttributeError) as error:
        raise CaptureDamaged(f"{where} is no whole record: {error}") from error


def _read_bytes(home: Home, file: str, offset: int, length: int, where: str) -> bytes:
    """From the copy here as long as there is one, else from the store: a file may be handed over at this moment."""
    name, store = file.rpartition("/")[2], home.settings["CAPTURE_STORE"]
    place = file if "://" in file else place_in(store, name) if store else None
    try:
        data = _read_here(home.captures / name, offset, length)
    except OSError as error:
        if not place:
            raise CaptureDamaged(f"{where} cannot be read: {error.strerror}", "newskeep doctor") from error
        data = read_range(place, offset, length)
    if len(data) < length:
        raise CaptureDamaged(f"{where} has {len(data)} of {length} bytes")
    return data


def _read_here(path: Path, offset: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(length)


def _parse(data: bytes, where: str) -> CapturedResponse:
    from warcio.archiveiterator import ArchiveIterator

    record = next(iter(ArchiveIterator(BytesIO(data), check_digests=True)), None)
    if record is None or record.rec_type not in ("response", "revisit"):
        raise CaptureDamaged(f"{where} holds no response")
    body = record.raw_stream.read()
    if record.digest_checker.passed is False:
        raise CaptureDamaged(f"{where}: {'; '.join(record.digest_checker.problems)}")
    head, fields = record.http_headers, record.rec_headers
    status, _, reason = head.statusline.partition(" ")
    return CapturedResponse(
        url=fields.get_header("WARC-Target-URI"),
        status=int(status),
        headers=tuple(head.headers),
        body=body,
        captured_at=_time(fields.get_header("WARC-Date")),
        reason=reason,
        ip=fields.get_header("WARC-IP-Address"),
    )


def _time(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
