"""One worker process: it crawls the outlets that the queue gives it; when stopped, it returns its jobs to the queue.

Started by `scheduler.supervisor` as `python -m scheduler.worker DESCRIPTOR`: the write end of a pipe. On it the worker
writes its id ("id 17"), a sign of life every second ("."), and "leaving" once it takes no more work.
"""

import asyncio
import faulthandler
import logging
import os
import signal
import sys
from contextlib import ExitStack, nullcontext, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Self

from sqlalchemy import Connection, Engine, select

from archive.captures import CaptureFiles
from archive.captures.upload import Uploader
from archive.database import archive_engine, database_url
from archive.home import Home, open_home
from archive.models import outlets
from crawler.batch_writer import retry_in_outage
from crawler.engine import threads
from crawler.job import Listener
from crawler.logs import setup_logging
from crawler.outlets.options import from_row
from crawler.pool import CrawlPool
from crawler.results import CrawlResult
from crawler.targets import SCHEDULED, Target, TargetKind
from news.dispositions import CrawlState
from news.errors import ArchiveError, Busy, CrawlLost, NewsError
from news.exit_codes import ChildExit
from news.garbage import collect_rarely, return_large_blocks
from scheduler.deaths import clear_deaths, is_suspect
from scheduler.liveness import end_when_stalled
from scheduler.processes import WORKER, beat, connection_name, name_connections, own_memory, record_stop, register
from scheduler.queue import HandedBack, queue_worker, worker_app
from scheduler.turns import begin_turn, end_turn

logger = logging.getLogger(__name__)

SIGN_SECONDS = 1.0  # between two signs on the pipe
BEAT_SECONDS = 5.0  # between two heartbeats in the database
HAND_BACK_SECONDS = 7.0  # a container is killed after ten, and the parent needs time to end, too
DRAIN_SECONDS = 60.0  # for crawls to end before a worker that is being replaced hands them back


class WorkerProcess:
    """The process around its `JobRunner`: signs of life, heartbeats, its end."""

    def __init__(self, home: Home, engine: Engine, pipe: int | None) -> None:
        self.home, self.engine, self.pipe = home, engine, pipe
        self.process_id = register(engine, WORKER)
        self._send(f"id {self.process_id}")  # its parent records its end, also when it cannot start
        name_connections(engine, self.process_id)
        self.runner = JobRunner(home, engine, self.process_id)
        self.exit_code = ChildExit.ENDED
        self._leaving = False

    async def run(self) -> int:
        """Work until stopped or replaced; return the exit code."""
        collect_rarely()
        return_large_blocks()
        loop = asyncio.get_running_loop()
        loop.set_default_executor(threads())
        async with self.runner:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self.hand_back)
            silence = self.home.settings["WORKER_SILENCE_SECONDS"]
            # a worker that has outlived its parent must end itself when its loop stalls
            tasks = [loop.create_task(end_when_stalled(2 * silence + SIGN_SECONDS))]
            tasks += [loop.create_task(self._send_signs()), loop.create_task(self._beat())]
            try:
                await self.runner.run()
            finally:
                for task in tasks:
                    task.cancel()
        return self.exit_code

    def hand_back(self) -> None:
        """Hand back all crawls and end within ten seconds; the parent or the leader frees what still runs then."""
        asyncio.get_running_loop().call_later(HAND_BACK_SECONDS, os._exit, ChildExit.CUT_SHORT)
        self.runner.hand_back()

    def _leave(self, why: str) -> None:
        """Let another worker take over: take no more jobs, and give those that run a minute."""
        if not self._leaving:
            self._leaving = True
            logger.info("worker_leaving", extra={"process_id": self.process_id, "why": why})
            self._send("leaving")
            self.runner.leave()
            asyncio.get_running_loop().call_later(DRAIN_SECONDS, self.runner.pool.stop)

    async def _send_signs(self) -> None:
        while True:
            self._send(".")
            await asyncio.sleep(SIGN_SECONDS)

    async def _beat(self) -> None:
        while True:
            memory = own_memory()
            with suppress(ArchiveError):  # the next heartbeat tells whether we were taken for dead
                if not await asyncio.to_thread(beat, self.engine, self.process_id, self.runner.crawls, memory):
                    self._taken_for_dead()
            if self.runner.crawls >= self.home.settings["WORKER_MAX_CRAWLS"]:
                self._leave("crawls")
            if memory >= self.home.settings["WORKER_MAX_BYTES"]:
                self._leave("memory")
            await asyncio.sleep(BEAT_SECONDS)

    def _taken_for_dead(self) -> None:
        if self.exit_code is ChildExit.ENDED:
            logger.error("worker_taken_for_dead", extra={"process_id": self.process_id})
            self.exit_code = ChildExit.TAKEN_FOR_DEAD
            self.hand_back()

    def _send(self, word: str) -> None:
        if self.pipe is None:
            return
        try:
            os.write(self.pipe, word.encode() + b"\n")
        except BlockingIOError:
            pass  # the parent is stopped and will read later
        except OSError:
            logger.error("worker_orphaned", extra={"process_id": self.process_id})
            self.pipe = None
            self.hand_back()


def work(home: Home, pipe: int | None) -> int:
    """Work until SIGTERM and return the exit code. Raises ArchiveError when the archive cannot be opened."""
    with archive_engine(home) as engine:
        process = WorkerProcess(home, engine, pipe)
        code = asyncio.run(process.run())
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second signal must not look like a death
        with suppress(ArchiveError):
            record_stop(engine, process.process_id, "ended")
        return code


def main() -> None:
    """Run as the process that the supervisor started."""
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
        sys.exit(ChildExit.BROKE)


_BUSY_SECONDS = 30.0  # until an outlet that another process crawls is tried again


class JobRunner:
    """Takes jobs from the queue and crawls their outlets, many at a time. An async context manager around `run`."""

    def __init__(self, home: Home, engine: Engine, process_id: int) -> None:
        self.home, self.engine, self.process_id = home, engine, process_id
        self.crawls = 0  # begun
        self._open = ExitStack()
        self._one_suspect = asyncio.Lock()
        self._app = worker_app(database_url(home), connection_name(process_id), process_id)
        self._queue = queue_worker(self._app, self._crawl_outlet, home.settings["CRAWL_OUTLETS_AT_ONCE"])

    async def __aenter__(self) -> Self:
        uploader = self._open.enter_context(Uploader(self.engine, self.home))
        captures = self._open.enter_context(CaptureFiles(self.home, uploader.wake))
        self.pool = CrawlPool(self.home, self.engine, captures, self.process_id)
        self._keeping = asyncio.create_task(self.pool.keep_outlets())
        await self._app.open_async()
        return self

    async def __aexit__(self, *error: object) -> None:
        self._keeping.cancel()
        await self.pool.flush()
        await self._app.close_async()
        self._open.close()

    async def run(self) -> None:
        """Take jobs until `leave` or `hand_back`."""
        await self._queue.run()  # type: ignore[no-untyped-call]

    def leave(self) -> None:
        """Take no more jobs; `run` returns when those that run are done."""
        self._queue.stop()  # type: ignore[no-untyped-call]

    def hand_back(self) -> None:
        """Take no more jobs and end the running crawls: their links wait in the frontier, their jobs in the queue."""
        self.leave()
        self.pool.stop()

    async def _crawl_outlet(self, *, outlet_id: int, due_at: str, contact: str | None = None, **more: Any) -> None:
        due = datetime.fromisoformat(due_at)
        if not await retry_in_outage(lambda: begin_turn(self.engine, outlet_id, due, datetime.now(UTC))):
            return
        target, suspect = await retry_in_outage(lambda: self._look_up(outlet_id))
        self.crawls += 1
        options = replace(SCHEDULED, contact=self.home.settings["NEWSKEEP_CONTACT"] or contact, due_at=due)
        async with self._one_suspect if suspect else nullcontext():  # so that the next death has one cause
            result = await self.pool.crawl(target, options, Listener())
        await self._end_job(outlet_id, target, result)

    async def _end_job(self, outlet_id: int, target: Target, result: CrawlResult) -> None:
        if result.state == CrawlState.INTERRUPTED:
            raise HandedBack
        if isinstance(result.problem, Busy):
            raise HandedBack(_BUSY_SECONDS)
        if not isinstance(result.problem, CrawlLost):  # then the turn is another worker's
            await retry_in_outage(lambda: self._end_turn(outlet_id, target, result))

    def _end_turn(self, outlet_id: int, target: Target, result: CrawlResult) -> None:
        end_turn(self.engine, target.outlet, result, datetime.now(UTC))
        with self.engine.begin() as conn:
            clear_deaths(conn, outlet_id)

    def _look_up(self, outlet_id: int) -> tuple[Target, bool]:
        with self.engine.connect() as conn:
            return _target(conn, outlet_id), is_suspect(conn, outlet_id)


def _target(conn: Connection, outlet_id: int) -> Target:
    columns = outlets.c.name, outlets.c.url, outlets.c.settings
    row = conn.execute(select(*columns).where(outlets.c.id == outlet_id)).one()
    return Target(from_row(row.name, row.url, row.settings), TargetKind.OUTLET, row.url, outlet_id)


if __name__ == "__main__":
    main()
