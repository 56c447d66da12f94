"""Runs crawls in this process: outlets side by side, stopped cleanly by a signal, each with its books closed."""

import asyncio
import json
import logging
import os
import signal
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from time import monotonic

from scrapy.crawler import AsyncCrawlerRunner, Crawler
from sqlalchemy import Engine, select

from archive.captures import CaptureFiles
from archive.captures.handover import HandOver
from archive.crawls import Crawl, close_crawl, find_crawl, open_crawl
from archive.frontier import Settlement, owed_links, settle
from archive.home import Home
from archive.marks import ReadingMark, count_deaths
from archive.models import outlets as outlet_table
from archive.outlets import ensure_outlet
from crawler.batches import Batches
from crawler.engine import require_contact, scrapy_settings, threads
from crawler.job import CrawlJob, Keeper
from crawler.listener import Listener, Silence
from crawler.logs import log_finished, own_stats
from crawler.options import CrawlOptions, TargetKind
from crawler.outlets.file import load_outlets
from crawler.patience import patiently
from crawler.result import CrawlResult
from crawler.spiders.news import NewsSpider
from crawler.targets import Target, UnknownTarget, resolve
from crawler.watchdog import watched
from news.dispositions import Disposition, Ledger
from news.errors import NewsError
from news.outlets import Outlet

logger = logging.getLogger(__name__)


def crawl(
    home: Home,
    engine: Engine,
    targets: Sequence[str],
    options: CrawlOptions | None = None,
    listener: Listener | None = None,
) -> list[CrawlResult]:
    """Crawl *targets* (names or addresses; none with `options.retry`: that crawl's outlet) and return how each ended.

    Raises UnknownTarget, SettingError (outlets.toml, contact) or ArchiveError before anything is fetched; later
    problems are in the results.
    """
    options = options or CrawlOptions()
    chosen, contact = choose_targets(home, engine, targets, options)
    require_contact(home, contact, [target.address for target in chosen])
    logging.getLogger("scrapy").setLevel(logging.ERROR)
    with (
        HandOver(engine, home) as handing,
        CaptureFiles(home, handing.soon) as captures,
        asyncio.Runner() as loop,
    ):
        return loop.run(_Run(home, engine, captures, contact, options, listener or Silence()).all(chosen))


def choose_targets(
    home: Home, engine: Engine, targets: Sequence[str], options: CrawlOptions
) -> tuple[list[Target], str | None]:
    """(what is to be crawled, the contact to give). Raises UnknownTarget or SettingError."""
    outlets = load_outlets(home.outlets_file)
    with engine.connect() as conn:
        archived = {row.name: row.url for row in conn.execute(select(outlet_table.c.name, outlet_table.c.url))}
        again = find_crawl(conn, options.retry) if options.retry is not None else None
    if options.retry is not None and again is None:
        raise UnknownTarget(f"there is no crawl {options.retry}", "newskeep crawls list")
    texts = list(dict.fromkeys(targets or ([again.outlet] if again else [])))
    return [resolve(text, outlets, archived) for text in texts], home.settings["NEWSKEEP_CONTACT"] or outlets.contact


@dataclass(slots=True)
class _Run:
    """All crawls of one command."""

    home: Home
    engine: Engine
    captures: CaptureFiles
    contact: str | None
    options: CrawlOptions
    listener: Listener
    interrupted: bool = False
    crawlers: set[Crawler] = field(default_factory=set)
    locks: dict[str, asyncio.Lock] = field(default_factory=dict)
    batches: Batches = field(init=False)

    def __post_init__(self) -> None:
        self.batches = Batches(self.engine, self.captures)

    async def all(self, targets: Sequence[Target]) -> list[CrawlResult]:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(threads())
        signals = _listen(loop, self._signalled)
        at_once = asyncio.Semaphore(self.home.settings["CRAWL_OUTLETS_AT_ONCE"])
        try:
            with watched(loop):
                return list(await asyncio.gather(*(self._in_turn(target, at_once) for target in targets)))
        finally:
            await self.batches.flush()
            for number in signals:
                loop.remove_signal_handler(number)

    async def _in_turn(self, target: Target, at_once: asyncio.Semaphore) -> CrawlResult:
        """One crawl per outlet at a time: a second target of the same outlet waits for the first."""
        lock = self.locks.setdefault(target.outlet.name, asyncio.Lock())
        async with lock, at_once:
            result = (
                CrawlResult(target.outlet.name, target.address, "interrupted")
                if self.interrupted
                else await self._one(target)
            )
            log_finished(result)
            self.listener.crawl_ended(result)
            return result

    async def _one(self, target: Target) -> CrawlResult:
        try:
            job = await patiently(lambda: self._open(target))
        except NewsError as problem:
            return CrawlResult(target.outlet.name, target.address, "failed", problem=problem)
        started = monotonic()
        self.listener.crawl_started(job)
        spider = await self._crawl(job)
        return await self._close(job, spider, monotonic() - started)

    def _open(self, target: Target) -> CrawlJob:
        outlet = target.outlet
        with self.engine.begin() as conn:
            outlet_id = ensure_outlet(conn, outlet.name, outlet.url, _as_json(outlet))
        opened = open_crawl(self.engine, outlet_id, target.address)
        keeper = Keeper(self.engine, self.captures)
        mark = self._mark(opened)
        return CrawlJob(
            self.home, self.engine, outlet, opened, keeper, self.batches, self.options, target.address, target.kind,
            mark, self.listener,
        )  # fmt: skip

    def _mark(self, opened: Crawl) -> ReadingMark:
        """This crawl's mark, once those that dead crawls of the outlet left have been counted."""
        try:
            with self.engine.begin() as conn:
                counted = count_deaths(conn, self.home, opened.outlet_id)
            for path in counted:
                path.unlink(missing_ok=True)
            return ReadingMark(self.home, opened.id)
        except BaseException:
            close_crawl(self.engine, opened, state="failed", looked=False, reason="not_looked")
            raise

    async def _crawl(self, job: CrawlJob) -> NewsSpider | None:
        delay = self.options.delay if self.options.delay is not None else job.outlet.delay
        runner = AsyncCrawlerRunner(scrapy_settings(self.home, self.contact, delay))
        crawler = runner.create_crawler(NewsSpider)
        self.crawlers.add(crawler)
        loop = asyncio.get_running_loop()
        timer = loop.call_later(self.home.settings["CRAWL_TIMEOUT_SECONDS"], _stop, crawler, "crawl_timeout")
        try:
            await runner.crawl(crawler, job=job)
        finally:
            timer.cancel()
            self.crawlers.discard(crawler)
        return crawler.spider if isinstance(crawler.spider, NewsSpider) else None

    async def _close(self, job: CrawlJob, spider: NewsSpider | None, seconds: float) -> CrawlResult:
        state = "failed" if job.problem else "interrupted" if self.interrupted else "finished"
        ledger = None
        try:
            await self._finish(job, spider)
        except NewsError as problem:
            job.problem, state = job.problem or problem, "failed"
        job.mark.close()
        try:  # once, whatever happened before: it lets go of the outlet
            ledger = await asyncio.to_thread(self._close_books, job, state)
        except NewsError as problem:
            job.problem = job.problem or problem
        return CrawlResult(
            job.outlet.name, job.target, "failed" if job.problem else state, job.crawl.id, ledger, seconds,
            job.keeper.pages, job.keeper.size, job.looked, job.reasons, job.problem,
            own_stats(spider),
        )  # fmt: skip

    async def _finish(self, job: CrawlJob, spider: NewsSpider | None) -> None:
        """What is left to write, as long as the database is there."""
        if spider:
            await spider.reader.save()
            if spider.stopped_by == "crawl_timeout":
                await self._put_off(job)

    def _close_books(self, job: CrawlJob, state: str) -> Ledger:
        unread = "interrupted" if self.interrupted else _commonest(job.reasons) or "nothing_read"
        reason = None if job.looked else unread
        keeper = job.keeper
        return close_crawl(
            self.engine, job.crawl, state=state, pages=keeper.pages, size=keeper.size, looked=job.looked, reason=reason
        )

    async def _put_off(self, job: CrawlJob) -> None:
        """What a crawl had no time for is skipped and due at once, so that the next begins with it."""
        now = datetime.now(UTC)
        owed = await job.db(lambda conn: owed_links(conn, job.crawl.id))
        ends = [Settlement(link.id, Disposition.SKIPPED, "crawl_timeout", due_at=now) for link in owed]
        await job.db(lambda conn: settle(conn, job.crawl.id, *ends))

    def _signalled(self) -> None:
        """The first signal stops cleanly, the second at once: the database and the capture files can take that."""
        if self.interrupted:
            os._exit(130)
        self.interrupted = True
        for crawler in list(self.crawlers):
            _stop(crawler, "interrupted")


def _stop(crawler: Crawler, why: str) -> None:
    if isinstance(crawler.spider, NewsSpider):
        crawler.spider.stop(why)


def _listen(loop: asyncio.AbstractEventLoop, handler: object) -> list[signal.Signals]:
    """Have *handler* called for SIGINT and SIGTERM, where this thread may."""
    numbers = [signal.SIGINT, signal.SIGTERM]
    try:
        for number in numbers:
            loop.add_signal_handler(number, handler)  # type: ignore[arg-type]
    except (ValueError, RuntimeError, NotImplementedError):
        return []
    return numbers


def _as_json(outlet: Outlet) -> dict[str, object]:
    """The entry's values that are set, as the outlet's row keeps them."""
    plain: dict[str, object] = json.loads(json.dumps(asdict(outlet), default=str))
    return {name: value for name, value in plain.items() if value not in (None, [], "")}


def _commonest(reasons: dict[str, str]) -> str | None:
    return next((reason for reason, _ in Counter(reasons.values()).most_common(1)), None)


__all__ = ["CrawlOptions", "CrawlResult", "Listener", "TargetKind", "UnknownTarget", "crawl"]
