"""One crawl's parts, made by the runner and handed to the spider, the middlewares and the pipelines."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeVar

from sqlalchemy import Connection, Engine

from archive.captures import CapturedResponse, CaptureFiles, StoredRecord
from archive.crawls import Crawl
from archive.home import Home
from archive.store import Outcome, find_original
from news.errors import ArchiveUnavailable, NewsError
from news.outlets import Outlet
from news.urls import canonicalise, url_key

if TYPE_CHECKING:
    from crawler.batches import Batches
    from crawler.runner import CrawlResult

T = TypeVar("T")

# The pauses, in seconds, in which a database that went away may come back before the crawl is stopped.
_PATIENCE = (0.2, 0.5, 1, 2, 4, 8, 15)


class TargetKind(StrEnum):
    """What the crawl was asked for."""

    OUTLET = "outlet"
    FEED = "feed"
    SITEMAP = "sitemap"
    LISTING = "listing"
    ARTICLE = "article"
    UNKNOWN = "unknown"  # a URL: what it is is seen when it is fetched


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """How a crawl is to go. `since` skips what was announced longer ago; `limit` is the most pages fetched per outlet.

    `recheck` looks again at every known link that is listed; without it only at links that are due.
    """

    limit: int | None = None
    since: timedelta | None = None
    delay: float | None = None
    retry: int | None = None
    recheck: bool = True


class Listener(Protocol):
    """Who is told how a crawl goes. Called on the crawl's own thread: must be quick."""

    def crawl_started(self, job: "CrawlJob") -> None: ...
    def channels_read(self, job: "CrawlJob", done: int, known: int) -> None: ...
    def links_found(self, job: "CrawlJob", to_fetch: int) -> None: ...
    def link_ended(self, job: "CrawlJob", outcome: Outcome, headline: str | None) -> None: ...
    def crawl_ended(self, result: "CrawlResult") -> None: ...


class Silence:
    """A listener that says nothing."""

    def crawl_started(self, job: "CrawlJob") -> None: ...
    def channels_read(self, job: "CrawlJob", done: int, known: int) -> None: ...
    def links_found(self, job: "CrawlJob", to_fetch: int) -> None: ...
    def link_ended(self, job: "CrawlJob", outcome: Outcome, headline: str | None) -> None: ...
    def crawl_ended(self, result: "CrawlResult") -> None: ...


@dataclass(slots=True)
class Keeper:
    """Writes captures and counts what came over the network."""

    engine: Engine
    files: CaptureFiles
    pages: int = 0
    size: int = 0

    def count(self, size: int) -> None:
        """One more response of *size* bytes was received."""
        self.pages += 1
        self.size += size

    def keep(self, response: CapturedResponse, digest: bytes, known: bool) -> StoredRecord:
        """Write the response; a body that is *known* becomes a revisit of the capture that holds it."""
        original = None
        if known:
            with self.engine.connect() as conn:
                original = find_original(conn, url_key(canonicalise(response.url)), digest)
        return self.files.write(response, original=original)


@dataclass(slots=True)
class CrawlJob:
    """One outlet, one crawl."""

    home: Home
    engine: Engine
    outlet: Outlet
    crawl: Crawl
    keeper: Keeper
    batches: "Batches"
    options: CrawlOptions
    target: str
    kind: TargetKind
    listener: Listener = field(default_factory=Silence)
    problem: NewsError | None = None  # what stopped the crawl
    looked: bool = False  # a channel (or the page asked for) was read or is unchanged
    reasons: dict[str, str] = field(default_factory=dict)  # why channels could not be read: {url: reason}
    channels: Counter[str] = field(default_factory=Counter)  # how many of each kind could be read
    pause: float = 0.0  # seconds between two requests, the longest of all sites asked

    async def db(self, work: Callable[[Connection], T]) -> T:
        """What *work* returns, done in one transaction in a thread; tried again while the database is away.

        Raises ArchiveUnavailable when it stays away.
        """

        def transact() -> T:
            with self.engine.begin() as conn:
                return work(conn)

        return await patiently(transact)

    def since(self, now: datetime) -> datetime | None:
        """The moment before which announced links are skipped."""
        return now - self.options.since if self.options.since is not None else None


async def patiently(work: Callable[[], T]) -> T:
    """What *work* returns, done in a thread; tried again while the database is away.

    For work that has written nothing when it fails. Raises ArchiveUnavailable when the database stays away.
    """
    for wait in _PATIENCE:
        try:
            return await asyncio.to_thread(work)
        except ArchiveUnavailable:
            await asyncio.sleep(wait)
    return await asyncio.to_thread(work)
