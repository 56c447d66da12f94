"""One crawl's parts, made by the runner and handed to spider, middlewares and pipelines; what listens to it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, Engine

from archive.captures.warc_writer import CaptureRecorder
from archive.crash_markers import ReadingMark
from archive.crawls import Crawl, require_running
from archive.home import Home
from archive.ingest.fetched import Outcome
from crawler.batch_writer import BatchWriter, retry_in_outage
from crawler.channels.kinds.robots import RobotsCache
from crawler.results import CrawlResult
from crawler.safety.guard import HostPaces
from crawler.targets import CrawlOptions, TargetKind
from news.access import AccessLog, AccessState, Source
from news.errors import Busy, NewsError
from news.outlets import Outlet
from news.urls import same_site

T = TypeVar("T")


@dataclass(slots=True)
class CrawlTally:
    """What a crawl has found out and counted so far."""

    kind: TargetKind
    problem: NewsError | None = None  # what stopped the crawl
    looked: bool = False  # a channel (or the requested page) was read or is unchanged
    reasons: dict[str, str] = field(default_factory=dict)  # why channels could not be read: {url: reason}
    channels: Counter[str] = field(default_factory=Counter)  # channels read, by kind
    unchanged: int = 0  # channels that list links and have not changed, so that their links were not read again
    links: int = 0  # found so far
    robots: set[str | None] = field(default_factory=set)  # why robots.txt files close sites; None: one is open
    rules: int = 0  # lines of robots.txt files that apply to us
    access: AccessLog = field(default_factory=AccessLog)
    pause: float = 0.0  # seconds between two requests, the longest of all sites


class Listener:
    """Receives the progress of a crawl; this one does nothing. Called on the crawl's own thread: must be quick."""

    def crawl_waits(self, busy: Busy) -> None: ...
    def crawl_started(self, job: "CrawlJob") -> None: ...
    def channels_read(self, job: "CrawlJob", done: int, known: int) -> None: ...
    def links_found(self, job: "CrawlJob", to_fetch: int) -> None: ...
    def link_ended(self, job: "CrawlJob", outcome: Outcome, headline: str | None) -> None: ...
    def crawl_ended(self, result: CrawlResult) -> None: ...


@dataclass(frozen=True, slots=True)
class CrawlJob:
    """One crawl of one outlet: its parts and its task, which never change, and the `tally` that does."""

    home: Home
    engine: Engine
    outlet: Outlet
    crawl: Crawl
    recorder: CaptureRecorder
    writer: BatchWriter
    options: CrawlOptions
    target: str
    tally: CrawlTally
    mark: ReadingMark
    listener: Listener = field(default_factory=Listener)
    paces: HostPaces = field(default_factory=HostPaces)  # shared by all crawls of the process
    robots_cache: RobotsCache | None = None  # None: robots.txt is always requested

    @property
    def limit(self) -> int | None:
        """How many pages the crawl fetches at most; None for a retry, which was asked for its pages."""
        given = self.options.limit
        return self.outlet.links_per_crawl if given is None and self.options.retry is None else given

    @property
    def is_whole(self) -> bool:
        """Whether the crawl is of the whole outlet, with the outlet's own limit."""
        whole = self.options.limit is None and self.options.since is None and self.options.retry is None
        return whole and not self.options.periods and self.tally.kind is TargetKind.OUTLET

    def note_access(self, url: str, state: AccessState, source: Source, evidence: str) -> None:
        """Note a sign of an access state that *url* gave, if that is an address of the outlet's own site."""
        if same_site(url, self.outlet.url):
            self.tally.access.add(state, source, evidence, url)

    async def db(self, work: Callable[[Connection], T]) -> T:
        """Run *work* in one transaction in a thread, again while the database is away; return its result.

        Raises ArchiveUnavailable when the database stays away, CrawlLost when this process was declared dead.
        """

        def transact() -> T:
            with self.engine.begin() as conn:
                require_running(conn, [self.crawl.id])
                return work(conn)

        return await retry_in_outage(transact)

    def since(self, now: datetime) -> datetime | None:
        """Return the time before which announced links are skipped."""
        return now - self.options.since if self.options.since is not None else None
