"""Figures for a monitor: how the archive, its queue and its processes are doing now, and what crawls ended since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class EndedCrawl:
    """A crawl that has ended. `late_seconds` is how long after its due time it began, None for one by hand."""

    id: int
    state: str
    counts: Mapping[str, int]
    pages: int
    bytes: int
    seconds: float
    late_seconds: float | None
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class Beat:
    """A live process and how long it has been silent."""

    role: str
    host: str
    pid: int
    silent_seconds: float
    memory_bytes: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The present state. `due` outlets wait, the longest for `late_seconds`; `jobs` by state in the queue."""

    due: int
    late_seconds: float
    set_aside: int
    jobs: Mapping[str, int]
    running: int
    beats: Sequence[Beat]
    open_alerts: Mapping[str, int]
    database_bytes: int
    last_success: Mapping[str, datetime]


def read_figures(conn: Connection) -> Figures:
    """How things stand."""
    due, late, aside = conn.execute(_TURNS).one()
    return Figures(
        due=due,
        late_seconds=float(late),
        set_aside=aside,
        jobs=_numbers(conn, _JOBS),
        running=int(conn.execute(_RUNNING).scalar_one()),
        beats=[Beat(**row._mapping) for row in conn.execute(_BEATS)],
        open_alerts=_numbers(conn, _ALERTS),
        database_bytes=int(conn.execute(_SIZE).scalar_one()),
        last_success={row.name: row.at for row in conn.execute(_SUCCESSES) if row.at is not None},
    )


def ended_crawls(conn: Connection, after_id: int, since: datetime) -> list[EndedCrawl]:
    """Crawls with a higher id that ended at *since* or later, in the order of their ids."""
    rows = conn.execute(_ENDED, {"after_id": after_id, "since": since})
    return [EndedCrawl(**row._mapping) for row in rows]


def first_open_crawl(conn: Connection) -> tuple[int, datetime]:
    """(the id before the first crawl that may still end, the database's time)."""
    found, now = conn.execute(_FIRST_OPEN).one()
    return int(found), now


def workers_beat(conn: Connection, seconds: float) -> bool:
    """True when a worker was heard of in the last so many seconds."""
    return conn.execute(_WORKERS, {"seconds": seconds}).first() is not None


def _numbers(conn: Connection, statement: Any) -> dict[str, int]:
    return {str(name): int(number) for name, number in conn.execute(statement)}


_TURNS = text("""
select count(*) filter (where due_at <= clock_timestamp() and set_aside_at is null),
    coalesce(extract(epoch from clock_timestamp() - min(due_at) filter (where due_at <= clock_timestamp()
        and set_aside_at is null and coalesce(started_at, '-infinity') < due_at)), 0),
    count(set_aside_at)
from turns
""")

_JOBS = text("select status, count(*) from queue.procrastinate_jobs where status in ('todo', 'doing') group by 1")

_RUNNING = text("select count(*) from crawls where state = 'running'")

_BEATS = text("""
select role, host, pid, extract(epoch from clock_timestamp() - heartbeat_at)::float as silent_seconds, memory_bytes
from processes where stopped_at is null order by id
""")

_ALERTS = text("select rule, count(*) from alerts where ended_at is null group by 1")

_SIZE = text("select pg_database_size(current_database())")

_SUCCESSES = text("""
select o.name, (select c.ended_at from coverage c where c.outlet_id = o.id and c.looked
                order by c.started_at desc limit 1) as at
from turns t join outlets o on o.id = t.outlet_id
""")

_ENDED = text("""
select id, state, counts, pages, bytes, extract(epoch from finished_at - started_at)::float as seconds,
    extract(epoch from started_at - due_at)::float as late_seconds, finished_at
from crawls where id > :after_id and finished_at >= :since order by id
""")

# A crawl that was left running by a dead process holds this back until it is settled.
_FIRST_OPEN = text("""
select coalesce((select min(id) - 1 from crawls where state = 'running'), (select max(id) from crawls), 0),
    clock_timestamp()
""")

_WORKERS = text("""
select 1 from processes where role = 'worker' and stopped_at is null
    and heartbeat_at > clock_timestamp() - make_interval(secs => :seconds) limit 1
""")
