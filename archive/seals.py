"""Seals: digests of rows, written with them, by which `newskeep verify` sees that a value has changed since."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

# The columns that never change after the row was written.
_READING = ("capture_id", "rules", "text_digest", "fields", "words_removed")
_BLOCK = ("position", "label", "rule", "score", "text")
_REVISION = (
    "article_id", "number", "reading_id", "headline", "lead", "text_digest", "wording_digest", "authors", "language",
    "date_published", "date_modified", "changes", "captured_at",
)  # fmt: skip


def reading_seal(reading: Mapping[str, Any], blocks: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the digest of a row of `readings` and its rows of `blocks`, which come by position."""
    return _digest([_values(reading, _READING), [_values(block, _BLOCK) for block in blocks]])


def revision_seal(revision: Mapping[str, Any]) -> bytes:
    """Return the digest of a row of `revisions`, without the times that later revisions change."""
    return _digest(_values(revision, _REVISION))


def _values(row: Mapping[str, Any], names: Iterable[str]) -> list[Any]:
    return [row[name] for name in names]


def _digest(values: list[Any]) -> bytes:
    return sha256(json.dumps(values, sort_keys=True, default=_as_json).encode()).digest()


def _as_json(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    raise TypeError(f"{type(value).__name__} is in no sealed column")
