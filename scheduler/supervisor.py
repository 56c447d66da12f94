"""Keeps worker processes running: starts them, listens whether their loops turn, replaces the silent and the dead."""

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
from crawler.batch_writer import patiently
from news.errors import ArchiveError, ArchiveUnavailable
from scheduler.deaths import Death
from scheduler.liveness import end_when_stalled
from scheduler.reaper import bury

logger = logging.getLogger(__name__)

STOP_SECONDS = 7.5  # for workers to hand back; they take seven at most
BURY_SECONDS = 1.0  # for those that did not; what they held is then left to the leader's rounds
DATABASE_SECONDS = 1.0  # a wait for the database; whoever waits here asks again, and has to end when told to
ABORT_SECONDS = 1.0  # for a silent worker to say where it hangs
START_SECONDS = 60.0  # for a worker's first word
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0  # before a worker that died at once is replaced
SETTLED_SECONDS = 60.0  # one that lived so long did not die at once
_TICK_SECONDS = 1.0


@dataclass(slots=True, eq=False)
class Child:
    """One worker process, as its parent sees it."""

    process: asyncio.subprocess.Process
    words: asyncio.StreamReader
    id: int | None = None  # of its row in `processes`, once it has said so
    leaving: asyncio.Event = field(default_factory=asyncio.Event)  # it takes no more work, or is gone
    silent: bool = False
    told_to_stop: bool = False

    def hear(self, line: bytes) -> None:
        """Take up what it said on the pipe."""
        word, _, rest = line.decode("ascii", "replace").strip().partition(" ")
        if word == "id" and rest.isdecimal():
            self.id = int(rest)
        if word == "leaving":
            self.leaving.set()

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
    def to_blame(self) -> bool:
        """Whether what it crawled may be why it ended: a signal or an error of its own, and nobody stopped it."""
        code = self.process.returncode or 0
        return (code < 0 or code == 1) and not self.told_to_stop


class Supervisor:
    """`await run()` until cancelled; then the workers have ten seconds to hand back what they do."""

    def __init__(self, home: Home, processes: int | None = None) -> None:
        self.home = home
        self.processes = home.settings["WORKER_PROCESSES"] if processes is None else processes
        self.children: set[Child] = set()
        self._minders: set[asyncio.Task[None]] = set()
        self._engine: Engine | None = None
        self._guard = Lock()
        self._ended = False

    async def run(self) -> None:
        """Keep the workers running. Raises SettingError for a store of captures that none of them could use."""
        if self.processes and (store := self.home.settings["CAPTURE_STORE"]):
            require_store(store)
        tasks = [asyncio.create_task(self._keep_one()) for _ in range(self.processes)]
        tasks.append(asyncio.create_task(end_when_stalled(self.home.settings["LOOP_STALL_SECONDS"])))
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._stop_all()

    async def _keep_one(self) -> None:
        """One worker after the other; a successor starts when the one before takes no more work."""
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
        await self._with_archive(lambda engine: _forget_old_marks(engine, self.home))
        child = await _start_child(self.home)
        self.children.add(child)
        minder = asyncio.create_task(self._mind(child))
        self._minders.add(minder)
        minder.add_done_callback(self._minders.discard)
        return child

    async def _mind(self, child: Child) -> None:
        """Listen to it until it ends, kill it when it falls silent, free what it held."""
        try:
            await self._listen(child)
            if child.silent:
                await _kill(child)
            code = await child.process.wait()
            facts = {"process_id": child.id, "pid": child.process.pid, "how": child.ended_as}
            logger.log(logging.ERROR if code else logging.INFO, "worker_ended", extra=facts)
            if child.id is not None:
                await self._bury(child, child.id)
        except Exception:
            logger.exception("worker_not_minded", extra={"process_id": child.id, "pid": child.process.pid})
        finally:
            self.children.discard(child)
            child.leaving.set()

    async def _listen(self, child: Child) -> None:
        """Return when the pipe is closed, or nothing came for too long: seconds in which this process ran, counted one
        by one, so that a machine that was paused as a whole kills nobody.
        """
        silence, allowed = 0.0, START_SECONDS
        while silence < allowed:
            try:
                line = await asyncio.wait_for(child.words.readline(), _TICK_SECONDS)
            except TimeoutError:
                silence += _TICK_SECONDS
                continue
            if not line:
                return
            silence, allowed = 0.0, self.home.settings["WORKER_SILENCE_SECONDS"]
            child.hear(line)
        child.silent = True

    async def _bury(self, child: Child, process_id: int) -> None:
        how, death = child.ended_as, Death.WORKER if child.to_blame else None
        await self._with_archive(lambda engine: bury(engine, process_id, how, death=death, home=self.home))

    async def _with_archive(self, work: Callable[[Engine], object]) -> None:
        """Do *work* in the archive, or leave it to the leader's rounds when the archive stays away."""
        try:
            await patiently(lambda: work(self._archive()))
        except ArchiveError as error:
            logger.warning("worker_not_buried", extra={"error": str(error)})

    def _archive(self) -> Engine:
        """The one engine of all threads. Raises ArchiveUnavailable at the end, when nobody would close it any more."""
        with self._guard:
            if self._ended:
                raise ArchiveUnavailable("this process is ending")
            self._engine = self._engine or connect_archive(self.home, DATABASE_SECONDS)
            return self._engine

    def _close_archive(self) -> None:
        with self._guard:
            self._ended = True
            if self._engine is not None:
                self._engine.dispose()

    async def _stop_all(self) -> None:
        for child in self.children:
            child.told_to_stop = True
            child.send(signal.SIGTERM)
        if self._minders:
            await asyncio.wait(self._minders, timeout=STOP_SECONDS)
        for child in self.children:
            child.send(signal.SIGKILL)
        if self._minders:
            await asyncio.wait(self._minders, timeout=BURY_SECONDS)
        await asyncio.to_thread(self._close_archive)


def run(home: Home, processes: int | None = None) -> None:
    """Keep *processes* workers (None: as the settings say) running until SIGTERM or SIGINT."""
    with suppress(asyncio.CancelledError):
        asyncio.run(_run_until_told(home, processes))


async def _run_until_told(home: Home, processes: int | None) -> None:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task  # a coroutine that runs is somebody's
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    await Supervisor(home, processes).run()


async def _start_child(home: Home) -> Child:
    """A fresh Python process, with the writing end of a pipe."""
    ours, theirs = os.pipe()
    words = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(words), os.fdopen(ours, "rb", buffering=0)
    )
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "scheduler.worker", str(theirs)),
            pass_fds=[theirs],
            stdin=asyncio.subprocess.DEVNULL,
            env={**os.environ, "NEWSKEEP_HOME": str(home.path)},
        )
    finally:
        os.close(theirs)
    logger.info("worker_started", extra={"pid": process.pid})
    return Child(process, words)


async def _kill(child: Child) -> None:
    """First the signal that makes it say where it hangs, if it hears anything."""
    logger.error("worker_silent", extra={"process_id": child.id, "pid": child.process.pid})
    child.send(signal.SIGABRT)
    with suppress(TimeoutError):
        await asyncio.wait_for(child.process.wait(), ABORT_SECONDS)
        return
    child.send(signal.SIGKILL)


def _forget_old_marks(engine: Engine, home: Home) -> None:
    with engine.connect() as conn:
        old = old_marks(conn, home)
    for mark in old:
        mark.unlink(missing_ok=True)
