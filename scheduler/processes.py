"""The long-lived processes and their heartbeats, one row each, kept after they have ended."""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection

from news.text import storable
from scheduler.heartbeat import ALIVE_SECONDS

SCHEDULER, WORKER = "scheduler", "worker"
_HOST_LENGTH = 63
_FIRST_PID_NAMESPACE = 0xEFFFFFFC  # PROC_PID_INIT_INO of the kernel: the machine itself


@dataclass(frozen=True, slots=True)
class Process:
    """One row. `crawls` counts the crawls it began; `stopped_at` is None until its end is recorded.

    `silent_seconds` have passed since its last heartbeat, by the database's clock.
    """

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
    silent_seconds: float

    @property
    def is_alive(self) -> bool:
        """Whether it gave a sign lately and, when that can be seen from here, still exists.

        A heartbeat from the future is no sign of life: the database's clock was set back.
        """
        return abs(self.silent_seconds) < ALIVE_SECONDS and not self.is_gone

    @property
    def is_gone(self) -> bool:
        """Whether it ran on this machine and no longer exists; False where that cannot be seen from here."""
        return self.host == _host() and _sees_all_processes() and not _exists(self.pid)


def register(engine: Engine, role: str) -> int:
    """Add a row for this process and return its id."""
    with engine.begin() as conn:
        values = {"role": role, "host": _host(), "pid": os.getpid()}
        return int(conn.execute(_REGISTER, values).scalar_one())


def beat(engine: Engine, process_id: int, crawls: int = 0, memory: int | None = None) -> bool:
    """Write a heartbeat, with the *crawls* begun so far and the *memory* in bytes.

    Return False when the process was declared dead.
    """
    with engine.begin() as conn:
        values = {"id": process_id, "crawls": crawls, "memory": memory}
        return conn.execute(_BEAT, values).rowcount == 1


def record_stop(engine: Engine, process_id: int, note: str) -> bool:
    """Record that the process ended, and how; False when that was recorded before."""
    with engine.begin() as conn:
        return mark_stopped(conn, process_id, note)


def mark_stopped(conn: Connection, process_id: int, note: str) -> bool:
    """Do as `record_stop`, in the caller's transaction."""
    return conn.execute(_STOPPED, {"id": process_id, "note": storable(note)}).rowcount == 1


def live_processes(conn: Connection) -> list[Process]:
    """Return the processes whose end was not recorded; `is_alive` says which of them still run."""
    return [Process(**row._mapping) for row in conn.execute(_LIVE)]


def silent_processes(conn: Connection, seconds: float) -> Sequence[int]:
    """Return the ids of live processes without a heartbeat for so long, by the database's clock.

    Empty as long as the database itself has not been up for that time.
    """
    return conn.execute(_SILENT, {"seconds": seconds}).scalars().all()


def workers_beat(conn: Connection, seconds: float) -> bool:
    """Return whether a worker wrote a heartbeat in the last so many seconds."""
    return conn.execute(_WORKER_BEAT, {"seconds": seconds}).first() is not None


def delete_old_processes(conn: Connection) -> int:
    """Delete processes that stopped more than a month ago and hold nothing any more; return how many."""
    return conn.execute(_DELETE_OLD).rowcount


def name_connections(engine: Engine, process_id: int) -> None:
    """Name all connections that *engine* makes from now on after the process; close those it has."""

    def name(connection: DBAPIConnection, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute("select set_config('application_name', %s, false)", (connection_name(process_id),))
        cursor.close()
        connection.commit()

    event.listen(engine, "connect", name)
    engine.dispose()


def own_memory() -> int:
    """Return the memory, in bytes, that this process holds."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE")


def connection_name(process_id: int) -> str:
    """Return the name of the process's connections, by which they are found and ended."""
    return f"newskeep {process_id}"


def _host() -> str:
    return storable(socket.gethostname())[:_HOST_LENGTH]


def _sees_all_processes() -> bool:
    """Whether we run outside of containers: two containers may have the same host name and different processes."""
    try:
        return os.stat("/proc/self/ns/pid").st_ino == _FIRST_PID_NAMESPACE
    except OSError:
        return False


def _exists(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state not in (b"Z", b"X")  # dead, and its parent has not asked for its exit code


_REGISTER = text("insert into processes (role, host, pid) values (:role, :host, :pid) returning id")

_BEAT = text("""
update processes set heartbeat_at = clock_timestamp(), crawls = :crawls, memory_bytes = :memory
where id = :id and stopped_at is null
""")

_STOPPED = text(
    "update processes set stopped_at = clock_timestamp(), note = :note where id = :id and stopped_at is null"
)

_LIVE = text("""
select id, role, host, pid, crawls, memory_bytes, started_at, heartbeat_at, stopped_at, note,
    extract(epoch from clock_timestamp() - heartbeat_at)::float as silent_seconds
from processes where stopped_at is null order by id
""")

_DELETE_OLD = text("""
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

_WORKER_BEAT = text("""
select 1 from processes where role = 'worker' and stopped_at is null
    and heartbeat_at > clock_timestamp() - make_interval(secs => :seconds) limit 1
""")
