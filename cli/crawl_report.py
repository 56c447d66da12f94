"""The closing report of a crawl, in words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from cli.output import plural
from crawler.results import CrawlResult
from news.dispositions import CrawlState, Disposition
from news.reasons import Reason, in_words
from news.text import printable

if TYPE_CHECKING:
    from archive.crawl_summary import CrawlSummary

_HINTS = {
    Disposition.COPY: "newskeep show --copies --crawl {}",
    Disposition.REVISED: "newskeep diff --crawl {}",
    Disposition.FAILED: "newskeep crawl --retry {}",
}
_ORDER = (
    Disposition.NEW, Disposition.REVISED, Disposition.UNCHANGED, Disposition.COPY, Disposition.MOVED,
    Disposition.SKIPPED, Disposition.FAILED,
)  # fmt: skip
_DETAIL_WIDTH = 46
_MOST_DETAILS = 4
Reasons = Mapping[tuple[Disposition, str], int]  # {("failed", "http_503"): 2}


def closing_lines(result: "CrawlResult", summary: "CrawlSummary") -> list[str]:
    """Return the report of a crawl, with a line for each disposition."""
    ledger = result.ledger
    if ledger is None:
        return [f"{result.outlet} · {result.state}: {result.problem or 'nothing was fetched'}"]
    crawl_id = result.crawl_id or 0
    lines = [_heading(result), *disposition_lines(crawl_id, nonzero(ledger.counts), ledger.reasons, summary)]
    if result.waiting:
        lines.append(f"{result.waiting:5}  waiting    the next crawl goes on with them")
    lines.append(f"{ledger.links:5}  links seen {_verdict(result)}")
    lines += summary_lines(crawl_id, summary)
    return lines + [f"  {url}: {in_words(reason)}" for url, reason in list(result.unread.items())[:10]]


def disposition_lines(
    crawl_id: int, counts: Mapping[str, int], reasons: Reasons, summary: "CrawlSummary"
) -> Iterator[str]:
    """Yield a line for each disposition, with reasons and the command that shows more."""
    for kind in (kind for kind in _ORDER if counts.get(kind)):
        detail = _detail(kind, reasons, summary)
        yield f"{counts[kind]:5}  {kind:<11}{detail:<{_DETAIL_WIDTH}} {_HINTS.get(kind, '').format(crawl_id)}".rstrip()


def summary_lines(crawl_id: int, summary: "CrawlSummary") -> Iterator[str]:
    """Say how much was removed from the texts, and whether so much news is usual."""
    if summary.blocks:
        share = f"{summary.least}" if summary.least == summary.most else f"{summary.least}–{summary.most}"
        removed = (
            f"{plural(summary.blocks, 'block')} removed from {plural(summary.texts, 'text')}, {share} % of the text"
        )
        yield f"  Teasers   {removed:<{_DETAIL_WIDTH + 6}} · newskeep show --removed --crawl {crawl_id}"
    if summary.usual:
        usual = summary.usual
        where = "within" if usual.normal else "below" if usual.new < usual.least else "above"
        mark = "Normal " if usual.normal else "Unusual"
        yield f"  {mark}   {usual.new} new is {where} the usual {usual.least}–{usual.most} for a {usual.time}"


def crawl_line(result: "CrawlResult") -> str:
    """Return the report of a crawl on one line."""
    if result.ledger is None:
        return f"{result.outlet}: {result.state}: {result.problem or 'nothing was fetched'}"
    counts = ", ".join(f"{number} {kind}" for kind, number in nonzero(result.ledger.counts).items()) or "nothing"
    head = f"crawl {result.crawl_id} · {result.outlet} · {duration(result.seconds)} · {_pages(result)}"
    verdict = _verdict(result).removeprefix("· ")  # it follows a semicolon here
    return f"{head}: {counts}; {verdict}{_unread(result)}{_failures(result)}"


def total_line(results: Iterable["CrawlResult"]) -> str:
    """Return the totals of all crawls on one line."""
    ended = list(results)
    counts: Counter[str] = Counter()
    for result in ended:
        counts.update(nonzero(result.ledger.counts) if result.ledger else {})
    links = sum(result.ledger.links for result in ended if result.ledger)
    ways = ", ".join(f"{counts[kind]} {kind}" for kind in Disposition if counts[kind]) or "nothing"
    return f"{plural(len(ended), 'crawl')}, {plural(links, 'link')}: {ways}"


def nonzero(counts: Mapping[Disposition, int]) -> dict[str, int]:
    """Return the counts other than zero, in the order of the dispositions."""
    return {str(kind): counts[kind] for kind in Disposition if counts.get(kind)}


def duration(seconds: float) -> str:
    """Format a duration, such as 1 min 52 s."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def size(count: int) -> str:
    """Format a number of bytes, such as 6.2 MB."""
    return f"{count / 1_000_000:.1f} MB" if count >= 100_000 else f"{count / 1000:.0f} kB"


def _heading(result: "CrawlResult") -> str:
    state = "" if result.state == CrawlState.FINISHED else f" · {result.state}"
    return f"Crawl {result.crawl_id} · {result.outlet} · {duration(result.seconds)} · {_pages(result)}{state}"


def _pages(result: "CrawlResult") -> str:
    return f"{plural(result.pages, 'page')}, {size(result.size)}"


def _unread(result: "CrawlResult") -> str:
    """Name a channel that could not be read although others could; where none could, an error says so."""
    if not result.unread or not result.looked or result.never_had_links:
        return ""
    url, reason = next(iter(result.unread.items()))
    more = f" and {len(result.unread) - 1} more" if len(result.unread) > 1 else ""
    return f"; not read: {url}: {in_words(reason)}{more}"


def _failures(result: "CrawlResult") -> str:
    """Say why pages failed and how to try again."""
    reasons = result.ledger.reasons if result.ledger else {}
    failed = _reasons_in_words(reasons, Disposition.FAILED)
    return f"; failed: {failed}; try: newskeep crawl --retry {result.crawl_id}" if failed else ""


def _detail(kind: Disposition, reasons: Reasons, summary: "CrawlSummary") -> str:
    if kind is Disposition.REVISED:
        return _first_details(summary.changes)
    if kind is Disposition.COPY:
        return _first_details(summary.copied)
    return "a second address of an article we have" if kind is Disposition.MOVED else _reasons_in_words(reasons, kind)


def _first_details(numbers: Mapping[str, int]) -> str:
    details = [f"{number} {printable(name.replace('_', ' '))}" for name, number in numbers.items()]
    others = sum(list(numbers.values())[_MOST_DETAILS:])
    return " · ".join(details[:_MOST_DETAILS] + ([f"{others} other"] if others else []))


def _reasons_in_words(reasons: Reasons, kind: Disposition) -> str:
    numbers = sorted(((number, reason) for (ended, reason), number in reasons.items() if ended == kind), reverse=True)
    return " · ".join(f"{number} {in_words(reason)}" for number, reason in numbers)


def _verdict(result: "CrawlResult") -> str:
    if not result.looked:
        return "✗ nothing could be read"
    if result.never_had_links:
        return "✗ no link to an article was found"
    if result.unchanged:
        return f"✓ {Reason.UNCHANGED.words}"
    return books_in_words(result.waiting, stopped=result.state != CrawlState.FINISHED)


def books_in_words(waiting: int, *, stopped: bool) -> str:
    """Say whether all links are accounted for; *waiting* of them have not ended."""
    if not waiting:
        return "✓ all accounted for"
    return f"· {waiting} left to the next crawl" if stopped and waiting > 0 else "✗ the books do not balance"
