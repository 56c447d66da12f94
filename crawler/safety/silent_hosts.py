"""Leave a host for the rest of a crawl once it has let two requests run out."""

from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from scrapy.exceptions import DownloadTimeoutError

from crawler.safety.failures import TRANSIENT
from news.schedule.backoff import TRIES

MAX_TIMEOUTS = 2
MAX_FAILURES = MAX_TIMEOUTS * TRIES  # requests in a row that were refused, reset or broken off: two pages, all tries


@dataclass(slots=True)
class SilentHosts:
    """Counts of one crawl, by host and port: two servers on one address are two hosts."""

    _timeouts: Counter[str] = field(default_factory=Counter)
    _failures: Counter[str] = field(default_factory=Counter)  # since the last answer

    def is_given_up(self, url: str) -> bool:
        """Whether this crawl has stopped requesting the host of *url*."""
        host = _host(url)
        return self._timeouts[host] >= MAX_TIMEOUTS or self._failures[host] >= MAX_FAILURES

    def answered(self, url: str) -> None:
        """Forget the host's connection failures. Its timeouts count on: each has cost the whole deadline."""
        self._failures.pop(_host(url), None)

    def failed(self, url: str, error: Exception) -> None:
        """Count a request without an answer."""
        if isinstance(error, DownloadTimeoutError):
            self._timeouts[_host(url)] += 1
        elif isinstance(error, TRANSIENT):
            self._failures[_host(url)] += 1


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower()
