"""Obeys robots.txt and keeps each site's pace. Each site's file is fetched once per crawl, or once an hour."""

import asyncio
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http.request import NO_CALLBACK
from scrapy.utils.httpobj import urlparse_cached

from crawler.safety.reasons import Refused, reason_of
from crawler.safety.robots import RobotsMemory, RobotsRules, read_robots
from news.politeness import concurrency, pause

_CLEAR = frozenset(
    {"forbidden_address", "forbidden_port", "dns", "connection_refused", "tls", "bad_url", "retry_after"}
)


class RobotsMiddleware:
    """Refuses what robots.txt forbids (reason `robots_txt`), and everything where it cannot be read (`robots_...`)."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._memory: RobotsMemory | None = getattr(getattr(crawler.spider, "job", None), "robots_memory", None)
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
            self._tell_spider("robots_known", url, kept)
            return kept
        rules = await self._fetch(request)
        if self._memory:
            self._memory.keep(site, rules)
        self._set_pace(request, rules)
        self._tell_spider("robots_read", url, rules)
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

    def _tell_spider(self, what: str, url: str, rules: RobotsRules) -> None:
        told = getattr(self.crawler.spider, what, None)
        if told:
            told(url, rules)


def _closed(reason: str) -> str:
    """Why a site without readable rules is left alone; the network's own names are clearer than "robots"."""
    return reason if reason in _CLEAR else f"robots_{reason}"
