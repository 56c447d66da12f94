"""Feeds, sitemaps, listings and robots.txt: what is known of each and how the last look ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from news.outlets import ChannelKind


class Looked(StrEnum):
    """How a look at a channel ended. SKIPPED and FAILED need a reason."""

    READ = "read"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Channel:
    """One row: `links_last` is None until it was read once; `failures` counts in a row."""

    id: int
    outlet_id: int
    kind: ChannelKind
    url: str
    title: str | None
    etag: str | None
    last_modified: str | None
    body_digest: bytes | None
    links_last: int | None
    failures: int
    disposition: Looked | None
    reason: str | None
    last_seen_at: datetime | None
    last_read_at: datetime | None
    next_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class FoundChannel:
    """A channel that discovery or outlets.toml names."""

    kind: ChannelKind
    url: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """How one look at a channel ended. None keeps what is known (etag, last_modified, body_digest, links_last, title)."""

    channel_id: int
    disposition: Looked
    reason: str | None = None
    looked_at: datetime | None = None  # None: now
    title: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_digest: bytes | None = None
    links: int | None = None
    next_due_at: datetime | None = None


def known_channels(conn: Connection, outlet_id: int) -> list[Channel]:
    """All channels of the outlet, in the order they were found."""
    raise NotImplementedError


def ensure_channels(conn: Connection, outlet_id: int, found: Sequence[FoundChannel]) -> list[Channel]:
    """The channels of *found*, in that order, made where missing."""
    raise NotImplementedError


def save_looks(conn: Connection, *looks: Look) -> None:
    """Write how looks ended; a failure counts one more in a row, anything else starts again at none."""
    raise NotImplementedError
