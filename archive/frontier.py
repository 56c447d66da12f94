"""The frontier: one row per page ever seen, committed before it is fetched, settled once per crawl.

A link that another outlet owns stays with its owner. A crawl that meets it settles it like any other, and counts it
through `guest_links`. Every function runs in the caller's transaction; lists travel as arrays, so that a batch is one
statement.
"""

import json
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, text

from news.dispositions import Disposition, Ledger
from news.outlets import FoundLink
from news.text import storable
from news.urls import canonicalise, fetchable, url_key, without_names


@dataclass(frozen=True, slots=True)
class Link:
    """One page of the frontier. `url` is the URL to fetch, as it was first found."""

    id: int
    outlet_id: int  # its owner, which may be another outlet than the crawl's
    url: str
    canonical_url: str
    url_key: int
    owed: bool  # this crawl still has to settle it
    disposition: Disposition | None  # how it last ended; None: never looked at
    reason: str | None
    title: str | None
    announced_at: datetime | None  # the latest time that a channel gave for it
    attempts: int  # failures in a row
    etag: str | None
    last_modified: str | None
    body_digest: bytes | None  # sha256 of the last body, as received
    article_id: int | None
    seen: int  # crawls that met it, this one included
    first_seen_at: datetime
    last_fetched_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a link ended. None keeps the stored value; `fetched_at` is when the page or a 304 was received."""

    link_id: int
    disposition: Disposition
    reason: str | None = None  # required for SKIPPED and FAILED
    fetched_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_digest: bytes | None = None
    due_at: datetime | None = None  # when to fetch it again even if no channel lists it
    evidence: Mapping[str, Any] | None = None
    article_id: int | None = None
    revision: int | None = None  # number of the article's revision that the page showed
    wording_digest: bytes | None = None  # of the text that the page showed


def add_links(
    conn: Connection,
    outlet_id: int,
    crawl_id: int,
    channel_id: int | None,
    found: Sequence[FoundLink],
    session_names: Collection[str] = frozenset(),
) -> list[Link]:
    """Enter the links of a channel; return one Link per page, in order of first mention, without invalid URLs.

    A link that this crawl has settled already is returned with `owed` False. The query parameters *session_names* make
    no difference between pages.
    """
    pages = _by_page(found, session_names)
    if not pages:
        return []
    values = _columns(pages) | {"outlet_id": outlet_id, "crawl_id": crawl_id, "channel_id": channel_id}
    for statement in (_INSERT_NEW, _MEET_OWN, _MEET_GUESTS):
        conn.execute(statement, values)
    links = {link.url_key: link for link in _links(conn.execute(_BY_KEYS, values))}
    if not session_names:
        return [links[key] for key in pages]
    return [_at_present(links[key], *page) for key, page in pages.items()]


def waiting_links(conn: Connection, outlet_id: int, crawl_id: int) -> list[Link]:
    """Let *crawl_id* take over the links that dead crawls of the outlet left unsettled; return them, oldest first."""
    return _links(conn.execute(_CLAIM_WAITING, {"outlet_id": outlet_id, "crawl_id": crawl_id}))


def due_links(conn: Connection, outlet_id: int, crawl_id: int, now: datetime, limit: int = 1000) -> list[Link]:
    """Let *crawl_id* take over the newest of the outlet's links that are due and that it has not met; return them."""
    values = {"outlet_id": outlet_id, "crawl_id": crawl_id, "now": now, "limit": limit}
    return _links(conn.execute(_CLAIM_DUE, values))


def retry_links(conn: Connection, crawl_id: int, of_crawl: int) -> list[Link]:
    """Let *crawl_id* take over the links that failed in *of_crawl* and were not met since; return them."""
    values = {"crawl_id": crawl_id, "of_crawl": of_crawl}
    return _links(conn.execute(_CLAIM_FAILED, values)) + _links(conn.execute(_CLAIM_FAILED_GUESTS, values))


def settle(conn: Connection, crawl_id: int | None, *settlements: Settlement) -> None:
    """Write how links ended, and an event for each that ended otherwise than before.

    Of several settlements of a link the last counts; earlier ones that stored something get an event too. Without a
    crawl (for an import), the link's state stays, and a page older than the last fetch changes nothing but the article.
    """
    last = {settlement.link_id: settlement for settlement in settlements}
    if not last:
        return
    values = _values(crawl_id, [last[link_id] for link_id in sorted(last)])
    conn.execute(_LOCK, values)
    earlier = [row for row in settlements if row is not last[row.link_id] and row.disposition in _STORED]
    for settlement in earlier:
        conn.execute(_EVENTS, _values(crawl_id, [settlement]))
    stored = {settlement.link_id for settlement in earlier}
    conn.execute(_EVENTS, _values(crawl_id, [row for row in last.values() if not _is_expected(row, stored)]))
    for statement in (_SETTLE, _SETTLE_GUESTS) if crawl_id is not None else (_SETTLE_IMPORTED,):
        conn.execute(statement, values)


def owed_links(conn: Connection, crawl_id: int) -> list[Link]:
    """Return the links that the crawl has not settled yet."""
    return [link for link in _links(conn.execute(_OF_CRAWL, {"crawl_id": crawl_id})) if link.owed]


def ledger(conn: Connection, crawl_id: int) -> Ledger:
    """Return the crawl's ledger: counted while it runs, as it was closed afterwards."""
    closed = conn.execute(_CLOSED, {"crawl_id": crawl_id}).first()
    return _closed_ledger(closed) if closed else count_links(conn, crawl_id)


def count_links(conn: Connection, crawl_id: int) -> Ledger:
    """Count the ledger from the tables; only correct for a running crawl and for the outlet's last."""
    rows = conn.execute(_COUNT, {"crawl_id": crawl_id}).all()
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
    columns = {name: [_storable(getattr(row, name)) for row in rows] for name in _SETTLED}
    return columns | {"crawl_id": crawl_id}


def _is_expected(settlement: Settlement, stored: Container[int]) -> bool:
    """Return whether the link is unchanged since the same batch stored something of it."""
    is_unchanged = settlement.disposition is Disposition.UNCHANGED and settlement.reason is None
    return is_unchanged and settlement.link_id in stored


def _at_present(link: Link, canonical: str, found: FoundLink) -> Link:
    """Return *link*, to be fetched with the session id that its channel shows now, if it has any."""
    has_session = canonicalise(found.url) != canonical
    return replace(link, url=fetchable(found.url)) if has_session else link


def _by_page(found: Sequence[FoundLink], session_names: Collection[str]) -> dict[int, tuple[str, FoundLink]]:
    """Return the canonical URL and link of every page, by key; the fields of several spellings of a URL are merged."""
    pages: dict[int, tuple[str, FoundLink]] = {}
    for link in found:
        try:
            canonical = without_names(canonicalise(link.url), session_names)
        except ValueError:
            continue
        key = url_key(canonical)
        pages[key] = (pages[key][0], _merged(pages[key][1], link)) if key in pages else (canonical, link)
    return pages


def _merged(first: FoundLink, other: FoundLink) -> FoundLink:
    return replace(first, title=first.title or other.title, announced_at=first.announced_at or other.announced_at)


def _columns(pages: Mapping[int, tuple[str, FoundLink]]) -> dict[str, list[Any]]:
    links = [link for _, link in pages.values()]
    latest = datetime.now(UTC) + timedelta(
        days=1
    )  # the latest time counts, so a false one far ahead would stay for ever
    return {
        "keys": list(pages),
        "canonicals": [canonical for canonical, _ in pages.values()],
        "urls": [fetchable(link.url) for link in links],
        "titles": [storable(link.title)[:1000] if link.title else None for link in links],
        "times": [_valid_time(link.announced_at, latest) for link in links],
    }


def _valid_time(time: datetime | None, latest: datetime) -> datetime | None:
    return time if time and time.tzinfo and time <= latest else None


def _storable(value: object) -> object:
    """Return *value* as the database takes it: text without NUL and the like, evidence as JSON."""
    if isinstance(value, Mapping):
        return storable(json.dumps(value, ensure_ascii=False, default=str).replace("\\u0000", ""))
    return storable(value) if isinstance(value, str) else value


def _links(rows: Iterable[Row[Any]]) -> list[Link]:
    return [_link(row) for row in sorted(rows, key=lambda row: row.id)]


def _link(row: Row[Any]) -> Link:
    values = dict(row._mapping)
    disposition = values.pop("disposition")
    return Link(**values, disposition=Disposition(disposition) if disposition else None)


def _closed_ledger(row: Row[Any]) -> Ledger:
    reasons = {(Disposition(d), reason): n for d, by_reason in row.reasons.items() for reason, n in by_reason.items()}
    return Ledger(row.links, {Disposition(d): n for d, n in row.counts.items()}, reasons)


# The statements ------------------------------------------------------------------------------------------------------
# ruff: noqa: S608 - built from constants of this file alone


_COLUMNS = """
l.id, l.outlet_id, l.url, l.canonical_url, l.url_key, l.disposition, l.reason, l.title, l.announced_at,
l.attempts, l.etag, l.last_modified, l.body_digest, l.article_id, l.seen, l.first_seen_at, l.last_fetched_at, l.due_at
"""

_FOUND = """
unnest(cast(:urls as text[]), cast(:canonicals as text[]), cast(:keys as bigint[]), cast(:titles as text[]),
       cast(:times as timestamptz[])) as f(url, canonical_url, url_key, title, announced_at)
"""

# In the order of their keys, so that crawls that enter the same pages cannot deadlock.
_INSERT_NEW = text(f"""
insert into links (outlet_id, channel_id, crawl_id, url, canonical_url, url_key, title, announced_at)
select :outlet_id, cast(:channel_id as bigint), :crawl_id, f.url, f.canonical_url, f.url_key, f.title, f.announced_at
from {_FOUND} order by f.url_key
on conflict (url_key) do nothing
""")

_MEET_OWN = text(f"""
with met as (
    select l.id, f.title, f.announced_at, l.crawl_id is distinct from :crawl_id as first_time
    from links l join {_FOUND} on f.url_key = l.url_key
    where l.outlet_id = :outlet_id order by l.id for no key update of l
)
update links l set
    crawl_id = :crawl_id,
    state = case when first_time then 'waiting' else l.state end,
    seen = l.seen + first_time::int,
    last_seen_at = now(),
    title = case when l.reason is distinct from 'removed' then coalesce(met.title, l.title) end,
    announced_at = greatest(l.announced_at, met.announced_at)
from met where l.id = met.id
""")

_MEET_GUESTS = text("""
insert into guest_links (crawl_id, link_id)
select :crawl_id, l.id from links l
where l.url_key = any(cast(:keys as bigint[])) and l.outlet_id <> :outlet_id order by l.id
on conflict do nothing
""")

_OWED = "case when g.link_id is null then l.state = 'waiting' and l.crawl_id = :crawl_id else g.disposition is null end"

_BY_KEYS = text(f"""
select {_COLUMNS}, {_OWED} as owed
from links l left join guest_links g on g.link_id = l.id and g.crawl_id = :crawl_id
where l.url_key = any(cast(:keys as bigint[]))
""")

_OF_CRAWL = text(f"""
select {_COLUMNS}, {_OWED} as owed
from links l left join guest_links g on g.link_id = l.id and g.crawl_id = :crawl_id
where l.crawl_id = :crawl_id or g.link_id is not null order by l.id
""")

_CLAIM_WAITING = text(f"""
update links l set crawl_id = :crawl_id
where l.outlet_id = :outlet_id and l.state = 'waiting' and l.crawl_id is distinct from :crawl_id
returning {_COLUMNS}, true as owed
""")

_CLAIM_DUE = text(f"""
update links l set crawl_id = :crawl_id, state = 'waiting'
where l.id in (
    select id from links
    where outlet_id = :outlet_id and due_at <= :now and crawl_id is distinct from :crawl_id
    order by coalesce(announced_at, first_seen_at) desc, id limit :limit for no key update
)
returning {_COLUMNS}, true as owed
""")

_CLAIM_FAILED = text(f"""
update links l set crawl_id = :crawl_id, state = 'waiting'
where l.crawl_id = :of_crawl and l.state = 'done' and l.disposition = 'failed'
returning {_COLUMNS}, true as owed
""")

_CLAIM_FAILED_GUESTS = text(f"""
with failed as (delete from guest_links where crawl_id = :of_crawl and disposition = 'failed' returning link_id),
     taken as (insert into guest_links (crawl_id, link_id) select :crawl_id, link_id from failed on conflict do nothing)
select {_COLUMNS}, true as owed from links l join failed on failed.link_id = l.id
""")

_SETTLEMENTS = """
unnest(cast(:link_id as bigint[]), cast(:disposition as text[]), cast(:reason as text[]),
       cast(:fetched_at as timestamptz[]), cast(:etag as text[]), cast(:last_modified as text[]),
       cast(:body_digest as bytea[]), cast(:due_at as timestamptz[]), cast(:evidence as text[]),
       cast(:article_id as bigint[]), cast(:revision as int[]), cast(:wording_digest as bytea[]))
    as s(link_id, disposition, reason, fetched_at, etag, last_modified, body_digest, due_at, evidence, article_id,
         revision, wording_digest)
"""

# No full lock: it would wait for rows of guest_links that refer to the link, and those for each other.
_LOCK = text("select 1 from links where id = any(cast(:link_id as bigint[])) order by id for no key update")

# No event for unchanged after something was stored: otherwise every article would have two.
_EVENTS = text(f"""
insert into link_events (link_id, crawl_id, disposition, reason, evidence)
select s.link_id, cast(:crawl_id as bigint), s.disposition, s.reason, cast(s.evidence as jsonb)
from {_SETTLEMENTS} join links l on l.id = s.link_id
where s.disposition in ('new', 'copy', 'revised', 'moved')
   or ((l.disposition, l.reason) is distinct from (s.disposition, s.reason)
       and not (s.disposition = 'unchanged' and (s.reason is null or s.reason = 'not_due')
                and l.disposition in ('new', 'copy', 'revised', 'moved', 'unchanged')))
order by s.link_id
""")

# A page that is gone loses its validators: when it is back, even with the same bytes, it is read again.
_GONE = "coalesce(s.reason like 'gone\\_%', false)"

_SETTLE = text(f"""
update links l set
    state = 'done',
    disposition = s.disposition,
    reason = s.reason,
    attempts = case when s.disposition = 'failed' then l.attempts + 1 else 0 end,
    last_fetched_at = coalesce(s.fetched_at, l.last_fetched_at),
    etag = case when not {_GONE} then coalesce(s.etag, l.etag) end,
    last_modified = case when not {_GONE} then coalesce(s.last_modified, l.last_modified) end,
    body_digest = case when not {_GONE} then coalesce(s.body_digest, l.body_digest) end,
    due_at = s.due_at,
    article_id = coalesce(s.article_id, l.article_id),
    revision = coalesce(s.revision, l.revision),
    wording_digest = coalesce(s.wording_digest, l.wording_digest)
from {_SETTLEMENTS} where l.id = s.link_id
""")

_SETTLE_IMPORTED = text(f"""
update links l set
    disposition = case when n.newest then s.disposition else l.disposition end,
    reason = case when n.newest then s.reason else l.reason end,
    last_fetched_at = greatest(s.fetched_at, l.last_fetched_at),
    body_digest = case when not n.newest then l.body_digest
                       when not {_GONE} then coalesce(s.body_digest, l.body_digest) end,
    article_id = case when n.newest then coalesce(s.article_id, l.article_id)
                      else coalesce(l.article_id, s.article_id) end,
    revision = case when n.newest then coalesce(s.revision, l.revision) else l.revision end,
    wording_digest = case when n.newest then coalesce(s.wording_digest, l.wording_digest) else l.wording_digest end
from {_SETTLEMENTS}
cross join lateral (
    select coalesce(s.fetched_at >= o.last_fetched_at, true) as newest from links o where o.id = s.link_id
) as n
where l.id = s.link_id
""")

_SETTLE_GUESTS = text(f"""
update guest_links g set disposition = s.disposition, reason = s.reason
from {_SETTLEMENTS} where g.link_id = s.link_id and g.crawl_id = cast(:crawl_id as bigint)
""")

_COUNT = text("""
select ended, reason, count(*) from (
    select case when state = 'done' then disposition end as ended, case when state = 'done' then reason end as reason
    from links where crawl_id = :crawl_id
    union all
    select disposition, reason from guest_links where crawl_id = :crawl_id
) as seen group by ended, reason
""")

_CLOSED = text("select links, counts, reasons from crawls where id = :crawl_id and state <> 'running'")
