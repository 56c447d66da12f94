"""Channels (feeds, sitemaps, listings, robots.txt): what is known of each, and how the last look at it ended."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from dataclasses import fields as dataclass_fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, DateTime, Integer, LargeBinary, Row, Text, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert

from archive.models import channels
from news.text import storable
from news.urls import fetchable, page_key

ROBOTS = "robots"  # the kind whose channels announce nothing: only their state is recorded


class LookOutcome(StrEnum):
    """How a look at a channel ended. SKIPPED and FAILED have a reason."""

    READ = "read"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Channel:
    """One row. `links_last` is None until the first reading; `failures` counts failures in a row."""

    id: int
    outlet_id: int
    kind: str
    url: str
    title: str | None
    etag: str | None
    last_modified: str | None
    body_digest: bytes | None
    links_last: int | None
    failures: int
    disposition: LookOutcome | None
    reason: str | None
    last_seen_at: datetime | None
    last_read_at: datetime | None
    next_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class FoundChannel:
    """A channel that discovery or outlets.toml names."""

    kind: str
    url: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """How one look at a channel ended. None keeps the stored value; READ replaces both validators."""

    channel_id: int
    disposition: LookOutcome
    reason: str | None = None
    looked_at: datetime | None = None  # None: now
    title: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_digest: bytes | None = None
    links: int | None = None
    next_due_at: datetime | None = None
    kind: str | None = None  # what its body is


def known_channels(conn: Connection, outlet_id: int) -> list[Channel]:
    """Return all channels of the outlet, in the order in which they were found."""
    rows = conn.execute(_ALL_CHANNELS.where(channels.c.outlet_id == outlet_id).order_by(channels.c.id))
    return [_channel(row) for row in rows]


def ensure_channels(conn: Connection, outlet_id: int, found: Sequence[FoundChannel]) -> list[Channel]:
    """Insert those of *found* that are missing; return all in that order, each once. Invalid URLs are left out."""
    keyed = {key: channel for channel in reversed(found) if (key := page_key(channel.url)) is not None}
    if not keyed:
        return []
    by_key = _by_key(conn, outlet_id, keyed)
    rows = [_row(outlet_id, key, keyed[key]) for key in sorted(keyed.keys() - by_key.keys())]
    if rows:
        conn.execute(insert(channels).on_conflict_do_nothing(index_elements=["outlet_id", "url_key"]), rows)
        by_key = _by_key(conn, outlet_id, keyed)
    return [by_key[key] for key in reversed(keyed)]


def _by_key(conn: Connection, outlet_id: int, keys: Iterable[int]) -> dict[int, Channel]:
    wanted = (channels.c.outlet_id == outlet_id) & channels.c.url_key.in_(list(keys))
    return {row.url_key: _channel(row) for row in conn.execute(_ALL_CHANNELS.where(wanted))}


def save_looks(conn: Connection, *looks: Look) -> None:
    """Write how looks ended; a failure adds one to `failures`, anything else resets it."""
    if looks:
        conn.execute(_SAVE_LOOK, [_look_values(look) for look in looks])


_ALL_CHANNELS = select(channels)

_SAVE_LOOK = text("""
update channels set
    disposition = :disposition, reason = :reason,
    last_seen_at = coalesce(:looked_at, now()),
    last_read_at = case when :disposition = 'read' then coalesce(:looked_at, now()) else last_read_at end,
    failures = case when :disposition = 'failed' then failures + 1 else 0 end,
    kind = coalesce(:kind, kind),
    title = coalesce(:title, title),
    etag = case when :disposition = 'read' then :etag else coalesce(:etag, etag) end,
    last_modified = case when :disposition = 'read' then :last_modified
                         else coalesce(:last_modified, last_modified) end,
    body_digest = coalesce(:body_digest, body_digest),
    links_last = coalesce(:links, links_last),
    next_due_at = :next_due_at
where id = :channel_id
""").bindparams(
    bindparam("disposition", type_=Text),
    bindparam("looked_at", type_=DateTime(timezone=True)),
    bindparam("next_due_at", type_=DateTime(timezone=True)),
    bindparam("etag", type_=Text),
    bindparam("last_modified", type_=Text),
    bindparam("kind", type_=Text),
    bindparam("title", type_=Text),
    bindparam("reason", type_=Text),
    bindparam("body_digest", type_=LargeBinary),
    bindparam("links", type_=Integer),
)


def _look_values(look: Look) -> dict[str, object]:
    values = asdict(look)
    return {name: storable(value) if isinstance(value, str) else value for name, value in values.items()}


def _row(outlet_id: int, key: int, found: FoundChannel) -> dict[str, object]:
    title = storable(found.title)[:500] if found.title else None
    return {"outlet_id": outlet_id, "url_key": key, "kind": found.kind, "url": fetchable(found.url), "title": title}


def _channel(row: Row[Any]) -> Channel:
    values = row._mapping
    fields = {field.name: values[field.name] for field in dataclass_fields(Channel)}
    return Channel(**fields | {"disposition": LookOutcome(values["disposition"]) if values["disposition"] else None})
