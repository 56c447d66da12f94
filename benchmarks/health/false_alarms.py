"""Measure how often the rules of health raise false alarms and how soon they see a break, on pretend outlets.

    python -m benchmarks.health.false_alarms [--outlets 300] [--days 28]

Newsrooms vary more than chance: a day's number of articles is negative binomial around its weekday's mean, lengths are
log-normal, a field is missing on three pages in a hundred, an author on thirty, in waves; the share of words set aside
varies from page to page. "bare" are the thresholds without the guards against chance.
"""

import argparse
import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from statistics import median
from unittest.mock import patch

import news.health.layout_break
import news.health.volume_drop
from news.health.layout_break import layout_break
from news.health.outlet_day import OutletDay
from news.health.rule import State
from news.health.volume_drop import volume_drop

FIRST = date(2026, 3, 2)
LEARNT = 70  # days before the first judgement
SIZES = (3, 12, 60)  # articles on a workday


def articles_on(mean: float) -> int:
    """Return a number of articles: Poisson around a mean that itself varies by a quarter."""
    left, number = random.gammavariate(16, mean / 16), 0
    while (left := left - random.expovariate(1)) > 0:
        number += 1
    return number


def a_day(
    number: int,
    mean: float,
    *,
    less: float = 1.0,
    shorter: float = 1.0,
    dates: float = 0.97,
    authors: float = 0.7,
    removed: float = 0.3,
) -> OutletDay:
    """One day of an outlet; what differs from the defaults is what broke."""
    day = FIRST + timedelta(days=number)
    count = articles_on(mean * less * (0.5 if day.weekday() >= 5 else 1))
    words = [400 * shorter * random.lognormvariate(0, 0.6) for _ in range(count)]
    wave = random.betavariate(20 * authors, 20 * (1 - authors))
    return OutletDay(
        day=day,
        articles=count,
        words_median=median(words) if words else None,
        headlines=count,
        dates=sum(random.random() < dates for _ in range(count)),
        authors=sum(random.random() < wave for _ in range(count)),
        removed_share=median(random.betavariate(6 * removed, 6 * (1 - removed)) for _ in words) if words else None,
    )


def signs(days: list[OutletDay]) -> set[str]:
    """Return the names of what is broken on the morning after the last of *days*."""
    found = set(layout_break(days).facts.get("signs", {}))
    drop = volume_drop(days, days[-1].day + timedelta(days=1))
    return found | ({"volume"} if drop.state is State.BROKEN else set())


def false_alarms(outlets: int, days: int) -> Counter[str]:
    """Count the alarms of outlets to which nothing happens."""
    alarms: Counter[str] = Counter()
    for number in range(outlets):
        random.seed(number)
        mean = SIZES[number % len(SIZES)]
        lived = [a_day(at, mean) for at in range(LEARNT + days)]
        before: set[str] = set()
        for end in range(LEARNT, LEARNT + days):
            now = signs(lived[:end])
            alarms.update(now - before)
            before = now
    return alarms


def days_until(sign: str, mean: float, outlets: int, **broken: float) -> Iterator[int | None]:
    """After how many days a break is seen; None when not within two weeks."""
    for number in range(outlets):
        random.seed(10_000 + number)
        lived = [a_day(at, mean) for at in range(LEARNT)]
        after = None
        for days in range(1, 15):
            lived.append(a_day(LEARNT + days, mean, **broken))
            if sign in signs(lived):
                after = days
                break
        yield after


def report(outlets: int, days: int) -> None:
    alarms = false_alarms(outlets, days)
    total = outlets * days
    print(f"  false alarms in {total:,} outlet-days: {sum(alarms.values())} {dict(alarms)}")
    for sign, broken in (
        ("volume", {"less": 0.3}),
        ("shorter", {"shorter": 0.4}),
        ("dates", {"dates": 0.5}),
        ("authors", {"authors": 0.3}),
        ("removed", {"removed": 0.1}),
    ):
        for mean in SIZES:
            seen = list(days_until(sign, mean, outlets // 10, **broken))
            found = sorted(days for days in seen if days is not None)
            middle = found[len(found) // 2] if found else "-"
            print(f"  {sign:<8} {mean:>3} articles a day: seen {len(found)}/{len(seen)}, median after {middle} days")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outlets", type=int, default=300)
    parser.add_argument("--days", type=int, default=28)
    given = parser.parse_args()
    print("with guards")
    report(given.outlets, given.days)
    print("bare")
    with patch.object(news.health.layout_break, "SIGMAS", 0.0), patch.object(news.health.volume_drop, "SIGMAS", 0.0):
        report(given.outlets, given.days)


if __name__ == "__main__":
    main()
