"""The only spider: outlets are data."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.signals import item_error, scheduler_empty
from w3lib.encoding import http_content_type_encoding

from archive.frontier import Link, Settlement, add_links, due_links, retry_links, settle, waiting_links
from archive.ingest.fetched import FetchedPage, Outcome
from crawler.channels.kinds.robots import RobotsRules
from crawler.job import CrawlJob
from crawler.safety.failures import CRAWL_STOPPED, Refused, reason_of
from crawler.safety.guard import STOPPING, SilentHosts
from crawler.safety.http_heads import header
from crawler.spiders.discovery import Discovery
from crawler.spiders.requests import TargetProbe, page_request
from crawler.targets import TargetKind
from news.access import AccessState, Source
from news.dispositions import (
    Candidate,
    Disposition,
    broke_off,
    comes_back,
    is_binary,
    newest_first,
    put_off,
    refusal,
    unchanged,
    within_limit,
    without_page,
)
from news.errors import NewsError
from news.outlets import FoundLink
from news.reasons import Reason, in_words
from news.schedule.backoff import next_recheck, pause, published_about
from news.urls import same_site

if TYPE_CHECKING:
    from twisted.python.failure import Failure

_WAVE = 200  # requests handed to Scrapy at a time


class NewsSpider(Spider):
    """Finds an outlet's links, enters them in the frontier, fetches them and yields a FetchedPage for each answer."""

    name = "news"

    def __init__(self, job: CrawlJob | None = None, **more: Any) -> None:
        super().__init__(**more)
        if job is None:
            raise ValueError("the news spider is run by `newskeep crawl NAME` or `scrapy crawl news -a outlet=NAME`")
        self.job = job
        self.stopping = False
        self.stopped_by: str | None = None
        self.silent_hosts = SilentHosts()
        self.probe = TargetProbe(job)
        self.discovery = Discovery(job, self._ask)

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> "NewsSpider":
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.page_failed, item_error)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        try:
            async for output in self._outputs():
                yield output
        except NewsError as error:
            self.stop("problem", error)

    async def _outputs(self) -> AsyncIterator[Any]:
        await self._find()
        links = await self._choose(list(self.discovery.links.values()))
        self.job.listener.links_found(self.job, len(links))
        for number, link in enumerate(links):
            if number and number % _WAVE == 0:
                await self.crawler.signals.wait_for(scheduler_empty)
            if self.probe.answer is None:
                yield page_request(link, self.parse, self.failed)
                continue
            async for page in self._answered(link, self.probe.answer):
                yield page

    async def _answered(self, link: Link, answer: Response | Exception) -> AsyncIterator[FetchedPage]:
        """Handle the target's answer, which the probe has fetched already."""
        if isinstance(answer, Response):
            answer.meta["link"] = link
            for page in self.parse(answer):
                yield page
        else:
            await self._unanswered(link, answer)

    # Finding -----------------------------------------------------------------------------------------------------

    async def _find(self) -> None:
        """Gather the links of the crawl's target."""
        job, crawl, channel_kind = self.job, self.job.crawl, None
        if job.options.retry is not None:
            of_crawl = job.options.retry
            self.discovery.add_links(await job.db(lambda conn: retry_links(conn, crawl.id, of_crawl)))
            job.tally.looked = True
            return
        if job.tally.kind is TargetKind.UNKNOWN:
            channel_kind = await self.probe.channel_kind(self._ask)
            job.tally.kind = TargetKind.CHANNEL if channel_kind else TargetKind.ARTICLE
        if job.tally.kind is TargetKind.OUTLET:
            await self._read_outlet()
        elif channel_kind:
            await self.discovery.read_one(channel_kind, job.target)
        else:
            links = [FoundLink(job.target)]
            self.discovery.add_links(await job.db(lambda conn: add_links(conn, crawl.outlet_id, crawl.id, None, links)))
            job.tally.looked = True

    async def _read_outlet(self) -> None:
        job, crawl, now = self.job, self.job.crawl, datetime.now(UTC)
        if job.options.periods:
            await self.discovery.read_past()
            return
        await self.discovery.read_outlet()
        self.discovery.add_links(await job.db(lambda conn: waiting_links(conn, crawl.outlet_id, crawl.id)))
        self.discovery.add_links(await job.db(lambda conn: due_links(conn, crawl.outlet_id, crawl.id, now)))

    async def _ask(self, request: Request) -> Response:
        return self.probe.take_answer(request.url) or await self.crawler.engine.download_async(request)

    def robots_read(self, url: str, rules: RobotsRules, *, fresh: bool) -> None:
        """Note the rules of a site; called by the robots middleware. *fresh*: fetched now, not remembered."""
        self.discovery.add_robots(url, rules, fresh=fresh)
        chosen = self.settings.getfloat("DOWNLOAD_DELAY")
        self.job.tally.pause = max(self.job.tally.pause, pause(chosen, rules.delay))
        self.job.tally.robots.add(rules.closed)
        self._note_access(url, rules)
        self.job.tally.rules += rules.count

    def _note_access(self, url: str, rules: RobotsRules) -> None:
        if same_site(url, self.job.outlet.url):
            self.job.tally.access.robots += rules.closed is None
        if rules.closed and rules.closed.startswith("robots_"):
            self.job.note_access(url, AccessState.ROBOTS_CLOSED, Source.ROBOTS, f"{in_words(rules.closed)}: {url}")
        if rules.opt_out:
            self.job.note_access(url, AccessState.OPT_OUT, Source.ROBOTS, f"{rules.opt_out}: {url}")

    # Choosing ----------------------------------------------------------------------------------------------------

    async def _choose(self, links: list[Link]) -> list[Link]:
        """Return the links to fetch, the newest first; settle the others with their reason."""
        job, now = self.job, datetime.now(UTC)
        since = job.since(now)
        not_due = {link.id for link in links if job.options.on_schedule and link.due_at and link.due_at > now}
        not_due |= {link.id for link in links if job.options.periods and link.last_fetched_at}
        reasons = {link.id: self._refusal(link, since) for link in links}
        wanted = self._by_worth(link for link in links if reasons[link.id] is None and link.id not in not_due)
        new = [link for link in wanted if link.last_fetched_at is None]
        chosen = within_limit(new, [link for link in wanted if link.last_fetched_at], job.limit)
        over = {link.id for link in wanted} - {link.id for link in chosen}
        ends = [Settlement(link.id, Disposition.SKIPPED, reasons[link.id]) for link in links if reasons[link.id]]
        ends += [_put_off(link) for link in links if link.id in not_due and not reasons[link.id]]
        # due at once: the next crawl fetches what was over this one's limit, listed or not
        ends += [Settlement(link_id, Disposition.SKIPPED, Reason.LIMIT, due_at=now) for link_id in over]
        await self._settle_all(ends, {link.id: link for link in links})
        return chosen

    def _by_worth(self, links: Iterable[Link]) -> list[Link]:
        """Sort the newest first. A short list without times, such as a home page, shows what is new when it is seen."""
        ordered, bulk = list(links), self.discovery.bulk
        times = (link.announced_at or (None if link.id in bulk else link.first_seen_at) for link in ordered)
        ordered = [ordered[number] for number in newest_first(times)]
        ordered.sort(key=lambda link: link.reason == Reason.TIMEOUT)  # last: two more, and the crawl leaves their host
        return ordered

    def _refusal(self, link: Link, since: datetime | None) -> str | None:
        skipped = link.reason if link.disposition is Disposition.SKIPPED else None
        named = self.job.tally.kind is TargetKind.ARTICLE or self.job.options.retry is not None
        if named and skipped != Reason.REMOVED:
            return None
        set_aside, removed = skipped == Reason.KILLED_THE_CRAWL, skipped == Reason.REMOVED
        candidate = Candidate(link.canonical_url, link.announced_at, set_aside, removed)
        return refusal(candidate, self.job.outlet, since)

    async def _settle_all(self, ends: list[Settlement], links: dict[int, Link]) -> None:
        if not ends:
            return
        await self.job.db(lambda conn: settle(conn, self.job.crawl.id, *ends))
        for end in ends:
            self._notify(links[end.link_id], end.disposition, end.reason)

    # Fetching ----------------------------------------------------------------------------------------------------

    def parse(self, response: Response) -> Iterator[FetchedPage]:
        """Yield the page of an answered link."""
        link: Link = response.meta["link"]
        is_partial = broke_off(response.body, response.meta["end_told"])
        page = FetchedPage(
            link_id=link.id,
            crawl_id=self.job.crawl.id,
            link=link,
            url=response.url,
            body=response.body,
            fetched_at=response.meta["received_at"],
            encoding=_declared_encoding(response),
            announced_at=link.announced_at,
            broke_off=is_partial,
            record=response.meta.get("record"),
            etag=None if is_partial else header(response, "ETag"),  # a partial page is requested in full again
            last_modified=None if is_partial else header(response, "Last-Modified"),
            due_at=self._next_recheck(link, response.meta["received_at"]),
        )
        yield _with_disposition(page, response, link)

    def _next_recheck(self, link: Link, now: datetime) -> datetime | None:
        published = published_about(link.first_seen_at, link.announced_at)
        return next_recheck(published, now, self.job.outlet.revisit, first=link.last_fetched_at is None)

    async def failed(self, failure: "Failure") -> None:
        """End a link without an answer as failed, or as skipped when robots.txt forbids it."""
        link: Link | None = failure.request.meta.get("link")  # type: ignore[attr-defined]
        error = _error(failure)
        if isinstance(error, NewsError):
            self.stop("problem", error)
        elif link is not None:
            await self._unanswered(link, error)

    async def _unanswered(self, link: Link, error: BaseException) -> None:
        if reason_of(error) != CRAWL_STOPPED:  # then it still waits
            await self._end(link, error)

    async def _end(self, link: Link, error: BaseException) -> None:
        reason = reason_of(error)
        skipped = isinstance(error, Refused) and reason == Reason.ROBOTS_TXT
        due = datetime.now(UTC) if comes_back(reason, link.attempts) else None
        end = Settlement(link.id, Disposition.SKIPPED if skipped else Disposition.FAILED, reason, due_at=due)
        try:
            await self.job.writer.settle(self.job.crawl.id, end)
        except NewsError as problem:
            self.stop("problem", problem)
            return
        self._notify(link, end.disposition, end.reason)

    async def page_failed(self, item: FetchedPage, failure: "Failure") -> None:
        """Handle an error of a pipeline: the archive is away, or we have a bug, which costs this page only."""
        error = _error(failure)
        if isinstance(error, NewsError):
            self.stop("problem", error)
        elif item.link:
            await self._end(item.link, error)

    def _notify(self, link: Link, disposition: Disposition, reason: str | None) -> None:
        outcome = Outcome(link.id, link.url, disposition, reason, article_id=link.article_id)
        self.job.listener.link_ended(self.job, outcome, link.title)

    # Stopping ----------------------------------------------------------------------------------------------------

    def stop(self, why: str, problem: NewsError | None = None) -> None:
        """Send no more requests. Answered pages are stored; other links stay in the frontier."""
        if problem and not self.job.tally.problem:
            self.job.tally.problem = problem
        if self.stopping:
            return
        self.stopping, self.stopped_by = True, why
        self.crawler.signals.send_catch_log(STOPPING)
        self._stop_task = asyncio.get_running_loop().create_task(self.crawler.stop_async())


def _with_disposition(page: FetchedPage, response: Response, link: Link) -> FetchedPage:
    """Return *page*, ended at once when there is nothing new to read."""
    has_article = link.article_id is not None
    same = response.status == 200 and response.meta.get("digest") == link.body_digest
    if response.status == 304 or (same and link.disposition is not Disposition.FAILED):
        return page.ended(*unchanged(link.disposition, link.reason, has_article))
    content_type = header(response, "Content-Type") or ""
    if response.status == 200 and is_binary(response.body):
        return page.ended(Disposition.SKIPPED, Reason.NOT_HTML)
    end = without_page(response.status, content_type, not response.body.strip(), has_article)
    return page.ended(*end) if end else page


def _put_off(link: Link) -> Settlement:
    has_article = link.article_id is not None
    return Settlement(link.id, *put_off(link.disposition, link.reason, has_article), due_at=link.due_at)


def _error(failure: "Failure") -> BaseException:
    return failure.value if failure.value is not None else RuntimeError("failed without an error")


def _declared_encoding(response: Response) -> str | None:
    return http_content_type_encoding(header(response, "Content-Type"))
