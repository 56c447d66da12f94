"""Metrics for Prometheus: figures of the whole archive, read by one daemon and served on METRICS_LISTEN.

A scrape is answered from the last reading, so it never waits for the database.
"""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, start_http_server
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Engine, Row, text
from sqlalchemy.exc import SQLAlchemyError

from archive.home import Home
from news.errors import NewsError, SettingError

READ_SECONDS = 15.0
LATE_BUCKETS = (1, 5, 15, 30, 60, 300, 900, 3600)
_OVERLAP = timedelta(minutes=2)  # a transaction that began before a reading may be seen after it
_IDS_UNDER_WAY = 100  # and so may a lower id than the highest

disable_created_metrics()  # type: ignore[no-untyped-call]  # they would double the series of counters


@dataclass(frozen=True, slots=True)
class Figure:
    """A gauge that the database knows: each row of `sql` has the values of `labels`, then the figure or null."""

    name: str
    what: str
    sql: str
    labels: tuple[str, ...] = ()

    def read(self, conn: Connection) -> Metric:
        """Read it now."""
        family = GaugeMetricFamily(f"newskeep_{self.name}", self.what, labels=self.labels)
        for *labels, value in conn.execute(text(self.sql)):
            if value is not None:
                family.add_metric(list(map(str, labels)), float(value))
        return family


FIGURES = (
    Figure(
        "turns_due",
        "Outlets whose turn has come and is not over.",
        "select count(*) from turns where due_at <= clock_timestamp() and set_aside_at is null",
    ),
    Figure(
        "turns_late_seconds",
        "How long the longest of them has waited to begin.",
        """select coalesce(extract(epoch from clock_timestamp() - min(due_at)), 0) from turns
        where due_at <= clock_timestamp() and set_aside_at is null and coalesce(started_at, '-infinity') < due_at""",
    ),
    Figure(
        "outlets_set_aside",
        "Outlets that killed workers and wait for a person.",
        "select count(set_aside_at) from turns",
    ),
    Figure(
        "queue_jobs",
        "Jobs in the queue.",
        """select state, (select count(*) from queue.procrastinate_jobs where status::text = state)
        from (values ('todo'), ('doing')) as states(state)""",
        ("state",),
    ),
    Figure("crawls_running", "Crawls under way.", "select count(*) from crawls where state = 'running'"),
    Figure("database_bytes", "Size of the database.", "select pg_database_size(current_database())"),
    Figure(
        "alerts_open",
        "Open alerts, by rule of health.",
        "select rule, count(*) from alerts where ended_at is null group by 1",
        ("rule",),
    ),
    Figure(
        "outlet_last_success_timestamp_seconds",
        "When an outlet could be read last.",
        """select o.name, (select extract(epoch from c.ended_at) from coverage c where c.outlet_id = o.id and c.looked
                           order by c.started_at desc limit 1)
        from turns t join outlets o on o.id = t.outlet_id""",
        ("outlet",),
    ),
    Figure(
        "heartbeat_age_seconds",
        "Since a process was heard of last.",
        """select role, host, pid, extract(epoch from clock_timestamp() - heartbeat_at) from processes
        where stopped_at is null order by id""",
        ("role", "host", "pid"),
    ),
    Figure(
        "process_memory_bytes",
        "Memory that a process holds.",
        "select role, host, pid, memory_bytes from processes where stopped_at is null order by id",
        ("role", "host", "pid"),
    ),
)


class Totals(CollectorRegistry):
    """The sums of the crawls that ended while this process ran; Prometheus expects a restart to begin at zero."""

    def __init__(self) -> None:
        super().__init__()
        self.crawls = self._counter("crawls", "Crawls that ended, by how.", "state")
        self.links = self._counter("links", "Links that crawls accounted for, by how they ended.", "disposition")
        self.pages = self._counter("pages", "Responses received.")
        self.bytes = self._counter("fetched_bytes", "Bytes received.")
        self.seconds = self._counter("crawl_seconds", "Time that crawls took, all together.")
        late = "By how much crawls began after their due time; no missed turns."
        self.late = Histogram("newskeep_start_late_seconds", late, registry=self, buckets=LATE_BUCKETS)

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"newskeep_{name}", what, labels, registry=self)

    def add(self, crawl: Row[Any]) -> None:
        """Add one crawl, a row of `_ENDED`."""
        self.crawls.labels(crawl.state).inc()
        for kind, number in crawl.counts.items():
            self.links.labels(kind).inc(number)
        self.pages.inc(crawl.pages)
        self.bytes.inc(crawl.bytes)
        self.seconds.inc(max(0.0, crawl.seconds))
        if crawl.late_seconds is not None:
            self.late.observe(max(0.0, crawl.late_seconds))


class Metrics(Collector):
    """Figures of the archive for Prometheus: call `read()` regularly, and `serve()` once."""

    def __init__(self, engine: Engine, home: Home) -> None:
        self.engine, self.home = engine, home
        self.leads = False
        self.totals = Totals()
        self.figures: list[Metric] = []  # none while the database does not answer
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
                floor, now = conn.execute(_FIRST_OPEN).one()
                since = {"after_id": self._floor, "since": self._since or now}
                ended = conn.execute(_ENDED, since).all() if self._since else []
                figures = [figure.read(conn) for figure in FIGURES]
        except (NewsError, SQLAlchemyError):
            self.figures = []
            return
        with self._lock:
            self._count(ended)
            self._started = self._started or now
            self._since = max(self._started, now - _OVERLAP)
            self._floor = max(0, floor - _IDS_UNDER_WAY)
            self._counted = {crawl.id for crawl in ended if crawl.finished_at >= self._since}
            self.figures = figures

    def _count(self, ended: Sequence[Row[Any]]) -> None:
        for crawl in ended:
            if crawl.id not in self._counted:
                self.totals.add(crawl)

    def collect(self) -> Iterator[Metric]:
        """Yield all metrics, as of the last reading."""
        free = shutil.disk_usage(self.home.path).free
        with self._lock:
            reachable = bool(self.figures)
            yield _gauge("archive_reachable", "Whether the database answered at the last reading.", reachable)
            yield _gauge("leading", "Whether this daemon decides who is due.", self.leads)
            yield _gauge("disk_free_bytes", "Free on the disk of the data folder.", free)
            yield from self.totals.collect()
            yield from self.figures


def _gauge(name: str, what: str, value: float) -> Metric:
    return GaugeMetricFamily(f"newskeep_{name}", what, value=float(value))


# A turn that was missed while no daemon ran, or while we were offline, says nothing about how quickly turns begin.
_ENDED = text("""
select id, state, counts, pages, bytes, extract(epoch from finished_at - started_at)::float as seconds,
    case when not exists (
        select from coverage g where g.outlet_id = c.outlet_id and g.started_at >= c.due_at
            and g.started_at < c.started_at and g.reason in ('not_running', 'offline') and g.crawl_id is null
    ) then extract(epoch from started_at - due_at)::float end as late_seconds, finished_at
from crawls c where id > :after_id and finished_at >= :since order by id
""")

# The id before the first crawl that may still end, and the time. A crawl that a dead process left running holds this
# back until it is closed.
_FIRST_OPEN = text("""
select coalesce((select min(id) - 1 from crawls where state = 'running'), (select max(id) from crawls), 0),
    clock_timestamp()
""")
