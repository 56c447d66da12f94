"""Outages of our own connection: no outlet is charged for them, and a few outlets are probed until one answers."""

import logging
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import Connection, text

from archive.alerts import end_alert, is_open, open_alert
from news.schedule.backoff import OFFLINE, OFFLINE_WINDOW, Ended, are_offline, is_network

# ruff: noqa: S608 - put together from constants of this file alone


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

logger = logging.getLogger(__name__)

MACHINE = "machine"  # the alert's subject
AGAIN = timedelta(minutes=1)  # until an outlet that was tried in vain may be tried again
PROBES, PROBE_SECONDS = 3, 20.0  # outlets tried at a time while we are offline, and how often


def commonest(unread: Mapping[str, str]) -> str | None:
    """The reason for which most channels could not be read."""
    return next((reason for reason, _ in Counter(unread.values()).most_common(1)), None)


def was_ours(conn: Connection, now: datetime) -> bool:
    """True when a crawl that reached nobody, and is entered as such, failed because we are offline.

    The looks of the last minutes, this one included, are then written down to us.
    """
    since = now - OFFLINE_WINDOW
    looks = latest_looks(conn, since)
    if not (is_open(conn, OFFLINE, MACHINE) or are_offline([look.ended for look in looks], now)):
        return False
    unreached = [look.outlet_id for look in looks if is_network(look.ended.reason)]
    take_the_blame(conn, unreached, since, now)
    if open_alert(conn, OFFLINE, MACHINE, {"outlets": len(unreached)}):
        logger.error("network_lost", extra={"outlets": len(unreached)})
    return True


def somebody_answered(conn: Connection) -> None:
    """A crawl could read something: we are not offline, or no longer."""
    if end_alert(conn, OFFLINE, MACHINE):
        logger.info("network_found")


def is_offline(conn: Connection) -> bool:
    """True while an outage of ours is known."""
    return is_open(conn, OFFLINE, MACHINE)


def was_offline(conn: Connection, due_at: datetime) -> bool:
    """True when a turn that was due then has waited for the end of an outage of ours."""
    outage = last_outage(conn)
    return outage is not None and (outage[1] is None or outage[1] > due_at)
