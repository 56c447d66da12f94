"""`newskeep crawls`: the crawls there were, and their ledgers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from cli.archived import NotFound, need_outlet, opened, strong, when
from cli.ledger import HINTS, in_words
from cli.output import emit, say
from cli.verbs import Verbs
from news.dispositions import Disposition
from news.text import one_line

if TYPE_CHECKING:
    from archive.crawls import CrawlRecord


@click.group(cls=Verbs)
def crawls() -> None:
    """List crawls and show their ledgers.

    \b
    newskeep crawls list --outlet krone
    newskeep crawls show 2041
    """


@crawls.command(name="list")
@click.option("--outlet", help="Only this outlet's.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=20, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="JSON objects, one a line.")
def list_(outlet: str | None, limit: int, as_json: bool) -> None:
    """The latest crawls, newest first.

    \b
    newskeep crawls list
    newskeep crawls list --outlet krone --limit 100 --json
    """
    from archive.crawls import list_crawls

    with opened() as (_, conn):
        if outlet is not None:
            need_outlet(conn, outlet)
        found = list_crawls(conn, outlet=outlet, limit=limit)
    width = max((len(one_line(crawl.outlet)) for crawl in found), default=0)
    for crawl in found:
        if as_json:
            emit(_record(crawl))
        else:
            click.echo(_line(crawl, width))
    if not found:
        say("There was no crawl yet: newskeep crawl https://www.example.org/")


@crawls.command()
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show(number: int, as_json: bool) -> None:
    """One crawl's ledger.

    \b
    newskeep crawls show 2041
    newskeep crawls show 2041 --json
    """
    from archive.crawls import find_crawl
    from archive.frontier import ledger

    with opened() as (_, conn):
        found = find_crawl(conn, number) if abs(number) < 2**63 else None
        if found is None:
            raise NotFound(f"there was no crawl {number}", "newskeep crawls list")
        books = ledger(conn, number)
    reasons: dict[str, dict[str, int]] = {}
    for (disposition, reason), count in books.reasons.items():
        reasons.setdefault(disposition, {})[reason] = count
    counts = {str(disposition): count for disposition, count in books.counts.items()}
    if as_json:
        emit(_record(found) | {"links": books.links, "counts": counts, "reasons": reasons})
    else:
        click.echo("\n".join(_ledger_lines(found, books.links, counts, reasons)))


def _record(crawl: CrawlRecord) -> dict[str, Any]:
    record = asdict(crawl)
    return {"type": "crawl", "crawl": record.pop("id"), **record}


def _line(crawl: CrawlRecord, width: int) -> str:
    counts = " · ".join(f"{crawl.counts[kind]} {kind}" for kind in Disposition if crawl.counts.get(kind))
    state = "" if crawl.state == "finished" else f"  {crawl.state}"
    books = "  books do not balance" if crawl.balanced is False and crawl.state == "finished" else ""
    outlet = f"{one_line(crawl.outlet):<{width}}"
    return f"{crawl.id:>6}  {when(crawl.started_at)}  {outlet}  {counts or 'no links'}{state}{books}"


def _ledger_lines(
    crawl: CrawlRecord, links: int, counts: dict[str, int], reasons: dict[str, dict[str, int]]
) -> Iterator[str]:
    yield strong(f"Crawl {crawl.id} · {one_line(crawl.outlet)} · {crawl.state}")
    yield f"  {when(crawl.started_at)} to {when(crawl.finished_at)} · {crawl.pages} pages, {crawl.bytes / 1e6:.1f} MB"
    yield f"  asked for {one_line(crawl.target)}" + (f" · {one_line(crawl.note)}" if crawl.note else "")
    for kind in Disposition:
        if counts.get(kind):
            why = " · ".join(f"{n} {in_words(one_line(reason))}" for reason, n in reasons.get(kind, {}).items())
            hint = HINTS.get(kind, "").format(crawl.id)
            yield f"{counts[kind]:>6}  {kind:<10} {why:<45} {hint}".rstrip()
    left = links - sum(counts.values())
    missing = f"✗ {left} not accounted for" if crawl.state == "finished" else f"· {left} left to the next crawl"
    yield f"{links:>6}  links seen " + (missing if left else "✓ all accounted for")
