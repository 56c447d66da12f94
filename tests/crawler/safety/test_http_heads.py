"""Heads that browsers forgive, through the guarded engine; and the repair itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.safety.http_heads import fields_of, repaired
from tests.crawler.test_fetch import fetch_one, home_at
from tests.raw_server import RawServer

OK = b"HTTP/1.1 200 OK\r\n"
BODY = b"Content-Length: 5\r\n\r\nhello"
FORGIVEN = {
    "a line without a colon": OK + b"this is no header\r\n" + BODY,
    "a folded line": OK + b"X-Folded: one\r\n\ttwo\r\n" + BODY,
    "a folded first line": OK + b" lost\r\n" + BODY,
    "a name that is not ASCII": OK + "Größe: 5\r\n".encode() + BODY,
    "a value that is not ASCII": OK + "X-Title: Größe\r\n".encode("latin-1") + BODY,
    "a blank before the colon": OK + b"X-Late : 1\r\n" + BODY,
    "a name with blanks": OK + b"X Two Words: 1\r\n" + BODY,
    "an empty name": OK + b": 1\r\n" + BODY,
    "a control character": OK + b"X-Bell: \x07\r\n" + BODY,
    "400 cookies": OK + b"".join(b"Set-Cookie: c%d=%s\r\n" % (n, b"x" * 100) for n in range(400)) + BODY,
    "a value of 100 KiB": OK + b"X-Long: " + b"x" * 100_000 + b"\r\n" + BODY,
    "line feeds alone": (OK + BODY).replace(b"\r\n", b"\n"),
    "no reason": b"HTTP/1.1 200\r\n" + BODY,
    "blank lines before the status": b"\r\n\r\n" + OK + BODY,
    "an equal second length": OK + b"Content-Length: 5\r\n" + BODY,
    "an equal length in a list": OK + b"Content-Length: 5, 5\r\n\r\nhello",
    "a length that is no number": OK + b"Content-Length: many\r\n\r\nhello",
    "a length beside chunks": OK + b"Content-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "an encoding that is none": OK + b"Transfer-Encoding: identity\r\n" + BODY,
    "early hints": b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nno colon\r\n\r\n" + OK + BODY,
}
REFUSED = {
    "no status": b"<html>hello</html>",
    "a NUL": OK + b"X-Nul: \0\r\n" + BODY,
    "two lengths": OK + b"Content-Length: 3\r\n" + BODY,
    "a head without end": OK + b"X-Long: x\r\n" * 40_000,
    "a head that breaks off": OK + b"X-Half",
}


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer() as server:
        yield server


@pytest.mark.parametrize("answer", FORGIVEN.values(), ids=FORGIVEN)
def test_what_browsers_forgive_is_read(tmp_path: Path, server: RawServer, answer: bytes) -> None:
    server.put("/a", answer)
    page = fetch_one(home_at(tmp_path), server.url("/a"))
    assert (page.error, page.body) == (None, b"hello")


@pytest.mark.parametrize("answer", REFUSED.values(), ids=REFUSED)
def test_what_browsers_refuse_has_a_reason(tmp_path: Path, server: RawServer, answer: bytes) -> None:
    server.put("/a", answer)
    assert fetch_one(home_at(tmp_path), server.url("/a")).error in {"bad_http", "connection_failed"}


def test_a_head_in_single_bytes_is_read(tmp_path: Path, server: RawServer) -> None:
    server.put("/a", *(bytes([byte]) for byte in OK + b"no colon\r\n" + BODY))
    assert fetch_one(home_at(tmp_path), server.url("/a")).body == b"hello"


def test_a_valid_head_stays_as_it_is() -> None:
    head = b"HTTP/1.1 200 OK\r\nserver: x\r\nSet-Cookie: a=1\r\nX-Empty: \r\nSet-Cookie: b=2\r\nContent-Length: 5"
    assert repaired(head) == head


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_repairing_twice_changes_nothing(lines: list[bytes]) -> None:
    once = repaired(b"\r\n".join([b"HTTP/1.1 200 OK", *lines]))
    assert repaired(once) == once
    status, fields = fields_of(once)
    assert status == b"HTTP/1.1 200 OK"
    assert all(b"\n" not in name + value for name, value in fields)
