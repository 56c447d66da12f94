"""Writes times.json: when Debian's own cron starts a line, asked of the program itself, with its clock run by clock.c.

    unshare --mount python tests/scheduler/debian_cron/record.py /usr/sbin/cron        as root, with a C compiler

Its folders are hidden under empty ones in a mount namespace: nothing of the machine's own cron is touched.
"""

import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from tests.scheduler.test_timetable import DAYS, LINES_OF_EACH_DAY, WEEK

HERE = Path(__file__).parent
TAB = Path("/var/spool/cron/crontabs/root")
_RANDOM_LINES = 150


def started(cron: str, clock: Path, line: str, zone: str, begin: datetime, hours: int) -> list[int]:
    """Return the minutes after *begin* at which cron starts the line."""
    TAB.write_text(f"{line} true\n", encoding="ascii")
    TAB.chmod(0o600)
    first = int(begin.timestamp())
    environ = {
        "TZ": zone,
        "LD_PRELOAD": str(clock),
        "CLOCK_BEGIN": str(first),
        "CLOCK_END": str(first + hours * 3600 + 60),
    }
    recorded = subprocess.run([cron, "-f"], env=environ, capture_output=True, text=True, check=True)
    minutes = [(int(at) - first) // 60 for at in recorded.stdout.split()]
    return [minute for minute in minutes if minute <= hours * 60]


def cases() -> list[tuple[str, str, datetime, int]]:
    """(line, zone, begin, hours): each day on which clocks change, each weekday, and lines by chance."""
    rng, found = Random(1), list[tuple[str, str, datetime, int]]()
    for zone, begin in DAYS.values():
        found += [(line, zone, begin, 48) for line in LINES_OF_EACH_DAY]
    found += [(f"0 6 * * {weekday}", zone, WEEK, 24 * 8) for weekday in range(8) for zone in _ZONES]
    for _ in range(_RANDOM_LINES):
        zone, begin = rng.choice(list(DAYS.values()))
        found.append((_by_chance(rng), zone, begin, 48))
    return found


_ZONES = ("Europe/Berlin", "America/New_York")


def _by_chance(rng: Random) -> str:
    minute = rng.choice(
        [f"{rng.randrange(60)}", f"*/{rng.randrange(5, 60)}", f"{rng.randrange(30)},{rng.randrange(30, 60)}"]
    )
    hour = rng.choice(
        ["*", f"{rng.randrange(5)}", f"{rng.randrange(3)}-{rng.randrange(3, 24)}", f"*/{rng.randrange(2, 9)}"]
    )
    day = rng.choice(["*", "*", f"{rng.randrange(1, 32)}", f"1-{rng.randrange(2, 32)}", f"*/{rng.randrange(2, 9)}"])
    month = rng.choice(["*", "*", f"{rng.randrange(1, 13)}", "1,3,10-12"])
    weekday = rng.choice(["*", "*", f"{rng.randrange(8)}", "1-5", "0,6", "5-7"])
    return f"{minute} {hour} {day} {month} {weekday}"


def main() -> None:
    for folder in ("/var/spool", "/etc/cron.d", "/run"):
        Path(folder).mkdir(exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "none", folder], check=True)
    TAB.parent.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        clock = Path(scratch) / "clock.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-o", str(clock), str(HERE / "clock.c")], check=True)
        lines = [
            json.dumps([line, zone, begin.astimezone(UTC).isoformat(), hours,
                        started(sys.argv[1], clock, line, zone, begin, hours)])
            for line, zone, begin, hours in cases()
        ]  # fmt: skip
    (HERE / "times.json").write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="ascii")
    print(f"{len(lines)} lines, {os.path.getsize(HERE / 'times.json')} bytes")


if __name__ == "__main__":
    main()
