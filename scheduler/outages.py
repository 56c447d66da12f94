"""Outages of our own connection: no outlet is charged for them, and a few outlets are probed until one answers."""

# ruff: noqa: S608 - put together from constants of this file alone

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import Connection, text

from archive.alerts import end_alert, is_open, open_alert
from news.health.machine import MACHINE
from news.reasons import Reason
from news.schedule.backoff import OFFLINE_WINDOW, CrawlEnd, are_offline, is_network

logger = logging.getLogger(__name__)

RETRY_PAUSE = timedelta(minutes=1)  # until an outlet that could not be reached is tried again
PROBES, PROBE_SECONDS = 3, 20.0  # outlets tried at a time while we are offline, and how often
_LONGEST_FAILING_CRAWL = timedelta(hours=1)


def detect_outage(conn: Connection, now: datetime) -> bool:
    """Return whether a crawl that reached no host, and is already recorded, failed because we are offline.

    If so, the failed looks of the last minutes, this one included, are no longer charged to their outlets.
    """
    since = now - OFFLINE_WINDOW
    looks = _latest_looks(conn, since)
    if not (is_offline(conn) or are_offline(looks.values(), now)):
        return False
    unreached = [outlet_id for outlet_id, look in looks.items() if is_network(look.reason)]
    _uncharge(conn, unreached, since, now)
    if open_alert(conn, Reason.OFFLINE, MACHINE, {"outlets": len(unreached)}):
        logger.error("network_lost", extra={"outlets": len(unreached)})
    return True


def end_outage(conn: Connection) -> None:
    """End a known outage: a crawl could read something."""
    if end_alert(conn, Reason.OFFLINE, MACHINE):
        logger.info("network_found")


def is_offline(conn: Connection) -> bool:
    """Return whether an outage is known and has not ended."""
    return is_open(conn, Reason.OFFLINE, MACHINE)


def was_offline(conn: Connection, due_at: datetime) -> bool:
    """Return whether a turn that was due then has waited for the end of an outage."""
    outage = conn.execute(_LAST_OUTAGE, {"offline": Reason.OFFLINE}).first()
    return outage is not None and (outage.ended_at is None or outage.ended_at > due_at)


def _latest_looks(conn: Connection, since: datetime) -> dict[int, CrawlEnd]:
    """{outlet id: its last look}, as far as that ended after *since*; interrupted crawls do not count."""
    rows = conn.execute(_LATEST_LOOKS, {"begun": since - _LONGEST_FAILING_CRAWL, "since": since})
    return {row.outlet_id: CrawlEnd(urlsplit(row.url).netloc, row.ended_at, row.reason) for row in rows}


def _uncharge(conn: Connection, outlet_ids: Collection[int], since: datetime, now: datetime) -> None:
    """Take back the failures counted for these outlets after *since*; their turns are due again."""
    values = {"ids": list(outlet_ids), "since": since, "now": now, "offline": Reason.OFFLINE}
    for statement in (_UNCHARGE_TURNS, _UNCHARGE_CHANNELS, _SET_REASON):
        conn.execute(statement, values)


_LATEST_LOOKS = text("""
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

# Looks with the reason offline have been uncharged before.
_CHARGED = """
select outlet_id from coverage
where outlet_id = any(cast(:ids as bigint[])) and ended_at > :since and started_at > :since - interval '1 hour'
  and crawl_id is not null and not looked and reason <> :offline
"""

_UNCHARGE_TURNS = text(f"""
update turns set failures = greatest(failures - 1, 0), due_at = least(due_at, :now)
where outlet_id in ({_CHARGED})
""")

_UNCHARGE_CHANNELS = text(f"""
update channels set failures = greatest(failures - 1, 0), next_due_at = null
where disposition = 'failed' and last_seen_at > :since - interval '1 hour' and outlet_id in ({_CHARGED})
""")

_SET_REASON = text("""
update coverage set reason = :offline
where outlet_id = any(cast(:ids as bigint[])) and ended_at > :since and started_at > :since - interval '1 hour'
  and crawl_id is not null and not looked
""")

_LAST_OUTAGE = text("""
select opened_at, ended_at from alerts where rule = :offline and subject = 'machine' order by opened_at desc limit 1
""")
