"""A server on loopback for one test; Site, RawServer, MailServer and the webhook say what it answers."""

import threading
from socketserver import BaseRequestHandler, ThreadingTCPServer
from types import TracebackType
from typing import Self


class LoopbackServer:
    """Serves in threads of this process while it is used as a context manager; `closing` is set at its end."""

    def __init__(
        self,
        handler: type[BaseRequestHandler],
        kind: type[ThreadingTCPServer] = ThreadingTCPServer,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.closing = threading.Event()
        self._server = kind((host, port), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self.host, self.port = host, int(self._server.server_address[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url(self, path: str = "/") -> str:
        return f"http://{self.host}:{self.port}{path}"
