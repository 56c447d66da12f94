"""When an article that we have is looked at again: at the ages that its outlet asks for, else ever more rarely."""

from collections.abc import Iterable
from datetime import datetime, timedelta

GROWTH = 1.0  # of an article's age until the next look: most edits come in the first hours
_TOO_CLOSE = 0.1  # of an age: a look so shortly before it has done its service


def published_about(first_seen_at: datetime, announced_at: datetime | None) -> datetime:
    """When an article came out as far as its link tells: an announced time may be that of a later edit."""
    return min(first_seen_at, announced_at or first_seen_at)


def next_recheck(published: datetime, now: datetime, ages: Iterable[timedelta], *, first: bool) -> datetime | None:
    """When to look again at an article that was looked at *now*; None: as soon as a channel lists it again.

    With *ages* the next of them that is not just about to come; after the last one, and without any, when the
    article's age has doubled. Without ages the look after the *first* one comes at the next listing, however old it is.
    """
    ages = tuple(ages)
    coming = [published + age for age in sorted(ages) if published + age > now + _TOO_CLOSE * age]
    if coming:
        return coming[0]
    if first and not ages:
        return None
    return now + GROWTH * max(now - published, timedelta(0))
