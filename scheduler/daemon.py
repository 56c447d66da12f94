"""`newskeep daemon`: one process that queues due outlets while it leads, and supervises the workers that crawl."""

import asyncio

from archive.database import open_archive
from archive.home import Home
from archive.waiting import Upgrading, wait_for_archive
from crawler.engine import threads
from crawler.logs import setup_logging
from scheduler.lifecycle import daemon_facts, lifecycle, until_signal
from scheduler.rounds import Scheduler
from scheduler.supervisor import DATABASE_SECONDS, Supervisor


def run(home: Home) -> None:
    """Run until SIGTERM or SIGINT; first wait for the database and bring its schema up to date.

    Raises SettingError for a setting that must be changed, SchemaOutdated for the schema of a newer program.
    """
    setup_logging(home)
    with lifecycle("daemon", home, daemon_facts(home)):
        wait_for_archive(home, Upgrading.ALWAYS, float("inf"))
        asyncio.run(until_signal(_run(home)))


async def _run(home: Home) -> None:
    asyncio.get_running_loop().set_default_executor(threads())
    engine = await asyncio.to_thread(open_archive, home, DATABASE_SECONDS)
    scheduler = await asyncio.to_thread(Scheduler, home, engine)
    try:
        await until_signal(scheduler.run(), Supervisor(home, engine=engine).run())
    finally:
        await asyncio.to_thread(engine.dispose)
