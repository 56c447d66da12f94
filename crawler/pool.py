"""Runs crawls side by side on one loop, with one archive, one capture file and one batch writer."""

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from sqlalchemy import Engine

from archive.captures import CaptureFiles
from archive.captures.warc_writer import CaptureRecorder
from archive.crash_markers import ReadingMark, count_deaths, has_marks
from archive.crawls import Crawl, close_crawl, ever_found_links, open_crawl
from archive.frontier import Settlement, owed_links, settle
from archive.home import Home
from archive.ingest.store import store_redirects
from archive.locks import OutletLocks
from archive.outlets import ensure_outlet
from crawler.batch_writer import BatchWriter, retry_in_outage
from crawler.channels.kinds.robots import RobotsCache
from crawler.engine import scrapy_settings
from crawler.job import CrawlJob, CrawlTally, Listener
from crawler.logs import log_finished, own_stats
from crawler.outlets.options import to_row
from crawler.results import CrawlResult
from crawler.safety.guard import HostPaces
from crawler.spiders.news import NewsSpider
from crawler.targets import CrawlOptions, Target
from news.access import AccessState, Source
from news.dispositions import CrawlState, Disposition, Ledger
from news.errors import ArchiveError, Busy, NewsError
from news.reasons import Reason, most_common

logger = logging.getLogger(__name__)

WAIT_SECONDS = 0.5  # between two looks whether a busy outlet is free
KEEP_SECONDS = 5.0  # between two looks whether the outlets are still ours


@dataclass(slots=True)
class CrawlPool:
    """Crawls outlets side by side: `await pool.crawl(target)`, once per outlet at a time, on the loop that made it.

    `process_id` is the worker's, None for a command.
    """

    home: Home
    engine: Engine
    captures: CaptureFiles
    process_id: int | None = None
    stopping: bool = False
    _running: dict[int, Crawler] = field(default_factory=dict)  # by outlet
    _robots: RobotsCache = field(default_factory=RobotsCache)
    _locks: OutletLocks = field(init=False)
    _paces: HostPaces = field(default_factory=HostPaces)
    _writer: BatchWriter = field(init=False)

    def __post_init__(self) -> None:
        self._locks = OutletLocks(self.engine)
        self._writer = BatchWriter(self.engine, self.captures)

    async def crawl(self, target: Target, options: CrawlOptions, listener: Listener) -> CrawlResult:
        """Run the crawl; return how it ended, whatever happened.

        A pool that is stopping answers at once with an interrupted crawl that never began.
        """
        result = await self._crawl(target, options, listener)
        log_finished(result)
        return result

    async def _crawl(self, target: Target, options: CrawlOptions, listener: Listener) -> CrawlResult:
        if self.stopping:
            return CrawlResult(target.outlet.name, target.address, CrawlState.INTERRUPTED)
        try:
            job = await self._opened(target, options, listener)
        except NewsError as problem:
            return CrawlResult(target.outlet.name, target.address, CrawlState.FAILED, problem=problem)
        if job is None:
            return CrawlResult(target.outlet.name, target.address, CrawlState.INTERRUPTED)
        started = monotonic()
        facts = {"crawl": job.crawl.id, "outlet": target.outlet.name, "target": target.address}
        logger.info("crawl_started", extra=facts | {"due_at": options.due_at})
        listener.crawl_started(job)
        self.captures.operator = options.contact or self.captures.operator
        try:
            spider = await self._run(job)
        except Exception as error:  # a bug of ours must not hold the outlet for as long as the process lives
            logger.exception("crawl_broke", extra={"crawl": job.crawl.id, "outlet": target.outlet.name})
            spider, job.tally.problem = None, NewsError(f"the crawl broke: {type(error).__name__}: {error}"[:500])
        return await self._close(job, spider, monotonic() - started)

    def stop(self) -> None:
        """End all crawls cleanly: what was answered is stored, the rest waits in the frontier."""
        self.stopping = True
        for crawler in list(self._running.values()):
            _stop(crawler, Reason.INTERRUPTED)

    async def keep_outlets(self) -> None:
        """Until cancelled, hold on to the outlets through a database that goes away, and end crawls of lost ones."""
        while True:
            await asyncio.sleep(KEEP_SECONDS)
            try:
                lost = await asyncio.to_thread(self._locks.keep)
            except ArchiveError:
                continue  # away: the crawls wait for it too
            for outlet_id in lost & self._running.keys():
                _stop(self._running[outlet_id], "problem", Busy("another process has taken the outlet"))

    async def flush(self) -> None:
        """Store what was answered and not written yet."""
        await self._writer.flush()

    async def _opened(self, target: Target, options: CrawlOptions, listener: Listener) -> CrawlJob | None:
        """Open the crawl, if asked to, once the outlet is free; None when the pool stops meanwhile."""
        notified = False
        while not self.stopping:
            try:
                return await retry_in_outage(lambda: self._open(target, options, listener))
            except Busy as busy:
                if not options.wait:
                    raise
                if not notified:
                    listener.crawl_waits(busy)
                notified = True
            await asyncio.sleep(WAIT_SECONDS)
        return None

    def _open(self, target: Target, options: CrawlOptions, listener: Listener) -> CrawlJob:
        outlet, outlet_id = target.outlet, target.outlet_id
        if outlet_id is None:
            with self.engine.begin() as conn:
                outlet_id = ensure_outlet(conn, outlet.name, outlet.url, to_row(outlet))
        task = target.address if options.retry is None else f"retry of crawl {options.retry}"
        task = f"backfill of {task}" if options.periods else task
        opened = open_crawl(
            self.engine, outlet_id, task, locks=self._locks, process_id=self.process_id, due_at=options.due_at
        )
        recorder = CaptureRecorder(self.engine, self.captures)
        mark = self._mark(opened)
        return CrawlJob(
            self.home, self.engine, outlet, opened, recorder, self._writer, options, target.address,
            CrawlTally(target.kind), mark, listener, self._paces, self._robots if options.on_schedule else None,
        )  # fmt: skip

    def _mark(self, opened: Crawl) -> ReadingMark:
        """Return this crawl's marker, after counting those that dead crawls of the outlet left."""
        try:
            if has_marks(self.home):
                with self.engine.begin() as conn:
                    counted = count_deaths(conn, self.home, opened.outlet_id)
                for path in counted:
                    path.unlink(missing_ok=True)
            return ReadingMark(self.home, opened.id)
        except BaseException:
            close_crawl(self.engine, opened, state=CrawlState.FAILED, looked=False, reason=Reason.NOT_LOOKED)
            raise

    async def _run(self, job: CrawlJob) -> NewsSpider | None:
        delay = job.options.delay if job.options.delay is not None else job.outlet.delay
        crawler = Crawler(NewsSpider, scrapy_settings(self.home, job.options.contact, delay))
        self._running[job.crawl.outlet_id] = crawler
        loop = asyncio.get_running_loop()
        timer = loop.call_later(self.home.settings["CRAWL_TIMEOUT_SECONDS"], _stop, crawler, Reason.CRAWL_TIMEOUT)
        try:
            await crawler.crawl_async(job=job)
        finally:
            timer.cancel()
            self._running.pop(job.crawl.outlet_id, None)
        return crawler.spider if isinstance(crawler.spider, NewsSpider) else None

    async def _close(self, job: CrawlJob, spider: NewsSpider | None, seconds: float) -> CrawlResult:
        state = CrawlState.INTERRUPTED if self.stopping else CrawlState.FINISHED
        state = CrawlState.FAILED if job.tally.problem else state
        ledger = None
        try:
            await self._finish(job, spider)
        except NewsError as problem:
            job.tally.problem, state = job.tally.problem or problem, CrawlState.FAILED
        job.mark.close()
        try:  # once, whatever happened before: it lets go of the outlet
            ledger = await asyncio.to_thread(self._close_books, job, state)
        except NewsError as problem:
            job.tally.problem = job.tally.problem or problem
        state = CrawlState.FAILED if job.tally.problem else state
        return CrawlResult(
            job.outlet.name, job.target, state, job.crawl.id, ledger, seconds,
            job.recorder.pages, job.recorder.size, job.tally.looked, job.tally.reasons, job.tally.problem,
            own_stats(spider), bool(job.tally.unchanged),
        )  # fmt: skip

    async def _finish(self, job: CrawlJob, spider: NewsSpider | None) -> None:
        """Write what is left while the database is there."""
        redirects, crawl = job.recorder.redirects, job.crawl
        if redirects:
            await retry_in_outage(
                lambda: store_redirects(self.engine, self.captures, crawl.outlet_id, crawl.id, redirects)
            )
        if spider:
            await spider.discovery.save()
            for host in spider.silent_hosts.given_up:
                url = f"{urlsplit(job.outlet.url).scheme}://{host}/"
                job.note_access(url, AccessState.SILENT, Source.CRAWL, f"{host} let requests run out")
            for url, reason in job.tally.reasons.items():
                if reason == Reason.TOO_MANY_LINKS:
                    job.note_access(url, AccessState.LIMIT, Source.CRAWL, f"{url}: {Reason.TOO_MANY_LINKS.words}")
            if spider.stopped_by == Reason.CRAWL_TIMEOUT:
                await self._put_off(job)

    def _close_books(self, job: CrawlJob, state: CrawlState) -> Ledger:
        unread = Reason.INTERRUPTED if self.stopping else most_common(job.tally.reasons) or Reason.NOTHING_READ
        marked = Reason.BACKFILL if job.options.periods else None
        reason = marked if job.tally.looked else unread
        job.tally.access.whole = job.is_whole and state == CrawlState.FINISHED
        recorder = job.recorder
        books = close_crawl(
            self.engine,
            job.crawl,
            state=state,
            pages=recorder.pages,
            size=recorder.size,
            looked=job.tally.looked,
            unchanged=bool(job.tally.unchanged) and state == CrawlState.FINISHED,
            reason=reason,
            access=job.tally.access,
        )
        is_normal = not (job.options.on_schedule or job.options.periods)
        if state == CrawlState.FINISHED and job.tally.looked and not books.links and is_normal:
            self._note_no_links(job)
        return books

    def _note_no_links(self, job: CrawlJob) -> None:
        """Record NO_LINKS when no crawl of the outlet has ever found a link."""
        with self.engine.connect() as conn:
            if not ever_found_links(conn, job.crawl.outlet_id):
                job.tally.reasons[job.target] = Reason.NO_LINKS

    async def _put_off(self, job: CrawlJob) -> None:
        """Skip what the crawl had no time for, due at once, so that the next crawl begins with it."""
        now = datetime.now(UTC)
        owed = await job.db(lambda conn: owed_links(conn, job.crawl.id))
        ends = [Settlement(link.id, Disposition.SKIPPED, Reason.CRAWL_TIMEOUT, due_at=now) for link in owed]
        await job.db(lambda conn: settle(conn, job.crawl.id, *ends))


def _stop(crawler: Crawler, why: str, problem: NewsError | None = None) -> None:
    if isinstance(crawler.spider, NewsSpider):
        crawler.spider.stop(why, problem)
