"""The drill with plain processes on one machine: a daemon and three workers, each with a data folder of its own.

    python -m tests.e2e.drills.processes --outlets 12 --kills 6

The folders stand for machines: finished captures meet in a store, and the database says where each record lies.
"""

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import Random

import psycopg

from archive.captures.upload import upload_finished
from archive.database import connect_to, make_engine
from archive.embedded import EmbeddedServer
from archive.home import Home, find_home
from tests.e2e.drills.checks import Truth, problems, summary
from tests.e2e.drills.drill import Report, Script, run
from tests.e2e.drills.pretend_web import Web

ROOT = Path(__file__).parents[3]
_STOP_SECONDS = 60


class Processes:
    """A stage below *folder*. Use as a context manager: everything has been started inside, nothing runs after."""

    def __init__(self, folder: Path, web: Web, *, every: str = "1m", delay: float = 0.6, seed: int = 1) -> None:
        self.web, self.actors = web, ["daemon", "worker1", "worker2", "worker3"]
        self.folder, self.store = folder, folder / "store"
        self._every, self._delay, self._rng = every, delay, Random(f"{seed}:whom")
        self._database = EmbeddedServer(folder / "postgres", durable=True)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Processes":
        self.store.mkdir(parents=True)
        for actor in self.actors:
            (self.folder / actor).mkdir()
        (self.folder / "daemon" / "outlets.toml").write_text(
            self.web.outlets_toml(every=self._every, delay=self._delay), encoding="utf-8"
        )
        self._database.start()
        self._start("web", [
            "tests.e2e.drills.pretend_web", "--hosts", self.web.hosts, "--port", str(self.web.port),
            "--outlets", str(self.web.outlets), "--articles", str(self.web.articles), "--seed", str(self.web.seed),
        ])  # fmt: skip
        for actor in self.actors:
            self.start(actor)
        return self

    def __exit__(self, *error: object) -> None:
        for process in self._running.values():
            _kill_group(process)
        self._database.stop()

    def start(self, actor: str) -> None:
        """Start the actor again, when its parent process is gone."""
        if actor in self._running and self._running[actor].poll() is None:
            return
        self._start(actor, ["cli.main", "daemon" if actor == "daemon" else "worker"], self.environ(actor))

    def kill(self, actor: str) -> None:
        """Send SIGKILL to the parent, to what it has started, or to both, as the end of a container does."""
        process, whom = self._running[actor], self._rng.choice(["parent", "children", "all"])
        print(f"         {whom} of {actor}", file=sys.stderr, flush=True)
        if whom == "all":
            _kill_group(process)
        elif whom == "parent":
            process.kill()
            process.wait()
        else:
            for child in _children(process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)

    def stop_database(self) -> None:
        self._database.stop()

    def kill_database(self) -> None:
        pid = self._database.state().pid
        assert pid, "the database was to be killed and did not run"
        os.kill(pid, signal.SIGKILL)

    def start_database(self) -> None:
        self._database.start()

    def stop_all(self) -> float:
        began, slowest = time.monotonic(), 0.0
        actors = [self._running[actor] for actor in self.actors]
        for process in actors:
            process.terminate()
        for process in actors:
            process.wait(_STOP_SECONDS)
            slowest = max(slowest, time.monotonic() - began)
        return slowest

    def ended(self) -> list[str]:
        return [actor for actor in self.actors if self._running[actor].poll() is not None]

    def move_on(self) -> None:
        self._running["web"].send_signal(signal.SIGUSR1)

    def number(self, query: str) -> int | None:
        try:
            with psycopg.connect(self._database.url, connect_timeout=2) as conn:
                row = conn.execute(query.encode()).fetchone()
        except psycopg.Error:
            return None
        return int(row[0]) if row else None

    def home(self, actor: str) -> Home:
        """Return the actor's data folder, with the settings that it had."""
        return find_home(self.environ(actor))

    def environ(self, actor: str) -> Mapping[str, str]:
        """Return the settings of an actor."""
        return {
            "NEWSKEEP_HOME": str(self.folder / actor),
            "NEWSKEEP_DATABASE_URL": self._database.url,
            "NEWSKEEP_ALLOW_NETWORKS": "127.0.0.0/8",
            "CAPTURE_STORE": f"file://{self.store}",
            "CAPTURE_ROLL_BYTES": "200000",
        }

    def _start(self, name: str, module: list[str], environ: Mapping[str, str] | None = None) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            given = {**os.environ, **(environ or {})}
            self._running[name] = subprocess.Popen(
                [sys.executable, "-m", *module], cwd=ROOT, env=given, stdout=log, stderr=log, start_new_session=True
            )


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _children(pid: int) -> list[int]:
    """Return the processes that *pid* has started and that are not gone."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listed.read_text(encoding="ascii").split()] if listed.exists() else []


def play(stage: Processes, script: Script) -> tuple[Report, list[str], dict[str, int]]:
    """Return what happened, what is wrong afterwards, and figures."""
    report = run(stage, script)
    stage.start_database()
    engine = make_engine(lambda: connect_to(stage.environ("daemon")["NEWSKEEP_DATABASE_URL"]))
    for actor in stage.actors:  # what the last to be stopped had no time for; a next start would take it up
        upload_finished(engine, stage.home(actor))
    engine.dispose()
    home = stage.home("daemon")
    return report, problems(home, Truth(stage.web, report.moved_on)), summary(home)


def free_port() -> int:
    """Return a free port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    if given:
        given.mkdir(parents=True)
        yield given
    else:
        with tempfile.TemporaryDirectory(prefix="newskeep-drill-") as scratch:
            yield Path(scratch)


def main() -> None:
    parser = argparse.ArgumentParser(description="A daemon and three workers, killed at random.")
    parser.add_argument("--outlets", type=int, default=40)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database-down", type=float, default=30.0, metavar="SECONDS")
    parser.add_argument("--folder", type=Path, help="kept afterwards with all logs; without it, a temporary folder")
    given = parser.parse_args()
    web = Web("127.0.1.{}", free_port(), given.outlets, seed=given.seed)
    script = Script(given.seed, given.kills, database_down=given.database_down)
    with _folder(given.folder) as folder, Processes(folder, web, seed=given.seed) as stage:
        report, wrong, figures = play(stage, script)
    print(f"{report.seconds:.0f} s, stopped in {report.stopping:.1f} s, {figures}")
    for problem in wrong:
        print(f"PROBLEM {problem}")
    print(f"{len(wrong)} problems")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
