"""Our own outages: when nearly all hosts fail at once no outlet pays for it, and a few are tried until one answers."""

import logging
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from archive.alerts import end_alert, is_open, open_alert
from archive.outages import last_outage, latest_looks, take_the_blame
from news.backoff import OFFLINE, OFFLINE_WINDOW, are_offline, is_network

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
