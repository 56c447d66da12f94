"""Tries again, later: up to three times, slower each time, and as late as Retry-After asks."""

import asyncio
from datetime import UTC, datetime
from time import monotonic
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.safety.reasons import TRANSIENT, Refused, reason_of
from news.politeness import LONGEST_WAIT, TRIES, asked_pause, back_off, worth_another_try

_FINAL = frozenset({"forbidden_address", "tls", "too_large"})
_STEP_SECONDS = 0.2


class PatienceMiddleware:
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
