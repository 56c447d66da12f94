"""Outlet rows."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from archive.models import outlets
from news.text import storable


def ensure_outlet(conn: Connection, name: str, url: str, settings: Mapping[str, Any] | None = None) -> int:
    """The id of the outlet called *name*, made when missing.

    `settings`, its entry in outlets.toml as JSON, is brought up to date; None keeps what is there.
    """
    new = insert(outlets).values(name=storable(name), url=storable(url), settings=dict(settings or {}))
    changed = {"url": new.excluded.url} | ({} if settings is None else {"settings": new.excluded.settings})
    upsert = new.on_conflict_do_update(index_elements=["name"], set_=changed).returning(outlets.c.id)
    return int(conn.execute(upsert).scalar_one())


def save_found(conn: Connection, outlet_id: int, found: Mapping[str, Any]) -> None:
    """Remember what discovery learnt (title, language, timezone, delay, ...); what was found earlier only is kept."""
    learnt = {key: value for key, value in found.items() if value not in (None, "", (), [])}
    merged = found_of(conn, outlet_id) | learnt
    conn.execute(update(outlets).where(outlets.c.id == outlet_id).values(found=merged, found_at=func.now()))


def found_of(conn: Connection, outlet_id: int) -> dict[str, Any]:
    """What discovery has learnt of the outlet so far."""
    found = conn.execute(select(outlets.c.found).where(outlets.c.id == outlet_id)).scalar_one()
    return dict(found)
