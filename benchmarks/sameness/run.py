"""Scores `newskeep import` on a labelled stream of articles and on labelled pairs.

    python benchmarks/sameness/run.py DATA

DATA holds NAME.crawl.jsonl[.gz] with NAME.truth.jsonl[.gz] ({"id","story","kind","strength","event"} a line), or with
NAME_labels.jsonl ({"a","b","label"} a line; label copy, wall or another kind that must not be joined). Each NAME gets
an archive of its own, thrown away afterwards.
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

Record = dict[str, Any]


def main() -> None:
    data = Path(sys.argv[1])
    for crawl in sorted(data.glob("*.crawl.jsonl*")):
        name = crawl.name.partition(".")[0]
        records = list(read(crawl))
        stories, seconds = imported(records)
        print(f"{name}: {len(records)} articles, {len(records) / seconds:.0f} a second, the command's start included")
        for truth in data.glob(f"{name}.truth.jsonl*"):
            print_stream(list(read(truth)), stories)
        for labels in data.glob(f"{name}_labels.jsonl*"):
            print_pairs(read(labels), stories)


def read(path: Path) -> Iterator[Record]:
    """The records of a file of JSON lines, packed or not."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
        yield from map(json.loads, lines)


def imported(records: Iterable[Record]) -> tuple[Mapping[str, str], float]:
    """The story of each record by id, and the seconds that the import took."""
    command = [sys.executable, "-m", "cli.main"]
    with tempfile.TemporaryDirectory(prefix="sameness-") as folder:
        environment = os.environ | {"NEWSKEEP_HOME": folder, "NEWSKEEP_CONTACT": "benchmark@example.org"}
        environment.pop("NEWSKEEP_DATABASE_URL", None)
        file = Path(folder) / "articles.jsonl"
        file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
        subprocess.run([*command, "db", "upgrade"], env=environment, check=True, capture_output=True)
        try:
            started = time.monotonic()
            done = subprocess.run(
                [*command, "import", "--json", str(file)], env=environment, check=True, stdout=subprocess.PIPE
            )
            seconds = time.monotonic() - started
        finally:
            subprocess.run([*command, "db", "stop"], env=environment, check=False, capture_output=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    return {answer["id"]: answer["story_id"] for answer in answers if "story_id" in answer}, seconds


def print_stream(truth: list[Record], stories: Mapping[str, str]) -> None:
    """Pairwise precision, recall and F1; shares found by strength; what was joined that must not be."""
    joint = Counter((one["story"], stories[one["id"]]) for one in truth)
    true, found = Counter(one["story"] for one in truth), Counter(stories[one["id"]] for one in truth)
    right, wanted, given = pairs(joint), pairs(true), pairs(found)
    precision, recall = right / max(1, given), right / max(1, wanted)
    print(f"  pairwise P {precision:.4f}  R {recall:.4f}  F1 {2 * precision * recall / (precision + recall):.4f}")
    attached, impure = defaultdict(list), defaultdict(list)
    for one in truth:
        mates = joint[one["story"], stories[one["id"]]]
        if one.get("strength") and one.get("of"):
            attached[one["strength"]].append(mates > 1)
        impure[one["kind"]].append(mates < found[stories[one["id"]]])
    print("  found    ", shares(attached))
    print("  joined wrongly", shares({kind: flags for kind, flags in impure.items() if any(flags)}) or "nothing")
    events = event_pairs(truth)
    joined = sum(stories[a["id"]] == stories[b["id"]] for a, b in events)
    print(f"  different articles on one event joined: {joined} of {len(events)}")


def event_pairs(truth: list[Record]) -> list[tuple[Record, Record]]:
    """Articles of different stories on one event."""
    events: dict[str, list[Record]] = defaultdict(list)
    for one in truth:
        events[one["event"]].append(one)
    return [
        (a, b)
        for members in events.values()
        for place, a in enumerate(members)
        for b in members[:place]
        if a["story"] != b["story"]
    ]


def print_pairs(labels: Iterable[Record], stories: Mapping[str, str]) -> None:
    """How many pairs of each label were joined."""
    joined = defaultdict(list)
    for pair in labels:
        joined[pair["label"]].append(stories[pair["a"]] == stories[pair["b"]])
    print("  joined   ", ", ".join(f"{label} {sum(flags)} of {len(flags)}" for label, flags in sorted(joined.items())))


def pairs(counts: Mapping[Any, int]) -> int:
    """Pairs within groups of these sizes."""
    return sum(number * (number - 1) // 2 for number in counts.values())


def shares(flags: Mapping[str, list[bool]]) -> str:
    """Shares by name, with the numbers they are of."""
    return "  ".join(f"{name} {sum(one) / len(one):.2f} ({len(one)})" for name, one in sorted(flags.items()))


if __name__ == "__main__":
    main()
