"""Erase records of a capture file: a record of the same length takes the place of each, so that no other one moves.

The rows of all other records stay right, and a killed erasure can simply be repeated: it writes the same bytes.
"""

import os
import struct
import uuid
import zlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive.captures.warc_reader import WarcRecord, read_records
from archive.captures.warc_writer import date_text, digest_text
from archive.home import flush_to_disk
from news.errors import CaptureDamaged
from news.urls import page_key

_STEP = 1 << 22
_GZIP_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\x03"
_MOST_STORED = 0xFFFF  # bytes in a block of deflate that is not packed
_BLOCK_HEAD, _GZIP_ENDS = 5, 18  # bytes


@dataclass(frozen=True, slots=True)
class ErasedRange:
    """A record that is to be erased: its place in the file, in bytes, and when that was ordered."""

    offset: int
    length: int
    at: datetime


def ranges_to_erase(
    path: Path, ordered: Iterable[ErasedRange], url_keys: Collection[int], kept: Collection[int]
) -> list[ErasedRange]:
    """Return the *ordered* records and what belongs to them in the file: their requests, redirects on the way.

    *url_keys* are the keys of the addresses that were removed, *kept* the offsets of records that rows point at.
    """
    by_offset = {each.offset: each for each in ordered}
    latest = max(each.at for each in by_offset.values())
    with path.open("rb") as file:
        records = [record for record in read_records(file, 0) if record.length]
    ids = set()
    for record in records:
        if record.offset in by_offset or (_is_of(record, url_keys) and record.offset not in kept):
            ids.add(record.id)
    gone = {record.offset: record.length or 0 for record in records if _belongs(record, ids)}
    extra = [ErasedRange(offset, length, latest) for offset, length in gone.items() if offset not in by_offset]
    return sorted([*by_offset.values(), *extra], key=lambda each: each.offset)


def erase_in(path: Path, ranges: Iterable[ErasedRange], target: Path) -> None:
    """Write the file at *path* to *target*, flushed to disk, with a record that says nothing in place of each range."""
    with path.open("rb") as source, target.open("wb") as copy:
        for each in ranges:
            _copy(source.fileno(), copy.fileno(), each.offset - os.lseek(copy.fileno(), 0, os.SEEK_CUR))
            os.write(copy.fileno(), tombstone(path.name, each))
            os.lseek(source.fileno(), each.length, os.SEEK_CUR)
        _copy(source.fileno(), copy.fileno(), os.fstat(source.fileno()).st_size)
    flush_to_disk(target)


def tombstone(file: str, erased: ErasedRange) -> bytes:
    """Return a WARC record, packed as gzip, that takes exactly the room of the erased one.

    Raises CaptureDamaged where not even its head has room: no whole record can be that short.
    """
    room = erased.length - _GZIP_ENDS
    blocks = -(-room // (_MOST_STORED + _BLOCK_HEAD))
    size = room - blocks * _BLOCK_HEAD
    head_size = len(_head(file, erased, b""))
    if size < head_size + 4:
        raise CaptureDamaged(f"{file} at byte {erased.offset}: {erased.length} bytes are no record")
    block = bytes(size - head_size - 4)
    record = _head(file, erased, block) + block + b"\r\n\r\n"
    return _GZIP_HEAD + b"".join(_stored(record, blocks)) + struct.pack("<II", zlib.crc32(record), len(record))


def _head(file: str, erased: ErasedRange, block: bytes) -> bytes:
    lines = [
        "WARC/1.1",
        "WARC-Type: metadata",
        f"WARC-Record-ID: <urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{file}@{erased.offset}')}>",
        f"WARC-Date: {date_text(erased.at)}",
        f"WARC-Block-Digest: {digest_text(block)}",
        "Content-Type: application/x-removed",
        f"Content-Length: {len(block):010d}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _stored(data: bytes, blocks: int) -> Iterator[bytes]:
    """Yield *data* as so many blocks of deflate that are not packed, so that the length is known."""
    step = -(-len(data) // blocks)
    for number in range(blocks):
        piece = data[number * step : (number + 1) * step]
        yield struct.pack("<BHH", number + 1 == blocks, len(piece), len(piece) ^ 0xFFFF) + piece


def _copy(source: int, target: int, size: int) -> None:
    while size > 0 and (piece := os.read(source, min(size, _STEP))):
        os.write(target, piece)
        size -= len(piece)


def _is_of(record: WarcRecord, url_keys: Collection[int]) -> bool:
    return record.url is not None and record.kind in ("response", "revisit") and page_key(record.url) in url_keys


def _belongs(record: WarcRecord, ids: Collection[str]) -> bool:
    answer = record.fields.get("warc-concurrent-to", "").strip("<> ").removeprefix("urn:uuid:")
    return record.id in ids or (record.kind == "request" and answer in ids)
