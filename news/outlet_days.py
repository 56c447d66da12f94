"""Sums up an outlet's day: what it published, and how well it could be read."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from statistics import median

from news.health import OutletDay
from news.watching import Interval, Look, unwatched, within

_OLD = timedelta(days=3)  # published longer before we first saw it: a new section brought it to light, not the day


@dataclass(frozen=True, slots=True)
class FirstSeen:
    """An article as it was when it was first seen. `ending` stands for its last paragraph."""

    at: datetime
    words: int
    words_removed: int
    headline: bool
    date_published: datetime | None
    authors: bool
    lead: bool
    section: bool
    image: bool
    language: bool
    paywalled: bool
    ending: str | None


def bounds(day: date, zone: tzinfo) -> Interval:
    """When the day begins and ends (UTC)."""
    start, end = (datetime.combine(one, time(), zone).astimezone(UTC) for one in (day, day + timedelta(days=1)))
    return start, end


def sum_up(
    day: date,
    zone: tzinfo,
    articles: Sequence[FirstSeen],
    looks: Sequence[Look],
    last_before: datetime | None,
    now: datetime,
) -> OutletDay:
    """The day of an outlet from the articles first seen on it and the looks since *last_before* or a day or two before.

    *last_before* is when the last article before that day was seen. Of a day that is not over, the part until *now*.
    """
    start, end = bounds(day, zone)
    end = max(start, min(end, now))
    news = sorted((one for one in articles if not is_old(one)), key=lambda one: one.at)
    away = unwatched(looks, min(last_before or start, start), end)
    span = end - start
    ending, endings = _commonest_ending(news)
    today = [look for look in looks if start <= look.started_at < end and look.counts]
    return OutletDay(
        day=day,
        articles=len(news),
        words=sum(one.words for one in news),
        words_median=median(one.words for one in news) if news else None,
        removed_share=median(_removed(one) for one in news) if news else None,
        headlines=sum(one.headline for one in news),
        dates=sum(one.date_published is not None for one in news),
        authors=sum(one.authors for one in news),
        leads=sum(one.lead for one in news),
        sections=sum(one.section for one in news),
        images=sum(one.image for one in news),
        languages=sum(one.language for one in news),
        paywalled=sum(one.paywalled for one in news),
        ending=ending,
        endings=endings,
        hours=_by_hour(news, zone),
        last_article_at=news[-1].at if news else last_before,
        longest_silence=_longest(news, last_before, away),
        looks=len(today),
        failed_looks=sum(not look.looked for look in today),
        watched=1 - within(away, start, end) / span if span else 0.0,
    )


def is_old(article: FirstSeen) -> bool:
    """True for what was published days before it came to light."""
    return article.date_published is not None and article.at - article.date_published > _OLD


def _commonest_ending(news: Sequence[FirstSeen]) -> tuple[str | None, int]:
    found = Counter(one.ending for one in news if one.ending).most_common(1)
    return found[0] if found else (None, 0)


def _removed(article: FirstSeen) -> float:
    return article.words_removed / max(1, article.words + article.words_removed)


def _by_hour(news: Sequence[FirstSeen], zone: tzinfo) -> tuple[int, ...]:
    found = Counter(one.at.astimezone(zone).hour for one in news)
    return tuple(found[hour] for hour in range(24))


def _longest(news: Sequence[FirstSeen], before: datetime | None, away: Sequence[Interval]) -> timedelta:
    times = [one for one in (before, *(article.at for article in news)) if one is not None]
    silences = (two - one - within(away, one, two) for one, two in pairwise(times))
    return max(silences, default=timedelta(0))
