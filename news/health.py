"""The rules of health for an outlet, judged by what was usual for that same outlet.

While too little is known they say that they are learning. Days are the outlet's own (its time zone). A day on which we
looked too little says nothing about the outlet: it is neither judged nor learnt from, so that our own outages alarm
nobody.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import sqrt
from statistics import mean, median
from typing import Any

from news.holidays import is_holiday

LEARN_DAYS = 42  # six weeks back
VOLUME_DAYS = 56
ENOUGH_WATCHED = 0.75  # of a day
ACCEPT_AFTER = timedelta(days=28)  # what has been unusual for so long is usual from then on

_SILENT_EXPECTED = 5.0
_SILENT_LONGER = 1.5
_SILENT_DAYS = 14
_VOLUME_SHARE = 0.6
_VOLUME_RUNNING = 3
_VOLUME_SAME_WEEKDAYS = 4
_ENDING_SHARE, _ENDING_MORE, _ENDING_LEAST = 0.30, 0.15, 5
_WORDS_SHARE = 0.65
# by how much rarer a field must be found; the first two stand on all pages, the others vary with what is written
_FIELD_POINTS = {"headlines": 0.1, "dates": 0.1, "authors": 0.2, "leads": 0.2, "sections": 0.2, "images": 0.2,
                 "languages": 0.2}  # fmt: skip
_REMOVED_POINTS = 0.2
_RECENT_TEXTS = 20, 60  # few show a layout that broke altogether at once, more one that half broke
_RECENT_LEAST, _RECENT_DAYS = 8, 7
_HISTORY_TEXTS, _HISTORY_DAYS = 40, 5
_CHANCE_SQUARE = 0.455  # the median of a squared deviation that chance makes, in its own variance
_SIGMAS = 3.0  # a thousand outlets are judged every day: what chance does once in a hundred is no news


class Rule(StrEnum):
    """What a person is told about. The names are those of the rows in `alerts`."""

    SILENT_OUTLET = "silent_outlet"
    VOLUME_DROP = "volume_drop"
    LAYOUT_BREAK = "layout_break"
    DISK_FULL_SOON = "disk_full_soon"
    DATABASE_AWAY = "database_away"
    DATABASE_STRAINED = "database_strained"
    CLOCK_WRONG = "clock_wrong"
    BACKUP_OLD = "backup_old"
    MEMORY_HIGH = "memory_high"
    NO_WORKER = "no_worker"


OUTLET_RULES = (Rule.SILENT_OUTLET, Rule.VOLUME_DROP, Rule.LAYOUT_BREAK)


class State(StrEnum):
    """Whether a rule holds; LEARNING while too little is known to say so."""

    HOLDS = "holds"
    BROKEN = "broken"
    LEARNING = "learning"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a rule says, and on what grounds."""

    rule: Rule
    state: State
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutletDay:
    """One outlet's day: the articles first seen on it, old ones that merely came to light left out.

    `watched` is the share of the day (0 to 1) in which we looked as often as usual. `hours` counts articles by hour.
    `headlines` to `languages` are the articles in which that was found; None on days when it was not counted.
    `ending` stands for the commonest last paragraph, `endings` texts have it. `longest_silence` is the longest pause
    between two articles that ended on this day, times when nobody looked left out.
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
    """The present silence of an outlet: since its last article until our last look; in `away` nobody looked."""

    since: datetime
    until: datetime
    away: tuple[tuple[datetime, datetime], ...] = ()

    @property
    def length(self) -> timedelta:
        """How long we heard nothing while we listened."""
        return self.until - self.since - sum((end - start for start, end in self.away), timedelta(0))


def silent_outlet(days: Sequence[OutletDay], silence: Silence) -> Judgement:
    """Broken when five articles were to be expected since the last one and it never was silent nearly as long."""
    known = [day for day in days[-LEARN_DAYS:] if day.counts]
    weekdays = Counter(day.day.weekday() for day in known)
    if len(known) < _SILENT_DAYS or len(weekdays) < 7 or not any(day.articles for day in known):
        return Judgement(Rule.SILENT_OUTLET, State.LEARNING, {"days": len(known)})
    expected = sum(part * _rate(known, weekdays, at) for at, part in _hours(silence))
    longest = max(day.longest_silence for day in known)
    broken = expected >= _SILENT_EXPECTED and silence.length > _SILENT_LONGER * longest
    facts = {
        "expected": round(expected, 1),
        "silent_hours": _in_hours(silence.length),
        "longest_hours": _in_hours(longest),
        "last_article_at": silence.since.isoformat(),
    }
    return Judgement(Rule.SILENT_OUTLET, State.BROKEN if broken else State.HOLDS, facts)


def _rate(known: Sequence[OutletDay], weekdays: Mapping[int, int], at: datetime) -> float:
    """Articles that this hour of the week usually brings."""
    same = [day.hours[at.hour] for day in known if day.day.weekday() == at.weekday()]
    return sum(same) / max(weekdays.get(at.weekday(), 1), 1)


def _hours(silence: Silence) -> Iterator[tuple[datetime, float]]:
    """The hours of the silence, each with the part of it (0 to 1) that was silent while we looked."""
    hour, at = timedelta(hours=1), silence.since
    while at < silence.until:
        end = min(at.replace(minute=0, second=0, microsecond=0) + hour, silence.until)
        unheard = sum((max(min(end, b) - max(at, a), timedelta(0)) for a, b in silence.away), timedelta(0))
        yield at, (end - at - unheard) / hour
        at = end


def volume_drop(days: Sequence[OutletDay], today: date, common: Mapping[date, float] | None = None) -> Judgement:
    """Broken when the last three watched days each brought under 60 % of their weekday's median.

    *common* says by how much all outlets of that place published less on a day: a holiday is nobody's fault. A drop
    that chance would explain (four articles instead of seven) is none.
    """
    judged = [day for day in days if day.day < today and day.counts and today - day.day <= timedelta(days=7)]
    judged = judged[-_VOLUME_RUNNING:]
    if len(judged) < _VOLUME_RUNNING:
        return Judgement(Rule.VOLUME_DROP, State.LEARNING)
    usual = [usual_volume(days, day, judged[0].day) for day in judged]
    if any(one is None for one in usual):
        return Judgement(Rule.VOLUME_DROP, State.LEARNING)
    expected = [(one or 0) * min(1.0, (common or {}).get(day.day, 1.0)) for one, day in zip(usual, judged, strict=True)]
    seen, hoped = sum(day.articles for day in judged), sum(expected)
    low = all(day.articles < _VOLUME_SHARE * one for day, one in zip(judged, expected, strict=True))
    broken = low and hoped - seen > _SIGMAS * sqrt(hoped * _dispersion(days, judged[0].day))
    facts = {"articles": [day.articles for day in judged], "usual": [round(one, 1) for one in expected],
             "last_day": judged[-1].day.isoformat()}  # fmt: skip
    return Judgement(Rule.VOLUME_DROP, State.BROKEN if broken else State.HOLDS, facts)


def _dispersion(days: Sequence[OutletDay], before: date) -> float:
    """How many times more the outlet's days vary than chance alone would have it; at least 1.

    From the median of the squared deviations, which one odd week does not move.
    """
    known = [one for one in days if one.counts and before - timedelta(days=VOLUME_DAYS) <= one.day < before]
    usual = [median(one.articles for one in known if one.day.weekday() == weekday) if weekday in
             {one.day.weekday() for one in known} else 0 for weekday in range(7)]  # fmt: skip
    squares = [(one.articles - usual[one.day.weekday()]) ** 2 / max(1.0, usual[one.day.weekday()]) for one in known]
    return max(1.0, median(squares) / _CHANCE_SQUARE) if squares else 1.0


def usual_volume(days: Sequence[OutletDay], day: OutletDay, before: date) -> float | None:
    """The median of *day*'s weekday in the eight weeks before *before*; of the weakest weekday when it is a holiday.

    None while fewer than four such days are known.
    """
    known = [one for one in days if one.counts and before - timedelta(days=VOLUME_DAYS) <= one.day < before]
    by_weekday = [[one.articles for one in known if one.day.weekday() == weekday] for weekday in range(7)]
    if len(by_weekday[day.day.weekday()]) < _VOLUME_SAME_WEEKDAYS:
        return None
    if is_holiday(day.day):
        return min(median(counts) for counts in by_weekday if len(counts) >= _VOLUME_SAME_WEEKDAYS)
    return median(by_weekday[day.day.weekday()])


def common_share(shares: Sequence[float]) -> float:
    """By how much a day was weaker for all, from each outlet's articles / usual; 1 where too few can tell."""
    return min(1.0, median(shares)) if len(shares) >= 5 else 1.0


def layout_break(
    days: Sequence[OutletDay], emptied_listings: Sequence[str] = (), open_since: date | None = None
) -> Judgement:
    """Broken when a sign shows that pages are read wrongly; what shows is in `facts["signs"]`.

    *emptied_listings* give no links any more where they gave five. While such an alert is open (*open_since*), what
    is usual is what was so before it.
    """
    signs: dict[str, Any] = {"listings": sorted(emptied_listings)[:5]} if emptied_listings else {}
    known = False
    for texts in _RECENT_TEXTS:
        recent, before = _recent_and_before(days, open_since, texts)
        if _is_enough(recent, before):
            known = True
            signs = _signs(recent, before) | signs
    state = State.BROKEN if signs else State.HOLDS if known else State.LEARNING
    return Judgement(Rule.LAYOUT_BREAK, state, {"signs": signs} if signs else {})


def _signs(recent: Sequence[OutletDay], before: Sequence[OutletDay]) -> dict[str, Any]:
    found = {
        "same_ending": _same_ending(recent, before),
        "shorter": _shorter(recent, before),
        "removed": _removed(recent, before),
        **{name: _rarer(recent, before, name) for name in _FIELD_POINTS},
    }
    return {name: sign for name, sign in found.items() if sign}


def _is_enough(recent: Sequence[OutletDay], before: Sequence[OutletDay]) -> bool:
    new, old = (sum(day.articles for day in part) for part in (recent, before))
    return new >= _RECENT_LEAST and old >= _HISTORY_TEXTS and len(before) >= _HISTORY_DAYS


def _recent_and_before(
    days: Sequence[OutletDay], open_since: date | None, texts: int
) -> tuple[list[OutletDay], list[OutletDay]]:
    """The latest days with so many texts between them, and the six weeks before those."""
    with_texts = [day for day in days if day.articles]
    recent: list[OutletDay] = []
    while with_texts and len(recent) < _RECENT_DAYS and sum(day.articles for day in recent) < texts:
        recent.append(with_texts.pop())
    if not recent:
        return [], []
    latest = recent[0].day
    if open_since and latest - open_since < ACCEPT_AFTER:
        with_texts = [day for day in with_texts if day.day < open_since]
    return recent, [day for day in with_texts if day.day >= latest - timedelta(days=LEARN_DAYS + _RECENT_DAYS)]


def _same_ending(recent: Sequence[OutletDay], before: Sequence[OutletDay]) -> dict[str, Any] | None:
    number, share = _commonest_ending(recent)
    usual = _commonest_ending(before)[1]
    if number < _ENDING_LEAST or share <= _ENDING_SHARE or share <= usual + _ENDING_MORE:
        return None
    return {"share": round(share, 2), "usual": round(usual, 2)}


def _commonest_ending(days: Sequence[OutletDay]) -> tuple[int, float]:
    """(how many texts end alike, their share). Of each day only its commonest ending is known: a lower bound."""
    found: Counter[str] = Counter()
    for day in days:
        if day.ending:
            found[day.ending] += day.endings
    number = max(found.values(), default=0)
    return number, number / max(1, sum(day.articles for day in days))


def _shorter(recent: Sequence[OutletDay], before: Sequence[OutletDay]) -> dict[str, Any] | None:
    """Also shorter than ever in the six weeks, as many days together (weekends have texts of their own length), and by
    more than so few texts differ by chance.
    """
    now, usual = _typical(recent, "words_median"), _typical(before, "words_median")
    if now is None or usual is None:
        return None
    chance = _chance(recent, before, "words_median", usual)
    if now > _WORDS_SHARE * usual or now >= min(_windows(recent, before, "words_median")) or usual - now <= chance:
        return None
    return {"words": round(now), "usual": round(usual)}


def _removed(recent: Sequence[OutletDay], before: Sequence[OutletDay]) -> dict[str, Any] | None:
    """More or less is set aside than ever in the six weeks: text is taken for teasers, or teasers for text."""
    now, usual = _typical(recent, "removed_share"), _typical(before, "removed_share")
    if now is None or usual is None or abs(now - usual) < _REMOVED_POINTS:
        return None
    seen, chance = _windows(recent, before, "removed_share"), _chance(recent, before, "removed_share", usual)
    if min(seen) <= now <= max(seen) or abs(now - usual) <= chance:
        return None
    return {"share": round(now, 2), "usual": round(usual, 2)}


def _typical(days: Sequence[OutletDay], name: str) -> float | None:
    """The days' medians of that name, in the mean; a day counts by its articles."""
    medians = [(getattr(day, name), day.articles) for day in days if getattr(day, name) is not None]
    articles = sum(number for _, number in medians)
    return sum(value * number for value, number in medians) / articles if articles else None


def _windows(recent: Sequence[OutletDay], before: Sequence[OutletDay], name: str) -> list[float]:
    """What was typical in each run of as many earlier days."""
    windows = (before[start : start + len(recent)] for start in range(0, len(before), len(recent)))
    return [value for window in windows if (value := _typical(window, name)) is not None]


def _chance(recent: Sequence[OutletDay], before: Sequence[OutletDay], name: str, usual: float) -> float:
    """How far so few texts stray from *usual* by chance: as far as one text does, over the root of their number."""
    known = [day for day in before if getattr(day, name) is not None]
    far = median(abs(getattr(day, name) - usual) * sqrt(day.articles) for day in known)
    spread: float = 1.48 * far  # a normal distribution's deviation, from its median one
    return _SIGMAS * spread / sqrt(sum(day.articles for day in recent))


def _rarer(recent: Sequence[OutletDay], before: Sequence[OutletDay], name: str) -> dict[str, Any] | None:
    """Rarer than by chance and by the outlet's own waves: agencies' texts, without authors, come in such."""
    recent, before = ([day for day in days if getattr(day, name) is not None] for days in (recent, before))
    if not _is_enough(recent, before):
        return None
    number, known, found = sum(day.articles for day in recent), sum(day.articles for day in before), _sum(before, name)
    now, usual = _sum(recent, name) / number, found / known
    likely = (found + 1) / (known + 2)  # never certain, however often it was so
    chance = _SIGMAS * sqrt(number * likely * (1 - likely) * _waves(before, name, likely)) + 2
    if usual - now < _FIELD_POINTS[name] or (usual - now) * number <= chance:
        return None
    return {"share": round(now, 2), "usual": round(usual, 2)}


def _waves(days: Sequence[OutletDay], name: str, likely: float) -> float:
    """How many times more the days' numbers vary than if each text had it with that chance; at least 1."""
    squares: list[float] = [
        (getattr(day, name) - likely * day.articles) ** 2 / (likely * (1 - likely) * day.articles) for day in days
    ]
    return max(1.0, mean(squares), median(squares) / _CHANCE_SQUARE)


def _sum(days: Sequence[OutletDay], name: str) -> int:
    return sum(getattr(day, name) for day in days)


def _in_hours(length: timedelta) -> float:
    return round(length / timedelta(hours=1), 1)
