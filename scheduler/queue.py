"""The queue, one job for each due outlet: the leader offers jobs, workers take them.

procrastinate keeps it; its tables lie in the schema "queue".
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

import psycopg
from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.connector import BaseConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager, NotificationCallback
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import PoolTimeout

from archive.database import database_url, with_defaults
from archive.home import Home
from news.errors import ArchiveUnavailable

QUEUE = "crawls"
TASK = "crawl_outlet"
_WAIT_SECONDS = 10.0


class Queue:
    """Takes jobs in. Safe to use from several threads. Raises ArchiveUnavailable when the database is away."""

    def __init__(self, home_or_url: Home | str) -> None:
        url = home_or_url if isinstance(home_or_url, str) else database_url(home_or_url)
        connector = SyncPsycopgConnector(conninfo=queue_conninfo(url), min_size=0, max_size=2, timeout=_WAIT_SECONDS)
        self._app = App(connector=connector)
        self._app.open()

    def offer(self, outlet_id: int, name: str, due_at: datetime, *, contact: str | None = None) -> bool:
        """Queue the outlet's crawl that became due at *due_at*; False when one waits already.

        *contact* is what outlets.toml says, for workers that have no such file.
        """
        lock = outlet_lock(outlet_id)
        job = self._app.configure_task(TASK, queue=QUEUE, lock=lock, queueing_lock=lock)
        try:
            job.defer(outlet_id=outlet_id, name=name, due_at=due_at.isoformat(), contact=contact)
        except AlreadyEnqueued:
            return False
        except (ConnectorException, psycopg.Error) as error:
            raise ArchiveUnavailable(f"the queue cannot be reached: {error.__cause__ or error}") from error
        return True

    def close(self) -> None:
        """Let go of the connections."""
        self._app.close()


def outlet_lock(outlet_id: int) -> str:
    """The name under which the queue runs one job of an outlet at a time."""
    return f"outlet {outlet_id}"


def queue_conninfo(url: str, name: str | None = None) -> str:
    """How the queue connects: *url*, in the queue's schema, called *name* among the server's connections."""
    given = str(conninfo_to_dict(url).get("options") or "")
    named: dict[str, str] = {"application_name": name} if name else {}
    return make_conninfo(with_defaults(url), options=f"{given} -c search_path=queue".strip(), **named)


logger = logging.getLogger(__name__)

T = TypeVar("T")

_PAUSES = (0.2, 0.5, 1.0, 2.0)  # the last one again and again
_POOL_SECONDS = 5.0


class PatientJobs(JobManager):
    """Like the original, but a broken connection is waited out instead of ending the worker or losing a job's end.

    The worker is known to the queue by the id of its row in `processes`: who buries one finds its jobs.
    """

    def __init__(self, connector: BaseConnector, process_id: int) -> None:
        super().__init__(connector)
        self._process_id = process_id
        self._held: set[int] = set()
        self._handed_back: dict[int, float] = {}

    def hand_back(self, job_id: int, seconds: float = 0.0) -> None:
        """Let the job wait again when its task returns, instead of being done; for *seconds* at least."""
        self._handed_back[job_id] = seconds

    async def register_worker(self) -> int:
        await patiently(lambda: self.connector.execute_query_async(_REGISTER, id=self._process_id))
        return self._process_id

    async def prune_stalled_workers(self, seconds_since_heartbeat: float) -> list[int]:
        """None: `scheduler.reaper` finds them, by the heartbeat that counts."""
        return []

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        job = await patiently(lambda: self._fetch(queues, worker_id))
        if job and job.id is not None:
            self._held.add(job.id)
        return job

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        job_id = job.id or 0
        ours = {"id": job_id, "worker": self._process_id}
        if job_id in self._handed_back:
            seconds = self._handed_back.pop(job_id)
            await patiently(lambda: self.connector.execute_query_async(_HAND_BACK, seconds=seconds, **ours))
        else:
            await patiently(lambda: self.connector.execute_query_async(_FINISH, **ours))
        self._held.discard(job_id)

    async def update_heartbeat(self, worker_id: int) -> None:
        await patiently(lambda: super(PatientJobs, self).update_heartbeat(worker_id))

    async def list_jobs_to_abort_async(self, queue: str | None = None) -> Iterable[int]:
        """None: nobody aborts a crawl by its job."""
        return []

    async def listen_for_jobs(
        self, *, on_notification: NotificationCallback, queues: Iterable[str] | None = None
    ) -> None:
        listen = super().listen_for_jobs
        await patiently(lambda: listen(on_notification=on_notification, queues=queues))

    async def _fetch(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        try:
            return await super().fetch_job(queues, worker_id)
        except ConnectorException as error:
            if isinstance(error.__cause__, psycopg.errors.ForeignKeyViolation):
                return None  # we were taken for dead; our next heartbeat learns of it
            # the answer may have been lost, not the question: a job would be ours without our knowing
            await patiently(
                lambda: self.connector.execute_query_async(_LET_GO, worker=self._process_id, held=sorted(self._held))
            )
            raise


def worker_app(url: str, name: str, process_id: int) -> App:
    """The queue as a worker sees it, to be opened with `open_async`; its connections are called *name*."""
    connector = PsycopgConnector(
        conninfo=queue_conninfo(url, name), min_size=1, max_size=4, timeout=_POOL_SECONDS, kwargs={}
    )
    app = App(connector=connector)
    app.job_manager = PatientJobs(connector, process_id)
    return app


async def patiently(work: Callable[[], Awaitable[T]]) -> T:
    """What *work* returns, tried again for as long as the database is away."""
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


_REGISTER = """
insert into procrastinate_workers (id) overriding system value values (%(id)s)
on conflict (id) do update set last_heartbeat = now()
"""

# Only what is still ours: a job that was freed while we were taken for dead is somebody else's by now.
_FINISH = "delete from procrastinate_jobs where id = %(id)s and worker_id = %(worker)s and status = 'doing'"

# Another job of the outlet that came to wait in the meantime does as well.
_HAND_BACK = """
with mine as (
    select id, exists (
        select from procrastinate_jobs w where w.queueing_lock = j.queueing_lock and w.status = 'todo'
    ) as needless
    from procrastinate_jobs j where id = %(id)s and worker_id = %(worker)s and status = 'doing'
), gone as (
    delete from procrastinate_jobs j using mine where j.id = mine.id and needless
)
update procrastinate_jobs j set status = 'todo', attempts = attempts + 1, worker_id = null,
    scheduled_at = now() + make_interval(secs => %(seconds)s)
from mine where j.id = mine.id and not needless
"""

_LET_GO = """
update procrastinate_jobs set status = 'todo', worker_id = null
where worker_id = %(worker)s and status = 'doing' and not id = any(%(held)s::bigint[])
"""
