"""One worker process: it crawls, says that it is alive, makes way when it grew old or large, and hands back on SIGTERM.

Started by `scheduler.supervisor` as `python -m scheduler.worker DESCRIPTOR`: the end of a pipe on which it says its id
("id 17"), once a second that its loop turns ("."), and that it takes no more work ("leaving").
"""

import asyncio
import faulthandler
import logging
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine

from archive.database import open_archive
from archive.home import Home, open_home
from archive.processes import WORKER, beat, name_connections, register, stopped
from crawler.engine import threads
from crawler.logs import setup_logging
from news.errors import ArchiveError, NewsError
from scheduler.crawling import Crawling
from scheduler.stall import end_when_stalled

logger = logging.getLogger(__name__)

SIGN_SECONDS = 1.0  # between two signs on the pipe
BEAT_SECONDS = 5.0  # between two heartbeats in the database
HAND_BACK_SECONDS = 7.0  # whoever stops us may not wait longer than ten, our parents' own ends included
DRAIN_SECONDS = 60.0  # for crawls to end before a worker that makes way hands them back
ENDED, TAKEN_FOR_DEAD, CUT_SHORT = 0, 75, 76


class WorkerProcess:
    """The life of the process around its work."""

    def __init__(self, home: Home, engine: Engine, pipe: int | None) -> None:
        self.home, self.engine, self.pipe = home, engine, pipe
        self.process_id = register(engine, WORKER)
        name_connections(engine, self.process_id)
        self.crawling = Crawling(home, engine, self.process_id)
        self.exit_code = ENDED
        self._leaving = False

    async def run(self) -> int:
        """Work until told to stop or grown old; the exit code."""
        loop = asyncio.get_running_loop()
        loop.set_default_executor(threads())
        async with self.crawling:
            self._say(f"id {self.process_id}")
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self.hand_back)
            silence = self.home.settings["WORKER_SILENCE_SECONDS"]
            # who outlives its parent ends itself when its loop stalls: nobody else would
            tasks = [loop.create_task(end_when_stalled(2 * silence + SIGN_SECONDS))]
            tasks += [loop.create_task(self._give_signs()), loop.create_task(self._beat())]
            try:
                await self.crawling.run()
            finally:
                for task in tasks:
                    task.cancel()
        return self.exit_code

    def hand_back(self) -> None:
        """End within ten seconds; what then still runs is freed by who finds out that we are gone."""
        asyncio.get_running_loop().call_later(HAND_BACK_SECONDS, os._exit, CUT_SHORT)
        self.crawling.hand_back()

    def _leave(self, why: str) -> None:
        """Make way: no more jobs, and a minute for those that run."""
        if not self._leaving:
            self._leaving = True
            logger.info("worker_leaving", extra={"process_id": self.process_id, "why": why})
            self._say("leaving")
            self.crawling.leave()
            asyncio.get_running_loop().call_later(DRAIN_SECONDS, self.crawling.room.stop)

    async def _give_signs(self) -> None:
        while True:
            self._say(".")
            await asyncio.sleep(SIGN_SECONDS)

    async def _beat(self) -> None:
        while True:
            memory = memory_bytes()
            with suppress(ArchiveError):  # away: who is taken for dead meanwhile learns it then
                if not await asyncio.to_thread(beat, self.engine, self.process_id, self.crawling.crawls, memory):
                    self._taken_for_dead()
            if self.crawling.crawls >= self.home.settings["WORKER_MAX_CRAWLS"]:
                self._leave("crawls")
            if memory >= self.home.settings["WORKER_MAX_BYTES"]:
                self._leave("memory")
            await asyncio.sleep(BEAT_SECONDS)

    def _taken_for_dead(self) -> None:
        if self.exit_code == ENDED:
            logger.error("worker_taken_for_dead", extra={"process_id": self.process_id})
            self.exit_code = TAKEN_FOR_DEAD
            self.hand_back()

    def _say(self, word: str) -> None:
        if self.pipe is None:
            return
        try:
            os.write(self.pipe, word.encode() + b"\n")
        except BlockingIOError:
            pass  # the parent is stopped; it will read later
        except OSError:
            logger.error("worker_orphaned", extra={"process_id": self.process_id})
            self.pipe = None
            self.hand_back()


def memory_bytes() -> int:
    """What this process holds in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def work(home: Home, pipe: int | None) -> int:
    """Work until SIGTERM; the exit code. Raises what keeps the archive from being opened."""
    engine = open_archive(home)
    try:
        process = WorkerProcess(home, engine, pipe)
        code = asyncio.run(process.run())
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it is ending: being told so again must not look like a death
        with suppress(ArchiveError):
            stopped(engine, process.process_id, "ended")
        return code
    finally:
        engine.dispose()


def main() -> None:
    """Run the process that the supervisor started."""
    faulthandler.enable()
    pipe = int(sys.argv[1]) if len(sys.argv) > 1 else None
    if pipe is not None:
        os.set_blocking(pipe, False)
    try:
        home = open_home()
        setup_logging(home)
        sys.exit(work(home, pipe))
    except NewsError as error:
        logger.error("worker_cannot_work", extra={"error": str(error)})
        sys.exit(error.exit_code)
    except Exception:
        logger.exception("worker_broke")
        sys.exit(1)


if __name__ == "__main__":
    main()
