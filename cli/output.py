"""What goes where: data to standard output (NDJSON with "v":1 when asked for), everything else to standard error."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click

from news.text import printable, storable

STDOUT, STDERR = 1, 2

# JSON leaves these as they are; a terminal may take them for commands, and a lone surrogate cannot be written at all.
_UNSEEN = re.compile("[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def emit(record: Mapping[str, Any]) -> None:
    """One JSON object on a line of its own, flushed, so that a reader at the other end of a pipe sees it now."""
    click.echo(as_line({"v": 1, **record}))


def as_line(record: Mapping[str, Any]) -> str:
    """The record as JSON on one line that is safe to print and to encode."""
    line = json.dumps(record, ensure_ascii=False, default=_as_json)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


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


def _as_json(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)
