"""Read the heads of answers as forgivingly as browsers do, before a strict parser sees them."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from aiohttp.client_proto import ResponseHandler
from scrapy.http import Response

MAX_HEAD_BYTES = 262_144  # what Chrome takes: content security policies of 20 KiB, 400 cookies
_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"HTTP/\d\.\d[ \t]+(\d)\d\d(?!\d)")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROLS = re.compile(rb"[\x01-\x08\x0a-\x1f\x7f]")  # a NUL is refused, as browsers do
_NO_HEAD = b"a head that is too long\r\n\r\n"  # the parser refuses it
HeaderField = tuple[bytes, bytes]


class ForgivingProtocol(ResponseHandler):
    """aiohttp's protocol, which gets each head repaired. `head` is the last one, as it was parsed.

    After a repair the connection is not used again: its body may not end where it seems to.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.head = b""
        self._unread = bytearray()
        self._in_head = True

    def set_response_params(self, **params: Any) -> None:
        """Expect the answer to a new request."""
        self._in_head = True
        super().set_response_params(**params)

    def data_received(self, data: bytes) -> None:
        """Hold back what arrives until the head is complete."""
        if not self._in_head or self._parser is None:
            super().data_received(data)
            return
        searched = max(0, len(self._unread) - 3)
        self._unread += data if self._unread else data.lstrip(b"\r\n")
        end = _END.search(self._unread, searched)
        if end is None and len(self._unread) <= MAX_HEAD_BYTES:
            return
        received, self._unread = bytes(self._unread), bytearray()
        status = _STATUS.match(received)
        if end is None or status is None:
            self._in_head = False
            super().data_received(received if status is None else _NO_HEAD)
            return
        self._in_head = status[1] == b"1"  # 100 Continue and the like: the answer follows
        self._pass_on(received[: end.start()], received[end.end() :])

    def _pass_on(self, head: bytes, rest: bytes) -> None:
        self.head = repaired(head)
        super().data_received(self.head + b"\r\n\r\n")
        if self.head != head:
            self.force_close()
        if rest:
            self.data_received(rest)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Hand on a head without an end, which the parser refuses."""
        received, self._unread, self._in_head = bytes(self._unread), bytearray(), False
        if received:
            super().data_received(received)
        super().connection_lost(exc)


def repaired(head: bytes) -> bytes:
    """Return *head* with one valid header a line.

    Folded lines are joined. Lines without a colon or with an invalid name are dropped, and so are control characters,
    repeated lengths, lengths beside chunks, and lengths that are no number.
    """
    status, *lines = re.split(rb"\r?\n", head)
    kept = _with_one_length([field for line in _unfolded(lines) if (field := _field(line))])
    return b"\r\n".join([_CONTROLS.sub(b" ", status), *(name + b": " + value for name, value in kept)])


def fields_of(head: bytes) -> tuple[bytes, list[HeaderField]]:
    """Return the status line of a repaired head, and its headers in their order."""
    status, *lines = head.split(b"\r\n")
    return status, [field for line in lines if (field := _field(line))]


def _unfolded(lines: Iterable[bytes]) -> list[bytes]:
    joined: list[bytes] = []
    for line in lines:
        if not line.startswith((b" ", b"\t")):
            joined.append(line)
        elif joined:
            joined[-1] += b" " + line.strip()
    return joined


def _field(line: bytes) -> HeaderField | None:
    name, colon, value = line.partition(b":")
    name = name.rstrip(b" \t")
    return (name, _CONTROLS.sub(b"", value).strip(b" \t")) if colon and _NAME.fullmatch(name) else None


def _with_one_length(fields: list[HeaderField]) -> Iterator[HeaderField]:
    chunked = any(name.lower() == b"transfer-encoding" and b"chunked" in value.lower() for name, value in fields)
    seen: set[bytes] = set()
    for name, value in fields:
        if name.lower() == b"transfer-encoding" and not chunked:
            continue  # "identity": the body is sent as it is
        if name.lower() == b"content-length":
            lengths = set(re.split(rb"[ \t]*,[ \t]*", value)) - seen
            if chunked or not lengths or not all(map(bytes.isdigit, lengths)):
                continue
            seen |= lengths  # a second one that differs stays: the answer is refused
            yield from ((name, length) for length in lengths)
        else:
            yield name, value


def header(response: Response, name: str) -> str | None:
    """Return the first 1000 characters of a header of the answer; None when it is missing."""
    value = response.headers.get(name)
    return value.decode("latin-1")[:1000] if value else None
