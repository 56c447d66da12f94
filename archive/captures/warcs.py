"""Reads WARC files that anybody wrote (ISO 28500 1.0 and 1.1), record by record, whatever is wrong with them.

warcio refuses files packed as one gzip member, stops at the first damage, and holds a header line of any length.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO

from archive.captures.response import CapturedResponse
from archive.captures.stream import Unpacked
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
    stream = Unpacked(file)
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


def _next(stream: Unpacked, most: int) -> WarcRecord | None:
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


def _record(stream: Unpacked, line: bytes, offset: int, alone: bool, most: int) -> WarcRecord:
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


def _skip_end(stream: Unpacked) -> None:
    """Pass over the two empty lines behind a record, where they are."""
    for _ in range(2):
        if stream.member_ends():
            return
        line = stream.line(_MOST_LINE)
        if line.strip():
            stream.put_back(line)
            return


def _fields(stream: Unpacked) -> dict[str, str]:
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


def _find_next(stream: Unpacked) -> None:
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
