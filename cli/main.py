"""The `newskeep` command."""

import os
import signal
import sys

import click

from cli.errors import print_error, print_unexpected_error, print_usage_error
from cli.output import STDOUT, ignore_broken_pipe, open_missing, say
from cli.verbs import Verbs
from news.errors import NewsError
from news.exit_codes import ExitCode


class AllVerbs(Verbs):
    """The verbs of `newskeep` itself."""

    def invoke(self, ctx: click.Context) -> object:
        with ignore_broken_pipe(STDOUT):  # click would end `| head -1` with exit code 1: a bug
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
    """Run the command line and exit; each error of `news/errors.py` has its own exit code."""
    open_missing()
    if os.getpid() == 1:  # in a container the kernel ignores signals to process 1 without a handler
        signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        ended = newskeep(prog_name="newskeep", standalone_mode=False)
        code = ended if isinstance(ended, int) else ExitCode.FINE
    except NewsError as error:
        code = print_error(error)
    except click.ClickException as error:
        code = print_usage_error(error)
    except (click.Abort, KeyboardInterrupt):
        say("interrupted")
        code = ExitCode.INTERRUPTED
    except Exception as error:
        code = print_unexpected_error(error)
    sys.exit(code)


if __name__ == "__main__":
    main()
