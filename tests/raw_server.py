"""A server on loopback that sends exactly the bytes a test says, in pieces, or nothing at all."""

import socketserver
from collections.abc import Callable, Iterable

from tests.loopback import LoopbackServer

Pieces = Iterable[bytes]


class RawServer(LoopbackServer):
    """Answers each path with the pieces of `answers`, sent one by one; an unknown path gets a 404.

    `asked` holds the paths in order, `heads` the requests as they came. Use as a context manager.
    """

    def __init__(self) -> None:
        super().__init__(_handler(self))
        self.answers: dict[str, Callable[[], Pieces]] = {}
        self.asked: list[str] = []
        self.heads: list[bytes] = []

    def put(self, path: str, *pieces: bytes) -> None:
        """Send *pieces* at once."""
        self.answers[path] = lambda: pieces

    def put_page(
        self, path: str, body: str | bytes, head: bytes = b"Content-Type: text/html; charset=utf-8\r\n"
    ) -> None:
        """Serve *body* with the header lines *head*, which may be broken."""
        data = body.encode() if isinstance(body, str) else body
        self.put(path, b"HTTP/1.1 200 OK\r\n" + head + b"Content-Length: %d\r\n\r\n" % len(data) + data)

    def trickle(self, path: str, beginning: bytes = b"", every: float = 0.05) -> None:
        """Send *beginning*, then a byte at a time for ever."""

        def pieces() -> Pieces:
            yield beginning
            while not self.closing.wait(every):
                yield b"x"

        self.answers[path] = pieces

    def stay_silent(self, path: str) -> None:
        """Accept the request and never answer."""

        def pieces() -> Pieces:
            self.closing.wait(60)
            return ()

        self.answers[path] = pieces


def _handler(server: RawServer) -> type[socketserver.StreamRequestHandler]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            head = b"".join(iter(self.rfile.readline, b"\r\n"))
            path = head.split(b" ")[1].decode("latin-1") if head else ""
            server.asked.append(path)
            server.heads.append(head)
            answer = server.answers.get(path)
            pieces = answer() if answer else (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",)
            try:
                for piece in pieces:
                    self.wfile.write(piece)
            except OSError:
                pass  # the crawler has hung up

    return Handler
