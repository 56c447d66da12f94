"""The downloader middlewares: robots.txt and pace, retries, content encodings, captures."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from time import monotonic
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from archive.captures import CapturedResponse, StoredRecord
from archive.captures.response import Redirect, decode, decode_beginning
from archive.captures.warc_writer import CaptureRecorder
from archive.frontier import Link
from crawler.channels.kinds.robots import MAX_ROBOTS_BYTES, RobotsCache, RobotsRules, read_robots
from crawler.channels.plain_values import absolute
from crawler.job import CrawlJob
from crawler.safety.failures import CRAWL_STOPPED, TRANSIENT, Refused, reason_of
from crawler.safety.guard import HostPaces, SilentHosts
from crawler.safety.http_heads import HeaderField, fields_of
from news.access_signs import signs_in_answer
from news.errors import BodyTooLarge, CaptureDamaged
from news.reasons import Reason
from news.schedule.backoff import LONGEST_WAIT, TRIES, asked_pause, back_off, concurrency, pause, worth_another_try
from news.urls import same_site

_WAIT_STEP_SECONDS = 0.2

# Reasons that say more about a site without a readable robots.txt than "robots_..." would.
_NETWORK_REASONS = frozenset({
    Reason.FORBIDDEN_ADDRESS, Reason.FORBIDDEN_PORT, Reason.DNS, Reason.CONNECTION_REFUSED, Reason.TLS, Reason.BAD_URL,
    Reason.RETRY_AFTER, Reason.HOST_SILENT,
})  # fmt: skip
_NEVER_RETRIED = frozenset({Reason.FORBIDDEN_ADDRESS, Reason.TLS, Reason.TOO_LARGE, Reason.TIMEOUT})
# A length, chunks, or a compressed body, which ends in a checksum. Without them, the body ends with the connection.
_HEADERS_THAT_MARK_THE_END = ("Content-Length", "Transfer-Encoding", "Content-Encoding")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TYPES_WITH_TEXT = ("text/", "html", "xml", "json")


class CrawlMiddleware:
    """A middleware that knows its crawl: the pause between two requests, and the hosts that do not answer."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._silent: SilentHosts | None = getattr(crawler.spider, "silent_hosts", None)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)


class RobotsMiddleware(CrawlMiddleware):
    """Obeys robots.txt and keeps each site's pace. The file is fetched once per crawl, or once an hour.

    Refuses URLs that robots.txt forbids (reason `robots_txt`), a whole site whose file cannot be read (`robots_...`),
    and hosts that the crawl has left or that asked for a long pause, before they wait for their turn.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        job = getattr(crawler.spider, "job", None)
        self._cache: RobotsCache | None = job.robots_cache if job else None
        self._paces: HostPaces | None = job.paces if job else None
        self._rules: dict[str, asyncio.Future[RobotsRules]] = {}

    async def process_request(self, request: Request) -> None:
        if self._silent and self._silent.is_given_up(request.url):
            raise Refused(Reason.HOST_SILENT)
        if self._paces and self._paces.closed(urlparse_cached(request).hostname or ""):
            raise Refused(Reason.RETRY_AFTER)
        if request.meta.get("is_robots"):
            return
        if urlparse_cached(request).scheme not in {"http", "https"}:
            raise Refused(Reason.NOT_HTTP)
        rules = await self.rules_for(request)
        if rules.closed:
            raise Refused(rules.closed)
        if not rules.allows(request.url):
            raise Refused(Reason.ROBOTS_TXT)

    async def rules_for(self, request: Request) -> RobotsRules:
        """Return the rules of the request's site."""
        parts = urlparse_cached(request)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._rules:
            self._rules[site] = asyncio.ensure_future(self._load(site))
        return await asyncio.shield(self._rules[site])

    async def _load(self, site: str) -> RobotsRules:
        meta = {"is_robots": True, "read_at_most": MAX_ROBOTS_BYTES}
        request = Request(f"{site}/robots.txt", NO_CALLBACK, meta=meta, priority=1000)
        cached = self._cache.get(site) if self._cache else None
        rules = cached or await self._fetch(request)
        if self._cache and not cached:
            self._cache.put(site, rules)
        self._set_pace(request, rules)
        notify = getattr(self.crawler.spider, "robots_read", None)
        if notify:
            notify(request.url, rules, fresh=not cached)
        return rules

    async def _fetch(self, request: Request) -> RobotsRules:
        try:
            response = await self.crawler.engine.download_async(request)
            return read_robots(response.status, response.body, request.url)
        except Exception as error:
            reason = reason_of(error)
            return RobotsRules(closed=reason if reason in _NETWORK_REASONS else f"robots_{reason}")

    def _set_pace(self, request: Request, rules: RobotsRules) -> None:
        delay = pause(self._delay, rules.delay)
        host = urlparse_cached(request).hostname or ""
        downloader = self.crawler.engine.downloader
        downloader.per_slot_settings[host] = {"delay": delay, "concurrency": concurrency(delay)}
        slot = downloader.slots.get(host)
        if slot:
            slot.delay, slot.concurrency = delay, concurrency(delay)


class RetryMiddleware(CrawlMiddleware):
    """Repeats a request that failed for a passing reason, up to three tries, each after a longer pause.

    Waits as long as Retry-After asks. A page whose waits would be longer than `LONGEST_WAIT` in all has failed. So has
    one that used up its time: all tries and redirects share it.
    """

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        if not worth_another_try(response.status):
            return response
        asked = asked_pause(response.status, response.headers.get("Retry-After"), datetime.now(UTC))
        if asked is not None and asked + request.meta.get("waited", 0.0) > LONGEST_WAIT:
            return response
        return await self._retry(request, asked) or response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        left = self._silent and self._silent.is_given_up(request.url)
        if left or not isinstance(exception, TRANSIENT) or reason_of(exception) in _NEVER_RETRIED:
            return None
        return await self._retry(request, None)

    async def _retry(self, request: Request, asked: float | None) -> Request | None:
        """Return the request to send after a pause of *asked* seconds (None: ours); None after the last try."""
        tries = request.meta.get("tries", 1)
        if tries >= TRIES:
            return None
        waited = request.meta.get("waited", 0.0)
        wait = min(asked if asked is not None else back_off(tries, self._delay), LONGEST_WAIT - waited)
        await self._wait(wait)
        if self._stopping:
            raise Refused(CRAWL_STOPPED)
        meta = {**request.meta, "tries": tries + 1, "waited": waited + wait}
        retry: Request = request.replace(dont_filter=True, meta=meta)
        return retry

    async def _wait(self, seconds: float) -> None:
        """Wait in small steps, so that a crawl can be stopped meanwhile."""
        end = monotonic() + seconds
        while not self._stopping and (left := end - monotonic()) > 0:
            await asyncio.sleep(min(_WAIT_STEP_SECONDS, left))

    @property
    def _stopping(self) -> bool:
        return bool(getattr(self.crawler.spider, "stopping", False))


class AccessMiddleware:
    """Notes what answers say about access: walls, limits, and reservations in headers and meta elements."""

    def __init__(self, job: CrawlJob | None) -> None:
        self.job = job

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(getattr(crawler.spider, "job", None))

    def process_response(self, request: Request, response: Response) -> Response:
        if self.job and (request.meta.get("keep") or request.meta.get("keep_changed")):
            self._note(self.job, request, response)
        return response

    def _note(self, job: CrawlJob, request: Request, response: Response) -> None:
        headers = {
            name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
            for name, values in response.headers.items()
        }
        first = request.meta.get("redirect_urls", [request.url])[0]
        if same_site(first, job.outlet.url):
            job.tally.access.answers += response.status == 200
        for state, source, evidence in signs_in_answer(response.status, headers, response.body):
            job.note_access(first, state, source, f"{evidence}: {response.url}")


class ContentEncodingMiddleware(HttpCompressionMiddleware):
    """Scrapy's middleware with the archive's decoder, which reads captures later.

    It refuses a body that breaks off; Scrapy's own decoder returns its first half as if it were complete. Of a request
    with `read_at_most` (robots.txt) the beginning counts.
    """

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        limit = request.meta.get("read_at_most")
        if not limit:
            return super().process_response(request, response)
        encodings = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        try:
            return response.replace(body=decode_beginning(response.body, encodings, limit))
        except CaptureDamaged as error:
            raise Refused(Reason.BAD_ENCODING) from error

    def _handle_encoding(self, body: bytes, content_encoding: list[bytes], max_size: int) -> tuple[bytes, list[bytes]]:
        names = b",".join(content_encoding).decode("latin-1")
        try:
            return decode(body, names, max_size), []
        except BodyTooLarge:
            reason = Reason.TOO_LARGE
        except CaptureDamaged as error:
            reason = Reason.CUT_OFF if isinstance(error.__cause__, EOFError) else Reason.BAD_ENCODING
        raise Refused(reason)  # without its cause, whose frames would keep what was unpacked until the link has ended


class CaptureMiddleware:
    """Writes responses to the capture files, byte for byte as received, before they are read.

    A request sets `keep` when its page is to be captured, `keep_changed` when only a body that differs from
    `known_digest`, that of the last visit, is. Redirects and "not modified" on the way to either are captured too. The
    response sets in the request's meta: `digest` (of the body as
    received), `received_at`, `end_told` (the headers mark the end of the body) and, when captured, `record`.
    """

    def __init__(self, recorder: CaptureRecorder | None) -> None:
        self.recorder = recorder

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        job = getattr(crawler.spider, "job", None)
        return cls(job.recorder if job else None)

    async def process_response(self, request: Request, response: Response) -> Response:
        digest = sha256(response.body).digest()
        has_end = any(name in response.headers for name in _HEADERS_THAT_MARK_THE_END)
        request.meta.update(digest=digest, received_at=datetime.now(UTC), record=None, end_told=has_end)
        if self.recorder:
            self.recorder.count(len(response.body))
            known = request.meta.get("known_digest")
            if _is_page(request, response, known == digest):
                original = digest if known == digest else None
                request.meta["record"] = await self._record(self.recorder, request, response, original)
            elif _is_step(request, response):
                record = await self._record(self.recorder, request, response, known if response.status == 304 else None)
                location = (response.headers.get("Location") or b"").decode("latin-1")
                if record and response.status != 304:
                    self.recorder.redirects.append(Redirect(record, absolute(response.url, location) or location))
        return response

    async def _record(
        self, recorder: CaptureRecorder, request: Request, response: Response, original: bytes | None
    ) -> StoredRecord | None:
        """Write the response; *original* is the digest of the earlier body that it stands for."""
        first = request.meta.get("redirect_urls", [request.url])[0]
        return await asyncio.to_thread(recorder.record, _captured(request, response), first, original)


def _is_page(request: Request, response: Response, unchanged: bool) -> bool:
    page = request.meta.get("keep") and _may_hold_text(response)
    channel = request.meta.get("keep_changed") and not unchanged
    return bool((page or channel) and response.status == 200 and response.body)


def _is_step(request: Request, response: Response) -> bool:
    """Return whether the response has no page and yet belongs to its story: a redirect, or "not modified"."""
    is_kept = request.meta.get("keep") or request.meta.get("keep_changed")
    not_modified = response.status == 304 and request.meta.get("known_digest")
    return bool(is_kept and (not_modified or (response.status in _REDIRECTS and "Location" in response.headers)))


def _may_hold_text(response: Response) -> bool:
    """Return whether the response could be an article; films and brochures behind links are not captured."""
    kind = (response.headers.get("Content-Type") or b"text/").decode("latin-1").lower()
    return any(part in kind for part in _TYPES_WITH_TEXT)


def _captured(request: Request, response: Response) -> CapturedResponse:
    status, fields = fields_of(request.meta["head"])
    link: Link | None = request.meta.get("link")
    protocol, _, reason = status.partition(b" %d" % response.status)
    return CapturedResponse(
        url=response.url,
        status=response.status,
        headers=_texts(fields),
        body=response.body,
        captured_at=request.meta["received_at"],
        protocol=protocol.decode("latin-1"),
        reason=reason.strip().decode("latin-1"),
        request_headers=_texts(request.meta["sent"]),
        ip=str(response.ip_address) if response.ip_address else None,
        announced_at=link.announced_at if link else None,
    )


def _texts(fields: Iterable[HeaderField]) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in fields)
