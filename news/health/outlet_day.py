"""An outlet's day in figures: what it published, how well it could be read, and when it was watched.

Days are the outlet's own (its time zone). A day that was watched too little says nothing about the outlet: the rules
neither judge it nor learn from it, so that our own outages raise no alarm.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from statistics import median

from news.reasons import Reason

LEARN_DAYS = 42  # six weeks back
VOLUME_DAYS = 56
ENOUGH_WATCHED = 0.75  # of a day
OUR_FAULTS = frozenset(
    (
        Reason.NOT_RUNNING,
        Reason.NO_WORKER,
        Reason.OFFLINE,
        Reason.INTERRUPTED,
        Reason.NOT_LOOKED,
        Reason.CRAWL_TIMEOUT,
    )
)
_OLD = timedelta(days=3)  # published longer before we first saw it: a new section brought it to light, not the day
_SHORTEST_GAP = timedelta(hours=8)  # longer than back-off ever waits, and than a night without a turn
_USUAL_INTERVALS = 3  # without a look make a gap

Interval = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class OutletDay:
    """One outlet's day: the articles first seen on it, without old ones that only came to light.

    `watched` is the share of the day (0 to 1) in which we looked as often as usual. `hours` counts articles by hour.
    `headlines` to `languages` count the articles with that field; None on days before it was counted.
    `ending` stands for the commonest last paragraph, `endings` texts have it. `longest_silence` is the longest pause
    between two articles that ended on this day, less the times that were not watched.
    """

    day: date
    articles: int = 0
    words: int = 0
    words_median: float | None = None
    removed_share: float | None = None  # median of words removed / all words, 0 to 1
    headlines: int = 0
    dates: int = 0
    authors: int = 0
    leads: int | None = None
    sections: int | None = None
    images: int | None = None
    languages: int | None = None
    paywalled: int = 0
    ending: str | None = None
    endings: int = 0
    hours: tuple[int, ...] = (0,) * 24
    last_article_at: datetime | None = None
    longest_silence: timedelta = timedelta(0)
    looks: int = 0
    failed_looks: int = 0
    watched: float = 1.0

    @property
    def counts(self) -> bool:
        """True when enough of the day was watched to learn from it."""
        return self.watched >= ENOUGH_WATCHED


@dataclass(frozen=True, slots=True)
class Silence:
    """The present silence of an outlet: from its last article to our last look. `away`: intervals not watched."""

    since: datetime
    until: datetime
    away: tuple[tuple[datetime, datetime], ...] = ()

    @property
    def length(self) -> timedelta:
        """How long the outlet was silent while it was watched."""
        return self.until - self.since - length(self.away)


@dataclass(frozen=True, slots=True)
class OutletHistory:
    """What the rules judge of one outlet. `days` are in order; `silence` is None while no article is known.

    `emptied_listings` are the URLs of listings that give no links any more where they gave five. `open_since` says for
    the ids of rules with an open alert on which day it opened. `common_shares()` says by how much (0 to 1) all outlets
    of that time zone published less on each of the last days. `begun_barriers` are access states (news.access) that
    began within the last week, with their time.
    """

    today: date
    days: Sequence[OutletDay]
    silence: Silence | None = None
    emptied_listings: Sequence[str] = ()
    open_since: Mapping[str, date] = field(default_factory=dict)
    common_shares: Callable[[], Mapping[date, float]] = dict
    begun_barriers: Sequence[tuple[str, datetime]] = ()


@dataclass(frozen=True, slots=True)
class DayLook:
    """A row of coverage: an interval, whether something could be read in it, and the reason if not."""

    started_at: datetime
    ended_at: datetime
    looked: bool
    reason: str | None = None

    @property
    def counts(self) -> bool:
        """True when we asked: an outlet that does not answer was watched, one that was not asked was not."""
        return self.looked or self.reason not in OUR_FAULTS


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
    """Return the UTC times at which the day begins and ends in *zone*."""
    midnights = (datetime.combine(date_, time(), zone) for date_ in (day, day + timedelta(days=1)))
    start, end = (midnight.astimezone(UTC) for midnight in midnights)
    return start, end


def sum_up(
    day: date,
    zone: tzinfo,
    articles: Sequence[FirstSeen],
    looks: Sequence[DayLook],
    last_before: datetime | None,
    now: datetime,
) -> OutletDay:
    """Return the figures of an outlet's day, of its part until *now* while it is not over.

    *articles* were first seen on it; *last_before* is when the last article before the day was seen. *looks* begin
    there, or a day or two before the day.
    """
    start, end = bounds(day, zone)
    end = max(start, min(end, now))
    news = sorted((article for article in articles if not is_old(article)), key=lambda article: article.at)
    gaps = unwatched(looks, min(last_before or start, start), end)
    span = end - start
    ending, endings = _commonest_ending(news)
    today = [look for look in looks if start <= look.started_at < end and look.counts]
    return OutletDay(
        day=day,
        articles=len(news),
        words=sum(article.words for article in news),
        words_median=median(article.words for article in news) if news else None,
        removed_share=median(_removed_share(article) for article in news) if news else None,
        headlines=sum(article.headline for article in news),
        dates=sum(article.date_published is not None for article in news),
        authors=sum(article.authors for article in news),
        leads=sum(article.lead for article in news),
        sections=sum(article.section for article in news),
        images=sum(article.image for article in news),
        languages=sum(article.language for article in news),
        paywalled=sum(article.paywalled for article in news),
        ending=ending,
        endings=endings,
        hours=_by_hour(news, zone),
        last_article_at=news[-1].at if news else last_before,
        longest_silence=_longest_silence(news, last_before, gaps),
        looks=len(today),
        failed_looks=sum(not look.looked for look in today),
        watched=1 - within(gaps, start, end) / span if span else 0.0,
    )


def is_old(article: FirstSeen) -> bool:
    """Return True for an article that was published days before we first saw it."""
    return article.date_published is not None and article.at - article.date_published > _OLD


def _commonest_ending(news: Sequence[FirstSeen]) -> tuple[str | None, int]:
    commonest = Counter(article.ending for article in news if article.ending).most_common(1)
    return commonest[0] if commonest else (None, 0)


def _removed_share(article: FirstSeen) -> float:
    return article.words_removed / max(1, article.words + article.words_removed)


def _by_hour(news: Sequence[FirstSeen], zone: tzinfo) -> tuple[int, ...]:
    counts = Counter(article.at.astimezone(zone).hour for article in news)
    return tuple(counts[hour] for hour in range(24))


def _longest_silence(news: Sequence[FirstSeen], before: datetime | None, gaps: Sequence[Interval]) -> timedelta:
    times = [moment for moment in (before, *(article.at for article in news)) if moment is not None]
    silences = (end - start - within(gaps, start, end) for start, end in pairwise(times))
    return max(silences, default=timedelta(0))


def unwatched(looks: Sequence[DayLook], start: datetime, end: datetime) -> tuple[Interval, ...]:
    """Return the parts of *start* to *end* in which the outlet was not watched, in order and without overlap.

    These are long intervals between looks and recorded gaps of our own. The time before the first look is unwatched;
    the time after the last look only when it is long.
    """
    times = sorted(look.started_at for look in looks if look.counts)
    if not times:
        return ((start, end),) if start < end else ()
    allowed = _longest_pause(times)
    pairs = list(zip(times, [*times[1:], end], strict=True))
    gaps = [(first, second) for first, second in pairs if second - first > allowed]
    gaps += [(look.started_at, look.ended_at) for look in looks if not look.counts]
    if times[0] > start:
        gaps.append((start, times[0]))
    return _joined([(max(first, start), min(second, end)) for first, second in gaps])


def length(intervals: Sequence[Interval]) -> timedelta:
    """Return the length of all *intervals* together."""
    return sum((end - start for start, end in intervals), timedelta(0))


def within(intervals: Sequence[Interval], start: datetime, end: datetime) -> timedelta:
    """Return how much of *start* to *end* the *intervals* cover."""
    return length([(max(a, start), min(b, end)) for a, b in intervals if a < end and b > start])


def _longest_pause(times: Sequence[datetime]) -> timedelta:
    pauses = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    return max(_SHORTEST_GAP, timedelta(seconds=_USUAL_INTERVALS * median(pauses))) if pauses else _SHORTEST_GAP


def _joined(intervals: Sequence[Interval]) -> tuple[Interval, ...]:
    joined: list[Interval] = []
    for start, end in sorted(interval for interval in intervals if interval[0] < interval[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)
