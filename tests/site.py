"""A small web site on loopback for tests: pages with ETags, edits between visits, and all kinds of failures."""

import gzip
import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from types import TracebackType
from xml.sax.saxutils import escape

from tests.loopback import LoopbackServer

HTML = "text/html; charset=utf-8"
RSS = "application/rss+xml"


@dataclass(frozen=True)
class Answer:
    """The answer to requests for a path: given `times` times, then `after`; held back until `gate` is set."""

    body: bytes
    status: int = 200
    content_type: str = HTML
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: bool = True
    packed: bool = False
    cut_off: bool = False  # promise more bytes than are sent
    length: bool = True  # send Content-Length; otherwise the body ends with the connection
    gate: threading.Event | None = None
    times: int | None = None
    after: "Answer | None" = None


@dataclass(frozen=True)
class Seen:
    """One request that arrived."""

    path: str
    headers: Mapping[str, str]
    status: int
    at: float = field(default_factory=monotonic)  # seconds


class Site(LoopbackServer):
    """Serves `answers` until it is closed; `seen` holds every request in order. Use as a context manager."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__(_handler(self), ThreadingHTTPServer, host, port)
        self.answers: dict[str, Answer] = {}
        self.seen: list[Seen] = []
        self.held = 0  # requests that wait at a gate now

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for answer in self.answers.values():
            if answer.gate:
                answer.gate.set()
        super().__exit__(kind, error, trace)

    def put(self, path: str, body: str | bytes, **more: object) -> None:
        """Serve *body* at *path* from now on; *more* are fields of `Answer`."""
        self.answers[path] = Answer(body.encode() if isinstance(body, str) else body, **more)  # type: ignore[arg-type]

    def article(self, path: str, headline: str, *paragraphs: str, extra: str = "") -> None:
        """Serve a plain news page."""
        self.put(path, article_page(headline, *paragraphs, extra=extra))

    def feed(self, path: str, *links: str, title: str = "The Site") -> None:
        """Serve an RSS feed that lists *links* (paths of this site, or URLs)."""
        urls = [link if "://" in link else self.url(link) for link in links]
        items = "".join(f"<item><title>t</title><link>{escape(url)}</link></item>" for url in urls)
        rss = f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'
        self.put(path, rss, content_type=RSS)

    def redirect(self, path: str, to: str, status: int = 302) -> None:
        self.put(path, "", status=status, headers={"Location": to}, etag=False)

    def requests(self, path: str) -> list[Seen]:
        """The requests for *path* so far."""
        return [seen for seen in self.seen if seen.path == path]


def article_page(headline: str, *paragraphs: str, extra: str = "") -> str:
    """The HTML of a plain news page; *extra* stands after the article."""
    text = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    return (
        f'<!doctype html><html lang="en"><head><title>{escape(headline)}</title>'
        f'<meta property="og:type" content="article"></head><body><article><h1>{escape(headline)}</h1>{text}</article>'
        f"{extra}</body></html>"
    )


def story(subject: str, sentences: int = 4) -> tuple[str, ...]:
    """Paragraphs about *subject*; those of two subjects differ."""
    return tuple(
        f"The {subject} council met in session {number} and heard what the {subject} had to say about its plans. "
        f"Nobody left before the vote on the {subject} was taken, and {number + 3} members asked for the floor."
        for number in range(1, sentences + 1)
    )


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer = self._next(site.answers.get(self.path) or site.answers.get(self.path.partition("?")[0]))
            if answer.gate:
                site.held += 1
                answer.gate.wait(300)
                site.held -= 1
            self._send(answer)

        def _next(self, answer: Answer | None) -> Answer:
            if answer is None:
                return Answer(b"not found", 404, "text/plain", etag=False)
            if answer.times is not None:
                left = answer.times - 1
                rest = Answer(**{**answer.__dict__, "times": left})
                site.answers[self.path] = rest if left else (answer.after or Answer(b"", 404, etag=False))
            return answer

        def _send(self, answer: Answer) -> None:
            etag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
            fresh = answer.etag and answer.status == 200 and self.headers.get("If-None-Match") == etag
            status, body = (304, b"") if fresh else (answer.status, self._packed(answer))
            site.seen.append(Seen(self.path, dict(self.headers.items()), status))
            self.send_response(status)
            for name, value in self._headers(answer, etag, body, status).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = self.close_connection or answer.cut_off or not answer.length

        def _packed(self, answer: Answer) -> bytes:
            return gzip.compress(answer.body) if answer.packed else answer.body

        def _headers(self, answer: Answer, etag: str, body: bytes, status: int) -> dict[str, str]:
            headers = dict(answer.headers) | ({"ETag": etag} if answer.etag else {})
            if status == 304:
                return headers
            headers |= {"Content-Type": answer.content_type}
            headers |= {"Content-Length": str(len(body) + answer.cut_off * 99)} if answer.length else {}
            return headers | ({"Content-Encoding": "gzip"} if answer.packed else {})

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
