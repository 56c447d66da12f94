"""Crawls: open one under its outlet's lock, close it with its counts, list them."""

import json
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, text

from archive.access import write_access
from archive.frontier import count_links
from archive.locks import OutletLocks
from archive.session_names import LEAST_ARTICLES, learn_session_names
from news.access import AccessLog
from news.dispositions import CrawlState, Disposition, Ledger
from news.errors import Busy, CrawlLost
from news.reasons import Reason
from news.text import storable


@dataclass(slots=True)
class Crawl:
    """A running crawl. It holds its outlet until it is closed or its process dies."""

    id: int
    outlet_id: int
    target: str
    started_at: datetime
    locks: OutletLocks


@dataclass(frozen=True, slots=True)
class CrawlRecord:
    """A row of `crawls`. `state`: running, finished, interrupted or failed."""

    id: int
    outlet: str
    target: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    links: int
    counts: Mapping[str, int]
    reasons: Mapping[str, Mapping[str, int]]  # {"skipped": {"robots_txt": 2}}
    pages: int
    bytes: int
    balanced: bool | None
    note: str | None
    due_at: datetime | None  # when it was due; None for a crawl that a person started


def open_crawl(
    engine: Engine,
    outlet_id: int,
    target: str,
    *,
    locks: OutletLocks | None = None,
    process_id: int | None = None,
    due_at: datetime | None = None,
) -> Crawl:
    """Begin a crawl, and mark earlier crawls of the outlet whose process is gone as interrupted.

    *locks* are those of this process (None: of this crawl alone). *process_id* is the worker's and *due_at* the time
    the outlet was due; both are None for a command. Raises Busy when another process crawls this outlet.
    """
    locks = locks or OutletLocks(engine)
    _take(engine, locks, outlet_id)
    try:
        with engine.begin() as conn:
            # the lock is held here, so a crawl that still says running has lost its process
            for crawl_id in conn.execute(_RUNNING, {"outlet_id": outlet_id}).scalars().all():
                interrupt_crawl(conn, crawl_id)
            begun = {"outlet_id": outlet_id, "target": storable(target), "process_id": process_id, "due_at": due_at}
            row = conn.execute(_OPEN, begun).one()
    except BaseException:
        locks.free(outlet_id)
        raise
    return Crawl(row.id, outlet_id, target, row.started_at, locks)


def close_crawl(
    engine: Engine,
    crawl: Crawl,
    *,
    state: CrawlState = CrawlState.FINISHED,
    pages: int = 0,
    size: int = 0,
    looked: bool = True,
    unchanged: bool = False,
    reason: str | None = None,
    access: AccessLog | None = None,
) -> Ledger:
    """Close the crawl with its counts and its coverage, release the outlet, and return the recounted ledger.

    *pages* responses of *size* bytes were fetched. *looked* is False (with *reason*) when no channel could be read.
    *unchanged* channels give the reason when no link was seen: that differs from channels which list nothing.
    *access* has the signs of access states that it saw. Raises CrawlLost when another process has closed it.
    """
    try:
        with engine.begin() as conn:
            ledger = _write_closing(conn, crawl.id, _Closing(state, pages, size, looked, unchanged, reason))
            if ledger and access:
                write_access(conn, crawl.id, crawl.outlet_id, access, ledger)
            if ledger and ledger.counts.get(Disposition.MOVED, 0) >= LEAST_ARTICLES:
                learn_session_names(conn, crawl.outlet_id, crawl.id)
    finally:
        crawl.locks.free(crawl.outlet_id)
    if ledger is None:
        raise _lost([crawl.id])
    return ledger


def interrupt_crawl(conn: Connection, crawl_id: int) -> bool:
    """Close a crawl whose process is gone and leave its links waiting; False when it was closed before.

    Call it while holding the outlet: otherwise its links may belong to another crawl already.
    """
    return _write_closing(conn, crawl_id, _Closing(CrawlState.INTERRUPTED, reason=Reason.INTERRUPTED)) is not None


def require_running(conn: Connection, crawl_ids: Collection[int]) -> None:
    """Keep these crawls open until the transaction ends. Raises CrawlLost for crawls that were closed meanwhile.

    A process that was taken for dead and comes back must not write any more: the next crawl may be under way.
    """
    running = set(conn.execute(_HOLD_RUNNING, {"crawl_ids": sorted(crawl_ids)}).scalars())
    if len(running) < len(set(crawl_ids)):
        raise _lost(sorted(set(crawl_ids) - running))


def list_crawls(conn: Connection, *, outlet: str | None = None, limit: int = 20) -> list[CrawlRecord]:
    """List the latest crawls, newest first."""
    rows = conn.execute(_LIST, {"outlet": outlet, "crawl_id": None, "limit": limit})
    return [CrawlRecord(**row._mapping) for row in rows]


def ever_found_links(conn: Connection, outlet_id: int) -> bool:
    """Return whether any crawl of the outlet has found a link."""
    return bool(conn.execute(_EVER_FOUND, {"outlet_id": outlet_id}).scalar_one())


def find_crawl(conn: Connection, crawl_id: int) -> CrawlRecord | None:
    """Find a crawl by its number; None when there was none, also for a number that no crawl can have."""
    if not 0 < crawl_id < 2**63:
        return None
    row = conn.execute(_LIST, {"outlet": None, "crawl_id": crawl_id, "limit": 1}).first()
    return CrawlRecord(**row._mapping) if row else None


@dataclass(frozen=True, slots=True)
class _Closing:
    state: CrawlState
    pages: int = 0
    size: int = 0
    looked: bool | None = None  # None: by whether links were seen
    unchanged: bool = False
    reason: str | None = None


def _write_closing(conn: Connection, crawl_id: int, closing: _Closing) -> Ledger | None:
    """Close a running crawl and return its ledger; None when it was closed before."""
    if conn.execute(_LOCK_RUNNING, {"crawl_id": crawl_id}).first() is None:
        return None
    ledger = count_links(conn, crawl_id)
    looked = ledger.links > 0 if closing.looked is None else closing.looked
    note = closing.reason or (Reason.UNCHANGED if closing.unchanged and not ledger.links else None)
    values = {
        "crawl_id": crawl_id,
        "state": closing.state,
        "links": ledger.links,
        "counts": json.dumps(ledger.counts),
        "reasons": json.dumps(_nested(ledger)),
        "pages": closing.pages,
        "bytes": closing.size,
        "balanced": ledger.accounts_for_all(stopped=closing.state != CrawlState.FINISHED),
        "note": note,
        "looked": looked,
        "reason": note or (None if looked else Reason.NOT_LOOKED),
        "new": ledger.counts.get(Disposition.NEW, 0) + ledger.counts.get(Disposition.COPY, 0),
    }
    for statement in (_CLOSE, _COVER, _FORGET_GUESTS):
        conn.execute(statement, values)
    return ledger


def _nested(ledger: Ledger) -> dict[str, dict[str, int]]:
    nested: dict[str, dict[str, int]] = {}
    for (disposition, reason), number in ledger.reasons.items():
        nested.setdefault(disposition, {})[reason] = number
    return nested


def _take(engine: Engine, locks: OutletLocks, outlet_id: int) -> None:
    """Take the outlet's lock, retrying while a killed process's lock still looks held. Raises Busy."""
    for _ in range(_TRIES):
        if locks.take(outlet_id):
            return
        time.sleep(_PAUSE_SECONDS)
    with engine.connect() as conn:
        raise _busy(conn, outlet_id)


def _lost(crawl_ids: Collection[int]) -> CrawlLost:
    named = ", ".join(map(str, crawl_ids))
    return CrawlLost(f"crawl {named} was ended by another process, which took this one for dead", crawl_ids)


def _busy(conn: Connection, outlet_id: int) -> Busy:
    row = conn.execute(_HOLDER, {"outlet_id": outlet_id}).one()
    holder = f"by the worker on {row.host}" if row.host else "by a command"
    crawl = f" (crawl {row.crawl_id}, {holder})" if row.crawl_id else ""
    hint = "wait for it with --wait, or see: newskeep crawls list"
    return Busy(f"{row.name} is being crawled already{crawl}", hint)


_TRIES, _PAUSE_SECONDS = 5, 0.1  # the server sees within milliseconds that a client has died

_EVER_FOUND = text("select exists (select 1 from crawls where outlet_id = :outlet_id and links > 0)")
_RUNNING = text("select id from crawls where outlet_id = :outlet_id and state = 'running' order by id")

# Several transactions may hold it together; the one that closes it waits for them.
_HOLD_RUNNING = text(
    "select id from crawls where id = any(cast(:crawl_ids as bigint[])) and state = 'running' order by id for share"
)

_LOCK_RUNNING = text("select 1 from crawls where id = :crawl_id and state = 'running' for no key update")

_OPEN = text("""
insert into crawls (outlet_id, target, process_id, due_at) values (:outlet_id, :target, :process_id, :due_at)
returning id, started_at
""")

_CLOSE = text("""
update crawls set state = :state, finished_at = clock_timestamp(), links = :links, counts = cast(:counts as jsonb),
    reasons = cast(:reasons as jsonb), pages = :pages, bytes = :bytes, balanced = :balanced, note = :note
where id = :crawl_id
""")

_COVER = text("""
insert into coverage (outlet_id, crawl_id, looked, started_at, ended_at, links, new, reason)
select outlet_id, id, :looked, started_at, finished_at, :links, :new, :reason from crawls where id = :crawl_id
""")

# Failed links stay for `newskeep crawl --retry`.
_FORGET_GUESTS = text(
    "delete from guest_links where crawl_id = :crawl_id and (disposition is null or disposition <> 'failed')"
)

_HOLDER = text("""
select o.name, c.id as crawl_id, p.host from outlets o
left join crawls c on c.outlet_id = o.id and c.state = 'running' left join processes p on p.id = c.process_id
where o.id = :outlet_id order by c.id desc limit 1
""")

_LIST = text("""
select c.id, o.name as outlet, c.target, c.state, c.started_at, c.finished_at, c.links, c.counts, c.reasons, c.pages,
       c.bytes, c.balanced, c.note, c.due_at
from crawls c join outlets o on o.id = c.outlet_id
where (cast(:outlet as text) is null or o.name = :outlet) and (cast(:crawl_id as bigint) is null or c.id = :crawl_id)
order by c.id desc limit :limit
""")
