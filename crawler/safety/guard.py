"""The only way out to the network: every socket's address is judged before it connects.

The guard sits where a socket is made, so that redirects, robots.txt, feeds, pooled connections, DNS answers and odd
host spellings all pass it. Proxies are never used: they would connect in our place.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import ResolveResult
from aiohttp.resolver import ThreadedResolver
from scrapy import Request
from scrapy.core.downloader.handlers._aiohttp import AiohttpDownloadHandler, _ClientResponse
from scrapy.core.downloader.handlers._base_streaming import BaseStreamingDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response

from crawler.safety.failures import Refused
from news.ip_addresses import Network, may_connect, may_use_port
from news.schedule.backoff import LONGEST_WAIT, asked_pause

# (family, type, protocol, canonical name, socket address), as getaddrinfo gives it
AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[object, ...]]

_HEADER_BYTES = 65_536  # one field: some outlets send content security policies of 20 KiB
_HEADERS = 300
_DNS_SECONDS = 300
_GRACE_SECONDS = 3.0
STOPPING = object()  # the signal that a crawl is being stopped


class GuardedHandler(AiohttpDownloadHandler):
    """Scrapy's asyncio download handler with the guard in its connector and TLS always verified."""

    lazy = True
    experimental = False
    supports_proxies = False

    def __init__(self, crawler: Crawler) -> None:
        BaseStreamingDownloadHandler.__init__(self, crawler)
        self._allowed: tuple[Network, ...] = tuple(crawler.settings.get("ALLOW_NETWORKS") or ())
        job = getattr(crawler.spider, "job", None)
        self._paces: HostPaces = job.paces if job else HostPaces()
        self._flying: set[asyncio.Task[Response]] = set()
        crawler.signals.connect(self._hurry, STOPPING)
        self._ssl_context = _verifying()
        self._session = aiohttp.ClientSession(
            connector=self._connector(),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # the capture keeps the body as it was received
            request_class=_BodilessRequest,
            response_class=_ClientResponse,
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
            max_line_size=_HEADER_BYTES,
            max_field_size=_HEADER_BYTES,
            max_headers=_HEADERS,
        )

    async def download_request(self, request: Request) -> Response:
        host, port = _place_of(request.url)
        if port is None or not may_use_port(port):
            raise Refused("forbidden_port")
        if getattr(self.crawler.spider, "stopping", False):
            raise Refused("stopping")
        if self._paces.closed(host):
            raise Refused("retry_after")
        response = await self._download(request, host)
        self._note_long_pause(host, response)
        return response

    async def _download(self, request: Request, host: str) -> Response:
        request.meta["verbatim_url"] = True  # some outlets answer 404 to another spelling of their own %c3%bc
        task = asyncio.ensure_future(self._in_turn(request, host))
        self._flying.add(task)
        try:
            return await task
        except asyncio.CancelledError:
            if getattr(self.crawler.spider, "stopping", False):
                raise Refused("stopping") from None
            raise
        finally:
            self._flying.discard(task)

    async def _in_turn(self, request: Request, host: str) -> Response:
        # Scrapy keeps the pace of one crawl; two crawls may have outlets on one host
        await self._paces.turn(host, self._pause(request))
        return await super().download_request(request)

    def _pause(self, request: Request) -> float:
        downloader = self.crawler.engine.downloader if self.crawler.engine else None
        slot = downloader.slots.get(request.meta.get("download_slot", "")) if downloader else None
        return float(slot.delay) if slot else 0.0

    def _hurry(self) -> None:
        """The crawl is being stopped: what has not arrived soon is given up, and its link waits."""
        asyncio.get_running_loop().call_later(_GRACE_SECONDS, self._give_up)

    def _give_up(self) -> None:
        for task in self._flying:
            task.cancel()

    def _note_long_pause(self, host: str, response: Response) -> None:
        # here and not in a middleware: requests that queue for this host have passed the middlewares already
        asked = asked_pause(response.status, response.headers.get("Retry-After"), datetime.now(UTC))
        if asked is not None and asked > LONGEST_WAIT:
            self._paces.close(host, asked)

    @staticmethod
    def _extract_headers(response: _ClientResponse) -> Headers:
        return Headers(list(response.raw_headers))  # as bytes: not every outlet's are UTF-8

    def _connector(self) -> aiohttp.TCPConnector:
        return aiohttp.TCPConnector(
            limit=self._pool_size_total,
            limit_per_host=self._pool_size_per_host,
            resolver=_GuardedResolver(self._allowed),
            ttl_dns_cache=_DNS_SECONDS,
            socket_factory=self._socket,
        )

    def _socket(self, info: AddressInfo) -> socket.socket:
        family, kind, protocol, _, address = info
        if not may_connect(str(address[0]), self._allowed):
            raise Refused("forbidden_address")
        return socket.socket(family, kind, protocol)


@lru_cache(maxsize=1)
def _verifying() -> ssl.SSLContext:
    """The machine's trusted certificates, read once: a tenth of a second each time."""
    return ssl.create_default_context()


class _BodilessRequest(aiohttp.ClientRequest):
    """Sends no `Content-Length: 0` with a GET: some firewalls take that for an attack."""

    def update_body_from_data(self, body: Any, _stacklevel: int = 3) -> None:
        super().update_body_from_data(body or None, _stacklevel)


class _GuardedResolver(ThreadedResolver):
    """Drops forbidden addresses from an answer, so that a name with both kinds is reached at its public ones."""

    def __init__(self, allowed: tuple[Network, ...]) -> None:
        super().__init__(asyncio.get_running_loop())
        self._allowed = allowed

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        answers = await super().resolve(host, port, family)
        public = [answer for answer in answers if may_connect(answer["host"], self._allowed)]
        if answers and not public:
            raise Refused("forbidden_address")
        return public


def _place_of(url: str) -> tuple[str, int | None]:
    """(host, port) of *url*; no port when it cannot be read."""
    try:
        parts = urlsplit(url)
        port = parts.port if parts.port is not None else {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return "", None
    return parts.hostname or "", port


_MANY = 10_000  # hosts remembered before those are forgotten whose pause is over


@dataclass(slots=True)
class HostPaces:
    """When each host was last asked, and which hosts want to be left alone for a while."""

    clock: Callable[[], float] = monotonic
    _last: dict[str, tuple[float, float]] = field(default_factory=dict)  # host: (its last turn, the pause after it)
    _closed_until: dict[str, float] = field(default_factory=dict)

    async def turn(self, host: str, pause: float) -> None:
        """Return when *host* may be asked by a crawl that leaves it *pause* seconds between requests."""
        wait = self.claim(host, pause)
        if wait > 0:
            await asyncio.sleep(wait)

    def claim(self, host: str, pause: float) -> float:
        """Take the next turn at *host*; the seconds until then. Of two crawls' pauses the longer one holds."""
        now = self.clock()
        last, after = self._last.get(host, (float("-inf"), 0.0))
        start = max(now, last + max(after, pause))
        if len(self._last) >= _MANY:
            self._last = {name: (began, rest) for name, (began, rest) in self._last.items() if began + rest > now}
        self._last[host] = (start, pause)
        return start - now

    def close(self, host: str, seconds: float) -> None:
        """Leave *host* alone for so long."""
        self._closed_until[host] = self.clock() + seconds

    def closed(self, host: str) -> bool:
        """True while *host* is to be left alone."""
        return self.clock() < self._closed_until.get(host, float("-inf"))
