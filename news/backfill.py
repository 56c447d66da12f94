"""What a backfill looks for: articles of certain times, by the dates that sitemaps and addresses give."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from news.outlets import FoundLink

# 2020-05-17, 2020/05, 202005, yyyy=2020&mm=05; a year alone only where no month follows.
_MONTH = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:[-_/.]?|[-_/.&?]?mm?(?:onth)?[-_=/])(0[1-9]|1[0-2]|(?<=\D)[1-9])(?=\D|$|\d\d?(?!\d))"
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_FORM = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` until before `end`."""

    start: datetime
    end: datetime

    def __contains__(self, time: datetime) -> bool:
        return self.start <= time < self.end

    def overlaps(self, other: "Period") -> bool:
        """Whether the two have a moment in common."""
        return self.start < other.end and other.start < self.end


def period_of(text: str) -> Period:
    """Return the year, month or day that *text* names, such as 2020-05. Raises ValueError for any other text."""
    named = _FORM.fullmatch(text)
    if named is None:
        raise ValueError(f"{text!r} is no year, month or day such as 2020-05")
    year, month, day = (int(part) if part else None for part in named.groups())
    return _period(year or 0, month, day)


def named_period(url: str) -> Period | None:
    """Return the month, or the year, in the path or query of an address; None without one."""
    path = url.partition("://")[2].partition("/")[2]
    if month := _MONTH.search(path):
        return _period(int(month[1]), int(month[2]))
    year = _YEAR.search(path)
    return _period(int(year[1])) if year else None


def is_wanted(link: FoundLink, channel_url: str, periods: Sequence[Period]) -> bool:
    """Whether a page is of one of the *periods*: by its address, else by its sitemap's, else by its stated time."""
    named = named_period(link.url) or named_period(channel_url)
    if named:
        return any(named.overlaps(period) for period in periods)
    return link.announced_at is not None and any(link.announced_at in period for period in periods)


def may_hold(sitemap: FoundLink, periods: Sequence[Period]) -> bool:
    """Whether a sitemap may list pages of one of the *periods*: it names no other time and was changed since."""
    named = named_period(sitemap.url)
    if named:
        return any(named.overlaps(period) for period in periods)
    return sitemap.announced_at is None or any(sitemap.announced_at >= period.start for period in periods)


def within(periods: Iterable[Period], bounds: Period) -> tuple[Period, ...]:
    """Return the parts of *periods* that lie within *bounds*."""
    cut = (Period(max(one.start, bounds.start), min(one.end, bounds.end)) for one in periods)
    return tuple(one for one in cut if one.start < one.end)


def _period(year: int, month: int | None = None, day: int | None = None) -> Period:
    start = datetime(year, month or 1, day or 1, tzinfo=UTC)
    if day:
        return Period(start, datetime.fromordinal(start.toordinal() + 1).replace(tzinfo=UTC))
    if month and month < 12:
        return Period(start, start.replace(month=month + 1))
    return Period(start, start.replace(year=year + 1, month=1))
