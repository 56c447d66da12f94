"""A crawl's closing account in words."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from news.dispositions import Disposition, Ledger

if TYPE_CHECKING:
    from archive.store import Outcome
    from crawler.result import CrawlResult

_WORDS = {
    "robots_txt": "robots.txt",
    "not_html": "not HTML",
    "not_article": "no article",
    "paywall": "paywall stub",
    "since": "too old (--since)",
    "limit": "over --limit",
    "skip_url": "skip_url",
    "article_url": "not article_url",
    "dns": "host not found",
    "tls": "bad certificate",
    "cut_off": "broke off",
    "too_large": "too large",
    "forbidden_address": "private address",
    "crawl_timeout": "out of time",
    "layout_changed": "gave no links where it gave some: its layout has changed",
    "page_too_costly": "would take the parser too long",
}
HINTS = {
    Disposition.COPY: "newskeep show --copies --crawl {}",
    Disposition.REVISED: "newskeep diff --crawl {}",
    Disposition.FAILED: "newskeep crawl --retry {}",
}
_EXPLAINED = {Disposition.MOVED: "a second address of an article we have"}
_DETAIL_WIDTH = 46


@dataclass(slots=True)
class Tally:
    """What the ledger does not hold: what was removed and what kind of changes there were."""

    changes: Counter[str] = field(default_factory=Counter)
    blocks: int = 0
    texts: int = 0

    def add(self, outcome: "Outcome") -> None:
        """Count one more ended link."""
        self.changes.update(outcome.changes[:1])
        self.blocks += outcome.removed
        self.texts += bool(outcome.removed)


def in_words(reason: str) -> str:
    """A reason as people say it: `http_503` is "HTTP 503"."""
    status = re.fullmatch(r"(robots_)?http_(\d+)", reason)
    if status:
        return f"{'robots.txt: ' if status[1] else ''}HTTP {status[2]}"
    return _WORDS.get(reason, reason.replace("_", " "))


def closing_lines(result: "CrawlResult", tally: Tally) -> list[str]:
    """The account of one crawl, a line for each way in which links ended."""
    ledger = result.ledger
    if ledger is None:
        return [f"{result.outlet} · {result.state}: {result.problem or 'nothing was fetched'}"]
    lines = [_heading(result)]
    for disposition in (d for d in Disposition if ledger.counts.get(d)):
        detail = _detail(disposition, ledger, tally)
        hint = HINTS.get(disposition, "").format(result.crawl_id)
        lines.append(f"{ledger.counts[disposition]:5}  {disposition:<11}{detail:<{_DETAIL_WIDTH}}{hint}".rstrip())
    if result.waiting:
        lines.append(f"{result.waiting:5}  waiting    the next crawl goes on with them")
    lines.append(f"{ledger.links:5}  links seen {_verdict(result)}")
    if tally.blocks:
        hint = f"newskeep show --removed --crawl {result.crawl_id}"
        lines.append(f"  {f'Removed   {tally.blocks} blocks from {tally.texts} texts':<{_DETAIL_WIDTH + 16}}{hint}")
    return lines + [f"  {url}: {in_words(reason)}" for url, reason in list(result.unread.items())[:10]]


def one_line(result: "CrawlResult") -> str:
    """The same on one line."""
    if result.ledger is None:
        return f"{result.outlet}: {result.state}: {result.problem or 'nothing was fetched'}"
    counts = ", ".join(f"{number} {kind}" for kind, number in nonzero(result.ledger.counts).items()) or "nothing"
    waiting = f", {result.waiting} waiting" if result.waiting else ""
    return (
        f"crawl {result.crawl_id} · {result.outlet} · {duration(result.seconds)}: {counts}{waiting}; {_verdict(result)}"
    )


def total_line(results: Iterable["CrawlResult"]) -> str:
    """All crawls together on one line."""
    ended = list(results)
    counts: Counter[str] = Counter()
    for result in ended:
        counts.update(nonzero(result.ledger.counts) if result.ledger else {})
    links = sum(result.ledger.links for result in ended if result.ledger)
    told = ", ".join(f"{counts[kind]} {kind}" for kind in Disposition if counts[kind]) or "nothing"
    return f"{len(ended)} crawl{'s' if len(ended) != 1 else ''}, {links} links: {told}"


def nonzero(counts: Mapping[Disposition, int]) -> dict[str, int]:
    """The counts that are not nought, in the order of the dispositions."""
    return {str(kind): counts[kind] for kind in Disposition if counts.get(kind)}


def duration(seconds: float) -> str:
    """ "1 min 52 s"."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def size(count: int) -> str:
    """ "6.2 MB"."""
    return f"{count / 1_000_000:.1f} MB" if count >= 100_000 else f"{count / 1000:.0f} kB"


def _heading(result: "CrawlResult") -> str:
    state = "" if result.state == "finished" else f" · {result.state}"
    pages = f"{result.pages} pages, {size(result.size)}"
    return f"Crawl {result.crawl_id} · {result.outlet} · {duration(result.seconds)} · {pages}{state}"


def _detail(disposition: Disposition, ledger: Ledger, tally: Tally) -> str:
    if disposition is Disposition.REVISED:
        return " · ".join(f"{number} {kind.replace('_', ' ')}" for kind, number in tally.changes.most_common(4))
    reasons = [(number, reason) for (kind, reason), number in ledger.reasons.items() if kind is disposition]
    told = [f"{number} {in_words(reason)}" for number, reason in sorted(reasons, reverse=True)]
    return " · ".join(told) or _EXPLAINED.get(disposition, "")


def _verdict(result: "CrawlResult") -> str:
    if not result.looked:
        return "✗ nothing could be read"
    return "✓ all accounted for" if result.balanced else "✗ the books do not balance"
