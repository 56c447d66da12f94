"""`newskeep daemon`: crawl on schedule."""

import click

from archive.home import home_for_daemon

SECTION = "Collect"


@click.command()
def daemon() -> None:
    """Crawl every outlet of outlets.toml when its turn comes, until stopped.

    \b
    newskeep daemon                        here, in the foreground; SIGTERM or Ctrl-C ends it cleanly
    WORKER_PROCESSES=0 newskeep daemon     schedule only; `newskeep worker` crawls, here or on other machines

    Several daemons may run: one leads, and another takes over within ten seconds when it dies. A change of outlets.toml
    takes effect within ten seconds; while the file is broken, the last good one stays in force. `newskeep crawls list`
    shows what was crawled, `newskeep outlets check` when each outlet is due.
    """
    from scheduler.daemon import run

    run(home_for_daemon())
