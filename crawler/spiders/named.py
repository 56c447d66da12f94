"""The one address that a person named: what it leads to, asked for once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from scrapy import Request
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from archive.lookup import key_of, kind_at
from crawler.discovery.kinds import sniff
from crawler.job import CrawlJob
from crawler.options import TargetKind
from news.errors import ArchiveError

Ask = Callable[[Request], Awaitable[Response]]


@dataclass(slots=True)
class NamedAddress:
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
