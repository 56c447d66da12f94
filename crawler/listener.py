"""Who is told how a crawl goes: the terminal, a log, nobody."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from archive.store import Outcome
from crawler.result import CrawlResult
from news.errors import Busy

if TYPE_CHECKING:
    from crawler.job import CrawlJob


class Listener(Protocol):
    """Who is told how a crawl goes. Called on the crawl's own thread: must be quick.

    `removed` counts the blocks that were set aside on a page, by label.
    """

    def crawl_waits(self, busy: Busy) -> None: ...
    def crawl_started(self, job: "CrawlJob") -> None: ...
    def channels_read(self, job: "CrawlJob", done: int, known: int) -> None: ...
    def links_found(self, job: "CrawlJob", to_fetch: int) -> None: ...
    def link_ended(
        self, job: "CrawlJob", outcome: Outcome, headline: str | None, removed: Mapping[str, int]
    ) -> None: ...
    def crawl_ended(self, result: "CrawlResult") -> None: ...


class Silence:
    """A listener that says nothing."""

    def crawl_waits(self, busy: Busy) -> None: ...
    def crawl_started(self, job: "CrawlJob") -> None: ...
    def channels_read(self, job: "CrawlJob", done: int, known: int) -> None: ...
    def links_found(self, job: "CrawlJob", to_fetch: int) -> None: ...
    def link_ended(
        self, job: "CrawlJob", outcome: Outcome, headline: str | None, removed: Mapping[str, int]
    ) -> None: ...
    def crawl_ended(self, result: "CrawlResult") -> None: ...
