"""Output: data goes to standard output (with --json as NDJSON with "v":1), everything else to standard error."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from news.text import as_json_line, printable, storable

STDOUT, STDERR = 1, 2


def emit(record: Mapping[str, Any]) -> None:
    """Print one JSON object as a line and flush it, so that the reader of a pipe gets it at once."""
    click.echo(as_json_line({"v": 1, **record}))


def say(text: str = "") -> None:
    """Print one line for the user, to standard error; it is lost where nothing can be written there."""
    try:
        click.echo(printable(storable(text)), err=True)
    except OSError:
        discard(STDERR)  # Python would fail again when it flushes at the end, and exit with 120


def print_text(text: str) -> None:
    """Print an answer to standard output, without control characters that could steer the terminal."""
    click.echo(printable(storable(text)))


def plural(number: int, noun: str) -> str:
    """Return "1 line", "2 lines"."""
    return f"{number} {noun}{'s' if number != 1 else ''}"


def open_missing() -> None:
    """Open the null device in place of each closed standard stream (`>&-`).

    Otherwise the next file that is opened gets the number of the stream, and messages are written into it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # gets the lowest free number: this one
        if getattr(sys, name) is None:
            stream = open(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)


@contextmanager
def ignore_broken_pipe(descriptor: int) -> Iterator[None]:
    """Continue when the reader of that output has gone (`| head -1`); later output is discarded."""
    try:
        yield
    except BrokenPipeError:
        discard(descriptor)


def discard(descriptor: int) -> None:
    """Send what is written to *descriptor* to the null device from now on, buffered text included."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, descriptor)
    os.close(null)
