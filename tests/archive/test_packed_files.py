import gzip
import io
import zipfile

import pytest

from archive.captures.warc_reader import read_records
from archive.packed_files import CannotImport, Part, parts_of


def zipped(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


def test_bomb_in_a_zip_file_ends_as_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.packed_files._FREE_BYTES", 1 << 20)
    bomb = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 30000000\r\n\r\n" + b"0" * 30_000_000
    (part,) = parts_of(io.BytesIO(zipped("archive/data.warc", bomb)), "crawl.wacz")

    assert isinstance(part, Part)
    (record,) = read_records(part.file, 1_000_000)
    assert (record.kind, "500 times" in record.fields["problem"]) == ("damaged", True)


def test_beginning_of_a_packed_file_is_that_of_its_first_member_with_content() -> None:
    data = gzip.compress(b"") + gzip.compress(b"WARC/1.0\r\n") + gzip.compress(b"more")
    (part,) = parts_of(io.BytesIO(data), "crawl.warc.gz")

    assert isinstance(part, Part)
    assert part.beginning == b"WARC/1.0\r\n"


def test_member_that_cannot_be_opened_is_an_error_beside_the_others() -> None:
    data = bytearray(zipped("archive/data.warc", b"WARC/1.0\r\n"))
    data[data.index(b"PK\x01\x02") + 10] = 99  # a way to pack that does not exist
    (error,) = parts_of(io.BytesIO(bytes(data)), "crawl.wacz")

    assert isinstance(error, CannotImport)
    assert "crawl.wacz/archive/data.warc cannot be unpacked" in str(error)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"PK\x03\x04" + b"\0" * 100, "cannot be unpacked"),
        (zipped("index.html", b"<p>"), "without captures"),
        (b"\xfd7zXZ\0", "packed with xz"),
        (b"\x04\x22\x4d\x18" + b"\0" * 9, "cannot be unpacked"),
        (b"\x28\xb5\x2f\xfd" + b"\xff" * 9, "cannot be unpacked"),
        (b"\x5d\x2a\x4d\x18\xff\xff\xff\xff", "cannot be unpacked: a dictionary of 4294967295 bytes"),
    ],
)
def test_what_cannot_be_opened_says_why_in_one_line(data: bytes, problem: str) -> None:
    with pytest.raises(CannotImport, match=problem):
        list(parts_of(io.BytesIO(data), "x"))


def test_lz4_names_the_extra_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "lz4.frame", None)

    with pytest.raises(CannotImport) as refused:
        list(parts_of(io.BytesIO(b"\x04\x22\x4d\x18" + b"\0" * 9), "x"))
    assert "newskeep[lz4]" in str(refused.value.hint)
