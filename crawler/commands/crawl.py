"""`scrapy crawl news -a outlet=NAME`: the same crawl as `newskeep crawl NAME`, with its lock, books and exit code.

Scrapy's own command ends with 0 when every request failed.
"""

import argparse

from scrapy.commands import BaseRunSpiderCommand
from scrapy.exceptions import UsageError


class Command(BaseRunSpiderCommand):
    """Runs the news spider for the outlets named with `-a outlet=NAME[,NAME]`."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[options] news -a outlet=NAME"

    def short_desc(self) -> str:
        return "Crawl an outlet, as `newskeep crawl NAME` does"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if args != ["news"] or not opts.spargs.get("outlet"):
            raise UsageError("write: scrapy crawl news -a outlet=NAME (a name of outlets.toml or an address)")
        if opts.output or opts.overwrite_output:
            raise UsageError(f"-o writes nothing here: newskeep crawl {opts.spargs['outlet']} --json > FILE")
        self.exitcode = run_news(opts.spargs)


def run_news(arguments: dict[str, str]) -> int:
    """Crawl as the spider's arguments say (outlet, limit, delay); return the exit code."""
    import sys

    from archive.database import open_archive
    from archive.home import existing_home
    from crawler.logs import setup_logging
    from crawler.results import exit_code, one_line
    from crawler.runner import crawl
    from crawler.targets import CrawlOptions
    from news.errors import NewsError

    try:
        limit, delay = arguments.get("limit"), arguments.get("delay")
        options = CrawlOptions(limit=int(limit) if limit else None, delay=float(delay) if delay else None)
        home = existing_home()
        setup_logging(home, "warning")
        results = crawl(home, open_archive(home), arguments["outlet"].split(","), options)
    except NewsError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    for result in results:
        print(one_line(result), file=sys.stderr)
    return exit_code(results)
