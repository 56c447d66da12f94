"""The books of each crawl: the links that it saw and how they ended."""

from typing import Any

from sqlalchemy import Connection, Row

from archive.verify.row_check import RowCheck
from news.dispositions import CrawlState, Disposition, Ledger


def _problem(_: Connection, row: Row[Any]) -> str | None:
    if row.state == CrawlState.RUNNING:
        return None
    counts = {Disposition(name): number for name, number in row.counts.items()}
    ledger = Ledger(row.links, counts)
    if not ledger.accounts_for_all(stopped=row.state != CrawlState.FINISHED) or not row.balanced:
        return f"the books do not balance: {row.links} links, {sum(counts.values())} accounted for"
    for name, reasons in row.reasons.items():
        if sum(reasons.values()) > counts.get(Disposition(name), 0):
            return f"there are more reasons than links that were {name}"
    new = sum(counts.get(found, 0) for found in (Disposition.NEW, Disposition.COPY))
    if (row.covered_links, row.covered_new) != (row.links, new):
        return "what the coverage says of it is not what the crawl counted"
    return None


CRAWLS = RowCheck(
    id="crawls",
    title="the books of each crawl",
    table="crawls",
    rows="""
    select c.state, c.links, c.counts, c.reasons, c.balanced, v.links as covered_links, v.new as covered_new
    from crawls c left join coverage v on v.crawl_id = c.id where c.id = k.key
    """,
    problem=_problem,
)
