"""A worker's own work: takes outlets from the queue and crawls them side by side, until it is told to stop."""

import asyncio
from contextlib import ExitStack
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from procrastinate import JobContext
from procrastinate.worker import Worker as QueueWorker
from sqlalchemy import Connection, Engine, select

from archive.captures import CaptureFiles
from archive.captures.upload import Uploader
from archive.database import database_url
from archive.deaths import is_suspect, survived
from archive.home import Home
from archive.models import outlets
from archive.processes import connection_name
from crawler.options import SCHEDULED, TargetKind
from crawler.outlets.options import from_row
from crawler.patience import patiently
from crawler.result import CrawlResult
from crawler.room import CrawlRoom
from crawler.targets import Target
from news.errors import Busy, CrawlLost
from scheduler.jobs import PatientJobs, worker_app
from scheduler.queue import QUEUE, TASK
from scheduler.turns import crawl_begins, crawl_ended

_POLL_SECONDS = 2.0
_BUSY_SECONDS = 30.0  # until an outlet that somebody else crawls is tried again


class Crawling:
    """Use on the running loop as an async context manager around `run`."""

    def __init__(self, home: Home, engine: Engine, process_id: int) -> None:
        self.home, self.engine, self.process_id = home, engine, process_id
        self.crawls = 0  # begun
        self._open = ExitStack()
        self._alone = asyncio.Lock()
        self._app = worker_app(database_url(home), connection_name(process_id), process_id)
        self._app.task(name=TASK, queue=QUEUE, pass_context=True)(self._crawl_outlet)
        self._queue = QueueWorker(
            self._app,
            queues=[QUEUE],
            concurrency=home.settings["CRAWL_OUTLETS_AT_ONCE"],
            fetch_job_polling_interval=_POLL_SECONDS,
            install_signal_handlers=False,
        )

    async def __aenter__(self) -> Self:
        handing = self._open.enter_context(Uploader(self.engine, self.home))
        captures = self._open.enter_context(CaptureFiles(self.home, handing.soon))
        self.room = CrawlRoom(self.home, self.engine, captures, self.process_id)
        self._keeping = asyncio.create_task(self.room.keep_outlets())
        await self._app.open_async()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._keeping.cancel()
        await self.room.flush()
        await self._app.close_async()
        self._open.close()

    async def run(self) -> None:
        """Take jobs until `leave` or `hand_back`."""
        await self._queue.run()  # type: ignore[no-untyped-call]

    def leave(self) -> None:
        """Take no more jobs; `run` returns when those that run are done."""
        self._queue.stop()  # type: ignore[no-untyped-call]

    def hand_back(self) -> None:
        """Take no more jobs, and end the crawls that run: what they leave waits in the frontier and the queue."""
        self.leave()
        self.room.stop()

    async def _crawl_outlet(
        self, context: JobContext, /, *, outlet_id: int, due_at: str, contact: str | None = None, **more: Any
    ) -> None:
        due, job_id = datetime.fromisoformat(due_at), context.job.id or 0
        if not await patiently(lambda: crawl_begins(self.engine, outlet_id, due, datetime.now(UTC))):
            return
        target, suspect = await patiently(lambda: self._look_up(outlet_id))
        self.crawls += 1
        if not suspect:
            result = await self._crawl(target, due, contact)
        else:
            async with self._alone:  # so that the next death has one cause
                result = await self._crawl(target, due, contact)
        await self._settle(job_id, outlet_id, target, result)

    async def _crawl(self, target: Target, due_at: datetime, contact: str | None) -> CrawlResult:
        contact = self.home.settings["NEWSKEEP_CONTACT"] or contact
        return await self.room.crawl(target, SCHEDULED, contact=contact, due_at=due_at)

    async def _settle(self, job_id: int, outlet_id: int, target: Target, result: CrawlResult) -> None:
        jobs = self._app.job_manager
        assert isinstance(jobs, PatientJobs)
        if result.state == "interrupted":
            jobs.hand_back(job_id)
        elif isinstance(result.problem, Busy):
            jobs.hand_back(job_id, _BUSY_SECONDS)
        elif not isinstance(result.problem, CrawlLost):  # whose turn is another worker's now
            await patiently(lambda: self._end_turn(outlet_id, target, result))

    def _end_turn(self, outlet_id: int, target: Target, result: CrawlResult) -> None:
        crawl_ended(self.engine, target.outlet, result, datetime.now(UTC))
        with self.engine.begin() as conn:
            survived(conn, outlet_id)

    def _look_up(self, outlet_id: int) -> tuple[Target, bool]:
        with self.engine.connect() as conn:
            return _target(conn, outlet_id), is_suspect(conn, outlet_id)


def _target(conn: Connection, outlet_id: int) -> Target:
    columns = outlets.c.name, outlets.c.url, outlets.c.settings
    row = conn.execute(select(*columns).where(outlets.c.id == outlet_id)).one()
    return Target(from_row(row.name, row.url, row.settings), TargetKind.OUTLET, row.url, outlet_id)
