"""Frees what a dead process held: its connections and with them its outlets, its crawls and its jobs."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from archive.crash_markers import blame_marks, marks_of
from archive.crawls import interrupt_crawl
from archive.home import Home
from archive.locks import hold_if_free
from news.errors import ArchiveUnavailable
from scheduler.deaths import Death, charge
from scheduler.processes import connection_name, mark_stopped, silent_processes

logger = logging.getLogger(__name__)

SILENCE_SECONDS = 20.0
_END_MILLISECONDS = 2000  # for one connection to end


class StillConnected(ArchiveUnavailable):
    """The server has not ended the connections of a dead process, so what it held cannot be freed yet."""


@dataclass(frozen=True, slots=True)
class Freed:
    """An outlet that is free again.

    `crawl_id` is None when its crawl had not begun; `deaths` counts the workers in a row that died over it.
    """

    outlet_id: int
    crawl_id: int | None = None
    deaths: int = 0
    set_aside: bool = False


def reap_silent(
    engine: Engine, silence: float = SILENCE_SECONDS, can_judge: Callable[[], bool] = lambda: True
) -> list[Freed]:
    """Reap the processes without a heartbeat for *silence* seconds, and what ended processes still hold.

    *can_judge* is asked after the database has answered: False when this process may have missed the heartbeats.
    Raises ArchiveUnavailable.
    """
    with engine.connect() as conn:
        silent = silent_processes(conn, silence)
        silent = silent if can_judge() else []
        ended = set(conn.execute(_LEFT_BEHIND).scalars()) - set(silent)
    dead: list[tuple[int, str, Death | None]] = [(process_id, "silent", Death.MACHINE) for process_id in silent]
    dead += [(process_id, "", None) for process_id in sorted(ended)]
    freed: list[Freed] = []
    for process_id, how, death in dead:
        try:
            freed += reap_process(engine, process_id, how, death=death)
        except StillConnected as error:
            logger.warning("process_not_buried", extra={"process_id": process_id, "error": str(error)})
    return freed


def reap_process(
    engine: Engine, process_id: int, how: str, *, death: Death | None = Death.WORKER, home: Home | None = None
) -> list[Freed]:
    """Record that the process ended (*how*, in words) and free what it held; nothing when that was done before.

    Its *death* is charged to the outlets it crawled; None charges none. The process's parent passes its *home*: when a
    mark there says which page was being read, only that page's outlet is charged. Raises ArchiveUnavailable, and
    StillConnected when the process's connections do not end in time; then nothing is written, and the next attempt
    counts the death.
    """
    _end_connections(engine, process_id)
    with engine.begin() as conn:
        if mark_stopped(conn, process_id, how):
            logger.warning("process_dead", extra={"process_id": process_id, "how": how})
        freed, marks = _free(conn, process_id, death, home)
    for mark in marks:
        mark.unlink(missing_ok=True)
    for outlet in freed:
        facts = {"outlet_id": outlet.outlet_id, "crawl": outlet.crawl_id, "deaths": outlet.deaths}
        logger.warning("outlet_set_aside" if outlet.set_aside else "outlet_freed", extra=facts)
    return freed


def _end_connections(engine: Engine, process_id: int) -> None:
    """End the process's connections before its crawls are closed. Raises StillConnected.

    A process that only hung must not hold outlets, nor commit what it had begun. And the server releases a
    connection's locks a moment after its client died: until then the outlet looks as if another process crawled it.
    """
    values = {"name": connection_name(process_id), "wait": _END_MILLISECONDS}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        ended = conn.execute(_END_CONNECTIONS, values).all()
        late = [row.pid for row in ended if not row.in_time]  # or ended before they were asked to
        if late and conn.execute(_STILL_THERE, {"pids": late, **values}).first():
            raise StillConnected(f"the connections of process {process_id} do not end")


def _free(conn: Connection, process_id: int, death: Death | None, home: Home | None) -> tuple[list[Freed], list[Path]]:
    """Close the process's crawls, charge its death, free its jobs; the outlets, and the marks to remove afterwards."""
    running = {row.outlet_id: row.id for row in conn.execute(_RUNNING, {"id": process_id})}
    # an outlet that is not free is crawled by another process, which closes this crawl
    crawls = {outlet_id: crawl_id for outlet_id, crawl_id in running.items() if hold_if_free(conn, outlet_id)}
    reading = blame_marks(conn, home, crawls.values()) if home and death else set()
    marks = marks_of(home, crawls.values()) if home else []
    for crawl_id in crawls.values():
        interrupt_crawl(conn, crawl_id)
    marked = [outlet_id for outlet_id, crawl_id in crawls.items() if crawl_id in reading]
    deaths = charge(conn, crawls, marked, death) if death and crawls else {}
    aside = {outlet_id for outlet_id, number in deaths.items() if death and number >= death.limit}
    outlets = sorted(crawls.keys() | _free_jobs(conn, process_id, aside))
    return [Freed(one, crawls.get(one), deaths.get(one, 0), one in aside) for one in outlets], marks


def _free_jobs(conn: Connection, process_id: int, set_aside: Collection[int]) -> set[int]:
    """Let the process's jobs wait again, except for outlets that are set aside; the outlets of all its jobs."""
    conn.execute(_ADD_QUEUE_SCHEMA)
    freed = set(conn.execute(_FREE_JOBS, {"id": process_id, "set_aside": list(set_aside)}).scalars())
    conn.execute(_DELETE_WORKER, {"id": process_id})
    return freed


_END_CONNECTIONS = text("""
select pid, pg_terminate_backend(pid, :wait) as in_time from pg_stat_activity
where application_name = :name and datname = current_database() and pid <> pg_backend_pid()
""")

# A connection leaves pg_stat_activity after it has let go of its locks.
_STILL_THERE = text("select 1 from pg_stat_activity where pid = any(:pids) and application_name = :name")

_RUNNING = text("select id, outlet_id from crawls where process_id = :id and state = 'running' order by outlet_id")

# The queue's functions and triggers name its tables without their schema.
_ADD_QUEUE_SCHEMA = text("select set_config('search_path', current_setting('search_path') || ', queue', true)")

# A job gives way to another of its outlet that waits already: the queue lets one wait.
_FREE_JOBS = text("""
select outlet_id, case when needless then procrastinate_finish_job_v1(id, 'aborted', true)
                       else procrastinate_retry_job_v2(id, now(), null, null, null) end
from (
    select j.id, (j.args ->> 'outlet_id')::bigint as outlet_id,
           (j.args ->> 'outlet_id')::bigint = any(cast(:set_aside as bigint[])) or exists (
               select from procrastinate_jobs w where w.queueing_lock = j.queueing_lock and w.status = 'todo'
           ) as needless
    from procrastinate_jobs j where j.worker_id = :id and j.status = 'doing'
) as held
""")

_DELETE_WORKER = text("delete from procrastinate_workers where id = :id")

_LEFT_BEHIND = text("""
select c.process_id from crawls c join processes p on p.id = c.process_id
where c.state = 'running' and p.stopped_at is not null
union
select j.worker_id from queue.procrastinate_jobs j join processes p on p.id = j.worker_id
where j.status = 'doing' and p.stopped_at is not null
""")
