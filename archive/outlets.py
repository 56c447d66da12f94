"""Rows of outlets: their settings, and what discovery found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from archive.models import outlets
from news.text import storable


def ensure_outlet(conn: Connection, name: str, url: str, settings: Mapping[str, Any] | None = None) -> int:
    """Return the id of the outlet *name*; insert its row if it is missing.

    `settings`, its entry in outlets.toml as JSON, replaces the stored one; None keeps that. A site that was crawled by
    its address is named after its host: it is renamed to *name* and keeps its articles.
    """
    _rename(conn, host_name(url), name, url)
    new = insert(outlets).values(name=storable(name), url=storable(url), settings=dict(settings or {}))
    changed = {"url": new.excluded.url} | ({} if settings is None else {"settings": new.excluded.settings})
    upsert = new.on_conflict_do_update(index_elements=["name"], set_=changed).returning(outlets.c.id)
    return int(conn.execute(upsert).scalar_one())


def host_name(url: str) -> str:
    """Return the name of an outlet without a name of its own: its host, such as "example.org", and its port if any."""
    return urlsplit(url).netloc.rpartition("@")[2].lower().removeprefix("www.")


def _rename(conn: Connection, old: str, name: str, url: str) -> None:
    parts = urlsplit(url)
    if old == name or parts.path not in ("", "/") or parts.query:
        return
    is_taken = select(outlets.c.id).where(outlets.c.name == storable(name)).correlate(None).exists()
    conn.execute(update(outlets).where(outlets.c.name == storable(old), ~is_taken).values(name=storable(name)))


def save_found(conn: Connection, outlet_id: int, values: Mapping[str, Any]) -> None:
    """Save what discovery found (title, language, timezone, delay, ...); values found only earlier stay."""
    new = {key: value for key, value in values.items() if value not in (None, "", (), [])}
    old = found_of(conn, outlet_id)
    merged = old | new
    if merged == old:
        return  # nearly always: no row is written
    conn.execute(update(outlets).where(outlets.c.id == outlet_id).values(found=merged, found_at=func.now()))


@dataclass(frozen=True, slots=True)
class Collected:
    """What was collected from an outlet: its articles, and when it was last read (None: never)."""

    articles: int = 0
    looked_at: datetime | None = None


def collected(conn: Connection) -> dict[str, Collected]:
    """Return what was collected so far, by the name of each outlet in the archive."""
    return {row.name: Collected(row.articles, row.looked_at) for row in conn.execute(_COLLECTED)}


_COLLECTED = text("""
select o.name, (select count(*) from articles where outlet_id = o.id) as articles,
       (select max(ended_at) from coverage where outlet_id = o.id and looked) as looked_at
from outlets o
""")


def found_of(conn: Connection, outlet_id: int) -> dict[str, Any]:
    """Return what discovery has found of the outlet so far."""
    values = conn.execute(select(outlets.c.found).where(outlets.c.id == outlet_id)).scalar_one()
    return dict(values)
