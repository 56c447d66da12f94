"""One style for everything that goes wrong: `error: what, where and why`, then the command to go on with."""

import errno
from collections.abc import Iterator

import click

from cli.exits import DATABASE, OUR_BUG
from cli.output import say
from news.errors import NewsError


def tell_error(error: NewsError) -> int:
    """Say what we raised on purpose; the exit code it ends with."""
    say(f"error: {error}")
    if error.hint:
        say(f"  try: {error.hint}")
    return error.exit_code


def tell_usage(error: click.ClickException) -> int:
    """Say what click found wrong with the command line; the exit code it ends with."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return error.exit_code
    say(f"error: {_uncapitalised(error.format_message())}")
    ctx = getattr(error, "ctx", None)
    hint = getattr(error, "hint", None) or (f"{ctx.command_path} --help" if ctx else None)
    if hint:
        say(f"  try: {hint}")
    return error.exit_code


def tell_unforeseen(error: Exception) -> int:
    """Say what nobody caught, while it is being handled: a full disk, or our bug. The exit code it ends with."""
    import traceback

    full = next((one for one in _causes(error) if _is_full(one)), None)
    if full is not None:
        say(f"error: there is no room left to write: {' '.join(str(full).split())}\n  try: newskeep doctor")
        return DATABASE

    say(traceback.format_exc().rstrip())
    say("error: this is a bug in newskeep; what was stored before stays\n  try: newskeep doctor")
    return OUR_BUG


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_full(error: BaseException) -> bool:
    """True for the system's and for PostgreSQL's own word for a full disk."""
    return getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or getattr(error, "sqlstate", None) == "53100"


def _uncapitalised(message: str) -> str:
    """As our own messages are written: no capital in front, no full stop behind."""
    word = message.split(" ", 1)[0]
    begins = message if word.isupper() else message[:1].lower() + message[1:]
    return begins.removesuffix(".")
