"""Bodies are unpacked as their headers say, up to a limit."""

import contextlib
import gzip
import zlib

import brotli
import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.captures.response import decode, decode_beginning
from news.errors import CaptureDamaged
from tests.archive.captures.responses import HTML


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("", HTML),
        ("identity", HTML),
        ("gzip", gzip.compress(HTML)),
        ("gzip", HTML),  # announced, but not packed
        ("x-gzip", gzip.compress(HTML[:100]) + gzip.compress(HTML[100:])),
        ("deflate", zlib.compress(HTML)),
        ("deflate", zlib.compress(HTML)[2:-4]),  # raw
        ("br", brotli.compress(HTML)),
        ("zstd", zstd.compress(HTML)),
        ("deflate, gzip", gzip.compress(zlib.compress(HTML))),
    ],
)
def test_packed_body_is_unpacked(encoding: str, body: bytes) -> None:
    assert decode(body, encoding, len(HTML)) == HTML


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, brotli.compress, zstd.compress])
def test_body_that_unpacks_to_too_much_is_refused(pack: object) -> None:
    encoding = {gzip.compress: "gzip", zlib.compress: "deflate", brotli.compress: "br", zstd.compress: "zstd"}[pack]
    with pytest.raises(CaptureDamaged, match="more than 1000 bytes"):
        decode(pack(b"0" * 5_000_000), encoding, 1000)


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_of_a_packed_body_that_is_cut_off_or_too_large_the_beginning_counts(pack: object) -> None:
    encoding = {gzip.compress: "gzip", zlib.compress: "deflate"}[pack]
    assert decode_beginning(pack(HTML), encoding, 100) == HTML[:100]
    assert HTML.startswith(decode_beginning(pack(HTML)[:-20], encoding, 100_000))
    assert decode_beginning(HTML, "gzip", 100_000) == HTML
    with pytest.raises(CaptureDamaged):
        decode_beginning(b"\x1f\x8bno stream", encoding, 100)


@settings(max_examples=40)
@given(st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, gzip, gzip, gzip"]), st.binary(max_size=200))
def test_any_bytes_are_unpacked_or_refused(encoding: str, body: bytes) -> None:
    for data in (body, gzip.compress(HTML)[: len(body)] + body):
        with contextlib.suppress(CaptureDamaged):
            assert len(decode(data, encoding, 10_000)) <= 10_000
