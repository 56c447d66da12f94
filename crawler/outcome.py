"""What a command ends with after its crawls: an exit code, one meaning each, and a line of words."""

from collections.abc import Sequence

from crawler.result import CrawlResult
from news.dispositions import Disposition

FINE, SOME_FAILED, CONFIGURATION, NOTHING_FETCHED, DATABASE, BUSY, BOOKS, INTERRUPTED = 0, 3, 4, 5, 6, 7, 8, 130


def exit_code(results: Sequence[CrawlResult]) -> int:
    """What the command ends with: the weightiest of what happened to its crawls."""
    problems = [result.problem.exit_code for result in results if result.problem]
    if any(result.state == "interrupted" for result in results):
        return INTERRUPTED
    for weighty in (DATABASE, BOOKS, CONFIGURATION, BUSY):
        if weighty in problems:
            return weighty
    if problems:
        return problems[0]
    if not all(result.balanced for result in results):
        return BOOKS
    return _code_of_books(results)


def _code_of_books(results: Sequence[CrawlResult]) -> int:
    nothing = [_gave_nothing(one) for one in results]
    if nothing and all(nothing):
        return NOTHING_FETCHED
    failed = any(one.ledger is not None and one.ledger.counts.get(Disposition.FAILED) for one in results)
    broken = any("layout_changed" in one.unread.values() for one in results)
    return SOME_FAILED if failed or broken or any(nothing) else FINE


def _gave_nothing(result: CrawlResult) -> bool:
    """True when nothing could be read; that nothing is new today is a fine end."""
    fetched_nothing = result.ledger is not None and result.ledger.fetched_nothing
    return not result.looked or result.barren or fetched_nothing


def one_line(result: CrawlResult) -> str:
    """How a crawl ended, for a log."""
    counts = result.ledger.counts if result.ledger else {}
    told = ", ".join(f"{counts[kind]} {kind}" for kind in Disposition if counts.get(kind)) or "nothing"
    return f"crawl {result.crawl_id} · {result.outlet} · {result.state}: {result.problem or told}"
