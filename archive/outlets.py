"""Outlet rows."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection


def ensure_outlet(conn: Connection, name: str, url: str, settings: Mapping[str, Any] | None = None) -> int:
    """The id of the outlet called *name*, made when missing; `settings` (its entry in outlets.toml as JSON) brought up to date."""
    raise NotImplementedError


def save_found(conn: Connection, outlet_id: int, found: Mapping[str, Any]) -> None:
    """Remember what discovery learnt (title, language, timezone, delay, ...); values found earlier and not now are kept."""
    raise NotImplementedError


def found_of(conn: Connection, outlet_id: int) -> dict[str, Any]:
    """What discovery has learnt of the outlet so far."""
    raise NotImplementedError
