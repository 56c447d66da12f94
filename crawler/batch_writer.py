"""Gathers pages of all crawls in this process into batches and stores them, one batch at a time, in a thread."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sqlalchemy import Engine

from archive.captures import CaptureFiles, read_record
from archive.crawls import require_running
from archive.frontier import Settlement, settle
from archive.home import Home
from archive.ingest.fetched import FetchedPage, Outcome
from archive.ingest.store import store_pages
from crawler.reading import READING, read_article
from news.article import Article
from news.errors import ArchiveError, ArchiveUnavailable, ArticleError, CrawlLost, SettingError, StoreUnavailable
from news.outlets import Outlet

T = TypeVar("T")
Item = TypeVar("Item")
Result = TypeVar("Result")

SIZE = 50
_SECONDS = (
    0.1  # longer waits would show at the end of every small crawl; under load pages gather while a batch is written
)
# The pauses, in seconds, in which a database that went away may come back before the crawl is stopped.
_RETRY_WAITS = (0.2, 0.5, 1, 2, 4, 8, 15)


@dataclass(slots=True)
class BatchWriter:
    """Writes pages and ends of links in batches: `add` and `settle` return once the link's end is in the database."""

    engine: Engine
    captures: CaptureFiles
    _pages: list["_Waiting[FetchedPage, Outcome]"] = field(default_factory=list)
    _ends: list["_Waiting[Settlement, None]"] = field(default_factory=list)
    _timer: asyncio.TimerHandle | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def add(self, page: FetchedPage) -> Outcome:
        """Store *page*; return its outcome.

        Raises ArchiveUnavailable when the database stays away, CrawlLost when another process closed the crawl; the
        link then still waits.
        """
        waiting: _Waiting[FetchedPage, Outcome] = _Waiting(page.crawl_id or 0, page)
        self._pages.append(waiting)
        self._arm()
        return await waiting.future

    async def settle(self, crawl_id: int, end: Settlement) -> None:
        """Write the end of a link that gave no page. Raises as `add` does."""
        waiting: _Waiting[Settlement, None] = _Waiting(crawl_id, end)
        self._ends.append(waiting)
        self._arm()
        await waiting.future

    async def flush(self) -> None:
        """Store what is waiting now."""
        self._start()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _arm(self) -> None:
        if len(self._pages) >= SIZE or len(self._ends) >= SIZE:
            self._start()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_SECONDS, self._start)

    def _start(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        task = asyncio.get_running_loop().create_task(self._store())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _store(self) -> None:
        async with self._lock:
            while self._pages:
                pages, self._pages = self._pages[:SIZE], self._pages[SIZE:]
                await _deliver(pages, self._store_pages)
            ends, self._ends = self._ends, []
            await _deliver(ends, self._settle)

    def _store_pages(self, pages: Sequence["_Waiting[FetchedPage, Outcome]"]) -> list[Outcome]:
        return store_pages(self.engine, [waiter.item for waiter in pages], self.captures)

    def _settle(self, ends: Sequence["_Waiting[Settlement, None]"]) -> list[None]:
        by_crawl: dict[int, list[Settlement]] = {}
        for end in ends:
            by_crawl.setdefault(end.crawl_id, []).append(end.item)
        with self.engine.begin() as conn:
            require_running(conn, by_crawl)
            for crawl_id in sorted(by_crawl):
                settle(conn, crawl_id, *by_crawl[crawl_id])
        return [None for _ in ends]


@dataclass(slots=True)
class _Waiting(Generic[Item, Result]):
    """One thing to write, and who waits for it."""

    crawl_id: int
    item: Item
    future: "asyncio.Future[Result]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def answer(self, result: Result) -> None:
        if not self.future.done():
            self.future.set_result(result)

    def fail(self, error: Exception) -> None:
        if not self.future.done():
            self.future.set_exception(error)


async def _deliver(
    waiting: Sequence[_Waiting[Item, Result]], work: Callable[[Sequence[_Waiting[Item, Result]]], Sequence[Result]]
) -> None:
    """Do *work* in a thread and hand its results, or its error, to those who wait."""
    while waiting:
        try:
            results = await retry_in_outage(lambda some=waiting: work(some))  # type: ignore[misc]
        except CrawlLost as error:  # which costs no other crawl anything
            _fail([waiter for waiter in waiting if waiter.crawl_id in error.crawl_ids], error)
            waiting = [waiter for waiter in waiting if waiter.crawl_id not in error.crawl_ids]
            continue
        except Exception as error:
            _fail(waiting, error)
            return
        for waiter, result in zip(waiting, results, strict=True):
            waiter.answer(result)
        return


def _fail(waiting: Sequence[_Waiting[Item, Result]], error: Exception) -> None:
    for waiter in waiting:
        waiter.fail(error)


async def retry_in_outage(work: Callable[[], T]) -> T:
    """Run *work* in a thread, again while the database is away or gives others precedence; return its result.

    For work that has written nothing when it fails. Raises ArchiveUnavailable when the database stays away.
    """
    for wait in _RETRY_WAITS:
        try:
            return await asyncio.to_thread(work)
        except ArchiveUnavailable:
            await asyncio.sleep(wait)
    return await asyncio.to_thread(work)


@dataclass(frozen=True, slots=True)
class Rereader:
    """Reads a capture of an outlet again with today's rules."""

    home: Home
    outlet: Outlet

    def __call__(self, file: str, offset: int, length: int) -> Article | None:
        """Return the article as today's rules read it; None when the capture or the page cannot be read.

        Raises StoreUnavailable.
        """
        try:
            capture = read_record(self.home, file, offset, length)
            return read_article(FetchedPage.captured(capture, capture.decoded_body()), self.outlet, READING)
        except StoreUnavailable:
            raise  # without the old text, a better reading would count as an edit: the page waits
        except (ArchiveError, ArticleError, SettingError):
            return None
