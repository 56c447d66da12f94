"""A captured response, the place of its record, and its body decoded within a limit."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

import brotli  # type: ignore[import-untyped]
from backports import zstd
from w3lib.encoding import http_content_type_encoding

from news.errors import BodyTooLarge, CaptureDamaged

_MOST_LAYERS = 3
_STEP = 1 << 18
_GZIP_MAGIC = b"\x1f\x8b"
_ANY_ZLIB_HEADER = 47  # of zlib or gzip, whichever the stream has
_BROKEN = (zlib.error, brotli.error, zstd.ZstdError, EOFError, ValueError, OSError)

ANNOUNCED = "Newskeep-Announced"  # a field of our own: a page without a date is read again with that of its feed

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CapturedResponse:
    """A response as it arrived: headers in order, the body with its content-encoding but without transfer-encoding.

    Headers are decoded as Latin-1, which keeps every byte.
    """

    url: str
    status: int
    headers: Headers
    body: bytes
    captured_at: datetime  # with its zone
    reason: str = ""
    protocol: str = "HTTP/1.1"
    method: str = "GET"
    request_headers: Headers = ()
    ip: str | None = None
    announced_at: datetime | None = None  # of the page, as its feed or sitemap said

    def header(self, name: str) -> str | None:
        """Return all values of a header, joined by commas; None when it was not sent."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return ", ".join(values) if values else None

    @property
    def charset(self) -> str | None:
        """The encoding that the Content-Type header names, as Python calls it; None without one."""
        return http_content_type_encoding(self.header("content-type"))

    def decoded_body(self, limit: int = 64_000_000) -> bytes:
        """Return the body without its content-encoding (gzip, deflate, br, zstd).

        Raises CaptureDamaged when it cannot be decoded, BodyTooLarge when it gives more than *limit* bytes.
        """
        return decode(self.body, self.header("content-encoding") or "", limit)


@dataclass(frozen=True, slots=True)
class Original:
    """An earlier capture with the same body, which a revisit record refers to."""

    capture_id: int
    url: str
    captured_at: datetime


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """The place of a response's record: `file` below NEWSKEEP_HOME/captures or a whole path, offset, length in bytes.

    `digest` (sha256) and `size` are of the body as received, `record_digest` of the record's bytes in the file (None
    for a record that another program wrote), `stated_digest` the one of the body that an imported file states.
    """

    file: str
    offset: int
    length: int
    digest: bytes
    size: int
    url: str
    status: int
    content_type: str | None
    captured_at: datetime
    revisit_of: int | None = None
    record_digest: bytes | None = None
    stated_digest: bytes | None = None


@dataclass(frozen=True, slots=True)
class Redirect:
    """The record of an answer that leads from its address to `location`."""

    record: StoredRecord
    location: str


def decode_beginning(body: bytes, encodings: str, limit: int) -> bytes:
    """Return the first *limit* bytes of a body that may break off or unpack to more.

    Raises CaptureDamaged for a broken body, and for one that breaks off in another encoding than gzip and deflate.
    """
    try:
        return decode(body, encodings, limit)
    except CaptureDamaged:
        if encodings.strip().lower() not in ("gzip", "x-gzip", "deflate"):
            raise
    try:
        return zlib.decompressobj(_ANY_ZLIB_HEADER).decompress(body, limit)
    except zlib.error as error:
        raise CaptureDamaged(f"the body is no {encodings} stream: {error}") from error


def decode(body: bytes, encodings: str, limit: int) -> bytes:
    """Undo the content-encodings that *encodings* names, last first; unknown names are ignored.

    The limit is checked while unpacking: a small body may hold gigabytes. Raises CaptureDamaged for a broken body,
    BodyTooLarge when it gives more than *limit* bytes.
    """
    names = [name.strip().lower() for name in encodings.split(",") if name.strip()]
    if len(names) > _MOST_LAYERS:
        raise CaptureDamaged(f"the body is packed {len(names)} times")
    for name in reversed(names):
        undo = _DECODERS.get(name)
        try:
            body = undo(body, limit) if undo and body else body
        except _BROKEN as error:
            raise CaptureDamaged(f"the body is no whole {name} stream: {error}") from error
    return body


def _gzip(body: bytes, limit: int) -> bytes:
    if not body.startswith(_GZIP_MAGIC):
        return body  # some servers announce gzip and send plain text
    unpacked = b""
    while body.startswith(_GZIP_MAGIC):
        stream, room = zlib.decompressobj(31), limit - len(unpacked)
        try:
            unpacked += _inflate(stream, body, room)
        except EOFError:  # perhaps only the checksum is missing, which browsers forgive
            return unpacked + _inflate(zlib.decompressobj(-zlib.MAX_WBITS), body[_gzip_header_length(body) :], room)
        body = stream.unused_data
    return unpacked


def _gzip_header_length(body: bytes) -> int:
    """Length of the header of a gzip member (RFC 1952): ten bytes, and the optional parts that its flags name."""
    flags, end = body[3], 10
    if flags & 4:
        end += 2 + int.from_bytes(body[end : end + 2], "little")
    for flag in (8, 16):  # file name and comment, each ended by a NUL
        if flags & flag:
            end = body.index(b"\0", end) + 1
    return end + (2 if flags & 2 else 0)


def _deflate(body: bytes, limit: int) -> bytes:
    try:
        return _inflate(zlib.decompressobj(), body, limit)
    except EOFError:
        return _inflate(zlib.decompressobj(-zlib.MAX_WBITS), body[2:], limit)  # perhaps only the checksum is missing
    except zlib.error:
        return _inflate(zlib.decompressobj(-zlib.MAX_WBITS), body, limit)  # old servers send raw deflate


def _inflate(stream: Any, body: bytes, limit: int) -> bytes:
    unpacked: bytes = stream.decompress(body, limit + 1)
    _within(len(unpacked), limit)
    if not stream.eof:
        raise EOFError("it ends too early")
    return unpacked


def _brotli(body: bytes, limit: int) -> bytes:
    stream, pieces, size = brotli.Decompressor(), [], 0
    for start in range(0, len(body), _STEP):
        pieces.append(stream.process(body[start : start + _STEP], output_buffer_limit=limit + 1 - size))
        size += len(pieces[-1])
        _within(size, limit)
    if not stream.is_finished():
        raise EOFError("it ends too early")
    return b"".join(pieces)


def _zstd(body: bytes, limit: int) -> bytes:
    with zstd.ZstdFile(BytesIO(body)) as stream:
        unpacked: bytes = stream.read(limit + 1)
    _within(len(unpacked), limit)
    return unpacked


def _within(size: int, limit: int) -> None:
    if size > limit:
        raise BodyTooLarge(f"the body unpacks to more than {limit} bytes")


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
