"""Measures the machine and the archive for the rules of health."""

import os
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, text

from archive.home import Home
from news.health import Judgement, Rule
from news.machine import (
    Database,
    backup_old,
    clock_wrong,
    database_strained,
    disk_full_soon,
    memory_high,
    no_worker,
)

LAST_BACKUP = "last-backup"  # a file in the data folder that whoever makes the backups touches
_CGROUP = Path("/sys/fs/cgroup")
_LEAST_DAYS = 2.0  # of growth, before it says anything about next week


def judge_machine(conn: Connection, home: Home, now: datetime, open_rules: frozenset[str]) -> list[Judgement]:
    """What each rule says of this machine, its database and its workers."""
    database, clock = measure_database(conn)
    return [
        database_strained(database),
        clock_wrong(clock),
        disk_full_soon(shutil.disk_usage(home.path).free, bytes_a_day(conn), is_open=Rule.DISK_FULL_SOON in open_rules),
        backup_old(_backup_age(home, now)),
        memory_high(own_memory(), _number(_CGROUP / "memory.max"), _container_memory()),
        no_worker(*conn.execute(_WORKERS).one()),
    ]


def measure_database(conn: Connection) -> tuple[Database, float]:
    """(the server's state, by how many seconds our clock is ahead of its)."""
    began, before = time.monotonic(), datetime.now(UTC)
    theirs, *numbers = conn.execute(_SERVER).one()
    after = datetime.now(UTC)
    ahead = (before + (after - before) / 2 - theirs).total_seconds()
    return Database(time.monotonic() - began, *numbers), ahead


def bytes_a_day(conn: Connection) -> float | None:
    """By how much captures and database grew in the last week; None while less than two days are known."""
    size, days = conn.execute(_GROWTH).one()
    return float(size) / float(days) if days and days >= _LEAST_DAYS else None


def own_memory() -> int:
    """Bytes of memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE")


def _container_memory() -> int | None:
    """Bytes that the container cannot do without; its cache of files is given back when memory is short."""
    used = _number(_CGROUP / "memory.current")
    try:
        lines = (_CGROUP / "memory.stat").read_text(encoding="ascii").splitlines()
    except OSError:
        return used
    cache = sum(int(line.split()[1]) for line in lines if line.startswith(("inactive_file ", "active_file ")))
    return None if used is None else max(0, used - cache)


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):  # no container, or "max": no limit
        return None


def _backup_age(home: Home, now: datetime) -> timedelta | None:
    try:
        return now - datetime.fromtimestamp((home.path / LAST_BACKUP).stat().st_mtime, UTC)
    except OSError:
        return None


_SERVER = text("""
select clock_timestamp(), (select count(*) from pg_stat_activity where backend_type = 'client backend'),
       current_setting('max_connections')::int,
       (select age(datfrozenxid) from pg_database where datname = current_database())
""")

# The database takes about as much as what it points at: its rows are counted by their texts.
_GROWTH = text("""
select coalesce(sum(record_length), 0), extract(epoch from now() - greatest(min(captured_at),
    now() - interval '7 days')) / 86400
from captures where captured_at > now() - interval '7 days'
""")

# A minute late is on the way; a worker that is alive but has no time is not this rule's business.
_WORKERS = text("""
select extract(epoch from clock_timestamp() - max(heartbeat_at)),
    (select count(*) from turns where due_at < clock_timestamp() - interval '1 minute' and set_aside_at is null)
from processes where role = 'worker' and stopped_at is null
""")
