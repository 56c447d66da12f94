"""The queue, one job for each due outlet: the leader offers jobs, workers take them.

procrastinate keeps it; its tables lie in the schema "queue".
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import psycopg
from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision, SyncPsycopgConnector
from procrastinate.connector import BaseConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager, NotificationCallback
from procrastinate.worker import Worker as QueueWorker
from psycopg.conninfo import make_conninfo
from psycopg_pool import PoolTimeout

from archive.connection_url import with_defaults
from archive.database import SESSION, database_url
from archive.home import Home
from news.errors import ArchiveUnavailable

logger = logging.getLogger(__name__)

T = TypeVar("T")

QUEUE = "crawls"
TASK = "crawl_outlet"
_WAIT_SECONDS = 10.0
_POOL_SECONDS = 5.0
_POLL_SECONDS = 2.0
_NEVER = 1e9  # seconds
_AT_ONCE = datetime.fromtimestamp(0, UTC)  # whatever this machine's clock says
_PAUSES = (0.2, 0.5, 1.0, 2.0)  # between two attempts to reach the database; the last one repeats


class Queue:
    """The leader's side: takes jobs in. Safe to use from several threads."""

    def __init__(self, home_or_url: Home | str) -> None:
        url = home_or_url if isinstance(home_or_url, str) else database_url(home_or_url)
        connector = SyncPsycopgConnector(
            conninfo=_conninfo(url), min_size=0, max_size=1, timeout=_WAIT_SECONDS, configure=_configure_sync
        )
        self._app = App(connector=connector)
        self._app.open()

    def offer(self, outlet_id: int, name: str, due_at: datetime, *, contact: str | None = None) -> bool:
        """Queue the outlet's crawl that became due at *due_at*; False when one waits already.

        *contact* is the one of outlets.toml, for workers that have no such file. Raises ArchiveUnavailable.
        """
        lock = f"outlet {outlet_id}"  # one job of an outlet runs at a time, and one waits
        job = self._app.configure_task(TASK, queue=QUEUE, lock=lock, queueing_lock=lock)
        try:
            job.defer(outlet_id=outlet_id, name=name, due_at=due_at.isoformat(), contact=contact)
        except AlreadyEnqueued:
            return False
        except (ConnectorException, psycopg.Error) as error:
            raise ArchiveUnavailable(f"the queue cannot be reached: {error.__cause__ or error}") from error
        return True

    def close(self) -> None:
        """Close the connections."""
        self._app.close()


class HandedBack(Exception):
    """Raised by a task to let its job wait again, for at least so many seconds."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class _RetryHandedBack(BaseRetryStrategy):
    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if not isinstance(exception, HandedBack):
            return None
        later = datetime.now(UTC) + timedelta(seconds=exception.seconds)
        return RetryDecision(retry_at=later if exception.seconds else _AT_ONCE)


def queue_worker(app: App, crawl_outlet: Callable[..., Awaitable[None]], concurrency: int) -> QueueWorker:
    """Return a worker of procrastinate on *app*: it calls *crawl_outlet* with the arguments of each job.

    It neither writes nor reads the heartbeats of procrastinate: `scheduler.reaper` finds dead processes by those in
    `processes`.
    """
    app.task(name=TASK, queue=QUEUE, retry=_RetryHandedBack())(crawl_outlet)
    return QueueWorker(
        app,
        queues=[QUEUE],
        concurrency=concurrency,
        delete_jobs="always",
        fetch_job_polling_interval=_POLL_SECONDS,
        abort_job_polling_interval=_NEVER,
        update_heartbeat_interval=_NEVER,
        stalled_worker_timeout=_NEVER,
        install_signal_handlers=False,
    )


def worker_app(url: str, name: str, process_id: int) -> App:
    """Return the queue as a worker sees it, to be opened with `open_async`; its connections are called *name*."""
    connector = PsycopgConnector(
        conninfo=_conninfo(url, name), min_size=1, max_size=1, timeout=_POOL_SECONDS, kwargs={}, configure=_configure
    )
    app = App(connector=connector)
    app.job_manager = RetryingJobManager(connector, process_id)
    return app


class RetryingJobManager(JobManager):
    """The jobs of one worker in procrastinate; an outage of the database is waited out and does not end the worker.

    The queue knows the worker by the id of its row in `processes`, so that its jobs are found when it dies. A job that
    was freed because this worker was taken for dead is left alone: it may be another worker's.
    """

    def __init__(self, connector: BaseConnector, process_id: int) -> None:
        super().__init__(connector)
        self._process_id = process_id
        self._held: set[int | None] = set()
        self._answer_lost = False

    async def register_worker(self) -> int:
        await _retry_in_outage(lambda: self.connector.execute_query_async(_REGISTER, id=self._process_id))
        return self._process_id

    async def listen_for_jobs(
        self, *, on_notification: NotificationCallback, queues: Iterable[str] | None = None
    ) -> None:
        listen = super().listen_for_jobs
        await _retry_in_outage(lambda: listen(on_notification=on_notification, queues=queues))

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        job = await _retry_in_outage(lambda: self._fetch(queues, worker_id))
        if job:
            self._held.add(job.id)
        return job

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        finish = super().finish_job
        await self._let_go(job, lambda: finish(job, status, delete_job))

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        retry = super().retry_job
        try:
            await self._let_go(job, lambda: retry(job, retry_at, priority, queue, lock))
        except UniqueViolation:  # another job of the outlet came to wait in the meantime
            await self.finish_job(job, Status.ABORTED, delete_job=True)

    async def _fetch(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        if self._answer_lost:
            for job in await self._own_jobs():
                if job.id not in self._held:
                    return job
            self._answer_lost = False
        try:
            return await super().fetch_job(queues, worker_id)
        except ConnectorException as error:
            if isinstance(error.__cause__, psycopg.errors.ForeignKeyViolation):
                return None  # this worker was taken for dead; its next heartbeat learns of it
            self._answer_lost = True  # the job may have been given to us all the same
            raise

    async def _let_go(self, job: Job, end: Callable[[], Awaitable[None]]) -> None:
        async def end_if_own() -> None:
            if await self._own_jobs(job.id):
                await end()

        await _retry_in_outage(end_if_own)
        self._held.discard(job.id)

    async def _own_jobs(self, job_id: int | None = None) -> Iterable[Job]:
        return await self.list_jobs_async(id=job_id, worker_id=self._process_id, status="doing")


async def _retry_in_outage(work: Callable[[], Awaitable[T]]) -> T:
    """Return what *work* returns, tried again for as long as the database is away."""
    failures = 0
    while True:
        try:
            return await work()
        except (ConnectorException, psycopg.OperationalError) as error:
            if not _is_away(error):
                raise
            logger.debug("queue_away", extra={"error": str(error.__cause__ or error)})
        await asyncio.sleep(_PAUSES[min(failures, len(_PAUSES) - 1)])
        failures += 1


def _is_away(error: BaseException) -> bool:
    cause: Any = error.__cause__ or error
    return isinstance(cause, psycopg.OperationalError | PoolTimeout)


def _conninfo(url: str, name: str | None = None) -> str:
    """Return how the queue connects: *url*, called *name* among the server's connections."""
    named: dict[str, str] = {"application_name": name} if name else {}
    return make_conninfo(with_defaults(url), **named)


# Not as options of the start: a pooler such as pgbouncer refuses those.
_SESSION = f"{SESSION}; set search_path to queue"


async def _configure(connection: psycopg.AsyncConnection[Any]) -> None:
    """Give a new connection the queue's schema."""
    await connection.execute(_SESSION)
    await connection.commit()


def _configure_sync(connection: psycopg.Connection[Any]) -> None:
    connection.execute(_SESSION)
    connection.commit()


_REGISTER = """
insert into procrastinate_workers (id) overriding system value values (%(id)s)
on conflict (id) do update set last_heartbeat = now()
"""
