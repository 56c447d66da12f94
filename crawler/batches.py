"""Gathers pages of all crawls in this process into batches and stores them, one batch at a time, in a thread."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import Engine

from archive.captures import CaptureFiles
from archive.frontier import Settlement, settle
from archive.store import Outcome, PageToStore, Reread, store_pages
from crawler.page import Page
from crawler.patience import patiently

T = TypeVar("T")

SIZE = 50
_SECONDS = (
    0.1  # longer waits would show at the end of every small crawl; under load pages gather while a batch is written
)


@dataclass(slots=True)
class Batches:
    """`add` and `settle` return once the link's end is in the database; nothing is acknowledged before."""

    engine: Engine
    captures: CaptureFiles
    _pages: list[tuple[PageToStore, asyncio.Future[Outcome]]] = field(default_factory=list)
    _ends: list[tuple[int, Settlement, asyncio.Future[None]]] = field(default_factory=list)
    _timer: asyncio.TimerHandle | None = None
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def add(self, page: Page, reread: Reread | None = None) -> Outcome:
        """What became of *page*. Raises ArchiveUnavailable when the database stays away; the link then still waits."""
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._pages.append((page.to_store(reread), future))
        self._arm()
        return await future

    async def settle(self, crawl_id: int, end: Settlement) -> None:
        """Write the end of a link that gave no page. Raises ArchiveUnavailable as `add` does."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._ends.append((crawl_id, end, future))
        self._arm()
        await future

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
        async with self._one:
            while self._pages:
                pages, self._pages = self._pages[:SIZE], self._pages[SIZE:]
                await self._store_pages(pages)
            ends, self._ends = self._ends, []
            await _deliver([future for *_, future in ends], lambda: self._settle(ends))

    async def _store_pages(self, pages: Sequence[tuple[PageToStore, asyncio.Future[Outcome]]]) -> None:
        batch = [page for page, _ in pages]
        await _deliver([future for _, future in pages], lambda: store_pages(self.engine, batch, self.captures))

    def _settle(self, ends: Sequence[tuple[int, Settlement, asyncio.Future[None]]]) -> list[None]:
        by_crawl: dict[int, list[Settlement]] = {}
        for crawl_id, settlement, _ in ends:
            by_crawl.setdefault(crawl_id, []).append(settlement)
        with self.engine.begin() as conn:
            for crawl_id in sorted(by_crawl):
                settle(conn, crawl_id, *by_crawl[crawl_id])
        return [None for _ in ends]


async def _deliver(futures: Sequence["asyncio.Future[T]"], work: Callable[[], Sequence[T]]) -> None:
    """Do *work* in a thread and hand its results, or its error, to those who wait."""
    if not futures:
        return
    try:
        results = await patiently(work)
    except Exception as error:
        for future in futures:
            if not future.done():
                future.set_exception(error)
        return
    for future, result in zip(futures, results, strict=True):
        if not future.done():
            future.set_result(result)
