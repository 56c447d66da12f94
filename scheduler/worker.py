"""One worker process: takes outlets from the queue and crawls them side by side on one loop, until it is told to stop.

Started by `scheduler.supervisor` as `python -m scheduler.worker`.
"""

import asyncio
import logging
import signal
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from procrastinate import App, JobContext
from procrastinate.worker import Worker as QueueWorker
from sqlalchemy import Engine, select

from archive.captures import CaptureFiles
from archive.captures.handover import HandOver
from archive.database import database_url, open_archive
from archive.home import Home, open_home
from archive.models import outlets
from archive.processes import WORKER, connection_name, name_connections, register, stopped
from crawler.engine import threads
from crawler.options import SCHEDULED, TargetKind
from crawler.outlets.row import from_row
from crawler.patience import patiently
from crawler.result import CrawlResult
from crawler.room import CrawlRoom
from crawler.targets import Target
from scheduler.jobs import PatientJobs, worker_app
from scheduler.queue import QUEUE, TASK
from scheduler.turns import crawl_begins, crawl_ended

logger = logging.getLogger(__name__)

_POLL_SECONDS = 2.0


class Worker:
    """One worker on the running loop; use as an async context manager around `run`."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.engine: Engine = open_archive(home)
        self.process_id = register(self.engine, WORKER)
        name_connections(self.engine, self.process_id)
        self._handing = HandOver(self.engine, home)
        self.captures = CaptureFiles(home, self._handing.soon)
        self.room = CrawlRoom(home, self.engine, self.captures, self.process_id)
        self.crawls = 0
        self._app: App = worker_app(database_url(home), connection_name(self.process_id), self.process_id)
        self._app.task(name=TASK, queue=QUEUE, pass_context=True)(self._crawl_outlet)
        self._queue = QueueWorker(
            self._app,
            queues=[QUEUE],
            concurrency=home.settings["CRAWL_OUTLETS_AT_ONCE"],
            fetch_job_polling_interval=_POLL_SECONDS,
            install_signal_handlers=False,
        )

    async def __aenter__(self) -> Self:
        asyncio.get_running_loop().set_default_executor(threads())
        self._handing.__enter__()
        await self._app.open_async()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.room.flush()
        await self._app.close_async()
        self.captures.close()
        self._handing.__exit__(kind, error, trace)
        await asyncio.to_thread(stopped, self.engine, self.process_id, "ended" if error is None else "failed")
        self.engine.dispose()

    async def run(self) -> None:
        """Take jobs until `stop`."""
        await self._queue.run()  # type: ignore[no-untyped-call]

    def stop(self) -> None:
        """Take no more jobs, and end the crawls that run: what they leave waits in the frontier and the queue."""
        self._queue.stop()  # type: ignore[no-untyped-call]
        self.room.stop()

    async def _crawl_outlet(
        self, context: JobContext, /, *, outlet_id: int, due_at: str, contact: str | None = None, **more: Any
    ) -> None:
        due = datetime.fromisoformat(due_at)
        target = await asyncio.to_thread(self._target, outlet_id)
        begins = await patiently(lambda: crawl_begins(self.engine, outlet_id, due, datetime.now(UTC)))
        if target is None or not begins:
            return
        result = await self._crawl(target, due, contact)
        await patiently(lambda: crawl_ended(self.engine, target.outlet, result, datetime.now(UTC)))
        if result.state == "interrupted":
            jobs = self._app.job_manager
            assert isinstance(jobs, PatientJobs)
            jobs.hand_back(context.job.id or 0)

    async def _crawl(self, target: Target, due_at: datetime, contact: str | None) -> CrawlResult:
        self.crawls += 1
        contact = self.home.settings["NEWSKEEP_CONTACT"] or contact
        return await self.room.crawl(target, SCHEDULED, contact=contact, due_at=due_at)

    def _target(self, outlet_id: int) -> Target | None:
        columns = outlets.c.name, outlets.c.url, outlets.c.settings
        with self.engine.connect() as conn:
            row = conn.execute(select(*columns).where(outlets.c.id == outlet_id)).first()
        return Target(from_row(row.name, row.url, row.settings), TargetKind.OUTLET, row.url) if row else None


async def _work(home: Home) -> None:
    async with Worker(home) as worker:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, worker.stop)
        await worker.run()


def main() -> None:
    """Work until SIGTERM."""
    asyncio.run(_work(open_home()))


if __name__ == "__main__":
    main()
