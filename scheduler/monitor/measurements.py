"""Measure the machine, the archive and the outlets for the rules of health."""

import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, text

from archive.access import begun_barriers
from archive.backup.last_backup import failed_backup, last_backup
from archive.home import Home
from news.access import BARRIERS
from news.health.access_changed import NOTED_FOR
from news.health.outlet_day import VOLUME_DAYS, OutletDay, OutletHistory, Silence, unwatched
from news.health.rule import Measured
from news.health.volume_drop import common_share, usual_volume
from scheduler.backups import backup_interval
from scheduler.monitor.day_counts import WatchedOutlet, emptied_listings, neighbours, read_days, read_looks
from scheduler.processes import SCHEDULER, WORKER, Process, live_processes

_CGROUP = Path("/sys/fs/cgroup")
_LEAST_DAYS = 2.0  # of growth, before a forecast
_DAYS_READ = timedelta(days=VOLUME_DAYS + 10)
_DAYS_COMPARED = timedelta(days=7)  # with those of other outlets
_LOOKS_READ = timedelta(days=3)  # before the last article


def measure_machine(conn: Connection, home: Home, now: datetime, open_rules: frozenset[str]) -> Measured:
    """Return the figures of this machine, its database and its workers; rules with an alert are *open_rules* (ids)."""
    began, before = time.monotonic(), datetime.now(UTC)
    database_time, connections, max_connections, oldest = conn.execute(_SERVER).one()
    answer_seconds, after = time.monotonic() - began, datetime.now(UTC)
    processes = live_processes(conn)
    backup, failed = last_backup(home), failed_backup(home)
    return Measured(
        answer_seconds=answer_seconds,
        connections=connections,
        max_connections=max_connections,
        oldest_transaction_age=oldest,
        clock_ahead_seconds=(before + (after - before) / 2 - database_time).total_seconds(),
        free_bytes=shutil.disk_usage(home.path).free,
        bytes_a_day=_bytes_a_day(conn),
        backup_age=now - backup.at if backup else None,
        backup_every=backup_interval(home.settings),
        backup_problem=failed.text if failed else None,
        memory=max(
            (daemon.memory_bytes or 0 for daemon in processes if daemon.role == SCHEDULER and daemon.is_alive),
            default=0,
        ),
        container_memory=_container_memory(),
        container_limit=_number(_CGROUP / "memory.max"),
        worker_silent_seconds=_silence_of(WORKER, processes),
        daemon_silent_seconds=_silence_of(SCHEDULER, processes),
        daemons_lost=sum(process.role == SCHEDULER and not process.is_alive for process in processes),
        outlets_due=conn.execute(_DUE).scalar_one(),
        open_rules=open_rules,
    )


def _silence_of(role: str, processes: Iterable[Process]) -> float | None:
    """Return the seconds since the last sign of a process with that role; None when none runs."""
    silences = [abs(process.silent_seconds) for process in processes if process.role == role and not process.is_gone]
    return min(silences, default=None)


@dataclass(slots=True)
class OutletHistories:
    """Reads what the rules judge of one outlet after the other; remembers what all outlets of a time zone published."""

    _common: dict[tuple[str, date], Mapping[date, float]] = field(default_factory=dict)

    def read(
        self, conn: Connection, outlet: WatchedOutlet, now: datetime, opened: Mapping[str, datetime]
    ) -> OutletHistory:
        """Return the outlet's history from its counted days; *opened* says when the alert of a rule (id) opened."""
        today = now.astimezone(outlet.zone).date()
        days = read_days(conn, [outlet.id], today - _DAYS_READ)[outlet.id]
        return OutletHistory(
            today=today,
            days=days,
            silence=_silence(conn, outlet, days[-1].last_article_at if days else None, now),
            emptied_listings=emptied_listings(conn, outlet.id),
            open_since={rule: at.astimezone(outlet.zone).date() for rule, at in opened.items()},
            begun_barriers=[
                (interval.state, interval.since.astimezone(outlet.zone))
                for interval in begun_barriers(conn, outlet.id, now - NOTED_FOR, sorted(BARRIERS))
            ],
            common_shares=lambda: self._common_shares(conn, outlet, today),
        )

    def _common_shares(self, conn: Connection, outlet: WatchedOutlet, today: date) -> Mapping[date, float]:
        key = (str(outlet.zone), today)
        if key not in self._common:
            neighbour_days = read_days(conn, neighbours(conn, outlet), today - _DAYS_READ)
            self._common = {key: _shares_by_day(neighbour_days, today)}
        return self._common[key]


def _silence(conn: Connection, outlet: WatchedOutlet, last_article: datetime | None, now: datetime) -> Silence | None:
    if last_article is None:
        return None
    looks = read_looks(conn, outlet.id, last_article - _LOOKS_READ, now)
    until = max((look.started_at for look in looks if look.counts), default=last_article)
    gaps = unwatched(looks, last_article, until) if until > last_article else ()
    zone = outlet.zone
    away = tuple((start.astimezone(zone), end.astimezone(zone)) for start, end in gaps)
    return Silence(last_article.astimezone(zone), max(until, last_article).astimezone(zone), away)


def _shares_by_day(days_by_outlet: Mapping[int, list[OutletDay]], today: date) -> dict[date, float]:
    """Share (0 to 1) of their usual number that all outlets published on each of the last days; 1: as usual."""
    shares: dict[date, list[float]] = {}
    first = today - _DAYS_COMPARED
    for days in days_by_outlet.values():
        for day in days:
            usual = usual_volume(days, day, first) if first <= day.day < today and day.counts else None
            if usual:
                shares.setdefault(day.day, []).append(day.articles / usual)
    return {day: common_share(found) for day, found in shares.items()}


def _bytes_a_day(conn: Connection) -> float | None:
    """Return how much captures and database grow a day, by the last week; None while less than two days are known."""
    size, days = conn.execute(_GROWTH).one()
    return float(size) / float(days) if days and days >= _LEAST_DAYS else None


def _container_memory() -> int | None:
    """Bytes that the container needs; its cache of files, which is given back when memory is short, does not count."""
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

# Outlets less than a minute late do not wait yet. A living worker without time for them is no matter of health.
_DUE = text("""
select count(*) from turns where due_at < clock_timestamp() - interval '1 minute' and set_aside_at is null
""")
