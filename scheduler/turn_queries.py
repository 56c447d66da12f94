"""The rows of the timetable: when each outlet's turn comes, what holds it back, and the gaps of missed turns.

Every function runs in the caller's transaction.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, text


@dataclass(frozen=True, slots=True)
class Turn:
    """An outlet on the timetable.

    `queued_for` is the due time of its job that waits or runs, None without one; `failures` counts crawls in a row that
    could read nothing.
    """

    outlet_id: int
    name: str
    url: str
    settings: Mapping[str, Any]  # the outlet's entry in outlets.toml
    found: Mapping[str, Any]  # what discovery found out about it
    due_at: datetime
    queued_for: datetime | None
    started_at: datetime | None
    failures: int
    set_aside_at: datetime | None
    rhythm: Mapping[str, Any] | None


def all_turns(conn: Connection) -> list[Turn]:
    """Return the whole timetable."""
    return [_turn(row) for row in conn.execute(_ALL)]


def find_turn(conn: Connection, *, outlet_id: int | None = None, name: str | None = None) -> Turn | None:
    """Return the turn of the outlet with that id or name, locked until the transaction ends; None without one."""
    row = conn.execute(_FIND, {"outlet_id": outlet_id, "name": name}).first()
    return _turn(row) if row else None


def due_turns(conn: Connection, now: datetime, limit: int) -> list[Turn]:
    """Return the turns that are due and have no job yet, the longest due first."""
    return [_turn(row) for row in conn.execute(_DUE, {"now": now, "limit": limit})]


def set_due(conn: Connection, due: Mapping[int, datetime]) -> None:
    """Put outlets on the timetable, or move their turns: {outlet id: due time}."""
    if due:
        conn.execute(_SET_DUE, {"ids": list(due), "times": list(due.values())})


def remove_others(conn: Connection, outlet_ids: Collection[int]) -> int:
    """Take all other outlets off the timetable; return how many."""
    return conn.execute(_REMOVE_OTHERS, {"ids": list(outlet_ids)}).rowcount


def lock_timetable(conn: Connection) -> None:
    """Let only this transaction change many turns at once. Call it before any row is locked.

    Two transactions that lock many rows would deadlock.
    """
    conn.execute(_LOCK_TIMETABLE)


def mark_queued(conn: Connection, outlet_id: int, due_at: datetime) -> None:
    """Note that the turn due at *due_at* has a job; without effect when that turn is over already."""
    conn.execute(_QUEUED, {"outlet_id": outlet_id, "due_at": due_at})


def mark_started(conn: Connection, outlet_id: int, now: datetime) -> None:
    """Note that the outlet's scheduled crawl begins."""
    conn.execute(_STARTED, {"outlet_id": outlet_id, "now": now})


def set_next_turn(conn: Connection, outlet_id: int, due_at: datetime, failures: int) -> None:
    """End the turn and its job; the next turn comes at *due_at*."""
    conn.execute(_NEXT, {"outlet_id": outlet_id, "due_at": due_at, "failures": failures})


def requeue_lost(conn: Connection) -> int:
    """Let turns be offered again whose job is no longer in the queue; return how many."""
    return conn.execute(_FREE_LOST).rowcount


def add_gap(
    conn: Connection, outlet_id: int, since: datetime, until: datetime, reason: str, at_least: timedelta
) -> bool:
    """Record that no crawl looked from *since* until *until*, as far as no other row covers that time.

    False when less than *at_least* of it is left.
    """
    values = {"outlet_id": outlet_id, "since": since, "until": until, "reason": reason, "at_least": at_least}
    return conn.execute(_GAP, values).rowcount > 0


def first_due_link(conn: Connection, outlet_id: int, after: datetime) -> datetime | None:
    """Return when the first of the outlet's pages is to be rechecked after *after*; None without one."""
    first: datetime | None = conn.execute(_FIRST_LINK, {"outlet_id": outlet_id, "after": after}).scalar_one()
    return first


def _turn(row: Row[Any]) -> Turn:
    return Turn(**row._mapping)


_COLUMNS = """
t.outlet_id, o.name, o.url, o.settings, o.found,
t.due_at, t.queued_for, t.started_at, t.failures, t.set_aside_at, t.rhythm
from turns t join outlets o on o.id = t.outlet_id
"""

_ALL = text(f"select {_COLUMNS} order by t.outlet_id")

_FIND = text(f"select {_COLUMNS} where t.outlet_id = :outlet_id or o.name = :name for no key update of t")

_DUE = text(f"""
select {_COLUMNS}
where t.due_at <= :now and t.queued_for is null and t.set_aside_at is null
order by t.due_at, t.outlet_id limit :limit
""")

_SET_DUE = text("""
insert into turns (outlet_id, due_at)
select outlet_id, due_at from unnest(cast(:ids as bigint[]), cast(:times as timestamptz[])) as n(outlet_id, due_at)
order by outlet_id
on conflict (outlet_id) do update set due_at = excluded.due_at
""")

_REMOVE_OTHERS = text("delete from turns where not (outlet_id = any(cast(:ids as bigint[])))")

_LOCK_TIMETABLE = text(
    f"select pg_advisory_xact_lock({0x6E6B}, -2)"
)  # in the space of the outlets' locks, below all ids

_QUEUED = text("update turns set queued_for = :due_at where outlet_id = :outlet_id and due_at = :due_at")

_STARTED = text("update turns set started_at = :now where outlet_id = :outlet_id")

_NEXT = text("""
update turns set due_at = :due_at, queued_for = null, failures = :failures where outlet_id = :outlet_id
""")

# `scheduler.queue` gives the lock its name.
_FREE_LOST = text("""
update turns t set queued_for = null where queued_for is not null and not exists (
    select from queue.procrastinate_jobs j where j.lock = 'outlet ' || t.outlet_id and j.status in ('todo', 'doing')
)
""")

_GAP = text("""
insert into coverage (outlet_id, looked, started_at, ended_at, reason)
select :outlet_id, false, since, :until, :reason
from (select greatest(cast(:since as timestamptz), max(ended_at)) as since
      from coverage where outlet_id = :outlet_id and ended_at >= cast(:since as timestamptz)) as known
where cast(:until as timestamptz) - since >= :at_least
""")

_FIRST_LINK = text("select min(due_at) from links where outlet_id = :outlet_id and due_at > :after")
