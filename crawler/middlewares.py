"""The downloader middlewares: robots.txt, retries, redirects, content encodings, captures."""

import asyncio
from datetime import UTC, datetime
from hashlib import sha256
from time import monotonic
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Headers, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from archive.captures import CapturedResponse
from archive.captures.response import decode
from crawler.channels.kinds.robots import RobotsCache, RobotsRules, read_robots
from crawler.job import CaptureRecorder
from crawler.safety.failures import TRANSIENT, Refused, reason_of
from news.errors import BodyTooLarge, CaptureDamaged
from news.schedule.backoff import LONGEST_WAIT, TRIES, asked_pause, back_off, concurrency, pause, worth_another_try

_CLEAR = frozenset(
    {"forbidden_address", "forbidden_port", "dns", "connection_refused", "tls", "bad_url", "retry_after"}
)


class RobotsMiddleware:
    """Refuses what robots.txt forbids (reason `robots_txt`), and everything where it cannot be read (`robots_...`)."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._memory: RobotsCache | None = getattr(getattr(crawler.spider, "job", None), "robots_memory", None)
        self._rules: dict[str, asyncio.Future[RobotsRules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("is_robots"):
            return
        if urlparse_cached(request).scheme not in {"http", "https"}:
            raise Refused("not_http")
        rules = await self.rules_for(request)
        if rules.closed:
            raise Refused(rules.closed)
        if not rules.allows(request.url):
            raise Refused("robots_txt")

    async def rules_for(self, request: Request) -> RobotsRules:
        """The rules of the request's site."""
        parts = urlparse_cached(request)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._rules:
            self._rules[site] = asyncio.ensure_future(self._find(site))
        return await asyncio.shield(self._rules[site])

    async def _find(self, site: str) -> RobotsRules:
        url = f"{site}/robots.txt"
        request = Request(url, callback=NO_CALLBACK, priority=1000, meta={"is_robots": True})
        kept = self._memory.get(site) if self._memory else None
        if kept:
            self._set_pace(request, kept)
            self._notify_spider(url, kept, fresh=False)
            return kept
        rules = await self._fetch(request)
        if self._memory:
            self._memory.keep(site, rules)
        self._set_pace(request, rules)
        self._notify_spider(url, rules, fresh=True)
        return rules

    async def _fetch(self, request: Request) -> RobotsRules:
        try:
            response = await self.crawler.engine.download_async(request)
            return read_robots(response.status, response.body, request.url)
        except Exception as error:
            return RobotsRules(closed=_closed(reason_of(error)))

    def _set_pace(self, request: Request, rules: RobotsRules) -> None:
        delay = pause(self._delay, rules.delay)
        host = urlparse_cached(request).hostname or ""
        downloader = self.crawler.engine.downloader
        downloader.per_slot_settings[host] = {"delay": delay, "concurrency": concurrency(delay)}
        slot = downloader.slots.get(host)
        if slot:
            slot.delay, slot.concurrency = delay, concurrency(delay)

    def _notify_spider(self, url: str, rules: RobotsRules, *, fresh: bool) -> None:
        notify = getattr(self.crawler.spider, "robots_read", None)
        if notify:
            notify(url, rules, fresh=fresh)


def _closed(reason: str) -> str:
    """Why a site without readable rules is left alone; the network's own names are clearer than "robots"."""
    return reason if reason in _CLEAR else f"robots_{reason}"


# A length, chunks, or a packed body, which ends in a checksum; without one of them the connection's end is the body's.
_TELL_THE_END = ("Content-Length", "Transfer-Encoding", "Content-Encoding")
_READABLE = ("text/", "html", "xml", "json")


class CaptureMiddleware:
    """Sets in the request's meta: `digest` (of the body as received), `received_at`, `end_told` (whether the headers
    say where the body ends) and, when it was kept, `record`.

    A request says with `keep` that its page matters, with `keep_changed` that it does when its body is not
    `known_digest`, the one of the last visit.
    """

    def __init__(self, keeper: CaptureRecorder | None) -> None:
        self.keeper = keeper

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        job = getattr(crawler.spider, "job", None)
        return cls(job.keeper if job else None)

    async def process_response(self, request: Request, response: Response) -> Response:
        digest = sha256(response.body).digest()
        told = any(name in response.headers for name in _TELL_THE_END)
        request.meta.update(digest=digest, received_at=datetime.now(UTC), record=None, end_told=told)
        if self.keeper:
            self.keeper.count(len(response.body))
            known = request.meta.get("known_digest") == digest
            page = request.meta.get("keep") and _is_readable(response)
            channel = request.meta.get("keep_changed") and not known
            if (page or channel) and response.status == 200 and response.body:
                captured = _as_received(request, response)
                request.meta["record"] = await asyncio.to_thread(self.keeper.keep, captured, digest, known)
        return response


def _is_readable(response: Response) -> bool:
    """True for what could hold an article: no film or brochure behind a link is kept."""
    kind = (response.headers.get("Content-Type") or b"text/").decode("latin-1").lower()
    return any(part in kind for part in _READABLE)


def _as_received(request: Request, response: Response) -> CapturedResponse:
    return CapturedResponse(
        url=response.url,
        status=response.status,
        headers=_header_pairs(response.headers),
        body=response.body,
        captured_at=request.meta["received_at"],
        request_headers=_header_pairs(request.headers),
        ip=str(response.ip_address) if response.ip_address else None,
    )


def _header_pairs(headers: Headers) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, values in headers.items() for value in values
    )


_FINAL = frozenset({"forbidden_address", "tls", "too_large"})
_STEP_SECONDS = 0.2


class RetryMiddleware:
    """Gives a busy page back to the queue after a pause; one that asks for a longer pause than we wait has failed."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        if not worth_another_try(response.status):
            return response
        asked = asked_pause(response.status, response.headers.get("Retry-After"), datetime.now(UTC))
        if asked is not None and asked > LONGEST_WAIT:
            return response
        return await self._again(request, asked) or response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        if isinstance(exception, TRANSIENT) and reason_of(exception) not in _FINAL:
            return await self._again(request, None)
        return None

    async def _again(self, request: Request, asked: float | None) -> Request | None:
        tries = request.meta.get("tries", 1)
        if tries >= TRIES:
            return None
        await self._wait(asked if asked is not None else back_off(tries, self._delay))
        if self._stopping:
            raise Refused("stopping")
        again: Request = request.replace(dont_filter=True, meta={**request.meta, "tries": tries + 1})
        return again

    async def _wait(self, seconds: float) -> None:
        """Wait in small steps, so that a crawl that is being stopped does not wait for a page."""
        end = monotonic() + seconds
        while not self._stopping and (left := end - monotonic()) > 0:
            await asyncio.sleep(min(_STEP_SECONDS, left))

    @property
    def _delay(self) -> float:
        return self.crawler.settings.getfloat("DOWNLOAD_DELAY")

    @property
    def _stopping(self) -> bool:
        return bool(getattr(self.crawler.spider, "stopping", False))


class RedirectsMiddleware(RedirectMiddleware):
    """Scrapy's, with a named end for a chain that is too long or leaves the web, and without sending a referer.

    "Not modified" to a question that named nothing to compare with is no answer.
    """

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        try:
            answer: Request | Response = super().process_response(request, response)
        except (IgnoreRequest, ValueError) as error:
            too_many = isinstance(error, IgnoreRequest)
            raise Refused("too_many_redirects" if too_many else "bad_redirect") from error
        if isinstance(answer, Response) and 300 <= answer.status < 400 and answer.status != 304:
            raise Refused("bad_redirect")
        if isinstance(answer, Response) and answer.status == 304 and not _is_conditional(request):
            raise Refused("http_304")
        if isinstance(answer, Request) and len(answer.url) > 8000:
            raise Refused("bad_redirect")
        return answer

    def handle_referer(self, request: Request, response: Response) -> None:
        request.headers.pop("Referer", None)

    def _engine_started(self) -> None:
        """Scrapy warns here that no referer will be sent; that is what we want."""


def _is_conditional(request: Request) -> bool:
    return "If-None-Match" in request.headers or "If-Modified-Since" in request.headers


class ContentEncodingMiddleware(HttpCompressionMiddleware):
    """Scrapy's, with the archive's decoder: Scrapy's own hands on the first half of a stream as if it were all."""

    def _handle_encoding(self, body: bytes, content_encoding: list[bytes], max_size: int) -> tuple[bytes, list[bytes]]:
        names = b",".join(content_encoding).decode("latin-1")
        try:
            return decode(body, names, max_size), []
        except BodyTooLarge as error:
            raise Refused("too_large") from error
        except CaptureDamaged as error:
            raise Refused("cut_off" if isinstance(error.__cause__, EOFError) else "bad_encoding") from error
