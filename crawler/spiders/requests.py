"""Requests for channels and pages, and the first request to a URL whose kind is unknown."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from scrapy import Request
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from archive.channels import Channel
from archive.lookup import key_of, kind_at
from crawler.channels.kind import sniff
from crawler.job import CrawlJob
from crawler.options import TargetKind
from news.errors import ArchiveError

Ask = Callable[[Request], Awaitable[Response]]


@dataclass(slots=True)
class TargetProbe:
    """`answer` is what came back, or why nothing did; None when the archive knew what the address leads to."""

    job: CrawlJob
    answer: Response | Exception | None = None

    async def kind(self, ask: Ask) -> TargetKind:
        """What the address leads to. One that does not answer counts as an article: the ledger holds why."""
        job, key = self.job, key_of(self.job.target)
        known = await job.db(lambda conn: kind_at(conn, job.crawl.outlet_id, key)) if key is not None else None
        if known:
            return TargetKind(known)
        meta = {"keep": True, "keep_changed": True}
        try:
            self.answer = await ask(Request(job.target, callback=NO_CALLBACK, meta=meta, dont_filter=True))
        except ArchiveError:
            raise
        except Exception as error:
            self.answer = error
            return TargetKind.ARTICLE
        channel = sniff(self.answer.body, self.answer.url) if self.answer.status == 200 else None
        return TargetKind(channel.value) if channel else TargetKind.ARTICLE

    def take(self, url: str) -> Response | None:
        """The answer, for whoever would ask the same again; once."""
        answer = self.answer
        if not isinstance(answer, Response) or url != self.job.target:
            return None
        self.answer = None
        return answer


READ_WHATEVER = timedelta(days=1)  # a channel is read without its ETag this often, since ETags lie


def channel_request(channel: Channel, *, whatever: bool = False) -> Request:
    """The request for a channel, conditional unless it is time to look whatever its ETag says."""
    stale = not channel.last_read_at or datetime.now(UTC) - channel.last_read_at > READ_WHATEVER
    headers = {} if whatever or stale else conditions(channel.etag, channel.last_modified)
    meta = {"keep_changed": True, "known_digest": channel.body_digest}
    return Request(channel.url, callback=NO_CALLBACK, headers=headers, meta=meta, dont_filter=True)


def conditions(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """The headers that make a request conditional; what no header may hold is not sent back."""
    pairs = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in pairs.items() if value and value.isascii() and value.isprintable()}


def content_type(response: Response) -> str | None:
    """As the answer's header says."""
    return header(response, "Content-Type")


def header(response: Response, name: str) -> str | None:
    """One header of the answer, as far as anybody needs it; None when it is not there."""
    value = response.headers.get(name)
    return value.decode("latin-1")[:1000] if value else None
