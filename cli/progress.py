"""Output while a crawl runs: bars on a terminal, otherwise a line per outlet, with --json one record per link."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from archive.crawl_summary import CrawlSummary
from archive.ingest.fetched import Outcome
from cli.crawl_report import closing_lines, crawl_line, size
from cli.output import STDERR, STDOUT, emit, ignore_broken_pipe, say
from crawler.channels.kind import channel_kinds
from crawler.job import CrawlJob, Listener
from crawler.results import CrawlResult, exit_code
from news.article import short_id
from news.dispositions import Disposition
from news.errors import Busy
from news.exit_codes import ExitCode
from news.reasons import in_words
from news.text import printable

_WORTH_A_LINE = frozenset(
    {Disposition.NEW, Disposition.COPY, Disposition.REVISED, Disposition.MOVED, Disposition.FAILED}
)
_HEADLINE_WIDTH = 44
_KINDS_SHOWN = 2
_COUNTED = frozenset({"teaser", "promo", "caption", "byline", "date", "comment", "ad", "widget"})


class Lines(Listener):
    """Print one line per outlet when it ends; with *quiet*, problems only."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet

    def crawl_waits(self, busy: Busy) -> None:
        """Say which crawl it waits for."""
        if not self.quiet:
            with ignore_broken_pipe(STDERR):
                say(f"{busy}; waiting until it ends")

    def crawl_ended(self, result: CrawlResult) -> None:
        """Print the result."""
        is_error = result.ledger is None and result.problem  # printed at the end, with a hint
        if (not self.quiet or is_problem(result)) and not is_error:
            with ignore_broken_pipe(STDERR):
                say(crawl_line(result))


class Records(Lines):
    """Print a JSON object per link to standard output as well."""

    def link_ended(self, job: CrawlJob, outcome: Outcome, headline: str | None) -> None:
        record = {"type": "link", "crawl": job.crawl.id, "outlet": job.outlet.name, **link_record(outcome)}
        with ignore_broken_pipe(STDOUT):
            emit(record)


class Bars(Lines):
    """Show two bars per outlet, a line for each page with news, and the account at the end."""

    def __init__(self, account: Callable[[int], CrawlSummary]) -> None:
        super().__init__()
        self._account = account
        self._bars = _bars()
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> "Bars":
        self._bars.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bars.stop()

    def crawl_started(self, job: CrawlJob) -> None:
        name = job.outlet.name
        self._tasks[name] = self._bars.add_task(f"{name}  finding", total=None, size="")

    def channels_read(self, job: CrawlJob, done: int, known: int) -> None:
        self._bars.update(self._tasks[job.outlet.name], completed=done, total=known, size=f"{job.tally.links} links")

    def links_found(self, job: CrawlJob, to_fetch: int) -> None:
        task, name = self._tasks[job.outlet.name], job.outlet.name
        self._bars.console.print(opening_line(job), markup=False, highlight=False)
        self._bars.reset(task, total=to_fetch, description=f"{name}  fetching", size="")

    def link_ended(self, job: CrawlJob, outcome: Outcome, headline: str | None) -> None:
        self._bars.update(self._tasks[job.outlet.name], advance=1, size=size(job.recorder.size))
        if outcome.disposition in _WORTH_A_LINE:
            line = _page_line(outcome, headline)
            self._bars.console.print(line, markup=False, highlight=False, no_wrap=True, overflow="ellipsis")

    def crawl_ended(self, result: CrawlResult) -> None:
        if result.outlet in self._tasks:
            self._bars.remove_task(self._tasks.pop(result.outlet))
        for line in ["", *closing_lines(result, self._account(result.crawl_id or 0))]:
            self._bars.console.print(line, markup=False, highlight=False)


@contextmanager
def part_bars() -> Iterator[Progress]:
    """Show bars for parts of a long command; on a terminal only."""
    with _bars(disable=not sys.stderr.isatty()) as bars:
        yield bars


def opening_line(job: CrawlJob) -> str:
    """Return what was found: "spiegel · 3 feeds, 1 sitemap · 2 s between requests"."""
    kinds = [(job.tally.channels[kind], kind) for kind in channel_kinds() if job.tally.channels[kind]]
    found = ", ".join(f"{number} {kind}{'s' if number != 1 else ''}" for number, kind in kinds)
    parts = [job.outlet.name, found, f"{job.tally.pause:g} s between requests", _robots(job)]
    return " · ".join(part for part in parts if part)


def link_record(outcome: Outcome) -> dict[str, Any]:
    """Return the record of a link for `--json`."""
    article = short_id("a", outcome.article_id) if outcome.article_id is not None else None
    return {
        "url": outcome.url,
        "disposition": str(outcome.disposition),
        "reason": outcome.reason,
        "id": article,
        "revision": outcome.revision,
    }


def is_problem(result: CrawlResult) -> bool:
    """Return whether the crawl does not end with exit code 0."""
    return exit_code([result]) is not ExitCode.FINE


def _robots(job: CrawlJob) -> str:
    """Return what the robots.txt files say, in a word; empty if none was fetched."""
    if job.tally.robots == {None}:
        return f"robots.txt ok, {job.tally.rules} rule{'s apply' if job.tally.rules != 1 else ' applies'}"
    return " · ".join(in_words(why) for why in job.tally.robots if why)


def _page_line(outcome: Outcome, headline: str | None) -> str:
    title = " ".join(printable(headline or outcome.url).split())[:_HEADLINE_WIDTH]
    detail = in_words(outcome.reason) if outcome.reason else _what_changed(outcome) or _what_went(outcome.removed)
    now = f"{datetime.now().astimezone():%H:%M:%S}"
    return f"  {now}  {outcome.disposition:<8} {title:<{_HEADLINE_WIDTH}} {detail}".rstrip()


def _what_changed(outcome: Outcome) -> str:
    return ", ".join(change.replace("_", " ") for change in outcome.changes)


def _what_went(removed: Mapping[str, int]) -> str:
    """Return the largest counts: "40 teasers, 1 promo removed"."""
    kinds = sorted(((number, label) for label, number in removed.items()), reverse=True)
    parts = ", ".join(
        f"{number} {label}{'s' if number != 1 and label in _COUNTED else ''}" for number, label in kinds[:_KINDS_SHOWN]
    )
    return f"{parts} removed" if parts else ""


def _bars(*, disable: bool = False) -> Progress:
    return Progress(
        TextColumn("  {task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[size]}"),
        console=Console(stderr=True),
        transient=True,
        disable=disable,
    )
