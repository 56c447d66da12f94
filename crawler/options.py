"""What a crawl is asked for, and how it is to go."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


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
