"""A record that says nothing takes exactly the room of the one that was erased."""

import zlib
from datetime import UTC, datetime
from io import BytesIO

import pytest

from archive.captures.erase import ErasedRange, tombstone
from archive.captures.warc_reader import read_records
from news.errors import CaptureDamaged

AT = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("length", [350, 351, 352, 3_000, 65_550, 65_558, 65_563, 65_564, 131_089, 131_103, 700_001])
def test_a_tombstone_fills_its_room(length: int) -> None:
    record = tombstone("a.warc.gz", ErasedRange(77, length, AT))

    assert len(record) == length
    stream = zlib.decompressobj(31)
    assert stream.decompress(record).startswith(b"WARC/1.1\r\nWARC-Type: metadata\r\n")
    assert stream.eof
    assert stream.unused_data == b""
    assert [found.length for found in read_records(BytesIO(record * 2), 0)] == [length, length]
    assert tombstone("a.warc.gz", ErasedRange(77, length, AT)) == record


def test_what_is_too_short_for_any_record_is_left_alone() -> None:
    with pytest.raises(CaptureDamaged, match="no record"):
        tombstone("a.warc.gz", ErasedRange(77, 100, AT))
