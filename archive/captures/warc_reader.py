"""Read WARC records (ISO 28500 1.0 and 1.1) and those of ARC, its forerunner: one at its place, or all of a file.

A file may be damaged: reading goes on behind the place.

Written by hand, since no library reads on behind a damaged place (docs/decisions/0055-warc-reader.md).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from archive.captures.object_store import place_in, read_range
from archive.captures.response import ANNOUNCED, CapturedResponse
from archive.captures.warc_stream import UnpackedStream
from archive.captures.warc_values import read_digest, warc_time
from archive.home import Home
from news.errors import CaptureDamaged

READABLE = frozenset({"response", "revisit", "resource"})
_ANY_SIZE = 1 << 62
_MOST_LINE = 1 << 16
_MOST_FIELDS = 500
_MOST_HEAD = 1 << 18  # of HTTP
_VERSION = re.compile(rb"WARC/[01]\.\d+\s*")
# The head of a record in ARC: address, IP address, time, type, in version 2 more, and length (IA 1996).
_ARC_HEAD = re.compile(
    rb"([A-Za-z][A-Za-z0-9+.-]{1,20}:\S*) ([0-9A-Fa-f.:]{1,45}|-) (\d{8,17}) ((?:\S+ ){1,9}?)(\d{1,18})\s*"
)
_STATUS = re.compile(r"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?:[ \t]+(.*))?")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\n]{0,1000})?\r?\n")


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """A record of a WARC or ARC file.

    `kind` is its WARC-Type, or "damaged" for a place without a whole record. Names in `fields` are lower case; a record
    of ARC has those that WARC would have. `block` is None for kinds that are not READABLE and for blocks over the size
    limit. `offset` and `length` are bytes of the file as it lies; `length` is None where the record cannot be read from
    its `offset` alone.
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

    *file* is a name below NEWSKEEP_HOME/captures, the path of a file elsewhere, or the URL of one in an object store.
    Raises CaptureDamaged when there is no whole record, StoreUnavailable when the store does not answer.
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
    if not block_is_whole(record):
        raise CaptureDamaged(f"{where}: the block does not have its digest")
    return record


def read_records(file: BinaryIO, max_bytes: int) -> Iterator[WarcRecord]:
    """Read every record in order, with the block of responses and revisits of up to *max_bytes* bytes."""
    stream = UnpackedStream(file)
    while (record := _next_record(stream, max_bytes)) is not None:
        yield record


def block_is_whole(record: WarcRecord) -> bool:
    """Whether the block has the digest that its record states; a digest of an unknown kind is not checked."""
    stated = read_digest(record.fields.get("warc-block-digest"))
    return stated is None or stated.is_of(record.block or b"")


def payload_digest(record: WarcRecord, response: CapturedResponse) -> bytes | None:
    """Return the digest of the body that the record states and the body has, as it lies or with its chunks joined."""
    stated, block = read_digest(record.fields.get("warc-payload-digest")), record.block or b""
    end = _HEAD_END.search(block, 0, _MOST_HEAD)
    bodies = (response.body, block[end.end() :] if end else b"")
    return stated.value if stated and any(map(stated.is_of, bodies)) else None


def response_in(record: WarcRecord) -> CapturedResponse | None:
    """Parse the HTTP response of a record and join its chunks; None without a response or a time.

    A revisit holds the head of the response, or nothing at all; a resource is what a page would be without any head.
    """
    at, block = record.captured_at, record.block
    if at is None or block is None or record.url is None:
        return None
    if record.kind == "resource":
        kind = record.fields.get("content-type", "application/octet-stream")
        return CapturedResponse(record.url, 200, (("Content-Type", kind),), block, at, "OK")
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
    elsewhere = file.startswith("/")
    name, store = file if elsewhere else file.rpartition("/")[2], home.settings["CAPTURE_STORE"]
    place = file if "://" in file else place_in(store, name) if store and not elsewhere else None
    try:
        data = _read_local(home.captures / name, offset, length)  # of what lies elsewhere, the path alone counts
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


# Records


def _next_record(stream: UnpackedStream, max_bytes: int) -> WarcRecord | None:
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


def _record(stream: UnpackedStream, line: bytes, offset: int, alone: bool, max_bytes: int) -> WarcRecord:
    fields = _fields(stream) if _VERSION.fullmatch(line) else _arc_fields(line)
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
    end = stream.plain_place()
    _skip_empty_lines(stream)
    end = end or stream.member_end()
    return WarcRecord(kind, fields, block, offset, end - offset if alone and end else None)


def _arc_fields(line: bytes) -> dict[str, str]:
    """Return the head of a record in ARC as the fields of one in WARC."""
    head = _ARC_HEAD.fullmatch(line)
    if head is None:
        raise CaptureDamaged("no record begins here")
    url, ip, time, more, size = (part.decode("utf-8", "replace") for part in head.groups())
    scheme = url.partition(":")[0].lower()
    kinds = {"filedesc": "warcinfo", "http": "response", "https": "response"}
    return {
        "warc-type": kinds.get(scheme, "resource"),
        "warc-target-uri": url,
        "warc-date": time,
        "warc-ip-address": ip,
        "content-type": more.split(" ", 1)[0],
        "content-length": size,
    }


def _fields(stream: UnpackedStream) -> dict[str, str]:
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


def _skip_empty_lines(stream: UnpackedStream) -> None:
    """Skip the two empty lines behind a record, where they are."""
    for _ in range(2):
        if stream.member_end():
            return
        line = stream.line(_MOST_LINE)
        if line.strip():
            stream.put_back(line)
            return


def _go_to_next_record(stream: UnpackedStream) -> None:
    """Go to where the next record seems to begin."""
    while True:
        try:
            line = stream.line(_MOST_LINE)
        except CaptureDamaged:
            if not stream.skip_damage():
                return
            continue
        if not line or _VERSION.fullmatch(line) or _ARC_HEAD.fullmatch(line):
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
