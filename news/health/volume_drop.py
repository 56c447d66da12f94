"""The rule for an outlet that publishes less than usual on days in a row; holidays count as weak days."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from math import sqrt
from statistics import median

from news.health.outlet_day import VOLUME_DAYS, OutletDay, OutletHistory
from news.health.rule import Facts, Judgement, OutletRule, State

CHANCE_SQUARE = 0.455  # the median of a squared deviation that chance makes, in its own variance
SIGMAS = 3.0  # a thousand outlets are judged every day: what chance does once in a hundred is no news
_SHARE = 0.6
_DAYS_IN_A_ROW = 3
_SAME_WEEKDAYS = 4
_FIXED = frozenset({(1, 1), (1, 6), (5, 1), (8, 15), (10, 3), (11, 1), (12, 24), (12, 25), (12, 26), (12, 31)})
_FROM_EASTER = frozenset({-3, -2, -1, 0, 1, 39, 49, 50, 60})  # Maundy Thursday to Corpus Christi


def volume_drop(days: Sequence[OutletDay], today: date, common: Mapping[date, float] | None = None) -> Judgement:
    """Broken when the last three watched days each brought under 60 % of their weekday's median.

    *common* is the share (0 to 1) of their usual number that all outlets of the time zone published on a day; 1:
    nothing unusual. A drop that chance would explain (four articles instead of seven) does not count.
    """
    judged = [day for day in days if day.day < today and day.counts and today - day.day <= timedelta(days=7)]
    judged = judged[-_DAYS_IN_A_ROW:]
    if len(judged) < _DAYS_IN_A_ROW:
        return Judgement(VOLUME_DROP, State.LEARNING)
    usual = [usual_volume(days, day, judged[0].day) for day in judged]
    if None in usual:
        return Judgement(VOLUME_DROP, State.LEARNING)
    shares = common or {}
    expected = [(number or 0) * min(1.0, shares.get(day.day, 1.0)) for number, day in zip(usual, judged, strict=True)]
    missing = sum(expected) - sum(day.articles for day in judged)
    low = all(day.articles < _SHARE * number for day, number in zip(judged, expected, strict=True))
    broken = low and missing > SIGMAS * sqrt(sum(expected) * _dispersion(days, judged[0].day))
    facts = {"articles": [day.articles for day in judged], "usual": [round(number, 1) for number in expected],
             "last_day": judged[-1].day.isoformat()}  # fmt: skip
    return Judgement(VOLUME_DROP, State.BROKEN if broken else State.HOLDS, facts)


def _dispersion(days: Sequence[OutletDay], before: date) -> float:
    """Return by how many times the outlet's days vary more than chance explains; at least 1.

    Computed from the median of the squared deviations, which one odd week does not move.
    """
    squares = [
        (number - median(numbers)) ** 2 / max(1.0, median(numbers))
        for numbers in _by_weekday(days, before)
        for number in numbers
    ]
    return max(1.0, median(squares) / CHANCE_SQUARE) if squares else 1.0


def usual_volume(days: Sequence[OutletDay], day: OutletDay, before: date) -> float | None:
    """Return the median of *day*'s weekday in the eight weeks before *before*; for a holiday, of the weakest weekday.

    None while fewer than four such days are known.
    """
    by_weekday = _by_weekday(days, before)
    if len(by_weekday[day.day.weekday()]) < _SAME_WEEKDAYS:
        return None
    if is_holiday(day.day):
        return min(median(counts) for counts in by_weekday if len(counts) >= _SAME_WEEKDAYS)
    return median(by_weekday[day.day.weekday()])


def _by_weekday(days: Sequence[OutletDay], before: date) -> list[list[int]]:
    """Return the numbers of articles on each weekday in the eight weeks before *before*, of well watched days."""
    watched = [day for day in days if day.counts and before - timedelta(days=VOLUME_DAYS) <= day.day < before]
    return [[day.articles for day in watched if day.day.weekday() == weekday] for weekday in range(7)]


def common_share(shares: Sequence[float]) -> float:
    """Share (0 to 1) of their usual number that all outlets published on a day; 1: nothing unusual or under five."""
    return min(1.0, median(shares)) if len(shares) >= 5 else 1.0


def is_holiday(day: date) -> bool:
    """Return True for holidays that many countries share; others show in what all outlets of a time zone publish."""
    return (day.month, day.day) in _FIXED or (day - easter(day.year)).days in _FROM_EASTER


def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (Oudin's form of Gauss's rule, years 1583 and later)."""
    golden, century = year % 19, year // 100
    moon = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon -= (moon // 28) * (1 - (29 // (moon + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    days = moon - weekday
    month = 3 + (days + 40) // 44
    return date(year, month, 1) + timedelta(days=days + 28 - 31 * (month // 4) - 1)


def _describe(facts: Facts) -> str:
    pairs = [f"{articles} of {usual:g}" for articles, usual in zip(facts["articles"], facts["usual"], strict=True)]
    return f"articles of the usual number on the last days until {facts['last_day']}: {', '.join(pairs)}"


def _judge(history: OutletHistory) -> Judgement:
    judgement = volume_drop(history.days, history.today)
    if judgement.state is not State.BROKEN:
        return judgement  # and the other outlets need not be read
    return volume_drop(history.days, history.today, history.common_shares())


VOLUME_DROP = OutletRule(
    id="volume_drop",
    title="publishes less",
    broken_when="each of the last three days brought under 60 % of its weekday's median, more than chance would",
    learns_for="five weeks",
    decide=_judge,
    describe=_describe,
)
