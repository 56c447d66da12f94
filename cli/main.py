"""The `newskeep` command, and how it prints errors: `error: what, where and why`, then `try:` with the next command."""

import errno
import os
import signal
import sys
from collections.abc import Iterator

import click

from cli.output import STDOUT, discard, ignore_broken_pipe, open_missing, say
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
        code = _print_error(error)
    except click.ClickException as error:
        code = _print_usage_error(error)
    except (click.Abort, KeyboardInterrupt):
        say("interrupted")
        code = ExitCode.INTERRUPTED
    except Exception as error:
        code = _print_unexpected_error(error)
    sys.exit(code)


def _print_error(error: NewsError) -> int:
    """Print an error that we raised on purpose. Returns the exit code."""
    say(f"error: {error}")
    if error.hint:
        say(f"  try: {error.hint}")
    return error.exit_code


def _print_usage_error(error: click.ClickException) -> int:
    """Print what click found wrong with the command line. Returns the exit code."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return error.exit_code
    say(f"error: {_uncapitalised(error.format_message())}")
    ctx = getattr(error, "ctx", None)
    hint = getattr(error, "hint", None) or (f"{ctx.command_path} --help" if ctx else None)
    if hint:
        say(f"  try: {hint}")
    return error.exit_code


def _print_unexpected_error(error: Exception) -> int:
    """Print an error that was not expected: a full disk, or a bug of ours. Returns the exit code."""
    import traceback

    full = next((cause for cause in _causes(error) if _is_full(cause)), None)
    if full is not None:
        # writing to a stream names no file: the output is full, not a disk that `doctor` looks at
        hint = "" if isinstance(full, OSError) and full.filename is None else "\n  try: newskeep doctor"
        discard(STDOUT)  # Python would fail again when it flushes at the end
        say(f"error: there is no room left to write: {' '.join(str(full).split())}{hint}")
        return ExitCode.DATABASE

    say(traceback.format_exc().rstrip())
    say("error: this is a bug in newskeep; what was stored before is kept\n  try: newskeep doctor")
    return ExitCode.OUR_BUG


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_full(error: BaseException) -> bool:
    """Return whether it is the system's or PostgreSQL's error for a full disk."""
    return getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or getattr(error, "sqlstate", None) == "53100"


def _uncapitalised(message: str) -> str:
    """Return *message* as ours are written: no capital at the start, no full stop."""
    word = message.split(" ", 1)[0]
    start = message if word.isupper() else message[:1].lower() + message[1:]
    return start.removesuffix(".")


if __name__ == "__main__":
    main()
