"""Replay when articles were published: how long they wait for the next look, learnt rhythm against fixed interval."""

import argparse
import bisect
import gzip
import json
import random
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[2]))

from news.rhythm import Rhythm, learn, next_look

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


def pretend(kind: Kind, weeks: int, seed: int) -> list[datetime]:
    """Times of a Poisson process of that rhythm; some articles draw others after them, and news breaks now and then."""
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


def compare(name: str, outlets: Sequence[Sequence[datetime]], every: timedelta, split: datetime, end: datetime) -> bool:
    """Print both for all *outlets* together; True when the learnt rhythm is better in median and 95th percentile."""
    fixed, learnt = Waits([], 0), Waits([], 0)
    for arrivals in outlets:
        rhythm = learn([time for time in arrivals if time < split], ZONE, split)
        fixed += wait(arrivals, Rhythm(), every, split, end)
        learnt += wait(arrivals, rhythm, every, split, end)
    judged = len(fixed.minutes) // len(PLACES)
    print(f"{name:<22} {judged:>7} {fixed.line(len(outlets))}   {learnt.line(len(outlets))}")
    return all(
        measure(learnt.minutes) < measure(fixed.minutes)
        for measure in (statistics.median, lambda values: statistics.quantiles(values, n=20)[18])
    )


def published(folder: Path) -> dict[str, list[datetime]]:
    """Times of day by source from all *.jsonl and *.jsonl.gz files: lines with `published_at` and `source`."""
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
    parser.add_argument("--seeds", type=int, default=5, help="pretend newsrooms of each kind (5)")
    chosen = parser.parse_args()
    every = chosen.every * MINUTE
    print(f"{'':<30} {'fixed':^32}   {'learnt':^32}")
    head = f"{'looks/d':>7} {'median':>8} {'95 %':>7} {'mean':>7}"
    print(f"{'minutes of waiting':<22} {'judged':>7} {head}   {head}")
    better = _replay_folder(chosen.folder, every) if chosen.folder else _replay_pretended(every, chosen.seeds)
    print(f"better in median and 95th percentile: {sum(better)} of {len(better)}")


def _replay_pretended(every: timedelta, seeds: int) -> list[bool]:
    split, end = BEGIN + LEARN * WEEK, BEGIN + (LEARN + JUDGE) * WEEK
    return [
        compare(kind.name, [pretend(kind, LEARN + JUDGE, seed) for seed in range(seeds)], every, split, end)
        for kind in KINDS
    ]


def _replay_folder(folder: Path, every: timedelta) -> list[bool]:
    """The first two thirds of the time are learnt from, the last third is judged."""
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
