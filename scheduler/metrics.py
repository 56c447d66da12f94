"""Metrics for Prometheus: figures of the whole archive, read by one daemon and served on METRICS_LISTEN.

A scrape is answered from the last reading, so it never waits for the database.
"""

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from threading import Lock
from typing import Any
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from archive.home import Home
from news.errors import NewsError, SettingError
from scheduler.processes import Process, live_processes

READ_SECONDS = 15.0
LATE_BUCKETS = (1, 5, 15, 30, 60, 300, 900, 3600)
_OVERLAP = timedelta(minutes=2)  # a transaction that began before a reading may be seen after it
_IDS_UNDER_WAY = 100  # and so may a lower id than the highest


@dataclass(frozen=True, slots=True)
class EndedCrawl:
    """A crawl that has ended.

    `late_seconds` says how long after its due time it began; None when begun by hand, or when its turn was missed.
    """

    id: int
    state: str
    counts: Mapping[str, int]
    pages: int
    bytes: int
    seconds: float
    late_seconds: float | None
    finished_at: datetime


@dataclass(frozen=True, slots=True)
class Figures:
    """The present state. `due` outlets wait, the longest for `late_seconds`; `jobs` are counted by state."""

    due: int
    late_seconds: float
    set_aside: int
    jobs: Mapping[str, int]
    running: int
    processes: Sequence[Process]
    open_alerts: Mapping[str, int]
    database_bytes: int
    last_success: Mapping[str, datetime]


@dataclass(slots=True)
class Totals:
    """The sums of the crawls that ended while this process ran; Prometheus expects a restart to begin at zero."""

    crawls: Counter[str] = field(default_factory=Counter)
    links: Counter[str] = field(default_factory=Counter)
    pages: int = 0
    bytes: int = 0
    seconds: float = 0.0
    late: list[int] = field(default_factory=lambda: [0] * (len(LATE_BUCKETS) + 1))
    late_sum: float = 0.0

    def add(self, crawl: EndedCrawl) -> None:
        """Add one crawl."""
        self.crawls[crawl.state] += 1
        self.links.update({kind: int(number) for kind, number in crawl.counts.items()})
        self.pages += crawl.pages
        self.bytes += crawl.bytes
        self.seconds += crawl.seconds
        if crawl.late_seconds is not None:
            late = max(0.0, crawl.late_seconds)
            self.late_sum += late
            self.late[next((at for at, limit in enumerate(LATE_BUCKETS) if late <= limit), len(LATE_BUCKETS))] += 1


class Metrics(Collector):
    """Call `read()` regularly, and `serve()` once."""

    def __init__(self, engine: Engine, home: Home) -> None:
        self.engine, self.home = engine, home
        self.leads = False
        self.totals = Totals()
        self.figures: Figures | None = None
        self.reachable = False
        self._started: datetime | None = None  # crawls that ended later are counted
        self._since: datetime | None = None  # only later ends, and higher ids, can be new at the next reading
        self._floor = 0
        self._counted: set[int] = set()
        self._lock = Lock()
        self._server: WSGIServer | None = None

    def serve(self) -> int | None:
        """Answer on METRICS_LISTEN; return the port, None when it is not set. Raises SettingError when it is taken."""
        if not self.home.settings["METRICS_LISTEN"]:
            return None
        host, port = self.home.settings["METRICS_LISTEN"]
        registry = CollectorRegistry()
        registry.register(self)
        try:
            self._server, _ = start_http_server(port, host, registry)
        except OSError as error:
            raise SettingError(f"METRICS_LISTEN={host}:{port} cannot be listened on: {error.strerror}") from error
        return int(self._server.server_port)

    def close(self) -> None:
        """Stop answering."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()

    def read(self) -> None:
        """Read the figures again; that the database is away is a figure, too."""
        try:
            with self.engine.connect() as conn:
                floor, now = first_open_crawl(conn)
                ended = ended_crawls(conn, self._floor, self._since) if self._since else list[EndedCrawl]()
                figures = read_figures(conn)
        except (NewsError, SQLAlchemyError):
            self.reachable = False
            return
        with self._lock:
            self._count(ended)
            self._started = self._started or now
            self._since = max(self._started, now - _OVERLAP)
            self._floor = max(0, floor - _IDS_UNDER_WAY)
            self._counted = {crawl.id for crawl in ended if crawl.finished_at >= self._since}
            self.figures, self.reachable = figures, True

    def _count(self, ended: Sequence[EndedCrawl]) -> None:
        for crawl in ended:
            if crawl.id not in self._counted:
                self.totals.add(crawl)

    def collect(self) -> Iterator[Metric]:
        """Yield all metrics, as of the last reading."""
        with self._lock:
            yield _gauge("archive_reachable", "Whether the database answered at the last reading.", self.reachable)
            yield _gauge("leading", "Whether this daemon decides who is due.", self.leads)
            yield _gauge(
                "disk_free_bytes", "Free on the disk of the data folder.", shutil.disk_usage(self.home.path).free
            )
            yield from _totals(self.totals)
            if self.figures and self.reachable:
                yield from _present(self.figures)


def _totals(totals: Totals) -> Iterator[Metric]:
    yield _counter("crawls", "Crawls that ended, by how.", totals.crawls, "state")
    yield _counter("links", "Links that crawls accounted for, by how they ended.", totals.links, "disposition")
    yield _counter("pages", "Responses received.", {"": totals.pages})
    yield _counter("fetched_bytes", "Bytes received.", {"": totals.bytes})
    yield _counter("crawl_seconds", "Time that crawls took, all together.", {"": totals.seconds})
    late = HistogramMetricFamily(
        "newskeep_start_late_seconds", "By how much crawls began after their due time; no missed turns."
    )
    limits = [str(float(limit)) for limit in LATE_BUCKETS] + ["+Inf"]
    late.add_metric([], list(zip(limits, accumulate(totals.late), strict=True)), totals.late_sum)
    yield late


def _present(figures: Figures) -> Iterator[Metric]:
    yield _gauge("turns_due", "Outlets whose turn has come and is not over.", figures.due)
    yield _gauge("turns_late_seconds", "How long the longest of them has waited to begin.", figures.late_seconds)
    yield _gauge("outlets_set_aside", "Outlets that killed workers and wait for a person.", figures.set_aside)
    jobs = {state: figures.jobs.get(state, 0) for state in ("todo", "doing")}
    yield _gauges("queue_jobs", "Jobs in the queue.", jobs, "state")
    yield _gauge("crawls_running", "Crawls under way.", figures.running)
    yield _gauge("database_bytes", "Size of the database.", figures.database_bytes)
    yield _gauges("alerts_open", "Open alerts, by rule of health.", figures.open_alerts, "rule")
    success = {name: at.timestamp() for name, at in figures.last_success.items()}
    yield _gauges("outlet_last_success_timestamp_seconds", "When an outlet could be read last.", success, "outlet")
    yield from _processes(figures)


def _processes(figures: Figures) -> Iterator[Metric]:
    labels = ["role", "host", "pid"]
    age = GaugeMetricFamily("newskeep_heartbeat_age_seconds", "Since a process was heard of last.", labels=labels)
    memory = GaugeMetricFamily("newskeep_process_memory_bytes", "Memory that a process holds.", labels=labels)
    for process in figures.processes:
        who = [process.role, process.host, str(process.pid)]
        age.add_metric(who, process.silent_seconds)
        if process.memory_bytes is not None:
            memory.add_metric(who, process.memory_bytes)
    yield age
    yield memory


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"newskeep_{name}", what, value=float(value))


def _gauges(name: str, what: str, values: Mapping[str, float], label: str) -> Metric:
    family = GaugeMetricFamily(f"newskeep_{name}", what, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _counter(name: str, what: str, values: Mapping[str, float], label: str | None = None) -> Metric:
    family = CounterMetricFamily(f"newskeep_{name}", what, labels=[label] if label else [])
    for key, value in values.items():
        family.add_metric([key] if label else [], value)
    return family


def read_figures(conn: Connection) -> Figures:
    """Read the values of all metrics from the database."""
    due, late, aside = conn.execute(_TURNS).one()
    return Figures(
        due=due,
        late_seconds=float(late),
        set_aside=aside,
        jobs=_numbers(conn, _JOBS),
        running=int(conn.execute(_RUNNING).scalar_one()),
        processes=live_processes(conn),
        open_alerts=_numbers(conn, _ALERTS),
        database_bytes=int(conn.execute(_SIZE).scalar_one()),
        last_success={row.name: row.at for row in conn.execute(_SUCCESSES) if row.at is not None},
    )


def ended_crawls(conn: Connection, after_id: int, since: datetime) -> list[EndedCrawl]:
    """Return the crawls with a higher id that ended at *since* or later, in the order of their ids."""
    rows = conn.execute(_ENDED, {"after_id": after_id, "since": since})
    return [EndedCrawl(**row._mapping) for row in rows]


def first_open_crawl(conn: Connection) -> tuple[int, datetime]:
    """Return the id before the first crawl that may still end, and the database's time."""
    crawl_id, now = conn.execute(_FIRST_OPEN).one()
    return int(crawl_id), now


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

_ALERTS = text("select rule, count(*) from alerts where ended_at is null group by 1")

_SIZE = text("select pg_database_size(current_database())")

_SUCCESSES = text("""
select o.name, (select c.ended_at from coverage c where c.outlet_id = o.id and c.looked
                order by c.started_at desc limit 1) as at
from turns t join outlets o on o.id = t.outlet_id
""")

# A turn that was missed while no daemon ran, or while we were offline, says nothing about how quickly turns begin.
_ENDED = text("""
select id, state, counts, pages, bytes, extract(epoch from finished_at - started_at)::float as seconds,
    case when not exists (
        select from coverage g where g.outlet_id = c.outlet_id and g.started_at >= c.due_at
            and g.started_at < c.started_at and g.reason in ('not_running', 'offline') and g.crawl_id is null
    ) then extract(epoch from started_at - due_at)::float end as late_seconds, finished_at
from crawls c where id > :after_id and finished_at >= :since order by id
""")

# A crawl that a dead process left running holds this back until it is closed.
_FIRST_OPEN = text("""
select coalesce((select min(id) - 1 from crawls where state = 'running'), (select max(id) from crawls), 0),
    clock_timestamp()
""")
