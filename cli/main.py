"""The `newskeep` command. Each verb's module is imported only when that verb is called, so that --help stays fast."""

import os
import signal
import sys

import click

from cli.errors import tell_error, tell_unforeseen, tell_usage
from cli.exits import FINE, INTERRUPTED
from cli.output import STDOUT, open_missing, outliving, say
from cli.verbs import Verbs
from news.errors import NewsError

# verb: (module, one line for the overview). The module holds a click command of the verb's name.
VERBS = {
    "init": ("cli.init", "Make a data folder, outlets.toml and the database."),
    "demo": ("cli.demo", "The offline tour: four pretend outlets, crawled twice."),
    "doctor": ("cli.doctor", "Check database, folders, clock, contact and outlets.toml."),
    "outlets": ("cli.outlets", "Add, list, show, test, check, import and export outlets."),
    "daemon": ("cli.daemon", "Crawl every outlet when its turn comes, for years."),
    "worker": ("cli.worker", "Crawl what a daemon decides, on this machine too."),
    "health": ("cli.health", "Show alerts, and whether daemon and workers are alive."),
    "crawl": ("cli.crawl", "Crawl outlets, home pages, feeds, sitemaps or articles once."),
    "crawls": ("cli.crawls", "List crawls and show their ledgers."),
    "explain": ("cli.explain", "Say why a page is (not) in the archive."),
    "extract": ("cli.extract", "Read pages without a network or database."),
    "show": ("cli.show", "Show an article, its removed parts or its raw capture."),
    "search": ("cli.search", "Search the archive's texts."),
    "diff": ("cli.diff", "Show what changed between revisions."),
    "story": ("cli.story", "Show who carries a text; split and merge stories."),
    "import": ("cli.import_", "Take in articles that other programs wrote."),
    "completion": ("cli.completion", "Print what makes bash, zsh or fish complete verbs and outlets."),
    "db": ("cli.db", "Database: upgrade, status, url, stop."),
}


class AllVerbs(Verbs):
    """The verbs of `newskeep` itself."""

    def invoke(self, ctx: click.Context) -> object:
        with outliving(STDOUT):  # click would end `| head -1` with exit code 1, which says that we have a bug
            return super().invoke(ctx)
        return None


@click.group(
    cls=AllVerbs, table=VERBS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(package_name="newskeep", prog_name="newskeep")
def newskeep() -> None:
    """Collect news pages, keep only the story, and archive it for decades.

    \b
    newskeep demo                                  the offline tour, nothing to set up
    newskeep crawl https://www.example.org/        one crawl of one outlet, now
    """


def main() -> None:
    """Run the command line; every error we raise on purpose ends in its own exit code."""
    open_missing()
    if os.getpid() == 1:  # of a container, to which the kernel hands no signal that nobody listens for
        signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        ended = newskeep(prog_name="newskeep", standalone_mode=False)
        code = ended if isinstance(ended, int) else FINE
    except NewsError as error:
        code = tell_error(error)
    except click.ClickException as error:
        code = tell_usage(error)
    except (click.Abort, KeyboardInterrupt):
        say("interrupted")
        code = INTERRUPTED
    except Exception as error:
        code = tell_unforeseen(error)
    sys.exit(code)


if __name__ == "__main__":
    main()
