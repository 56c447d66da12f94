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


class AllVerbs(Verbs):
    """The verbs of `newskeep` itself."""

    def invoke(self, ctx: click.Context) -> object:
        with outliving(STDOUT):  # click would end `| head -1` with exit code 1, which says that we have a bug
            return super().invoke(ctx)
        return None


@click.group(
    cls=AllVerbs, package="cli", context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
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
