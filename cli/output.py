"""What goes where: data to standard output (NDJSON with "v":1 when asked for), everything else to standard error."""

import json
from collections.abc import Mapping
from typing import Any

import click


def emit(record: Mapping[str, Any]) -> None:
    """One JSON object on a line of its own, flushed, so that a reader at the other end of a pipe sees it now."""
    click.echo(json.dumps({"v": 1, **record}, ensure_ascii=False, default=str))


def say(text: str = "") -> None:
    """One line for the person at the terminal."""
    click.echo(text, err=True)
