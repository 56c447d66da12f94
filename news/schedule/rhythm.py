"""An outlet's publishing rhythm by hour of the week, and when to look so that its news waits least.

In an hour with looks every t minutes, an article waits between 0 and t, each time equally likely. So the rates of news
and the intervals give the wait of any share of the articles. Out of a family of densities, from even to proportional to
the news, the one is chosen that shortens the median wait and the 95th percentile together.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

HOURS = 168
_HOUR, _WEEK = timedelta(hours=1), timedelta(weeks=1)
HALF_LIFE = 3.0  # weeks after which an article counts half: newsrooms change their shifts
MEMORY = timedelta(weeks=12)
_PRIOR_WEEKS = 1.0  # the weight of the coarser pattern against an hour's own count
_POWERS = tuple(number / 10 for number in range(1, 11))
_FLOORS = (0.02, 0.05, 0.1, 0.2, 0.4, 0.7)  # of the mean rate: no hour goes without looks
_SLOWEST, _MEDIAN = 0.95, 0.5  # the shares of articles whose wait counts
_UNFORESEEN = 0.15  # of the articles: they come at any time, whatever was learnt
_LATE_LIMIT = 0.995  # of the even density's wait: the slowest articles have to gain as well
_MOST_LOOKS = 60.0  # an hour


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A learnt rhythm: `looks` is each hour's share of the week's looks, from Monday midnight; empty: not known yet."""

    looks: tuple[float, ...] = ()


def learn(arrivals: Iterable[datetime], zone: tzinfo, now: datetime) -> Rhythm:
    """Return the rhythm of *arrivals* (with a zone) up to *now*, in the outlet's *zone*.

    An hour of the week with few articles is taken to be like that hour on other such days (workdays or the weekend),
    these like that hour on all days, and these like the mean.
    """
    times = [time for time in arrivals if now - MEMORY <= time < now]
    if not times:
        return Rhythm()
    counts, watched = [0.0] * HOURS, [0.0] * HOURS
    for time in times:
        counts[_hour_of_week(time, zone)] += _weight(now - time)
    hour = max(min(times), now - MEMORY)
    while hour < now:
        watched[_hour_of_week(hour, zone)] += _weight(now - hour) * (min(hour + _HOUR, now) - hour) / _HOUR
        hour += _HOUR
    return Rhythm(best_looks(_smoothed(counts, watched)))


def best_looks(rates: Sequence[float]) -> tuple[float, ...]:
    """Return each hour's share of the week's looks that serves news of these *rates* best."""
    even, mean = (1 / HOURS,) * HOURS, sum(rates) / HOURS
    rates = [(1 - _UNFORESEEN) * rate + _UNFORESEEN * mean for rate in rates]
    middle, slowest = _wait(rates, even, _MEDIAN), _wait(rates, even, _SLOWEST)
    best, least = even, 2.0
    for looks in _densities(rates):
        late = _wait(rates, looks, _SLOWEST) / slowest
        cost = late + _wait(rates, looks, _MEDIAN) / middle
        if late <= _LATE_LIMIT and cost < least:
            best, least = looks, cost
    return tuple(round(share, 7) for share in best)


def _densities(rates: Sequence[float]) -> Iterator[tuple[float, ...]]:
    mean = sum(rates) / HOURS
    for floor in _FLOORS:
        for power in _POWERS:
            raised = [max(rate, floor * mean) ** power for rate in rates]
            yield tuple(rate / sum(raised) for rate in raised)


def _wait(rates: Sequence[float], looks: Sequence[float], share: float) -> float:
    """Return how long that share of the articles waits at most, in weeks divided by looks, by bisection."""
    low, high, total = 0.0, 1 / min(looks), sum(rates)
    for _ in range(24):
        wait = (low + high) / 2
        served = sum(rate * min(1.0, wait * density) for rate, density in zip(rates, looks, strict=True))
        low, high = (low, wait) if served >= share * total else (wait, high)
    return high


def _smoothed(counts: Sequence[float], watched: Sequence[float]) -> tuple[float, ...]:
    """Return the rates from *counts* over *watched* (weeks), each level smoothed by the coarser one above it."""
    rates = [sum(counts) / sum(watched)] * HOURS
    for level in (_hour_of_day, _hour_of_kind_of_day, int):
        groups: dict[int, list[float]] = {}
        for hour in range(HOURS):
            sums = groups.setdefault(level(hour), [0.0, 0.0])
            sums[0] += counts[hour]
            sums[1] += watched[hour]
        of_hour = [groups[level(hour)] for hour in range(HOURS)]
        rates = [
            (n + _PRIOR_WEEKS * above) / (span + _PRIOR_WEEKS) for (n, span), above in zip(of_hour, rates, strict=True)
        ]
    return tuple(rates)


def _hour_of_day(hour: int) -> int:
    return hour % 24


def _hour_of_kind_of_day(hour: int) -> int:
    return hour % 24 + (24 if hour >= 5 * 24 else 0)


def next_look(rhythm: Rhythm, every: timedelta, place: float, zone: tzinfo, after: datetime) -> datetime:
    """Return the first look after *after*: on average one *every* so often, more when news is likely.

    *place*, from 0 to 1, is the outlet's own place within an interval. The looks of one rhythm are the same however
    often they are computed.
    """
    density = _density(rhythm, round(_WEEK / every))
    left = 1 - math.modf(_looks_so_far(density, after, zone) + place + _CLOSE)[0] + _CLOSE
    at = after
    while True:
        local = at.astimezone(zone)
        rest = 1 - (local.minute * 60 + local.second + local.microsecond / 1e6) / 3600
        looks = density[_hour_of_week(at, zone)]
        if looks * rest >= left:
            return at + _HOUR * (left / looks)
        left -= looks * rest
        at += _HOUR * rest


_CLOSE = 1e-6  # looks: times are rounded to microseconds, and a look must not follow itself


def _density(rhythm: Rhythm, looks: int) -> tuple[float, ...]:
    """Return the looks in each hour of the week: *looks* in all, at most one a minute."""
    if not rhythm.looks:
        return (looks / HOURS,) * HOURS
    return tuple(min(looks * share / sum(rhythm.looks), _MOST_LOOKS) for share in rhythm.looks)


def _looks_so_far(density: Sequence[float], time: datetime, zone: tzinfo) -> float:
    """Return the looks from the beginning of the outlet's week until *time*."""
    local, hour = time.astimezone(zone), _hour_of_week(time, zone)
    into = (local.minute * 60 + local.second + local.microsecond / 1e6) / 3600
    return math.fsum(density[:hour]) + density[hour] * into


def _hour_of_week(time: datetime, zone: tzinfo) -> int:
    local = time.astimezone(zone)
    return local.weekday() * 24 + local.hour


def _weight(age: timedelta) -> float:
    return float(0.5 ** (age / _WEEK / HALF_LIFE))
