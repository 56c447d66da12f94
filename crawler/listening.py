"""A listener whose errors stop no crawl."""

import logging
from collections.abc import Callable

from archive.ingest.fetched import Outcome
from crawler.job import CrawlJob, Listener
from crawler.results import CrawlResult
from news.errors import Busy

logger = logging.getLogger(__name__)


class GuardedListener(Listener):
    """Passes everything on to *listener* until that raises an error, which is kept as `problem`.

    A full disk behind standard output must not become the end of a link.
    """

    def __init__(self, listener: Listener) -> None:
        self.problem: Exception | None = None
        self._listener = listener

    def crawl_waits(self, busy: Busy) -> None:
        self._pass_on(lambda listener: listener.crawl_waits(busy))

    def crawl_started(self, job: CrawlJob) -> None:
        self._pass_on(lambda listener: listener.crawl_started(job))

    def channels_read(self, job: CrawlJob, done: int, known: int) -> None:
        self._pass_on(lambda listener: listener.channels_read(job, done, known))

    def links_found(self, job: CrawlJob, to_fetch: int) -> None:
        self._pass_on(lambda listener: listener.links_found(job, to_fetch))

    def link_ended(self, job: CrawlJob, outcome: Outcome, headline: str | None) -> None:
        self._pass_on(lambda listener: listener.link_ended(job, outcome, headline))

    def crawl_ended(self, result: CrawlResult) -> None:
        self._pass_on(lambda listener: listener.crawl_ended(result))

    def _pass_on(self, event: Callable[[Listener], None]) -> None:
        if self.problem is None:
            try:
                event(self._listener)
            except Exception as error:
                self.problem = error
                if isinstance(error, OSError):  # the output is full: no bug, so no traceback
                    logger.warning("listener_failed", extra={"error": str(error)})
                else:
                    logger.warning("listener_failed", exc_info=True)
