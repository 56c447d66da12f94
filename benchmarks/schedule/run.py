"""Replay when articles were published: how long they wait for the next look, learnt rhythm against fixed interval."""

import argparse
import bisect
import gzip
import json
import random
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[2]))

from news.schedule.rhythm import HOURS, Rhythm, learn, next_look

ZONE = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2026, 9, 7, tzinfo=ZONE)  # a Monday; the clocks go back in the weeks that are judged
WEEK, MINUTE = timedelta(weeks=1), timedelta(minutes=1)
LEARN, JUDGE = 6, 4  # weeks
PLACES = (0.2, 0.5, 0.8)  # an outlet's place within its interval is chance: all are tried
FEWEST = 30  # articles in the weeks that are judged


@dataclass(frozen=True, slots=True)
class Kind:
    """A pretend newsroom: articles a day, and the weight of an hour of the week (weekday, hour)."""

    name: str
    per_day: float
    weight: Callable[[int, int], float]
    breaking: float = 2.0  # a week: an event that brings ten to forty articles within hours


def daily(day: int, hour: int) -> float:
    base = 0.15 if hour < 5 else 1.6 if hour < 9 else 1.2 if hour < 18 else 0.9 if hour < 22 else 0.4
    return base * (0.55 if day >= 5 else 1)


def agency(day: int, hour: int) -> float:
    return (0.5 if hour < 5 else 1.1) * (0.8 if day >= 5 else 1)


def regional(day: int, hour: int) -> float:
    return (1.0 if 7 <= hour < 18 else 0.08) * (0.3 if day >= 5 else 1)


def morning_paper(day: int, hour: int) -> float:
    return (12.0 if hour == 4 else 0.4 if 8 <= hour < 20 else 0.05) * (0.05 if day == 6 else 1)


def weekly(day: int, hour: int) -> float:
    return (6.0 if day == 2 and 8 <= hour < 18 else 0.3 if 8 <= hour < 18 else 0.02) * (0.4 if day >= 5 else 1)


KINDS = (
    Kind("daily paper", 120, daily),
    Kind("news agency", 600, agency, breaking=5),
    Kind("regional paper", 25, regional, breaking=0.5),
    Kind("morning paper", 60, morning_paper, breaking=0.5),
    Kind("weekly", 10, weekly, breaking=0.2),
)


# Newsrooms on which nothing was chosen: a change of news/schedule/rhythm.py is tried on those above, judged on these.


def tabloid(day: int, hour: int) -> float:
    return (0.3 if hour < 6 else 1.0 if hour < 17 else 1.8 if hour < 23 else 0.8) * (0.9 if day >= 5 else 1)


def business(day: int, hour: int) -> float:
    return 0.02 if day >= 5 else 2.0 if hour in {7, 8, 15, 16, 17} else 1.0 if 9 <= hour < 20 else 0.1


def sports(day: int, hour: int) -> float:
    return (0.1 if 1 <= hour < 8 else 0.6 if hour < 15 else 2.2) * (2.5 if day >= 5 else 0.8)


def broadcaster(day: int, hour: int) -> float:
    return (0.25 if hour < 5 else 1.0 if hour < 21 else 0.6) * (0.7 if day >= 5 else 1)


def two_editions(day: int, hour: int) -> float:
    return (8.0 if hour == 5 else 6.0 if hour == 17 else 0.5 if 7 <= hour < 22 else 0.03) * (0.2 if day == 6 else 1)


def press_office(day: int, hour: int) -> float:
    return 0.01 if day >= 5 else 1.0 if 9 <= hour < 17 else 0.02


def round_the_clock(_day: int, _hour: int) -> float:
    return 1.0


def abroad(_day: int, hour: int) -> float:
    return 1.2 if hour < 3 or hour >= 15 else 0.3 if hour < 6 else 0.1


HELD_OUT = (
    Kind("tabloid", 150, tabloid, breaking=3),
    Kind("business daily", 70, business, breaking=0.7),
    Kind("sports", 90, sports, breaking=1.5),
    Kind("broadcaster", 80, broadcaster, breaking=2.5),
    Kind("two editions", 45, two_editions, breaking=0.3),
    Kind("press office", 6, press_office, breaking=0.05),
    Kind("round the clock", 300, round_the_clock, breaking=3),
    Kind("paper abroad", 40, abroad, breaking=1),
)


def pretend(kind: Kind, weeks: int, seed: int) -> list[datetime]:
    """Return times of a Poisson process of that rhythm; some articles lead to others, and sometimes news breaks."""
    chance = random.Random(f"{kind.name} {seed}")
    total = sum(kind.weight(day, hour) for day in range(7) for hour in range(24))
    times: list[datetime] = []
    hour = BEGIN.astimezone(UTC)
    while hour < BEGIN + weeks * WEEK:
        local = hour.astimezone(ZONE)
        rate = 7 * kind.per_day * kind.weight(local.weekday(), local.hour) / total
        at = hour + timedelta(hours=chance.expovariate(rate))
        while at < hour + timedelta(hours=1):
            times.append(at)
            if chance.random() < 0.15:
                times += [at + MINUTE * chance.expovariate(0.2) for _ in range(chance.randint(1, 3))]
            at += timedelta(hours=chance.expovariate(rate))
        if chance.random() < kind.breaking / 168:
            times += [hour + MINUTE * chance.expovariate(1 / 60) for _ in range(chance.randint(10, 40))]
        hour += timedelta(hours=1)
    return sorted(times)


@dataclass(frozen=True, slots=True)
class Waits:
    """Minutes from publication to the next look, and how many looks a day that took."""

    minutes: list[float]
    looks: float

    def __add__(self, other: "Waits") -> "Waits":
        return Waits(self.minutes + other.minutes, self.looks + other.looks)

    def line(self, outlets: int) -> str:
        cuts = statistics.quantiles(self.minutes, n=20)
        mean = statistics.fmean(self.minutes)
        return f"{self.looks / outlets:7.2f} {statistics.median(self.minutes):8.1f} {cuts[18]:7.1f} {mean:7.1f}"


def wait(arrivals: Sequence[datetime], rhythm: Rhythm, every: timedelta, begin: datetime, end: datetime) -> Waits:
    """How long *arrivals* between *begin* and *end* wait, over all places."""
    minutes: list[float] = []
    looks = 0
    for place in PLACES:
        times = list(_looks(rhythm, every, place, begin, end))
        looks += sum(time <= end for time in times)
        for arrival in arrivals:
            if begin <= arrival < end:
                minutes.append((times[bisect.bisect_left(times, arrival)] - arrival) / MINUTE)
    return Waits(minutes, looks / len(PLACES) / ((end - begin) / timedelta(days=1)))


def _looks(rhythm: Rhythm, every: timedelta, place: float, begin: datetime, end: datetime) -> Iterator[datetime]:
    at = begin.astimezone(UTC)
    while at <= end:
        at = next_look(rhythm, every, place, ZONE, at)
        yield at


def at_best(arrivals: Sequence[datetime], every: timedelta) -> float:
    """Return the lowest 95th percentile, in minutes, of all plans by hour of the week that know these *arrivals*.

    It looks evenly in the hours with most articles, as many as hold 95 % of them, and never in the others.
    """
    hours = Counter(local.weekday() * 24 + local.hour for at in arrivals for local in (at.astimezone(ZONE),))
    left, watched = 0.95 * len(arrivals), 0.0
    for _, number in hours.most_common():
        watched += min(1.0, left / number)
        left -= number
        if left <= 0:
            break
    return every / MINUTE * watched / HOURS


def compare(name: str, outlets: Sequence[Sequence[datetime]], every: timedelta, split: datetime, end: datetime) -> bool:
    """Print both for all *outlets* together; True when the learnt rhythm is better in median and 95th percentile."""
    fixed, learnt = Waits([], 0), Waits([], 0)
    for arrivals in outlets:
        rhythm = learn([time for time in arrivals if time < split], ZONE, split)
        fixed += wait(arrivals, Rhythm(), every, split, end)
        learnt += wait(arrivals, rhythm, every, split, end)
    judged = len(fixed.minutes) // len(PLACES)
    best = statistics.fmean(at_best([at for at in arrivals if split <= at < end], every) for arrivals in outlets)
    print(f"{name:<22} {judged:>7} {fixed.line(len(outlets))}   {learnt.line(len(outlets))}   {best:7.1f}")
    return all(
        measure(learnt.minutes) < measure(fixed.minutes)
        for measure in (statistics.median, lambda values: statistics.quantiles(values, n=20)[18])
    )


def published(folder: Path) -> dict[str, list[datetime]]:
    """Return times of day by source from all *.jsonl and *.jsonl.gz files: lines with `published_at` and `source`."""
    found: dict[str, list[datetime]] = {}
    for path in sorted([*folder.glob("**/*.jsonl"), *folder.glob("**/*.jsonl.gz")]):
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
            for line in lines:
                record = json.loads(line)
                if isinstance(record, dict) and (time := _time(record.get("published_at"))):
                    found.setdefault(str(record.get("source") or "?"), []).append(time)
    return {source: sorted(times) for source, times in found.items()}


def _time(text: object) -> datetime | None:
    try:
        time = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    dated_only = (time.hour, time.minute) == (0, 0)
    return None if dated_only or time.tzinfo is None else time


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="data with published times; none: the pretend newsrooms")
    parser.add_argument("--every", type=int, default=30, metavar="MINUTES", help="the fixed interval (30)")
    parser.add_argument("--held-out", action="store_true", help="the newsrooms on which nothing was chosen")
    parser.add_argument("--seeds", type=int, default=5, help="pretend newsrooms of each kind (5)")
    chosen = parser.parse_args()
    every = chosen.every * MINUTE
    print(f"{'':<30} {'fixed':^32}   {'learnt':^32}")
    head = f"{'looks/d':>7} {'median':>8} {'95 %':>7} {'mean':>7}"
    print(f"{'minutes of waiting':<22} {'judged':>7} {head}   {head}   95 % at best")
    better = _replay_folder(chosen.folder, every) if chosen.folder else _replay_pretended(every, chosen)
    print(f"better in median and 95th percentile: {sum(better)} of {len(better)}")


def _replay_pretended(every: timedelta, chosen: argparse.Namespace) -> list[bool]:
    split, end = BEGIN + LEARN * WEEK, BEGIN + (LEARN + JUDGE) * WEEK
    return [
        compare(kind.name, [pretend(kind, LEARN + JUDGE, seed) for seed in range(chosen.seeds)], every, split, end)
        for kind in (HELD_OUT if chosen.held_out else KINDS)
    ]


def _replay_folder(folder: Path, every: timedelta) -> list[bool]:
    """Learn from the first two thirds of the time and judge by the last third."""
    sources = published(folder)
    times = sorted(time for one in sources.values() for time in one)
    if not times:
        sys.exit(f"no published_at with a time of day in {folder}")
    split, end = times[0] + (times[-1] - times[0]) * 2 / 3, times[-1]
    better = [compare("all sources as one", [times], every, split, end)]
    for source, own in sorted(sources.items()):
        if sum(time >= split for time in own) >= FEWEST:
            better.append(compare(source[:22], [own], every, split, end))
    return better


if __name__ == "__main__":
    main()
