"""How a crawl ended."""

from dataclasses import dataclass, field

from news.dispositions import Ledger
from news.errors import NewsError

NO_LINKS = "no_links"  # the reason in `unread` of a target that never gave a link in any crawl


@dataclass(frozen=True, slots=True)
class CrawlResult:
    """How one crawl ended. `ledger` is None when it could not begin or its books could not be closed: see `problem`.

    `state` is finished, interrupted or failed; `looked` is False when nothing that announces links could be read, for
    the reasons in `unread` ({url: reason}), which also names channels that were read and gave nothing they should have.
    """

    outlet: str
    target: str
    state: str
    crawl_id: int | None = None
    ledger: Ledger | None = None
    seconds: float = 0.0
    pages: int = 0
    size: int = 0
    looked: bool = True
    unread: dict[str, str] = field(default_factory=dict)
    problem: NewsError | None = None
    stats: dict[str, int] = field(default_factory=dict)  # what the pipelines counted: {"teasers/removed": 312}

    @property
    def barren(self) -> bool:
        """True when no crawl ever found a link here: scripts draw the pages, or they are no news."""
        return NO_LINKS in self.unread.values()

    @property
    def waiting(self) -> int:
        """Links seen and not settled: an interrupted crawl's, which the next one takes up."""
        return self.ledger.links - sum(self.ledger.counts.values()) if self.ledger else 0

    @property
    def balanced(self) -> bool:
        """True when each link seen has one end, or still waits because the crawl was stopped."""
        if self.ledger is None:
            return self.crawl_id is None
        return self.ledger.balanced or (self.state != "finished" and self.waiting > 0)
