"""The frontier: one row per page ever seen, committed before it is fetched, settled once per crawl.

A link that another outlet owns stays with its owner; the crawl that meets it settles it like any other, and its ledger
counts it through `guest_links`. Every function runs in the caller's transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from news.dispositions import Disposition, Ledger
from news.outlets import FoundLink


@dataclass(frozen=True, slots=True)
class Link:
    """One page of the frontier. `url` is what to fetch, as it was found first."""

    id: int
    outlet_id: int  # who owns it; may be another outlet than the crawl's
    url: str
    canonical_url: str
    url_key: int
    owed: bool  # this crawl still has to settle it
    disposition: Disposition | None  # how it ended last; None: never looked at
    reason: str | None
    title: str | None
    announced_at: datetime | None  # the latest time a channel announced
    attempts: int  # failures in a row
    etag: str | None
    last_modified: str | None
    body_digest: bytes | None  # sha256 of the body as received last
    article_id: int | None
    seen: int  # crawls that met it, this one included
    first_seen_at: datetime
    last_fetched_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a link ended. None keeps what is known; `fetched_at` is set when the outlet answered with the page or a 304."""

    link_id: int
    disposition: Disposition
    reason: str | None = None  # required for SKIPPED and FAILED
    fetched_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_digest: bytes | None = None
    due_at: datetime | None = None  # when to look again even if no channel lists it
    evidence: Mapping[str, Any] | None = None


def add_links(
    conn: Connection, outlet_id: int, crawl_id: int, channel_id: int | None, found: Sequence[FoundLink]
) -> list[Link]:
    """Enter what a channel listed; return one Link per page, in order of first mention. Bad addresses are left out.

    Met again in the same crawl, a settled link comes back with owed False.
    """
    raise NotImplementedError


def waiting_links(conn: Connection, outlet_id: int, crawl_id: int) -> list[Link]:
    """The links that killed crawls of this outlet left unsettled, now owed by *crawl_id*, the oldest first."""
    raise NotImplementedError


def due_links(conn: Connection, outlet_id: int, crawl_id: int, now: datetime, limit: int = 1000) -> list[Link]:
    """The links whose time to look again has come, listed or not, now owed by *crawl_id*."""
    raise NotImplementedError


def retry_links(conn: Connection, crawl_id: int, of_crawl: int) -> list[Link]:
    """The links that failed in crawl *of_crawl* and were not met since, now owed by *crawl_id*."""
    raise NotImplementedError


def settle(conn: Connection, crawl_id: int, *settlements: Settlement) -> None:
    """Write how links ended, and an event where that differs from the last time."""
    raise NotImplementedError


def owed_links(conn: Connection, crawl_id: int) -> list[Link]:
    """What the crawl has not settled yet."""
    raise NotImplementedError


def ledger(conn: Connection, crawl_id: int) -> Ledger:
    """The crawl's books, recounted from the tables; a closed crawl's as they were closed."""
    raise NotImplementedError
