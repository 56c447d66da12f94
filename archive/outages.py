"""Outages of our own: which outlets could not be reached lately, and taking the blame off them.

Every function runs in the caller's transaction.
"""

# ruff: noqa: S608 - put together from constants of this file alone

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import Connection, text

from news.backoff import OFFLINE, Ended

_LONGEST_FAILING_CRAWL = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class LatestLook:
    """How the last look at an outlet on the timetable ended."""

    outlet_id: int
    ended: Ended


def latest_looks(conn: Connection, since: datetime) -> list[LatestLook]:
    """The last look at each outlet that ended after *since*; interrupted ones are none."""
    values = {"begun": since - _LONGEST_FAILING_CRAWL, "since": since}
    rows = conn.execute(_LATEST, values)
    return [LatestLook(row.outlet_id, Ended(urlsplit(row.url).netloc, row.ended_at, row.reason)) for row in rows]


def take_the_blame(conn: Connection, outlet_ids: Collection[int], since: datetime, now: datetime) -> None:
    """Write the failed looks at these outlets after *since* down to us: no failure is counted, the turns come again."""
    values = {"ids": list(outlet_ids), "since": since, "now": now, "offline": OFFLINE}
    for statement in (_UNCHARGE_TURNS, _UNCHARGE_CHANNELS, _CALL_OFFLINE):
        conn.execute(statement, values)


def last_outage(conn: Connection) -> tuple[datetime, datetime | None] | None:
    """From when to when we were offline last; None in the second place: still."""
    row = conn.execute(_LAST, {"offline": OFFLINE}).first()
    return (row.opened_at, row.ended_at) if row else None


_LATEST = text("""
select t.outlet_id, o.url, c.ended_at, case when c.looked then null else c.reason end as reason
from turns t join outlets o on o.id = t.outlet_id
cross join lateral (
    select ended_at, looked, reason from coverage
    where outlet_id = t.outlet_id and started_at > :begun and crawl_id is not null
      and reason is distinct from 'interrupted'
    order by started_at desc limit 1
) c
where c.ended_at > :since
""")

# Those that were called offline before have been let off before.
_BLAMED = """
select outlet_id from coverage
where outlet_id = any(cast(:ids as bigint[])) and ended_at > :since and started_at > :since - interval '1 hour'
  and crawl_id is not null and not looked and reason <> :offline
"""

_UNCHARGE_TURNS = text(f"""
update turns set failures = greatest(failures - 1, 0), due_at = least(due_at, :now)
where outlet_id in ({_BLAMED})
""")

_UNCHARGE_CHANNELS = text(f"""
update channels set failures = greatest(failures - 1, 0), next_due_at = null
where disposition = 'failed' and last_seen_at > :since - interval '1 hour' and outlet_id in ({_BLAMED})
""")

_CALL_OFFLINE = text("""
update coverage set reason = :offline
where outlet_id = any(cast(:ids as bigint[])) and ended_at > :since and started_at > :since - interval '1 hour'
  and crawl_id is not null and not looked
""")

_LAST = text("""
select opened_at, ended_at from alerts where rule = :offline and subject = 'machine' order by opened_at desc limit 1
""")
