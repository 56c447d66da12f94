"""The pretend outlets on loopback: a small web server for each, in threads of this process."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from cli.demo import pages
from cli.demo.newsstand import Newsstand, PretendOutlet, PretendPage, read_newsstand

HTML, XML, PLAIN = "text/html; charset=utf-8", "application/xml; charset=utf-8", "text/plain; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"


class Site:
    """The pretend outlets at `visit`; set it to 2 to let some hours pass."""

    def __init__(self, newsstand: Newsstand, opened_at: datetime) -> None:
        self.newsstand = newsstand
        self.opened_at = opened_at
        self.visit = 1
        self.bases: dict[str, str] = {}

    def url(self, outlet: PretendOutlet, page: PretendPage) -> str:
        """Return the page's address."""
        return self.bases[outlet.name] + page.path

    def answer(self, outlet: PretendOutlet, path: str) -> tuple[int, str, str]:
        """Return status, content type and body of *path* at *outlet*."""
        base = self.bases[outlet.name]
        match path:
            case "/":
                return 200, HTML, pages.front_page(outlet, self.visit, base)
            case "/robots.txt":
                return 200, PLAIN, pages.robots(outlet, base)
            case "/feed.xml" if outlet.announces == "feed":
                return 200, RSS, pages.rss_feed(outlet, self.visit, base, self.opened_at)
            case "/sitemap.xml" if outlet.announces == "sitemap":
                return 200, XML, pages.sitemap(outlet, self.visit, base, self.opened_at)
        return self._page(outlet, path)

    def _page(self, outlet: PretendOutlet, path: str) -> tuple[int, str, str]:
        page = next((page for page in outlet.pages if page.path == path and page.since <= self.visit), None)
        if page is None:
            return 404, HTML, "<!doctype html><title>404</title><p>Not here."
        if page.status != 200:
            return page.status, HTML, "<!doctype html><title>Error</title><p>Something broke on our side."
        return 200, HTML, pages.LAYOUTS[outlet.layouts[self.visit - 1]](self.printed(outlet, page, self.visit))

    def printed(self, outlet: PretendOutlet, page: PretendPage, visit: int) -> pages.Print:
        """Return the contents of the page at *visit*."""
        return pages.Print(
            outlet,
            page,
            page.text(visit),
            self.bases[outlet.name],
            pages.published_at(outlet, page, self.opened_at),
            pages.teasers_at(self.newsstand.teasers[outlet.language], visit, outlet.pages.index(page)),
            pages.hours_ago(outlet.language, visit),
        )


@contextmanager
def open_site() -> Iterator[Site]:
    """Serve the pretend outlets; `site.bases` has their addresses. Raises OSError if it cannot listen."""
    site = Site(read_newsstand(), datetime.now(UTC))
    with ExitStack() as stack:
        for outlet in site.newsstand.outlets:
            server = stack.enter_context(ThreadingHTTPServer((outlet.address, 0), _handler(site, outlet)))
            site.bases[outlet.name] = f"http://{outlet.address}:{server.server_port}"
            thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
        yield site


def _handler(site: Site, outlet: PretendOutlet) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 5  # seconds after which a connection that stays silent is closed

        def do_GET(self) -> None:
            status, content_type, text = site.answer(outlet, self.path)
            body = text.encode()
            etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            same = status == 200 and self.headers.get("If-None-Match") == etag
            self.send_response(304 if same else status)
            self.send_header("ETag", etag)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", "0" if same else str(len(body)))
            self.end_headers()
            self.wfile.write(b"" if same else body)

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing."""

    return Handler
