"""`newskeep backfill`: collect articles of the past, from sitemaps or from a web archive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

import click

from archive.home import Home, existing_archive, existing_home
from cli.completion import complete_outlet
from news.backfill import Period, period_of, within
from news.errors import NewsError
from news.exit_codes import ExitCode
from news.reasons import in_words

SECTION = "Collect"


class NothingListed(NewsError):
    """The list cannot be fetched, or the outlet has no gap to fill."""

    exit_code = ExitCode.NOTHING_FETCHED


class Time(click.ParamType[Period]):
    """A year, month or day."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Period:
        """Return the period that it names."""
        try:
            return value if isinstance(value, Period) else period_of(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command()
@click.argument("outlet", required=False, shell_complete=complete_outlet)
@click.option("--from", "first", type=Time(), metavar="2020-01", help="From this year, month or day on.")
@click.option("--to", "last", type=Time(), metavar="2020-12", help="Until the end of this year, month or day.")
@click.option("--cdx", metavar="FILE|URL", help="Fetch what this list of a web archive names, instead of sitemaps.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most N pages.")
@click.option("--json", "as_json", is_flag=True, help="What became of each page, one JSON object a line.")
def backfill(
    outlet: str | None, first: Period | None, last: Period | None, cdx: str | None, limit: int | None, as_json: bool
) -> int:
    """Collect articles of the past, from an outlet's sitemaps or from a web archive.

    \b
    newskeep backfill krone                            what was published in the gaps of its coverage
    newskeep backfill krone --from 2020-01 --to 2020-06
    newskeep backfill --cdx 'https://web.archive.org/cdx/search/cdx?url=krone.at/2020/*'

    From sitemaps, pages are fetched that never were; the rest of a long list comes with the next crawls. Of a list in
    the Wayback Machine's format (CDX), captures of addresses without an article are fetched from the archive that it
    is of; they keep their own times, and their WARC records have Newskeep-Imported-From. `newskeep crawls list` and
    v_coverage mark backfills from sitemaps alone.
    """
    bounds = Period(
        first.start if first else datetime.min.replace(tzinfo=UTC),
        last.end if last else datetime.max.replace(tzinfo=UTC),
    )
    if bounds.end <= bounds.start:
        raise click.UsageError("--to is before --from")
    if first and first.start.date() > datetime.now().astimezone().date():
        raise click.UsageError("--from is in the future")
    if cdx:
        return _from_list(existing_archive(), cdx, [bounds] if first or last else [], limit, as_json)
    if outlet is None:
        raise click.UsageError("name an outlet, or a list with --cdx")
    return _from_sitemaps(outlet, bounds if first else None, bounds, limit, as_json)


def _from_sitemaps(outlet: str, given: Period | None, bounds: Period, limit: int | None, as_json: bool) -> int:
    from archive.database import archive_engine
    from archive.gaps import gaps_of
    from cli.crawl import close_crawls, run_crawls
    from crawler.results import exit_code
    from crawler.targets import CrawlOptions

    with archive_engine(existing_home()) as engine, engine.connect() as conn:
        periods = (given,) if given else within(gaps_of(conn, outlet), bounds)
    if not periods:
        raise NothingListed(f"the coverage of “{outlet}” has no gap", f"newskeep backfill {outlet} --from 2020-01")
    results = run_crawls([outlet], CrawlOptions(limit=limit, periods=periods), json_=as_json, quiet=False)
    close_crawls(results, json_=as_json, quiet=False)
    return exit_code(results)


def _from_list(home: Home, given: str, periods: list[Period], limit: int | None, as_json: bool) -> int:
    from archive.captures import CaptureFiles
    from archive.captures.upload import Uploader
    from archive.database import archive_engine
    from cli.import_answers import answering
    from crawler.fetch import Fetched
    from crawler.sandbox import SandboxPool
    from crawler.targets import known_outlets
    from crawler.warc_import import CaptureImporter
    from crawler.wayback import import_listed, read_list, wanted

    with archive_engine(home) as engine, answering(engine, as_json) as answers, ExitStack() as stack:
        outlets, archived = known_outlets(home, engine)
        contact = home.settings["NEWSKEEP_CONTACT"] or outlets.contact
        listed = read_list(_lines(home, given, contact))
        files = stack.enter_context(CaptureFiles(home, stack.enter_context(Uploader(engine, home)).wake))
        importer = CaptureImporter(home, engine, files, stack.enter_context(SandboxPool()), outlets, archived)
        chosen = islice(wanted(engine, listed, periods), limit)
        for ended in import_listed(home, importer, chosen, _replay_of(given), contact):
            if isinstance(ended, Fetched):
                answers.failed(ended.error or f"http_{ended.status}", url=ended.url)
            else:
                answers.ended(ended.id, ended.outcome, url=ended.url)
    if as_json:
        answers.emit_summary(importer.other_records)
    answers.say_all(importer.other_records)
    return ExitCode.SOME_PAGES_FAILED if answers.counts["error"] else ExitCode.FINE


def _lines(home: Home, given: str, contact: str | None) -> Iterator[str]:
    """Yield the lines of the list. Raises NothingListed."""
    from crawler.fetch import fetch

    if not _is_address(given):
        try:
            with Path(given).open(encoding="utf-8", errors="replace") as file:
                yield from file
        except OSError as error:
            raise NothingListed(f"{given} cannot be read: {error.strerror}") from error
        return
    (answer,) = fetch(home, [given], contact=contact)
    if answer.error or answer.status != 200:
        raise NothingListed(f"{given} cannot be fetched: {in_words(answer.error or f'http_{answer.status}')}")
    yield from answer.body.decode("utf-8", "replace").splitlines()


def _replay_of(given: str) -> str:
    """Return where the captures of a list are: at the archive that the list is from, else at the Wayback Machine."""
    from crawler.wayback import WAYBACK

    if not _is_address(given):
        return WAYBACK
    parts = urlsplit(given)
    collection, _, rest = parts.path.partition("/cdx")
    return f"{parts.scheme}://{parts.netloc}{collection}/" + ("web/" if rest.startswith("/search") else "")


def _is_address(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))
