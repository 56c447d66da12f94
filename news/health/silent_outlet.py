"""The rule for an outlet that publishes nothing although articles were to be expected."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from news.health.outlet_day import LEARN_DAYS, OutletDay, OutletHistory, Silence, within
from news.health.rule import Facts, Judgement, OutletRule, State

_EXPECTED = 5.0  # articles
_TIMES_LONGER = 1.5
_LEAST_DAYS = 14


def silent_outlet(days: Sequence[OutletDay], silence: Silence) -> Judgement:
    """Broken when five articles were to be expected since the last one and no earlier silence was nearly as long."""
    watched = [day for day in days[-LEARN_DAYS:] if day.counts]
    weekdays = Counter(day.day.weekday() for day in watched)
    if len(watched) < _LEAST_DAYS or len(weekdays) < 7 or not any(day.articles for day in watched):
        return Judgement(SILENT_OUTLET, State.LEARNING, {"days": len(watched)})
    expected = sum(part * _rate(watched, weekdays, at) for at, part in _hours(silence))
    longest = max(day.longest_silence for day in watched)
    broken = expected >= _EXPECTED and silence.length > _TIMES_LONGER * longest
    facts = {
        "expected": round(expected, 1),
        "silent_hours": _in_hours(silence.length),
        "longest_hours": _in_hours(longest),
        "last_article_at": silence.since.isoformat(),
    }
    return Judgement(SILENT_OUTLET, State.BROKEN if broken else State.HOLDS, facts)


def _rate(watched: Sequence[OutletDay], weekdays: Mapping[int, int], at: datetime) -> float:
    """Return the usual number of articles in this hour of the week."""
    same = [day.hours[at.hour] for day in watched if day.day.weekday() == at.weekday()]
    return sum(same) / max(weekdays.get(at.weekday(), 1), 1)


def _hours(silence: Silence) -> Iterator[tuple[datetime, float]]:
    """Return the hours of the silence, each with the part of it (0 to 1) that was watched."""
    hour, at = timedelta(hours=1), silence.since
    while at < silence.until:
        end = min(at.replace(minute=0, second=0, microsecond=0) + hour, silence.until)
        yield at, (end - at - within(silence.away, at, end)) / hour
        at = end


def _in_hours(length: timedelta) -> float:
    return round(length / timedelta(hours=1), 1)


def _describe(facts: Facts) -> str:
    since = datetime.fromisoformat(facts["last_article_at"])
    silent, longest = _in_words(facts["silent_hours"]), _in_words(facts["longest_hours"])
    return (f"{silent} since {since:%Y-%m-%d %H:%M %Z}, {facts['expected']:g} articles were to be expected, "
            f"the longest pause of six weeks was {longest}")  # fmt: skip


def _in_words(hours: float) -> str:
    return f"{hours:g} hours" if hours < 48 else f"{hours / 24:.1f} days"


def _judge(history: OutletHistory) -> Judgement:
    if history.silence is None:
        return Judgement(SILENT_OUTLET, State.LEARNING)
    return silent_outlet(history.days, history.silence)


SILENT_OUTLET = OutletRule(
    id="silent_outlet",
    title="silent",
    broken_when="five articles were to be expected since the last one, and the silence is over 1.5 times the longest "
    "in six weeks",
    learns_for="two weeks",
    decide=_judge,
    describe=_describe,
)
