"""`newskeep daemon`: one process that decides who is due, as long as it leads, and minds the workers that crawl."""

import asyncio
import logging
import signal

from sqlalchemy import Engine

from archive.database import connect_archive, refuse_what_does_not_fit, schema_status, upgrade
from archive.home import Home
from crawler.engine import threads
from crawler.logs import setup_logging
from news.errors import ArchiveUnavailable
from scheduler.rounds import Scheduler
from scheduler.supervisor import Supervisor

logger = logging.getLogger(__name__)

_AGAIN_SECONDS = 2.0  # until the next try to reach a database that is away


def run(home: Home) -> None:
    """Run until SIGTERM or SIGINT. Raises SettingError for what a person has to mend first, SchemaOutdated."""
    setup_logging(home)
    asyncio.run(_run(home))


async def _run(home: Home) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.set_default_executor(threads())
    engine = await _archive(home, stop)
    if engine is None:
        return
    supervisor = Supervisor(home)
    scheduling = asyncio.create_task(Scheduler(home, engine).run())
    working = asyncio.create_task(supervisor.run())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({scheduling, working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (scheduling, working, stopping):
            task.cancel()
        ended = await asyncio.gather(scheduling, working, stopping, return_exceptions=True)
        await asyncio.to_thread(engine.dispose)
    for error in ended:
        if isinstance(error, Exception):
            raise error


async def _archive(home: Home, stop: asyncio.Event) -> Engine | None:
    """The archive with a schema that fits, however long it takes to come up; None when told to stop before."""
    told = False
    while not stop.is_set():
        try:
            return await asyncio.to_thread(_open_and_upgrade, home)
        except ArchiveUnavailable as error:
            if not told:
                logger.warning("archive_awaited", extra={"error": str(error)})
            told = True
        await asyncio.wait({asyncio.create_task(stop.wait())}, timeout=_AGAIN_SECONDS)
    return None


def _open_and_upgrade(home: Home) -> Engine:
    engine = connect_archive(home)
    try:
        if schema_status(engine).outdated:
            upgrade(engine)
            logger.info("schema_upgraded", extra={"schema": schema_status(engine).current})
        refuse_what_does_not_fit(schema_status(engine))
    except BaseException:
        engine.dispose()
        raise
    return engine
