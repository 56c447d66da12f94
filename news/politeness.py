"""How long to wait: between two requests to a site, before another try, or until another crawl."""

from datetime import datetime
from email.utils import parsedate_to_datetime

TRIES = 3
LONGEST_WAIT = 60.0  # seconds; who asks for more is taken at their word and left alone until another crawl
_BUSY = frozenset({408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
AT_ONCE = 8  # requests at a time to a site that needs no pause


def pause(chosen: float, asked: float | None) -> float:
    """The seconds between two requests: what we chose, or more when the site asks for more."""
    return max(chosen, asked or 0.0)


def concurrency(delay: float) -> int:
    """Requests at a time to a site with this *delay*."""
    return 1 if delay > 0 else AT_ONCE


def worth_another_try(status: int) -> bool:
    """True for an answer that says "not now" rather than "no"."""
    return status in _BUSY


def back_off(tries: int, delay: float) -> float:
    """The seconds before the next try after *tries* failed ones."""
    return float(min(max(delay, 0.25) * 2.0**tries, LONGEST_WAIT))


def retry_after(header: str | None, now: datetime) -> float | None:
    """The seconds a Retry-After header (seconds or a date) asks for; None when it says nothing that can be read."""
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


def asked_pause(status: int, header: bytes | None, now: datetime) -> float | None:
    """The seconds that a busy answer asks us to stay away; None when it does not say."""
    if header is None or not worth_another_try(status):
        return None
    return retry_after(header.decode("latin-1"), now)
