"""What is told about alerts, whatever it goes over."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Message:
    """`headline` and `lines` are for people, each on one line; `records` for programs, one per alert."""

    headline: str
    lines: tuple[str, ...]
    records: tuple[Mapping[str, Any], ...]
