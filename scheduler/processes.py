"""The long-lived processes: each says that it is there, and stays in the table when it is gone."""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection

from news.text import storable

SCHEDULER, WORKER = "scheduler", "worker"
_HOST_LENGTH = 63


@dataclass(frozen=True, slots=True)
class Process:
    """One row. `crawls` were begun by it, `stopped_at` is None while it is taken for alive."""

    id: int
    role: str
    host: str
    pid: int
    crawls: int
    memory_bytes: int | None
    started_at: datetime
    heartbeat_at: datetime
    stopped_at: datetime | None
    note: str | None


def register(engine: Engine, role: str) -> int:
    """Enter this process; the id it is known by from now on."""
    host = storable(socket.gethostname())[:_HOST_LENGTH]
    with engine.begin() as conn:
        values = {"role": role, "host": host, "pid": os.getpid()}
        return int(conn.execute(_REGISTER, values).scalar_one())


def beat(engine: Engine, process_id: int, crawls: int = 0, memory: int | None = None) -> bool:
    """Say that the process is alive: *crawls* begun so far, *memory* in bytes. False when it was taken for dead."""
    with engine.begin() as conn:
        values = {"id": process_id, "crawls": crawls, "memory": memory}
        return conn.execute(_BEAT, values).rowcount == 1


def stopped(engine: Engine, process_id: int, note: str) -> bool:
    """Write that the process ended, and how; False when that was written before."""
    with engine.begin() as conn:
        return mark_stopped(conn, process_id, note)


def mark_stopped(conn: Connection, process_id: int, note: str) -> bool:
    """`stopped` in the caller's transaction."""
    return conn.execute(_STOPPED, {"id": process_id, "note": storable(note)}).rowcount == 1


def live_processes(conn: Connection) -> list[Process]:
    """Those that have not stopped, silent ones included."""
    return [Process(**row._mapping) for row in conn.execute(_LIVE)]


def silent_processes(conn: Connection, seconds: float) -> Sequence[int]:
    """The ids of live processes of which nothing was heard for so long, by the database's clock.

    None of them in the first moments of a database that was restarted: it was away, not they.
    """
    return conn.execute(_SILENT, {"seconds": seconds}).scalars().all()


def forget_processes(conn: Connection) -> int:
    """Remove those that stopped more than a month ago and hold nothing any more; how many."""
    return conn.execute(_FORGET).rowcount


def name_connections(engine: Engine, process_id: int) -> None:
    """Have all connections that *engine* makes from now on carry the process's name; those it holds are dropped."""

    def name(connection: DBAPIConnection, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute("select set_config('application_name', %s, false)", (connection_name(process_id),))
        cursor.close()
        connection.commit()

    event.listen(engine, "connect", name)
    engine.dispose()


def connection_name(process_id: int) -> str:
    """What the process's connections are called, so that they can be found and ended."""
    return f"newskeep {process_id}"


_REGISTER = text("insert into processes (role, host, pid) values (:role, :host, :pid) returning id")

_BEAT = text("""
update processes set heartbeat_at = clock_timestamp(), crawls = :crawls, memory_bytes = :memory
where id = :id and stopped_at is null
""")

_STOPPED = text(
    "update processes set stopped_at = clock_timestamp(), note = :note where id = :id and stopped_at is null"
)

_LIVE = text("""
select id, role, host, pid, crawls, memory_bytes, started_at, heartbeat_at, stopped_at, note
from processes where stopped_at is null order by id
""")

_FORGET = text("""
delete from processes p where p.stopped_at < clock_timestamp() - interval '30 days'
    and not exists (select from crawls c where c.process_id = p.id and c.state = 'running')
    and not exists (select from queue.procrastinate_jobs j where j.worker_id = p.id)
""")

_SILENT = text("""
select id from processes where stopped_at is null
    and heartbeat_at < clock_timestamp() - make_interval(secs => :seconds)
    and pg_postmaster_start_time() < clock_timestamp() - make_interval(secs => :seconds)
order by id
""")
