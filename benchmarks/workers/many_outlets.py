"""A thousand outlets due every fifteen minutes on one machine: how late crawls begin, and what memory does meanwhile.

    python -m benchmarks.workers.many_outlets --minutes 60
    python -m benchmarks.workers.many_outlets --outlets 267 --every 4m --minutes 16      the same load, a shorter clock

One `newskeep daemon` as it is started by default. The rate of crawls is outlets / every: a shorter clock is honest as
long as that stays 1.11 a second, and it shows nothing about what happens once an hour or a day. Each outlet answers
from a pretend web on loopback that takes part of the same processor.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, text

from archive.database import embedded_server, open_archive
from archive.home import find_home
from archive.waiting import Upgrading, wait_for_archive
from tests.e2e.drills.pretend_web import Web

ROOT = Path(__file__).parents[2]
PORT = 8090
LATEST_SECONDS = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Sample:
    """The daemon and all that it has started: proportional memory in MB, CPU seconds so far, by role."""

    at: float
    memory: float
    cpu: float


def sample(root: int, began: float) -> Sample:
    """Return what the process *root* and its descendants use now."""
    family = _family(root)
    return Sample(time.monotonic() - began, sum(map(_memory, family)) / 1024, sum(map(_cpu, family)))


def _family(root: int) -> list[int]:
    found = [root]
    for pid in found:
        listed = Path(f"/proc/{pid}/task/{pid}/children")
        found += [int(child) for child in _read(listed).split()]
    return found


def _memory(pid: int) -> int:
    found = re.search(r"^Pss:\s+(\d+)", _read(Path(f"/proc/{pid}/smaps_rollup")), re.MULTILINE)
    return int(found[1]) if found else 0


def _cpu(pid: int) -> float:
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS if fields else 0.0  # with its children that have ended


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ProcessLookupError):
        return ""


def watch(daemon: subprocess.Popen[bytes], engine: Engine, minutes: float) -> list[Sample]:
    """Look on for so long, a line every minute."""
    began, samples = time.monotonic(), list[Sample]()
    while time.monotonic() - began < minutes * 60:
        time.sleep(60)
        if daemon.poll() is not None:
            raise SystemExit(f"the daemon ended with {daemon.returncode}")
        now = sample(daemon.pid, began)
        samples.append(now)
        print(f"{now.at / 60:5.1f} min  {now.memory:6.1f} MB  {now.cpu:7.1f} s CPU  {_late(engine)}", flush=True)
    return samples


def _late(engine: Engine) -> str:
    with engine.connect() as conn:
        row = conn.execute(_LATE).one()
    return f"{row.crawls} crawls, late by {row.median:.1f} s (median) {row.p95:.1f} s (95 %) {row.latest:.1f} s (most)"


_LATE = text("""
select count(*) as crawls, coalesce(max(late), 0) as latest,
       coalesce(percentile_cont(0.5) within group (order by late), 0) as median,
       coalesce(percentile_cont(0.95) within group (order by late), 0) as p95
from (select extract(epoch from started_at - due_at) as late from crawls where due_at is not null) as c
""")


def main() -> None:
    parser = argparse.ArgumentParser(description="How late a thousand outlets are crawled, and in how much memory.")
    parser.add_argument("--outlets", type=int, default=1000)
    parser.add_argument("--articles", type=int, default=5)
    parser.add_argument("--every", default="15m")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--workers", type=int, default=1, help="worker processes of the daemon")
    given = parser.parse_args()
    web = Web("127.1.{}.{}", PORT, given.outlets, given.articles)
    with tempfile.TemporaryDirectory(prefix="newskeep-bench-") as scratch:
        late = run(Path(scratch), web, given)
    sys.exit(0 if late <= LATEST_SECONDS else 1)


def run(folder: Path, web: Web, given: argparse.Namespace) -> float:
    """Start the daemon, look on, end it; how late the latest crawl began, in seconds."""
    environ = _environ(folder, given.workers)
    folder.joinpath("outlets.toml").write_text(_outlets(web, given.every), encoding="utf-8")
    home = find_home(environ)
    wait_for_archive(home, Upgrading.ALWAYS, 60)
    engine = open_archive(home)
    arguments = ["--hosts", web.hosts, "--port", str(web.port), "--outlets", str(web.outlets)]
    served = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.drills.pretend_web", *arguments, "--articles", str(web.articles)], cwd=ROOT
    )
    with (folder / "daemon.log").open("wb") as log:
        command = [sys.executable, "-m", "cli.main", "daemon"]
        daemon = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environ}, stderr=log, stdout=log)
    try:
        samples = watch(daemon, engine, given.minutes)
        told = time.monotonic()
        daemon.terminate()
        daemon.wait(60)
        print(f"\nSIGTERM took {time.monotonic() - told:.1f} s", end="")
        return _told(engine, samples)
    finally:
        daemon.kill()
        served.terminate()
        served.wait()
        engine.dispose()
        embedded_server(home).stop()


def _environ(folder: Path, workers: int) -> Mapping[str, str]:
    return {
        "NEWSKEEP_HOME": str(folder),
        "NEWSKEEP_ALLOW_NETWORKS": "127.0.0.0/8",
        "NEWSKEEP_CONTACT": "bench@example.org",
        "WORKER_PROCESSES": str(workers),
    }


def _outlets(web: Web, every: str) -> str:
    """As in the drill, but pages are looked at again by age, as they are by default."""
    return re.sub(r"^revisit = .*\n", "", web.outlets_toml(every=every, delay=2), flags=re.MULTILINE)


def _told(engine: Engine, samples: list[Sample]) -> float:
    half = samples[len(samples) // 2 :]
    with engine.connect() as conn:
        row = conn.execute(_LATE).one()
        unbalanced = conn.execute(
            text("select count(*) from crawls where state = 'finished' and not balanced")
        ).scalar_one()
    seconds = samples[-1].at - samples[0].at
    print(f"\n{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, load {os.getloadavg()[2]:.1f}")
    print(f"crawls {row.crawls}, latest {row.latest:.1f} s late, unbalanced {unbalanced}")
    print(f"memory {samples[0].memory:.0f} MB first, {half[0].memory:.0f} MB half way, {half[-1].memory:.0f} MB last")
    print(f"CPU {(samples[-1].cpu - samples[0].cpu) / seconds:.0%} of a core")
    return float(row.latest)


if __name__ == "__main__":
    main()
