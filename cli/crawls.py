"""`newskeep crawls`: the crawls there were, and their ledgers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from cli.archive_helpers import format_time, need_crawl, need_outlet, opened_archive, print_answer, strong
from cli.completion import complete_outlet
from cli.crawl_report import books_in_words, disposition_lines, nonzero, size, summary_lines
from cli.verbs import Verbs
from news.dispositions import CrawlState, Disposition, Ledger
from news.reasons import Reason, in_words
from news.text import one_line

if TYPE_CHECKING:
    from archive.crawl_summary import CrawlSummary
    from archive.crawls import CrawlRecord

SECTION = "Look after"


@click.group(cls=Verbs)
def crawls() -> None:
    """List crawls and show how their links ended.

    \b
    newskeep crawls list --outlet krone
    newskeep crawls show 2041
    """


@crawls.command(name="list")
@click.option("--outlet", metavar="NAME|URL", shell_complete=complete_outlet, help="Only this outlet's.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=20, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="JSON objects, one a line.")
def list_(outlet: str | None, limit: int, as_json: bool) -> None:
    """List the latest crawls, newest first.

    \b
    newskeep crawls list
    newskeep crawls list --outlet krone --limit 100 --json
    """
    from archive.crawls import list_crawls

    with opened_archive() as (_, conn):
        if outlet is not None:
            outlet = need_outlet(conn, outlet)
        found = list_crawls(conn, outlet=outlet, limit=limit)
    width = max((len(one_line(crawl.outlet)) for crawl in found), default=0)
    nothing = "There was no crawl yet: newskeep crawl https://www.example.org/"
    print_answer(map(_record, found), (_line(crawl, width) for crawl in found), as_json=as_json, nothing=nothing)


@crawls.command()
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show(number: int, as_json: bool) -> None:
    """Show how one crawl's links ended, and why.

    \b
    newskeep crawls show 2041
    newskeep crawls show 2041 --json
    """
    from archive.crawl_summary import summarise_crawl
    from archive.frontier import ledger as read_ledger

    with opened_archive() as (_, conn):
        crawl = need_crawl(conn, number)
        ledger, summary = read_ledger(conn, number), summarise_crawl(conn, number)
    record = _record(crawl) | _ledger_record(ledger, summary)
    print_answer([record], _ledger_lines(crawl, ledger, summary), as_json=as_json)


def _record(crawl: CrawlRecord) -> dict[str, Any]:
    record = asdict(crawl)
    return {"type": "crawl", "crawl": record.pop("id"), **record}


def _line(crawl: CrawlRecord, width: int) -> str:
    counts = " · ".join(f"{crawl.counts[kind]} {kind}" for kind in Disposition if crawl.counts.get(kind))
    left = crawl.links - sum(crawl.counts.values())
    if crawl.state != CrawlState.FINISHED and left > 0:
        counts += f"{' · ' if counts else ''}{left} left"
    state = "" if crawl.state == CrawlState.FINISHED else f"  {crawl.state}"
    unbalanced = "  books do not balance" if crawl.balanced is False else ""
    outlet = f"{one_line(crawl.outlet):<{width}}"
    turn = "  on schedule" if crawl.due_at else "  backfill" if crawl.note == Reason.BACKFILL else ""
    nothing = "nothing changed" if crawl.note == Reason.UNCHANGED else "no links"
    return f"{crawl.id:>6}  {format_time(crawl.started_at)}  {outlet}  {counts or nothing}{state}{unbalanced}{turn}"


def _ledger_record(ledger: Ledger, summary: CrawlSummary) -> dict[str, Any]:
    reasons: dict[str, dict[str, int]] = {}
    for (disposition, reason), count in ledger.reasons.items():
        reasons.setdefault(disposition, {})[reason] = count
    removed = {"blocks": summary.blocks, "texts": summary.texts, "per_cent": [summary.least, summary.most]}
    usual = asdict(summary.usual) | {"normal": summary.usual.normal} if summary.usual else None
    counts = {str(disposition): count for disposition, count in ledger.counts.items()}
    return {
        "links": ledger.links,
        "counts": counts,
        "waiting": ledger.waiting,
        "reasons": reasons,
        "removed": removed,
        "usual": usual,
    }


def _ledger_lines(crawl: CrawlRecord, ledger: Ledger, summary: CrawlSummary) -> Iterator[str]:
    yield strong(f"Crawl {crawl.id} · {one_line(crawl.outlet)} · {crawl.state}")
    times = f"{format_time(crawl.started_at)} to {format_time(crawl.finished_at)}"
    yield f"  {times} · {crawl.pages} pages, {size(crawl.bytes)}"
    turn = f" · on schedule, due {format_time(crawl.due_at)}" if crawl.due_at else ""
    yield f"  asked for {one_line(crawl.target)}" + turn + (f" · {in_words(crawl.note)}" if crawl.note else "")
    yield from disposition_lines(crawl.id, nonzero(ledger.counts), ledger.reasons, summary)
    yield f"{ledger.links:5}  links seen {books_in_words(ledger.waiting, stopped=crawl.state != CrawlState.FINISHED)}"
    yield from summary_lines(crawl.id, summary)
