"""How a crawl ended: its result and its exit code."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from news.dispositions import CrawlState, Disposition, Ledger
from news.errors import NewsError
from news.exit_codes import ExitCode
from news.reasons import Reason


@dataclass(frozen=True, slots=True)
class CrawlResult:
    """How one crawl ended. `ledger` is None when it could not begin or its books could not be closed: see `problem`.

    `state` is finished, interrupted or failed; `looked` is False when nothing that announces links could be read, for
    the reasons in `unread` ({url: reason}), which also names channels that were read and gave nothing they should have.
    """

    outlet: str
    target: str
    state: CrawlState
    crawl_id: int | None = None
    ledger: Ledger | None = None
    seconds: float = 0.0
    pages: int = 0
    size: int = 0
    looked: bool = True
    unread: dict[str, str] = field(default_factory=dict)
    problem: NewsError | None = None
    stats: dict[str, int] = field(default_factory=dict)  # what the pipelines counted: {"teasers/removed": 312}
    channel_unchanged: bool = False  # one that lists links at least; they were not read again

    @property
    def never_had_links(self) -> bool:
        """True when no crawl ever found a link here: scripts draw the pages, or they are no news."""
        return Reason.NO_LINKS in self.unread.values()

    @property
    def unchanged(self) -> bool:
        """True when no link was seen because nothing has changed, not because nothing is listed."""
        return self.channel_unchanged and self.ledger is not None and not self.ledger.links

    @property
    def waiting(self) -> int:
        """Number of links that an interrupted crawl left for the next one."""
        return self.ledger.waiting if self.ledger else 0

    @property
    def balanced(self) -> bool:
        """True when each link seen has one end, or still waits because the crawl was stopped."""
        if self.ledger is None:
            return self.crawl_id is None
        return self.ledger.accounts_for_all(stopped=self.state != CrawlState.FINISHED)


_WEIGHTIEST = (
    ExitCode.DATABASE,
    ExitCode.BOOKS_OR_DAMAGE,
    ExitCode.CONFIGURATION_INVALID,
    ExitCode.ALREADY_RUNNING,
)


def exit_code(results: Sequence[CrawlResult]) -> ExitCode:
    """Return the exit code of the most serious ending among the crawls."""
    problems = [result.problem.exit_code for result in results if result.problem]
    if any(result.state == CrawlState.INTERRUPTED for result in results):
        return ExitCode.INTERRUPTED
    if problems:
        return next((code for code in _WEIGHTIEST if code in problems), problems[0])
    if not all(result.balanced for result in results):
        return ExitCode.BOOKS_OR_DAMAGE
    return _code_of_books(results)


def _code_of_books(results: Sequence[CrawlResult]) -> ExitCode:
    nothing = [_gave_nothing(result) for result in results]
    if nothing and all(nothing):
        return ExitCode.NOTHING_FETCHED
    failed = any(result.ledger is not None and result.ledger.counts.get(Disposition.FAILED) for result in results)
    broken = any(Reason.LAYOUT_CHANGED in result.unread.values() for result in results)
    return ExitCode.SOME_PAGES_FAILED if failed or broken or any(nothing) else ExitCode.FINE


def _gave_nothing(result: CrawlResult) -> bool:
    """Return True when nothing could be read; a crawl without news is fine."""
    fetched_nothing = result.ledger is not None and result.ledger.fetched_nothing
    return not result.looked or result.never_had_links or fetched_nothing


def one_line(result: CrawlResult) -> str:
    """Return how a crawl ended, for a log."""
    counts = result.ledger.counts if result.ledger else {}
    ends = ", ".join(f"{counts[kind]} {kind}" for kind in Disposition if counts.get(kind)) or "nothing"
    return f"crawl {result.crawl_id} · {result.outlet} · {result.state}: {result.problem or ends}"
