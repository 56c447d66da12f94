"""The frontier: one row per page ever seen, committed before it is fetched, settled once per crawl.

A link that another outlet owns stays with its owner; the crawl that meets it settles it like any other, and its ledger
counts it through `guest_links`. Every function runs in the caller's transaction.
"""

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from archive import frontier_sql as sql
from news.dispositions import Disposition, Ledger
from news.outlets import FoundLink
from news.text import storable
from news.urls import canonicalise, fetchable, url_key


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
    """How a link ended. None keeps what is known; `fetched_at` is when the outlet answered with the page or a 304."""

    link_id: int
    disposition: Disposition
    reason: str | None = None  # required for SKIPPED and FAILED
    fetched_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_digest: bytes | None = None
    due_at: datetime | None = None  # when to look again even if no channel lists it
    evidence: Mapping[str, Any] | None = None
    article_id: int | None = None
    revision: int | None = None  # number of the article's revision that the address showed
    said_digest: bytes | None = None  # what the address showed


def add_links(
    conn: Connection, outlet_id: int, crawl_id: int, channel_id: int | None, found: Sequence[FoundLink]
) -> list[Link]:
    """Enter what a channel listed; return one Link per page, in order of first mention. Bad addresses are left out.

    Met again in the same crawl, a settled link comes back with owed False.
    """
    pages = _by_page(found)
    if not pages:
        return []
    values = _columns(pages) | {"outlet_id": outlet_id, "crawl_id": crawl_id, "channel_id": channel_id}
    for statement in (sql.INSERT_NEW, sql.MEET_OWN, sql.MEET_GUESTS):
        conn.execute(statement, values)
    met = {link.url_key: link for link in _links(conn.execute(sql.BY_KEYS, values))}
    return [met[key] for key in pages]


def waiting_links(conn: Connection, outlet_id: int, crawl_id: int) -> list[Link]:
    """The links that killed crawls of this outlet left unsettled, now owed by *crawl_id*, the oldest first."""
    return _links(conn.execute(sql.CLAIM_WAITING, {"outlet_id": outlet_id, "crawl_id": crawl_id}))


def due_links(conn: Connection, outlet_id: int, crawl_id: int, now: datetime, limit: int = 1000) -> list[Link]:
    """The links whose time to look again has come and that this crawl has not met, now owed by it."""
    values = {"outlet_id": outlet_id, "crawl_id": crawl_id, "now": now, "limit": limit}
    return _links(conn.execute(sql.CLAIM_DUE, values))


def retry_links(conn: Connection, crawl_id: int, of_crawl: int) -> list[Link]:
    """The links that failed in crawl *of_crawl* and were not met since, now owed by *crawl_id*."""
    values = {"crawl_id": crawl_id, "of_crawl": of_crawl}
    return _links(conn.execute(sql.CLAIM_FAILED, values)) + _links(conn.execute(sql.CLAIM_FAILED_GUESTS, values))


def settle(conn: Connection, crawl_id: int | None, *settlements: Settlement) -> None:
    """Write how links ended, and an event where that differs from the last time. The last word on a link counts; what
    was stored before it has an event as well.

    Without a crawl it is an import that has the word: a crawl that waits for the link still does, and of what the
    address showed before it was last looked at only the article is kept.
    """
    last = {one.link_id: one for one in settlements}
    if not last:
        return
    values = _values(crawl_id, [last[link_id] for link_id in sorted(last)])
    conn.execute(sql.LOCK, values)
    earlier = [one for one in settlements if one is not last[one.link_id] and one.disposition in _STORED]
    for one in earlier:
        conn.execute(sql.EVENTS, _values(crawl_id, [one]))
    told = {one.link_id for one in earlier}
    conn.execute(sql.EVENTS, _values(crawl_id, [one for one in last.values() if not _is_expected(one, told)]))
    for statement in (sql.SETTLE, sql.SETTLE_GUESTS) if crawl_id is not None else (sql.SETTLE_IMPORTED,):
        conn.execute(statement, values)


def owed_links(conn: Connection, crawl_id: int) -> list[Link]:
    """What the crawl has not settled yet."""
    return [link for link in _links(conn.execute(sql.OF_CRAWL, {"crawl_id": crawl_id})) if link.owed]


def ledger(conn: Connection, crawl_id: int) -> Ledger:
    """The crawl's books: recounted from the tables while it runs, as they were closed afterwards."""
    closed = conn.execute(sql.CLOSED, {"crawl_id": crawl_id}).first()
    return _closed_books(closed) if closed else count_links(conn, crawl_id)


def count_links(conn: Connection, crawl_id: int) -> Ledger:
    """The books recounted from the tables; right only for a crawl that is running, or was the outlet's last."""
    rows = conn.execute(sql.COUNT, {"crawl_id": crawl_id}).all()
    counts: dict[Disposition, int] = {}
    reasons: dict[tuple[Disposition, str], int] = {}
    for ended, reason, number in rows:
        if ended:
            counts[Disposition(ended)] = counts.get(Disposition(ended), 0) + number
        if ended and reason:
            reasons[Disposition(ended), reason] = number
    return Ledger(sum(row[2] for row in rows), counts, reasons)


_STORED = (Disposition.NEW, Disposition.COPY, Disposition.REVISED, Disposition.MOVED)
_SETTLED = tuple(field.name for field in fields(Settlement))


def _values(crawl_id: int | None, settlements: Iterable[Settlement]) -> dict[str, object]:
    rows = list(settlements)
    columns = {name: [_plain(getattr(row, name)) for row in rows] for name in _SETTLED}
    return columns | {"crawl_id": crawl_id}


def _is_expected(one: Settlement, told: Container[int]) -> bool:
    """Whether it is unchanged since something of it was stored a moment ago."""
    return one.link_id in told and one.disposition is Disposition.UNCHANGED and one.reason is None


def _by_page(found: Sequence[FoundLink]) -> dict[int, tuple[str, FoundLink]]:
    """Canonical address and link of every page named, by key; what one spelling does not tell another may."""
    pages: dict[int, tuple[str, FoundLink]] = {}
    for link in found:
        try:
            canonical = canonicalise(link.url)
        except ValueError:
            continue
        key = url_key(canonical)
        pages[key] = (pages[key][0], _merged(pages[key][1], link)) if key in pages else (canonical, link)
    return pages


def _merged(first: FoundLink, other: FoundLink) -> FoundLink:
    return replace(first, title=first.title or other.title, announced_at=first.announced_at or other.announced_at)


def _columns(pages: Mapping[int, tuple[str, FoundLink]]) -> dict[str, list[Any]]:
    links = [link for _, link in pages.values()]
    latest = datetime.now(UTC) + timedelta(days=1)  # a time far ahead would hold for ever, since the latest counts
    return {
        "keys": list(pages),
        "canonicals": [canonical for canonical, _ in pages.values()],
        "urls": [fetchable(link.url) for link in links],
        "titles": [storable(link.title)[:1000] if link.title else None for link in links],
        "times": [_known_time(link.announced_at, latest) for link in links],
    }


def _known_time(time: datetime | None, latest: datetime) -> datetime | None:
    return time if time and time.tzinfo and time <= latest else None


def _plain(value: object) -> object:
    """As the database takes it: text without what it cannot keep, evidence as JSON."""
    if isinstance(value, Mapping):
        return storable(json.dumps(value, ensure_ascii=False, default=str).replace("\\u0000", ""))
    return storable(value) if isinstance(value, str) else value


def _links(rows: Iterable[Row[Any]]) -> list[Link]:
    return [_link(row) for row in sorted(rows, key=lambda row: row.id)]


def _link(row: Row[Any]) -> Link:
    values = dict(row._mapping)
    disposition = values.pop("disposition")
    return Link(**values, disposition=Disposition(disposition) if disposition else None)


def _closed_books(row: Row[Any]) -> Ledger:
    reasons = {(Disposition(d), reason): n for d, by_reason in row.reasons.items() for reason, n in by_reason.items()}
    return Ledger(row.links, {Disposition(d): n for d, n in row.counts.items()}, reasons)
