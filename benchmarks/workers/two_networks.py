"""Throughput of two workers on two machines against one, when outlets ask for long pauses.

    python -m benchmarks.workers.two_networks             (as root: two network namespaces stand for two machines)

A pretend web of many outlets wants a pause between two requests, and a worker crawls only so many outlets at once: so
it is politeness and not the processor that binds. Each worker has a data folder of its own and reaches the one
database over TCP. Printed are requests a second as the web counts them, from the first crawl's start to the last's end.
"""

import argparse
import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, text

from archive.database import open_archive
from archive.embedded import EmbeddedServer
from archive.home import Home, find_home
from crawler.outlets.file import load_outlets
from scheduler.queue import Queue
from scheduler.turns import offer_due, put_on_timetable
from tests.e2e.drills.pretend_web import Web

ROOT = Path(__file__).parents[2]
BRIDGE, GATE, WEB_NETWORK = "nkbench0", "10.177.0.1", "10.177.1"
DATABASE_PORT, WEB_PORT = 5499, 8089
WANTED = 1.8


@dataclass(frozen=True, slots=True)
class Figure:
    """One run: requests answered, and the seconds from the first crawl's start to the last's end."""

    workers: int
    requests: int
    seconds: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True)


@contextmanager
def _networks(outlets: int, namespaces: list[str]) -> Iterator[None]:
    """Set up a bridge with an address for each outlet, and namespaces that reach only the bridge."""
    with ExitStack() as stack:
        _ip("link", "add", BRIDGE, "type", "bridge")
        stack.callback(_ip, "link", "del", BRIDGE)
        _ip("addr", "add", f"{GATE}/16", "dev", BRIDGE)
        _ip("link", "set", BRIDGE, "up")
        for number in range(1, outlets + 1):
            _ip("addr", "add", f"{WEB_NETWORK}.{number}/32", "dev", BRIDGE)
        for number, name in enumerate(namespaces, 2):
            _ip("netns", "add", name)
            stack.callback(_ip, "netns", "del", name)
            _ip("link", "add", f"{name}v", "type", "veth", "peer", "name", "eth0", "netns", name)
            _ip("link", "set", f"{name}v", "master", BRIDGE, "up")
            _ip("-n", name, "addr", "add", f"10.177.0.{number}/16", "dev", "eth0")
            _ip("-n", name, "link", "set", "eth0", "up")
            _ip("-n", name, "link", "set", "lo", "up")
        yield


@contextmanager
def _over_tcp(socket_path: str) -> Iterator[None]:
    """Put the embedded server, which listens only on a socket in its folder, behind a port of the bridge."""
    loop = asyncio.new_event_loop()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs, ours = await asyncio.open_unix_connection(socket_path)
        await asyncio.gather(_pump(reader, ours), _pump(theirs, writer), return_exceptions=True)

    listening = loop.run_until_complete(asyncio.start_server(relay, GATE, DATABASE_PORT))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(listening.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    writer.close()


@contextmanager
def _served(web: Web) -> Iterator[None]:
    arguments = ["--hosts", web.hosts, "--port", str(web.port), "--outlets", str(web.outlets)]
    command = [sys.executable, "-m", "tests.e2e.drills.pretend_web", *arguments, "--articles", str(web.articles)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        yield
        process.terminate()


def _requests(web: Web) -> int:
    with urllib.request.urlopen(f"{web.base(0)}/__seen") as answer:
        return int(json.load(answer)["requests"])


def measure(folder: Path, web: Web, workers: int, delay: float, at_once: int) -> Figure:
    """Crawl the whole web once with so many workers, from an empty archive."""
    server = EmbeddedServer(folder / "postgres")
    server.start()
    try:
        with _over_tcp(str(server.data / ".s.PGSQL.5432")), _served(web):
            return _crawl_all(folder, web, workers, delay, at_once)
    finally:
        server.stop()


def _crawl_all(folder: Path, web: Web, workers: int, delay: float, at_once: int) -> Figure:
    homes = [_home(folder / f"machine{number}", at_once) for number in range(1, workers + 1)]
    (folder / "outlets.toml").write_text(web.outlets_toml(every="1h", delay=delay), encoding="utf-8")
    home = find_home(homes[0])
    engine = _opened(home)
    _offer_all(home, engine, folder / "outlets.toml")
    before = _requests(web)
    processes = [_worker(f"nkbench{number}", environ) for number, environ in enumerate(homes, 1)]
    try:
        _wait_for_all(engine, web.outlets)
        with engine.connect() as conn:
            row = conn.execute(text("select min(started_at), max(finished_at) from crawls")).one()
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(60)
        engine.dispose()
    return Figure(workers, _requests(web) - before, (row[1] - row[0]).total_seconds())


def _home(path: Path, at_once: int) -> Mapping[str, str]:
    path.mkdir(parents=True)
    return {
        "NEWSKEEP_HOME": str(path),
        "NEWSKEEP_DATABASE_URL": f"postgresql://newskeep@{GATE}:{DATABASE_PORT}/newskeep?sslmode=disable",
        "NEWSKEEP_ALLOW_NETWORKS": "10.177.0.0/16",
        "NEWSKEEP_CONTACT": "bench@example.org",
        "CRAWL_OUTLETS_AT_ONCE": str(at_once),
    }


def _opened(home: Home) -> Engine:
    from archive.waiting import Upgrading, wait_for_archive

    wait_for_archive(home, Upgrading.FIRST, 30)
    return open_archive(home)


def _offer_all(home: Home, engine: Engine, outlets: Path) -> None:
    now = datetime.now(UTC)
    with engine.begin() as conn:
        put_on_timetable(conn, load_outlets(outlets), now)
        conn.execute(text("update turns set due_at = :now"), {"now": now})
    queue = Queue(home)
    offer_due(engine, queue, None, now, limit=10_000)
    queue.close()


def _worker(namespace: str, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    command = ["ip", "netns", "exec", namespace, sys.executable, "-m", "cli.main", "worker"]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environ}, stderr=subprocess.DEVNULL)


def _wait_for_all(engine: Engine, outlets: int) -> None:
    deadline = time.monotonic() + 900
    query = text("select count(distinct outlet_id) from crawls where state = 'finished'")
    while time.monotonic() < deadline:
        with engine.connect() as conn:
            if conn.execute(query).scalar_one() == outlets:
                return
        time.sleep(0.5)
    raise SystemExit("the crawls did not come to an end")


def main() -> None:
    parser = argparse.ArgumentParser(description="Throughput of two workers against one, bound by politeness.")
    parser.add_argument("--outlets", type=int, default=64)
    parser.add_argument("--articles", type=int, default=12)
    parser.add_argument("--delay", type=float, default=1.0, help="seconds between two requests to an outlet")
    parser.add_argument("--at-once", type=int, default=8, help="outlets that a worker crawls side by side")
    given = parser.parse_args()
    web = Web(f"{WEB_NETWORK}.{{}}", WEB_PORT, given.outlets, given.articles)
    figures = []
    with _networks(given.outlets, ["nkbench1", "nkbench2"]):
        for workers in (1, 2):
            with tempfile.TemporaryDirectory(prefix="newskeep-bench-") as scratch:
                figure = measure(Path(scratch), web, workers, given.delay, given.at_once)
            print(
                f"{workers} worker(s): {figure.requests} requests in {figure.seconds:.1f} s, {figure.rate:.2f} a second"
            )
            figures.append(figure)
    gain = figures[1].rate / figures[0].rate
    print(f"two are {gain:.2f} times one; wanted: at least {WANTED}")
    sys.exit(0 if gain >= WANTED else 1)


if __name__ == "__main__":
    main()
