"""A record as one line of JSON that is safe to print, to encode and to split at line ends."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

# JSON leaves these as they are: a terminal may take them for commands, a reader of lines for the end of one, and a
# lone surrogate cannot be written at all.
_UNSEEN = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def as_line(record: Mapping[str, Any]) -> str:
    """The record as JSON on one line that is safe to print and to encode."""
    return _escaped(json.dumps(record, ensure_ascii=False, default=_as_json))


def quoted(value: object) -> str:
    """The value as JSON writes it, made as safe as `as_line` makes a record."""
    return _escaped(json.dumps(value, ensure_ascii=False, default=_as_json))


def _escaped(line: str) -> str:
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def _as_json(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)
