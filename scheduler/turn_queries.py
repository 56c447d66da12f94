"""The timetable's rows: when each outlet's turn comes, what holds it back, and the gaps that a missed turn leaves.

Every function runs in the caller's transaction.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, text


@dataclass(frozen=True, slots=True)
class Turn:
    """An outlet on the timetable. `queued_for` is the due time of the job that waits or runs, None when there is none;
    `failures` counts crawls in a row that could read nothing.
    """

    outlet_id: int
    name: str
    url: str
    settings: Mapping[str, Any]  # the outlet's entry in outlets.toml
    found: Mapping[str, Any]  # what discovery learnt of it
    due_at: datetime
    queued_for: datetime | None
    started_at: datetime | None
    failures: int
    set_aside_at: datetime | None
    rhythm: Mapping[str, Any] | None


def all_turns(conn: Connection) -> list[Turn]:
    """The whole timetable."""
    return [_turn(row) for row in conn.execute(_ALL)]


def find_turn(conn: Connection, *, outlet_id: int | None = None, name: str | None = None) -> Turn | None:
    """The turn of the outlet with that id or name, locked until the transaction ends; None when it has none."""
    row = conn.execute(_ONE, {"outlet_id": outlet_id, "name": name}).first()
    return _turn(row) if row else None


def due_turns(conn: Connection, now: datetime, limit: int) -> list[Turn]:
    """The turns that have come and wait for a job, the longest due first."""
    return [_turn(row) for row in conn.execute(_DUE, {"now": now, "limit": limit})]


def set_due(conn: Connection, due: Mapping[int, datetime]) -> None:
    """Put outlets on the timetable, or their turns to another time: {outlet id: due time}."""
    if due:
        conn.execute(_SET_DUE, {"ids": list(due), "times": list(due.values())})


def keep_only(conn: Connection, outlet_ids: Collection[int]) -> int:
    """Take all other outlets off the timetable; how many those were."""
    return conn.execute(_DROP, {"ids": list(outlet_ids)}).rowcount


def one_at_a_time(conn: Connection) -> None:
    """Wait until nobody else changes many turns at once, and let nobody until the transaction ends.

    Two that lock many rows would wait for each other in a circle. Call it before any row is locked.
    """
    conn.execute(_MANY)


def mark_queued(conn: Connection, outlet_id: int, due_at: datetime) -> None:
    """There is a job for the turn that was due at *due_at*; without effect when that turn is over already."""
    conn.execute(_QUEUED, {"outlet_id": outlet_id, "due_at": due_at})


def mark_started(conn: Connection, outlet_id: int, now: datetime) -> None:
    """The outlet's crawl on schedule begins."""
    conn.execute(_STARTED, {"outlet_id": outlet_id, "now": now})


def next_turn_at(conn: Connection, outlet_id: int, due_at: datetime, failures: int) -> None:
    """The turn is over: the next one comes at *due_at*, and no job is there any more."""
    conn.execute(_OVER, {"outlet_id": outlet_id, "due_at": due_at, "failures": failures})


def free_lost(conn: Connection) -> int:
    """Let turns be offered again whose job is in the queue no more; how many."""
    return conn.execute(_FREE_LOST).rowcount


def save_rhythm(conn: Connection, outlet_id: int, rhythm: Mapping[str, Any]) -> None:
    """Remember what was learnt of when the outlet publishes."""
    conn.execute(_RHYTHM, {"outlet_id": outlet_id, "rhythm": json.dumps(dict(rhythm))})


def add_gap(conn: Connection, outlet_id: int, since: datetime, until: datetime, reason: str) -> bool:
    """Record that nobody looked from *since* until *until*, as far as no other row tells of that time.

    False when nothing is left of it.
    """
    values = {"outlet_id": outlet_id, "since": since, "until": until, "reason": reason}
    return conn.execute(_GAP, values).rowcount > 0


def first_due_link(conn: Connection, outlet_id: int, after: datetime) -> datetime | None:
    """When the first of the outlet's pages after *after* is to be looked at again."""
    first: datetime | None = conn.execute(_FIRST_LINK, {"outlet_id": outlet_id, "after": after}).scalar_one()
    return first


def arrivals(conn: Connection, outlet_id: int, since: datetime, zone: str) -> Sequence[datetime]:
    """When the outlet's articles since *since* were published: as they say where that can be, else when first seen.

    What was there already when the outlet was first looked at tells nothing unless it is dated. *zone* is the outlet's.
    """
    values = {"outlet_id": outlet_id, "since": since, "zone": zone}
    return conn.execute(_ARRIVALS, values).scalars().all()


def _turn(row: Row[Any]) -> Turn:
    return Turn(**row._mapping)


_COLUMNS = """
t.outlet_id, o.name, o.url, o.settings, o.found,
t.due_at, t.queued_for, t.started_at, t.failures, t.set_aside_at, t.rhythm
from turns t join outlets o on o.id = t.outlet_id
"""

_ALL = text(f"select {_COLUMNS} order by t.outlet_id")

_ONE = text(f"select {_COLUMNS} where t.outlet_id = :outlet_id or o.name = :name for no key update of t")

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

_DROP = text("delete from turns where not (outlet_id = any(cast(:ids as bigint[])))")

_MANY = text(f"select pg_advisory_xact_lock({0x6E6B}, -2)")  # in the space of the outlets' locks, below all ids

_QUEUED = text("update turns set queued_for = :due_at where outlet_id = :outlet_id and due_at = :due_at")

_STARTED = text("update turns set started_at = :now where outlet_id = :outlet_id")

_OVER = text("""
update turns set due_at = :due_at, queued_for = null, failures = :failures where outlet_id = :outlet_id
""")

# The lock's name is the one that scheduler.queue gives.
_FREE_LOST = text("""
update turns t set queued_for = null where queued_for is not null and not exists (
    select from queue.procrastinate_jobs j where j.lock = 'outlet ' || t.outlet_id and j.status in ('todo', 'doing')
)
""")

_RHYTHM = text("update turns set rhythm = cast(:rhythm as jsonb) where outlet_id = :outlet_id")

_GAP = text("""
insert into coverage (outlet_id, looked, started_at, ended_at, reason)
select :outlet_id, false, since, :until, :reason
from (select greatest(cast(:since as timestamptz), max(ended_at)) as since
      from coverage where outlet_id = :outlet_id and ended_at >= cast(:since as timestamptz)) as known
where since < cast(:until as timestamptz)
""")

_FIRST_LINK = text("select min(due_at) from links where outlet_id = :outlet_id and due_at > :after")

# A stated time counts when it lies in the two days before we saw the article: an older one is of an old text, a later
# one a mistake, and midnight is a day without a time.
_ARRIVALS = text("""
with stated as (
    select a.first_captured_at as seen_at, r.date_published as at,
           coalesce(date_trunc('day', r.date_published at time zone :zone) = r.date_published at time zone :zone
                    or date_trunc('day', r.date_published) = r.date_published, true) as no_time
    from articles a left join revisions r on r.article_id = a.id and r.number = 1
    where a.outlet_id = :outlet_id and a.first_captured_at >= :since
)
select case when no_time or at > seen_at then seen_at else at end
from stated
where (at is null or at > seen_at - interval '2 days')
  and (not no_time or seen_at > interval '1 day' + (
      select min(first_captured_at) from articles where outlet_id = :outlet_id))
""")
