"""How long to wait: between requests, before another try, until a failing outlet's next crawl or a page's recheck."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import blake2b

from news.reasons import Reason

TRIES = 3
LONGEST_WAIT = 60.0  # seconds; a site that asks for more is left alone until another crawl
AT_ONCE = 8  # requests at a time to a site that needs no pause
_BUSY = frozenset({408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})

FIRST_PAUSE = timedelta(minutes=10)
LONGEST_PAUSE = timedelta(hours=6)  # so an outlet that comes back is found the same day
_JITTER = 0.2  # of a pause: outlets that failed together come back at different times

OFFLINE_WINDOW = timedelta(minutes=10)
OFFLINE_HOSTS = 3  # fewer may well be down at once
_OFFLINE_SHARE = 0.75
_NETWORK = frozenset({
    Reason.OFFLINE, Reason.DNS, Reason.TIMEOUT, Reason.HOST_SILENT, Reason.CONNECTION_REFUSED, Reason.CONNECTION_FAILED,
    Reason.TLS, Reason.BAD_HTTP,
})  # fmt: skip


def pause(chosen: float, requested: float | None) -> float:
    """Return the seconds between two requests: ours, or the site's when it requests more."""
    return max(chosen, requested or 0.0)


def concurrency(delay: float) -> int:
    """Return how many requests at a time a site with this *delay* gets."""
    return 1 if delay > 0 else AT_ONCE


def worth_another_try(status: int) -> bool:
    """Return whether an answer means "not now" rather than "no"."""
    return status in _BUSY


def back_off(tries: int, delay: float) -> float:
    """Return the seconds before the next try after *tries* failed ones."""
    return float(min(max(delay, 0.25) * 2.0**tries, LONGEST_WAIT))


def asked_pause(status: int, header: bytes | None, now: datetime) -> float | None:
    """Return the seconds that a busy answer asks us to stay away; None when it does not say."""
    if header is None or not worth_another_try(status):
        return None
    return retry_after(header.decode("latin-1"), now)


def retry_after(header: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header (seconds or a date) asks for; None when it cannot be read."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        return None
    return max(0.0, (moment - now).total_seconds())


def pause_after(failures: int, name: str) -> timedelta:
    """Return how long to leave *name* alone after so many *failures* in a row (from 1): doubling, at most six hours."""
    doubled = min(FIRST_PAUSE * (1 << min(max(failures, 1) - 1, 10)), LONGEST_PAUSE)
    return doubled * (1 - _JITTER * jitter(name, failures))


def jitter(*names: object) -> float:
    """Return a number from 0 to below 1 that depends only on *names*, the same today and next year, evenly spread."""
    digest = blake2b("\0".join(map(str, names)).encode("utf-8", "replace"), digest_size=6).digest()
    return int.from_bytes(digest, "big") / 2**48


@dataclass(frozen=True, slots=True)
class CrawlEnd:
    """How the latest crawl of an outlet ended: `reason` why nothing could be read, None when something could."""

    host: str
    at: datetime
    reason: str | None


def is_network(reason: str | None) -> bool:
    """Return whether a failure may be the fault of our own connection: no host was reached."""
    return (reason or "").removeprefix("robots_") in _NETWORK


def are_offline(ends: Collection[CrawlEnd], now: datetime) -> bool:
    """Return whether our own connection is down: of the hosts tried within ten minutes, most were not reached.

    At least three must be unreached. A host counts by its latest end.
    """
    latest = {end.host: end for end in sorted(ends, key=lambda end: end.at) if now - end.at <= OFFLINE_WINDOW}
    unreached = sum(is_network(end.reason) for end in latest.values())
    return unreached >= OFFLINE_HOSTS and unreached > _OFFLINE_SHARE * len(latest)


GROWTH = 1.0  # of an article's age until the next check: most edits come in the first hours
_TOO_CLOSE = 0.1  # of an age: a check so shortly before counts for it


def published_about(first_seen_at: datetime, announced_at: datetime | None) -> datetime:
    """Return when an article came out, as far as its link tells: an announced time may be that of a later edit."""
    return min(first_seen_at, announced_at or first_seen_at)


def next_recheck(published: datetime, now: datetime, ages: Iterable[timedelta], *, first: bool) -> datetime | None:
    """Return when to check an article again that was checked *now*; None: as soon as a channel lists it again.

    This is the next of *ages* that is not too close. After the last of them, and without any, it is when the article's
    age has doubled; but without ages, the check after the *first* one comes with the next listing.
    """
    ages = tuple(ages)
    coming = [published + age for age in sorted(ages) if published + age > now + _TOO_CLOSE * age]
    if coming:
        return coming[0]
    if first and not ages:
        return None
    return now + GROWTH * max(now - published, timedelta(0))
