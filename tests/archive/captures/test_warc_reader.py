"""The reader of other programs' WARC files, on files that are damaged at random."""

import gzip
import io
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.captures.warc_reader import READABLE, WarcRecord, read_records, response_in
from archive.captures.warc_values import warc_time


def record(number: int) -> bytes:
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + b"<p>%d</p>" % number * 50
    head = f"WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/{number}\r\n"
    head += f"WARC-Date: 2026-10-01T08:00:{number:02d}.123456Z\r\nContent-Length: {len(block)}\r\n\r\n"
    return head.encode() + block + b"\r\n\r\n"


PLAIN = [record(number) for number in range(4)]
FILES = [b"".join(PLAIN), gzip.compress(b"".join(PLAIN)), b"".join(map(gzip.compress, PLAIN))]


ARC = b"".join(
    b"https://a.example/%d 192.0.2.1 20261001080000 text/html %d\n%s\n" % (number, len(block), block)
    for number, block in enumerate([b"HTTP/1.1 200 OK\r\n\r\n<p>1</p>" * 9, b"", b"HTTP/1.0 404 No\n\n"])
)


def read(data: bytes, most: int = 10_000) -> list[WarcRecord]:
    return list(read_records(io.BytesIO(data), most))


def test_file_is_read_alike_however_it_is_packed() -> None:
    for data in FILES:
        answers = [response_in(item) for item in read(data)]
        assert [answer and (answer.url[-1], answer.status, answer.captured_at.second) for answer in answers] == [
            (str(number), 200, number) for number in range(4)
        ]


def test_record_packed_by_itself_says_where_it_lies() -> None:
    for item, alone in zip(read(FILES[2]), PLAIN, strict=True):
        assert item.length
        assert gzip.decompress(FILES[2][item.offset : item.offset + item.length]) == alone
    assert {item.length for item in read(FILES[1])} == {None}


def test_damage_hides_no_later_record() -> None:
    for data in (FILES[0], FILES[2]):
        for place in range(2, len(data) // 2, 7):
            broken = data[:place] + b"\xff\xff" + data[place + 2 :]
            assert [item.url for item in read(broken)][-1:] == ["https://a.example/3"]


@given(
    st.sampled_from([*FILES, ARC, gzip.compress(ARC)]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 200), st.binary(max_size=40)), max_size=4),
    st.integers(0, 2000),
)
def test_any_file_is_read_to_its_end(data: bytes, edits: list[tuple[float, int, bytes]], most: int) -> None:
    for where, gone, new in edits:
        place = int(where * len(data))
        data = data[:place] + new + data[place + gone :]
    for item in read(data, most):
        assert item.kind in READABLE or item.block is None
        assert item.block is None or len(item.block) <= most
        response_in(item)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2014", "2014-01-01T00:00:00"),
        ("2014-02", "2014-02-01T00:00:00"),
        ("2014-02-03", "2014-02-03T00:00:00"),
        ("2014-02-03T04:05Z", "2014-02-03T04:05:00"),
        ("2014-02-03T04:05:06+01:00", "2014-02-03T03:05:06"),
        ("2014-02-03T04:05:06.123456789Z", "2014-02-03T04:05:06"),
        ("20140203040506", "2014-02-03T04:05:06"),
    ],
)
def test_each_form_of_time_in_warc_and_arc_is_read(text: str, time: str) -> None:
    assert warc_time(text) == datetime.fromisoformat(f"{time}+00:00")


def test_invalid_time_is_no_time() -> None:
    wrong = (None, "", "2026-02-30T00:00:00Z", "2026-1-1", "9" * 14, "9" * 99, "9999-12-31T23:59:59-23:00", "٢٠١٤")
    assert [warc_time(text) for text in wrong] == [None] * len(wrong)
