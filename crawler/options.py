"""What a crawl is asked for, and how it is to go."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class TargetKind(StrEnum):
    """What the crawl was asked for."""

    OUTLET = "outlet"
    CHANNEL = "channel"
    ARTICLE = "article"
    UNKNOWN = "unknown"  # a URL that is a channel or an article: its content decides


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """How a crawl is to go. `since` skips what was announced longer ago; `limit` is the most pages fetched per outlet.
    `wait` has it wait for an outlet that is being crawled already.

    `recheck` looks again at every known link that is listed, also where its channel has not changed. `on_schedule`
    leaves alone what is not due: known pages until their time to look again, feeds that fail until their pause is over.
    """

    limit: int | None = None
    since: timedelta | None = None
    delay: float | None = None
    retry: int | None = None
    recheck: bool = True
    on_schedule: bool = False
    wait: bool = False


SCHEDULED = CrawlOptions(recheck=False, on_schedule=True)
