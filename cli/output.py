"""What goes where: data to standard output (NDJSON with "v":1 when asked for), everything else to standard error."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from news.lines import as_line
from news.text import printable, storable

STDOUT, STDERR = 1, 2


def emit(record: Mapping[str, Any]) -> None:
    """One JSON object on a line of its own, flushed, so that a reader at the other end of a pipe sees it now."""
    click.echo(as_line({"v": 1, **record}))


def say(text: str = "") -> None:
    """One line for the person at the terminal."""
    click.echo(printable(storable(text)), err=True)


def tell(text: str) -> None:
    """One line or more of an answer for people, on standard output; nothing in it can steer the terminal."""
    click.echo(printable(storable(text)))


def open_missing() -> None:
    """Put the null device where a standard stream was closed (`>&-`).

    Otherwise the next file to be opened gets the stream's number, and what others say goes into it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # the lowest free number is this one
        if getattr(sys, name) is None:
            stream = open(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)


@contextmanager
def outliving(descriptor: int) -> Iterator[None]:
    """Go on when nobody reads that output any more (`| head -1`): what is told later is told to nobody."""
    try:
        yield
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
