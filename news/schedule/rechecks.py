"""When an archived article is checked again: at the ages that its outlet asks for, else ever more rarely."""

from collections.abc import Iterable
from datetime import datetime, timedelta

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
