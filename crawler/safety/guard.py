"""The only way to the network: check each socket's address, keep each host's pace, and leave hosts that are silent.

Sockets are created here, so that redirects, robots.txt, feeds, pooled connections, DNS answers and odd spellings of
hosts all pass the guard. Proxies are never used: they would connect in our place.
"""

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache, partial
from time import monotonic
from typing import Any, cast
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import ResolveResult
from aiohttp.resolver import ThreadedResolver
from scrapy import Request
from scrapy.core.downloader.handlers._aiohttp import AiohttpDownloadHandler, _ClientResponse
from scrapy.core.downloader.handlers._base_streaming import BaseStreamingDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadTimeoutError
from scrapy.http import Headers, Response

from crawler.safety.failures import CRAWL_STOPPED, TRANSIENT, Refused
from crawler.safety.http_heads import MAX_HEAD_BYTES, ForgivingProtocol
from news.ip_addresses import Network, may_connect, may_use_port
from news.reasons import Reason
from news.schedule.backoff import LONGEST_WAIT, TRIES, asked_pause

# (family, type, protocol, canonical name, socket address), as getaddrinfo gives it
AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[object, ...]]

STOPPING = object()  # the signal that a crawl is being stopped
_DNS_CACHE_SECONDS = 300
_GRACE_SECONDS = 3.0
_MAX_HOSTS = 10_000  # hosts to remember before those are forgotten whose pause is over


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
        self._silent: SilentHosts = getattr(crawler.spider, "silent_hosts", None) or SilentHosts()
        self._deadline = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self._in_flight: set[asyncio.Task[Response]] = set()
        crawler.signals.connect(self._stop_soon, STOPPING)
        self._ssl_context = _verifying_context()
        self._session = aiohttp.ClientSession(
            connector=self._connector(),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # the capture keeps the body as it was received
            request_class=_BodilessRequest,
            response_class=_Answer,
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
            max_line_size=MAX_HEAD_BYTES,
            max_field_size=MAX_HEAD_BYTES,
            max_headers=MAX_HEAD_BYTES,  # the whole head has a limit
        )

    async def download_request(self, request: Request) -> Response:
        host, port = _host_and_port(request.url)
        if port is None or not may_use_port(port):
            raise Refused(Reason.FORBIDDEN_PORT)
        if getattr(self.crawler.spider, "stopping", False):
            raise Refused(CRAWL_STOPPED)
        if self._paces.closed(host):
            raise Refused(Reason.RETRY_AFTER)
        self._refuse_left_host(request)
        response = await self._download(request, host)
        self._note_long_pause(host, response)
        return response

    def _refuse_left_host(self, request: Request) -> None:
        if self._silent.is_given_up(request.url):
            raise Refused(Reason.HOST_SILENT)

    async def _download(self, request: Request, host: str) -> Response:
        request.meta["verbatim_url"] = True  # some outlets answer 404 to another spelling of their own %c3%bc
        task = asyncio.ensure_future(self._download_in_turn(request, host))
        self._in_flight.add(task)
        try:
            return await task
        except asyncio.CancelledError:
            if getattr(self.crawler.spider, "stopping", False):
                raise Refused(CRAWL_STOPPED) from None
            raise
        finally:
            self._in_flight.discard(task)

    async def _download_in_turn(self, request: Request, host: str) -> Response:
        # Scrapy keeps the pace of one crawl; outlets of two crawls may share a host
        await self._paces.turn(host, self._pause(request))
        self._refuse_left_host(request)  # others may have run out meanwhile
        try:
            response = await self._download_in_time(request)
        except Exception as error:
            self._silent.failed(request.url, error)
            raise
        self._silent.answered(request.url)
        return response

    async def _download_in_time(self, request: Request) -> Response:
        """Download within what earlier tries and redirects of the same fetch have left of its deadline."""
        spent = request.meta.get("network_seconds", 0.0)
        if spent >= self._deadline:
            raise DownloadTimeoutError(f"{request.url} took {spent:.0f} seconds with its tries and redirects")
        request.meta["download_timeout"] = self._deadline - spent
        began = monotonic()
        try:
            return await super().download_request(request)
        finally:
            request.meta["network_seconds"] = spent + monotonic() - began

    async def _read_response(self, response: Any, request: Request) -> Response:
        """Read the body; of a request with `read_at_most` only so many bytes, whatever follows."""
        sent = response.request_info.headers.items()
        request.meta["head"] = response.head
        request.meta["sent"] = [
            (name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in sent
        ]
        response.read_at_most = request.meta.get("read_at_most")
        if response.read_at_most:
            request = request.replace(meta={**request.meta, "download_maxsize": 0})
        return await super()._read_response(response, request)

    @staticmethod
    async def _iter_body_chunks(response: Any) -> AsyncIterator[bytes]:
        received = 0
        async for chunk in response.content.iter_any():
            yield chunk
            received += len(chunk)
            if response.read_at_most and received >= response.read_at_most:
                return

    def _pause(self, request: Request) -> float:
        downloader = self.crawler.engine.downloader if self.crawler.engine else None
        slot = downloader.slots.get(request.meta.get("download_slot", "")) if downloader else None
        return float(slot.delay) if slot else 0.0

    def _stop_soon(self) -> None:
        """Give up what has not arrived within three seconds; its links stay in the frontier."""
        asyncio.get_running_loop().call_later(_GRACE_SECONDS, self._cancel_all)

    def _cancel_all(self) -> None:
        for task in self._in_flight:
            task.cancel()

    def _note_long_pause(self, host: str, response: Response) -> None:
        # here, not in a middleware: requests that queue for this host have passed the middlewares already
        asked = asked_pause(response.status, response.headers.get("Retry-After"), datetime.now(UTC))
        if asked is not None and asked > LONGEST_WAIT:
            self._paces.close(host, asked)

    @staticmethod
    def _extract_headers(response: _ClientResponse) -> Headers:
        return Headers(list(response.raw_headers))  # as bytes: not every outlet's are UTF-8

    def _connector(self) -> aiohttp.TCPConnector:
        connector = aiohttp.TCPConnector(
            limit=self._pool_size_total,
            limit_per_host=self._pool_size_per_host,
            resolver=_GuardedResolver(self._allowed),
            ttl_dns_cache=_DNS_CACHE_SECONDS,
            socket_factory=self._socket,
        )
        connector._factory = cast(Any, partial(ForgivingProtocol, loop=asyncio.get_running_loop()))
        return connector

    def _socket(self, info: AddressInfo) -> socket.socket:
        family, kind, protocol, _, address = info
        if not may_connect(str(address[0]), self._allowed):
            raise Refused(Reason.FORBIDDEN_ADDRESS)
        return socket.socket(family, kind, protocol)


@lru_cache(maxsize=1)
def _verifying_context() -> ssl.SSLContext:
    """Return the context with the machine's trusted certificates; reading them takes a tenth of a second."""
    return ssl.create_default_context()


class _Answer(_ClientResponse):
    """An answer with its `head` as it was parsed, of which perhaps only the first `read_at_most` bytes are read."""

    read_at_most: int | None = None
    head: bytes = b""

    async def start(self, connection: Any) -> aiohttp.ClientResponse:
        protocol = connection.protocol
        answer = await super().start(connection)
        self.head = protocol.head
        return answer


class _BodilessRequest(aiohttp.ClientRequest):
    """Sends no `Content-Length: 0` with a GET, which some firewalls take for an attack."""

    def update_body_from_data(self, body: Any, _stacklevel: int = 3) -> None:
        super().update_body_from_data(body or None, _stacklevel)


class _GuardedResolver(ThreadedResolver):
    """Removes forbidden addresses from DNS answers, so that a name with both kinds is reached at its public ones."""

    def __init__(self, allowed: tuple[Network, ...]) -> None:
        super().__init__(asyncio.get_running_loop())
        self._allowed = allowed

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        answers = await super().resolve(host, port, family)
        public = [answer for answer in answers if may_connect(answer["host"], self._allowed)]
        if answers and not public:
            raise Refused(Reason.FORBIDDEN_ADDRESS)
        return public


def _host_and_port(url: str) -> tuple[str, int | None]:
    """(host, port) of *url*; the port is None when it cannot be read."""
    try:
        parts = urlsplit(url)
        port = parts.port if parts.port is not None else {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return "", None
    return parts.hostname or "", port


@dataclass(slots=True)
class HostPaces:
    """When each host was last asked, and which hosts asked for a longer pause; shared by all crawls of the process."""

    clock: Callable[[], float] = monotonic
    _last: dict[str, tuple[float, float]] = field(default_factory=dict)  # host: (last turn, pause after it)
    _closed_until: dict[str, float] = field(default_factory=dict)

    async def turn(self, host: str, pause: float) -> None:
        """Wait until *host* may be asked by a crawl that pauses *pause* seconds between requests."""
        wait = self.claim(host, pause)
        if wait > 0:
            await asyncio.sleep(wait)

    def claim(self, host: str, pause: float) -> float:
        """Reserve the next turn at *host*; return the seconds until then. Of two crawls' pauses, the longer counts."""
        now = self.clock()
        last, after = self._last.get(host, (float("-inf"), 0.0))
        start = max(now, last + max(after, pause))
        if len(self._last) >= _MAX_HOSTS:
            self._last = {name: (began, rest) for name, (began, rest) in self._last.items() if began + rest > now}
        self._last[host] = (start, pause)
        return start - now

    def close(self, host: str, seconds: float) -> None:
        """Send no request to *host* for so many seconds."""
        self._closed_until[host] = self.clock() + seconds

    def closed(self, host: str) -> bool:
        """Return whether requests to *host* are paused."""
        return self.clock() < self._closed_until.get(host, float("-inf"))


MAX_TIMEOUTS = 2
MAX_FAILURES = MAX_TIMEOUTS * TRIES  # requests in a row that were refused, reset or broken off: two pages, all tries


@dataclass(slots=True)
class SilentHosts:
    """Counts of one crawl, by host and port: two servers on one address are two hosts."""

    _timeouts: Counter[str] = field(default_factory=Counter)
    _failures: Counter[str] = field(default_factory=Counter)  # since the last answer

    def is_given_up(self, url: str) -> bool:
        """Return whether this crawl has stopped requesting the host of *url*."""
        host = _host(url)
        return self._timeouts[host] >= MAX_TIMEOUTS or self._failures[host] >= MAX_FAILURES

    @property
    def given_up(self) -> list[str]:
        """The hosts that this crawl has left."""
        hosts = dict.fromkeys([*self._timeouts, *self._failures])
        return [host for host in hosts if self.is_given_up(f"//{host}")]

    def answered(self, url: str) -> None:
        """Forget the host's connection failures. Its timeouts count on: each has cost the whole deadline."""
        self._failures.pop(_host(url), None)

    def failed(self, url: str, error: Exception) -> None:
        """Count a request without an answer."""
        if isinstance(error, DownloadTimeoutError):
            self._timeouts[_host(url)] += 1
        elif isinstance(error, TRANSIENT):
            self._failures[_host(url)] += 1


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower()
