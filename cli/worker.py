"""`newskeep worker`: crawl what a daemon, here or elsewhere, puts into the queue."""

from __future__ import annotations

import click

from archive.home import Home, existing_archive

SECTION = "Collect"


@click.command()
@click.option("--processes", type=click.IntRange(1), metavar="N", help="Worker processes, instead of WORKER_PROCESSES.")
def worker(processes: int | None) -> None:
    """Crawl what `newskeep daemon` schedules, here or on another machine, until stopped.

    \b
    newskeep worker
    newskeep worker --processes 2

    Every machine needs NEWSKEEP_DATABASE_URL and a data folder for its captures. SIGTERM or Ctrl-C stops within ten
    seconds: what was fetched is kept, and other workers continue with the rest.
    """
    from crawler.logs import setup_logging
    from scheduler.lifecycle import lifecycle
    from scheduler.supervisor import run

    home = existing_archive()
    setup_logging(home)
    number = processes or max(1, home.settings["WORKER_PROCESSES"])
    with lifecycle("workers", home, {"processes": number}):
        _wait(home)
        run(home, number)


def _wait(home: Home) -> None:
    """Wait until a daemon has brought the schema up to date; update that of the embedded server ourselves."""
    from archive.waiting import Upgrading, wait_for_archive

    own = not home.settings["NEWSKEEP_DATABASE_URL"]
    wait_for_archive(home, Upgrading.ALWAYS if own else Upgrading.NEVER, float("inf"))
