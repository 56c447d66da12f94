"""Requests for channels and pages, and the first request to a URL that may lead to either."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from scrapy import Request
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from archive.channels import Channel
from archive.frontier import Link
from archive.lookup import key_of, kind_at
from crawler.channels.kind import Document, channel_kinds, recognise
from crawler.job import CrawlJob
from news.dispositions import asks_conditionally
from news.errors import ArchiveError

Ask = Callable[[Request], Awaitable[Response]]

FULL_READING_INTERVAL = timedelta(days=1)  # a channel is requested without its ETag this often, since ETags lie


def channel_request(channel: Channel, *, conditional: bool = True) -> Request:
    """Return the request for *channel*, conditional when that is possible and a full reading is not due."""
    fresh = channel.last_read_at and datetime.now(UTC) - channel.last_read_at <= FULL_READING_INTERVAL
    conditional = conditional and bool(fresh) and channel_kinds()[channel.kind].is_conditional
    headers = _conditions(channel.etag, channel.last_modified) if conditional else {}
    meta = {"keep_changed": True, "known_digest": channel.body_digest}
    return Request(channel.url, callback=NO_CALLBACK, headers=headers, meta=meta, dont_filter=True)


def page_request(link: Link, callback: Callable[..., Any], errback: Callable[..., Any]) -> Request:
    """Return the request for *link*, conditional when its last answer can be trusted."""
    conditional = asks_conditionally(link.seen, link.disposition)
    headers = _conditions(link.etag, link.last_modified) if conditional else {}
    meta = {"link": link, "keep": True, "known_digest": link.body_digest}
    return Request(link.url, callback, errback=errback, headers=headers, meta=meta, dont_filter=True)


def _conditions(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """Return headers that make a request conditional, without values that no header may hold."""
    pairs = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in pairs.items() if value and value.isascii() and value.isprintable()}


@dataclass(slots=True)
class TargetProbe:
    """Finds out what the crawl's target leads to.

    `answer` is the response or the error; None when the archive knew what the URL leads to.
    """

    job: CrawlJob
    answer: Response | Exception | None = None

    async def channel_kind(self, ask: Ask) -> str | None:
        """Return the kind of channel that the target is; None for an article.

        A URL that does not answer counts as an article, so that the ledger holds the reason.
        """
        job, key = self.job, key_of(self.job.target)
        known = await job.db(lambda conn: kind_at(conn, job.crawl.outlet_id, key)) if key is not None else None
        if known:
            return known if known in channel_kinds() else None
        meta = {"keep": True, "keep_changed": True}
        try:
            self.answer = await ask(Request(job.target, callback=NO_CALLBACK, meta=meta, dont_filter=True))
        except ArchiveError:
            raise
        except Exception as error:
            self.answer = error
            return None
        found = recognise(Document(self.answer.body, self.answer.url)) if self.answer.status == 200 else None
        return found.name if found else None

    def take_answer(self, url: str) -> Response | None:
        """Return the response when *url* is the target; only once, in place of a second request."""
        answer = self.answer
        if not isinstance(answer, Response) or url != self.job.target:
            return None
        self.answer = None
        return answer
