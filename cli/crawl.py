"""`newskeep crawl`: crawl one or more outlets now."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from datetime import timedelta
from math import isnan
from typing import TYPE_CHECKING, Any

import click

from archive.home import Home, existing_home, home_for_address
from cli.completion import complete_outlet
from cli.crawl_report import total_line
from cli.output import STDERR, STDOUT, emit, ignore_broken_pipe, say
from crawler.results import CrawlResult, exit_code
from news.dispositions import CrawlState, Disposition
from news.errors import ArchiveError
from news.garbage import collect_rarely, return_large_blocks
from news.reasons import Reason, in_words

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from archive.crawl_summary import CrawlSummary
    from cli.progress import Lines
    from crawler.targets import CrawlOptions

SECTION = "Collect"


class Delay(click.FloatRange):
    """Seconds; “nan” is refused."""

    name = "delay"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        seconds = super().convert(value, param, ctx)
        return self.fail(f"{value!r} is not a number of seconds", param, ctx) if isnan(seconds) else seconds


class Duration(click.ParamType[timedelta]):
    """A number with m, h, d or w."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        from crawler.outlets.options import InvalidValue, duration

        try:
            return value if isinstance(value, timedelta) else duration(value)
        except InvalidValue as error:
            self.fail(f"{error.message} (write for example 12h or 7d)", param, ctx)


@click.command()
@click.argument("targets", metavar="TARGET...", nargs=-1, shell_complete=complete_outlet)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most N pages per outlet, the newest first.")
@click.option("--since", type=Duration(), metavar="7d", help="Skip pages announced before that (12h, 7d, 2w).")
@click.option("--delay", type=Delay(0, 3600), metavar="SECONDS", help="Pause between requests to a site.")
@click.option("--json", "json_", is_flag=True, help="One JSON object per link, and a summary, on standard output.")
@click.option("--dry-run", is_flag=True, help="List what would be fetched; fetch no article, write nothing.")
@click.option("--retry", type=click.IntRange(1), metavar="CRAWL", help="Fetch again the pages that failed in CRAWL.")
@click.option("--wait", is_flag=True, help="Wait for an outlet that is already being crawled.")
@click.option("-q", "--quiet", is_flag=True, help="Print problems only.")
def crawl(
    targets: tuple[str, ...],
    limit: int | None,
    since: timedelta | None,
    delay: float | None,
    json_: bool,
    dry_run: bool,
    retry: int | None,
    wait: bool,
    quiet: bool,
) -> None:
    """Crawl outlets, home pages, feeds, sitemaps or articles once.

    \b
    newskeep crawl spiegel                         an outlet of outlets.toml
    newskeep crawl https://www.example.org/ --limit 20 --since 2d
    newskeep crawl --retry 2041                    what failed in crawl 2041

    --retry fetches what failed in that crawl alone; an outlet named beside it must be the outlet of that crawl.

    A longer delay in robots.txt wins over --delay. Ctrl-C stops cleanly: what was fetched is kept, and the next crawl
    continues with the rest. Exit codes: 0 fine, 3 some pages failed, 4 configuration, 5 nothing could be
    fetched, 6 database, 7 already running (--wait waits instead), 8 books do not balance, 130 interrupted.
    """
    if not targets and retry is None:
        raise click.UsageError("name an outlet or give an address; `newskeep outlets list` shows the outlets")
    from crawler.targets import CrawlOptions

    options = CrawlOptions(limit=limit, since=since, delay=delay, retry=retry, wait=wait)
    if dry_run:
        _preview(targets, options, json_=json_)
        return
    results = run_crawls(targets, options, json_=json_, quiet=quiet)
    close_crawls(results, json_=json_, quiet=quiet)

    sys.exit(exit_code(results))


def run_crawls(targets: Sequence[str], options: CrawlOptions, *, json_: bool, quiet: bool) -> list[CrawlResult]:
    """Crawl the targets and show how it goes."""
    from archive.database import archive_engine
    from crawler.logs import setup_logging
    from crawler.runner import choose_targets
    from crawler.runner import crawl as run

    collect_rarely()
    return_large_blocks()
    home = _home(targets)
    setup_logging(home, "warning")
    with archive_engine(home) as engine:
        listener = _listener(engine, json_=json_, quiet=quiet)
        if options.retry is not None:
            choose_targets(home, engine, targets, options)  # refuses the outlet of another crawl
            if reason := _nothing_to_retry(engine, options.retry):
                say(reason)
                return []
        with listener if isinstance(listener, AbstractContextManager) else nullcontext():
            return run(home, engine, targets, options, listener)


def _home(targets: Sequence[str]) -> Home:
    """Find the data folder; only the address of an outlet may start a new archive."""
    is_address = any(target.lower().startswith(("http://", "https://")) for target in targets)
    return home_for_address() if is_address else existing_home()


def _nothing_to_retry(engine: Engine, crawl_id: int) -> str | None:
    """Say why there is nothing to retry; None if there is, or if the crawl does not exist."""
    from archive.crawl_summary import failed_addresses
    from archive.crawls import find_crawl

    with engine.connect() as conn:
        crawl = find_crawl(conn, crawl_id)
        if crawl is None or failed_addresses(conn, crawl_id):
            return None
    if crawl.counts.get(Disposition.FAILED):
        return f"nothing to retry: later crawls have met all that failed in crawl {crawl_id}"
    return f"nothing to retry: no page failed in crawl {crawl_id}"


def _listener(engine: Engine, *, json_: bool, quiet: bool) -> Lines:
    from cli.progress import Bars, Lines, Records

    if json_:
        return Records(quiet=quiet)
    if quiet or not sys.stderr.isatty():
        return Lines(quiet=quiet)
    return Bars(lambda crawl_id: _account(engine, crawl_id))


def _account(engine: Engine, crawl_id: int) -> CrawlSummary:
    from archive.crawl_summary import CrawlSummary, summarise_crawl

    try:
        with engine.connect() as conn:
            return summarise_crawl(conn, crawl_id)
    except ArchiveError:  # the crawl itself reports it
        return CrawlSummary()


def close_crawls(results: Sequence[CrawlResult], *, json_: bool, quiet: bool) -> None:
    """Print what is wrong, and the summary of all."""
    with ignore_broken_pipe(STDERR):
        for result in results:
            _print_problem(result)
    with ignore_broken_pipe(STDOUT):
        for record in summary_records(results) if json_ else ():
            emit(record)
    with ignore_broken_pipe(STDERR):
        if results and not quiet and (len(results) > 1 or not sys.stderr.isatty()):
            say(total_line(results))


def _print_problem(result: CrawlResult) -> None:
    if result.problem:
        say(f"error: {result.outlet}: {result.problem}")
        if result.problem.hint:
            say(f"  try: {result.problem.hint}")
    elif (not result.looked or result.never_had_links) and result.state == CrawlState.FINISHED:
        what = (
            "no link to an article was found"
            if result.never_had_links
            else "nothing that announces articles could be read"
        )
        say(f"error: {result.outlet}: {what}")
        for url, reason in list(result.unread.items())[:5]:
            say(f"  {url}: {in_words(reason)}")
        say(f"  try: {_remedy(result)}")


def _remedy(result: CrawlResult) -> str:
    private = [url for url, reason in result.unread.items() if reason == Reason.FORBIDDEN_ADDRESS]
    if private:
        from crawler.outlets.survey import allow_hint

        return allow_hint(private[0])
    return f"newskeep outlets test {result.target}"


def summary_records(results: Sequence[CrawlResult]) -> list[dict[str, Any]]:
    """Return the last records of `--json`: one per crawl if there are several, then the summary of all."""
    if len(results) == 1:
        return [{"type": "summary", "crawl": results[0].crawl_id, **_sums(results)}]
    single = [
        {"type": "crawl", "crawl": result.crawl_id, "outlet": result.outlet, **_sums([result])} for result in results
    ]
    return [*single, {"type": "summary", "crawls": [result.crawl_id for result in results], **_sums(results)}]


def _sums(results: Sequence[CrawlResult]) -> dict[str, Any]:
    counts: Counter[Disposition] = Counter()
    for result in results:
        counts.update(result.ledger.counts if result.ledger else {})
    waiting = sum(result.waiting for result in results)
    return {
        "counts": {str(kind): counts[kind] for kind in Disposition},
        "links": sum(result.ledger.links for result in results if result.ledger),
        "balanced": all(result.balanced for result in results),
    } | ({"waiting": waiting} if waiting else {})


def _preview(targets: Sequence[str], options: CrawlOptions, *, json_: bool) -> None:
    from archive.database import archive_engine
    from crawler.preview import preview

    home = _home(targets)
    with archive_engine(home) as engine:
        planned = preview(home, engine, targets, options)
    for plan in planned:
        if json_:
            emit({"type": "link", **asdict(plan)})
        else:
            click.echo(f"{plan.reason or ('again' if plan.seen_before else 'fetch'):<12} {plan.url}")
    fetched = sum(plan.reason is None for plan in planned)
    if json_:
        emit({"type": "summary", "dry_run": True, "links": len(planned), "fetch": fetched})
    say(f"{len(planned)} links, {fetched} would be fetched; nothing was written")
