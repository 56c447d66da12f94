"""Keeps worker processes running: starts them, listens for their signs of life, replaces the silent and the dead."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic

from sqlalchemy import Engine

from archive.captures.object_store import require_store
from archive.crash_markers import old_marks
from archive.database import connect_archive
from archive.home import Home
from crawler.batch_writer import retry_in_outage
from news.errors import ArchiveError, ArchiveUnavailable
from news.exit_codes import ChildExit
from scheduler.deaths import Death
from scheduler.lifecycle import until_signal
from scheduler.liveness import end_when_stalled
from scheduler.reaper import reap_process

logger = logging.getLogger(__name__)

STOP_SECONDS = 7.5  # for workers to hand back; they take seven at most
REAP_SECONDS = 1.0  # for those that did not; the leader frees what they held
DATABASE_SECONDS = 1.0  # for one answer of the database: it is asked again, and a signal to stop must be obeyed
ABORT_SECONDS = 1.0  # for a silent worker to write where it hangs
START_SECONDS = 60.0  # for a worker's first sign
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0  # before a worker that died at once is replaced
SETTLED_SECONDS = 60.0  # a worker that lived so long did not die at once
_TICK_SECONDS = 1.0


@dataclass(slots=True, eq=False)
class Child:
    """One worker process, as its parent sees it."""

    process: asyncio.subprocess.Process
    pipe: asyncio.StreamReader
    id: int | None = None  # of its row in `processes`, once it has sent it
    leaving: asyncio.Event = field(default_factory=asyncio.Event)  # set when it takes no more work, or is gone
    silent: bool = False
    stop_sent: bool = False

    def take(self, line: bytes) -> bool:
        """Take in a line from its pipe; return whether that shows that it has started."""
        word, _, rest = line.decode("ascii", "replace").strip().partition(" ")
        if word == "id" and rest.isdecimal():
            self.id = int(rest)
        if word == "leaving":
            self.leaving.set()
        return word != "id"

    def send(self, number: signal.Signals) -> None:
        """Send a signal; nothing when it is gone."""
        with suppress(ProcessLookupError):
            self.process.send_signal(number)

    @property
    def ended_as(self) -> str:
        """How it ended, in words."""
        code = self.process.returncode or 0
        if self.silent:
            return "silent"
        return signal.Signals(-code).name if code < 0 else "ended" if code == 0 else f"exit code {code}"

    @property
    def died(self) -> bool:
        """Whether what it crawled may have ended it: it got a signal or had an error, and we did not stop it."""
        code = self.process.returncode or 0
        return (code < 0 or code == ChildExit.BROKE) and not self.stop_sent


class Supervisor:
    """Keeps workers running: `await run()` until cancelled; then they have ten seconds to hand back their work."""

    def __init__(self, home: Home, processes: int | None = None, engine: Engine | None = None) -> None:
        """*engine* is one that this process has anyway; without it, one is made and disposed of at the end."""
        self.home = home
        self.processes = home.settings["WORKER_PROCESSES"] if processes is None else processes
        self.children: set[Child] = set()
        self._watchers: set[asyncio.Task[None]] = set()
        self._engine, self._is_own = engine, engine is None
        self._guard = Lock()
        self._ended = False

    async def run(self) -> None:
        """Keep the workers running. Raises SettingError for a store of captures that none of them could use."""
        if self.processes and (store := self.home.settings["CAPTURE_STORE"]):
            require_store(store)
        tasks = [asyncio.create_task(self._keep_worker()) for _ in range(self.processes)]
        tasks.append(asyncio.create_task(end_when_stalled(self.home.settings["LOOP_STALL_SECONDS"])))
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._stop_all()

    async def _keep_worker(self) -> None:
        """Run one worker after the other; the next starts when the last takes no more work."""
        pause = FIRST_PAUSE
        while True:
            started = monotonic()
            child = await self._start()
            await child.leaving.wait()
            if monotonic() - started < SETTLED_SECONDS and child.process.returncode is not None:
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            else:
                pause = FIRST_PAUSE

    async def _start(self) -> Child:
        await self._with_archive(lambda engine: _remove_old_marks(engine, self.home))
        child = await _start_child(self.home)
        self.children.add(child)
        watcher = asyncio.create_task(self._watch(child))
        self._watchers.add(watcher)
        watcher.add_done_callback(self._watchers.discard)
        return child

    async def _watch(self, child: Child) -> None:
        """Listen to the worker until it ends, kill it when it falls silent, free what it held."""
        try:
            await self._listen(child)
            if child.silent:
                await _kill(child)
            code = await child.process.wait()
            facts = {"process_id": child.id, "pid": child.process.pid, "how": child.ended_as}
            logger.log(logging.ERROR if code else logging.INFO, "worker_ended", extra=facts)
            if child.id is not None:
                await self._reap(child, child.id)
        except Exception:
            logger.exception("worker_not_minded", extra={"process_id": child.id, "pid": child.process.pid})
        finally:
            self.children.discard(child)
            child.leaving.set()

    async def _listen(self, child: Child) -> None:
        """Return when the pipe is closed or silent for too long.

        Silence is counted in seconds in which this process itself ran: a machine that was paused kills no worker.
        """
        silence, allowed = 0.0, START_SECONDS
        while silence < allowed:
            try:
                line = await asyncio.wait_for(child.pipe.readline(), _TICK_SECONDS)
            except TimeoutError:
                silence += _TICK_SECONDS
                continue
            if not line:
                return
            silence = 0.0
            if child.take(line):
                allowed = self.home.settings["WORKER_SILENCE_SECONDS"]
        child.silent = True

    async def _reap(self, child: Child, process_id: int) -> None:
        how, death = child.ended_as, Death.WORKER if child.died else None
        await self._with_archive(lambda engine: reap_process(engine, process_id, how, death=death, home=self.home))

    async def _with_archive(self, work: Callable[[Engine], object]) -> None:
        """Do *work* in the archive; when the archive stays away, leave it to the leader."""
        try:
            await retry_in_outage(lambda: work(self._archive()))
        except ArchiveError as error:
            logger.warning("worker_not_buried", extra={"error": str(error)})

    def _archive(self) -> Engine:
        """Return the engine that all threads share. Raises ArchiveUnavailable once this process is ending."""
        with self._guard:
            if self._ended:
                raise ArchiveUnavailable("this process is ending")
            self._engine = self._engine or connect_archive(self.home, DATABASE_SECONDS)
            return self._engine

    def _close_archive(self) -> None:
        with self._guard:
            self._ended = True
            if self._engine is not None and self._is_own:
                self._engine.dispose()

    async def _stop_all(self) -> None:
        for child in self.children:
            child.stop_sent = True
            child.send(signal.SIGTERM)
        if self._watchers:
            await asyncio.wait(self._watchers, timeout=STOP_SECONDS)
        for child in self.children:
            child.send(signal.SIGKILL)
        if self._watchers:
            await asyncio.wait(self._watchers, timeout=REAP_SECONDS)
        await asyncio.to_thread(self._close_archive)


def run(home: Home, processes: int | None = None) -> None:
    """Keep *processes* workers (None: WORKER_PROCESSES) running until SIGTERM or SIGINT."""
    asyncio.run(until_signal(Supervisor(home, processes).run()))


async def _start_child(home: Home) -> Child:
    """Start a fresh Python process that has the write end of a pipe."""
    read_end, write_end = os.pipe()
    pipe = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(pipe), os.fdopen(read_end, "rb", buffering=0)
    )
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "scheduler.worker", str(write_end)),
            pass_fds=[write_end],
            stdin=asyncio.subprocess.DEVNULL,
            env={**os.environ, "NEWSKEEP_HOME": str(home.path)},
        )
    finally:
        os.close(write_end)
    logger.info("worker_started", extra={"pid": process.pid})
    return Child(process, pipe)


async def _kill(child: Child) -> None:
    """Kill a silent worker; first send the signal that makes it write where it hangs."""
    logger.error("worker_silent", extra={"process_id": child.id, "pid": child.process.pid})
    child.send(signal.SIGABRT)
    with suppress(TimeoutError):
        await asyncio.wait_for(child.process.wait(), ABORT_SECONDS)
        return
    child.send(signal.SIGKILL)


def _remove_old_marks(engine: Engine, home: Home) -> None:
    with engine.connect() as conn:
        old = old_marks(conn, home)
    for mark in old:
        mark.unlink(missing_ok=True)
