"""Undoes content-encoding, within a bound: a small body may unpack to gigabytes."""

import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import brotli  # type: ignore[import-untyped]
from backports import zstd

from news.errors import BodyTooLarge, CaptureDamaged

_MOST_LAYERS = 3
_STEP = 1 << 18
_GZIP_MAGIC = b"\x1f\x8b"
_BROKEN = (zlib.error, brotli.error, zstd.ZstdError, EOFError, ValueError, OSError)


def decode(body: bytes, encodings: str, limit: int) -> bytes:
    """The body with the *encodings* of its header undone, last first; a name we do not know leaves it as it is.

    Raises CaptureDamaged when the body is broken, BodyTooLarge when it gives more than *limit* bytes.
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
        return body  # servers announce gzip and send plain text
    unpacked = b""
    while body.startswith(_GZIP_MAGIC):
        stream = zlib.decompressobj(31)
        unpacked += _inflate(stream, body, limit - len(unpacked))
        body = stream.unused_data
    return unpacked


def _deflate(body: bytes, limit: int) -> bytes:
    try:
        return _inflate(zlib.decompressobj(), body, limit)
    except zlib.error:
        return _inflate(zlib.decompressobj(-zlib.MAX_WBITS), body, limit)  # raw, as old servers send it


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
