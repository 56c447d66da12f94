"""How long what fails is left alone, and when it is not they who fail but our own connection."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from news.spreading import share

FIRST_PAUSE = timedelta(minutes=10)
LONGEST_PAUSE = timedelta(hours=6)  # never longer, never for ever: an outlet that comes back is found the same day
_JITTER = 0.2  # of a pause; what failed together comes back apart
OFFLINE_WINDOW = timedelta(minutes=10)
OFFLINE_HOSTS = 3  # fewer may well be down at once
_MOST = 0.75
OFFLINE = "offline"
_NETWORK = frozenset({OFFLINE, "dns", "timeout", "connection_refused", "connection_failed", "tls", "bad_http"})


def pause_after(failures: int, name: str) -> timedelta:
    """How long to leave *name* alone after so many *failures* in a row (from 1): doubling, at most six hours."""
    doubled = min(FIRST_PAUSE * (1 << min(max(failures, 1) - 1, 10)), LONGEST_PAUSE)
    return doubled * (1 - _JITTER * share(name, failures))


@dataclass(frozen=True, slots=True)
class Ended:
    """How the latest crawl of an outlet ended: `reason` why nothing could be read, None when something could."""

    host: str
    at: datetime
    reason: str | None


def is_network(reason: str | None) -> bool:
    """True for a reason that may lie with our own connection: no host was reached."""
    return (reason or "").removeprefix("robots_") in _NETWORK


def are_offline(ends: Collection[Ended], now: datetime) -> bool:
    """True when the fault is ours: of the hosts asked within ten minutes most, and at least three, were not reached.

    A host counts by its latest end.
    """
    latest = {end.host: end for end in sorted(ends, key=lambda end: end.at) if now - end.at <= OFFLINE_WINDOW}
    unreached = sum(is_network(end.reason) for end in latest.values())
    return unreached >= OFFLINE_HOSTS and unreached > _MOST * len(latest)
