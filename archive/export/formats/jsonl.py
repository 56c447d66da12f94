"""JSON Lines: one object a row. `newskeep import` reads it back."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO

from archive.export.format import About, Format, Row
from archive.export.tables import Column


def as_json(value: object) -> str:
    """Encode a time for `json.dumps`."""
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


class Lines:
    """Appends each row as an object on a line of its own."""

    def __init__(self, part: BinaryIO) -> None:
        self._part = part

    def write(self, row: Row) -> None:
        line = json.dumps(dict(row), ensure_ascii=False, default=as_json)
        self._part.write(line.encode() + b"\n")


class JsonLines(Format):
    name = "jsonl"
    suffix = ".jsonl"
    words = "JSON Lines, an object a row; newskeep import reads it back"

    def open(self, part: BinaryIO, columns: Sequence[Column], about: About) -> Lines:
        return Lines(part)


FORMAT = JsonLines()
