"""What goes where: data to standard output (NDJSON with "v":1 when asked for), everything else to standard error."""

import os
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


@contextmanager
def outliving(descriptor: int) -> Iterator[None]:
    """Go on when nobody reads that output any more (`| head -1`): what is told later is told to nobody."""
    try:
        yield
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
