"""The life of daemon and worker, until a signal: the first log line says what runs, the last why it ended."""

import asyncio
import logging
import signal
import sys
import time
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any, NoReturn

from archive.connection_url import normal_url, shown_url
from archive.home import Home
from crawler.outlets.file import load_outlets
from news.errors import SettingError
from news.exit_codes import ExitCode
from news.logline import error_in_words

logger = logging.getLogger(__name__)

_STOPPED = "stopped by a signal"


@contextmanager
def lifecycle(name: str, home: Home, facts: Mapping[str, object]) -> Iterator[None]:
    """Log `NAME_started` with version, data folder, database and *facts*; at the end `NAME_stopped` and why.

    Call it in the main thread. SIGTERM ends what has no handler for it, such as the wait for the database, with
    `ExitCode.TERMINATED`.
    """
    started, why = time.monotonic(), _STOPPED
    general = {"version": version("newskeep"), "data_folder": str(home.path), "database": database_place(home)}
    before = signal.signal(signal.SIGTERM, _end)
    try:
        logger.info(f"{name}_started", extra={**general, **facts})
        _warn_of_missing(facts)
        yield
    except Exception as error:
        why = error_in_words(error)
        raise
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second signal must not cut off the last line
        level = logging.INFO if why == _STOPPED else logging.ERROR
        logger.log(level, f"{name}_stopped", extra={"why": why, "seconds": round(time.monotonic() - started)})
        signal.signal(signal.SIGTERM, before)


async def until_signal(*parts: Coroutine[Any, Any, None]) -> None:
    """Run the parts side by side until one ends or SIGTERM or SIGINT comes; then cancel all. Raises as they do."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    tasks = {loop.create_task(part) for part in (*parts, stop.wait())}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for error in ended:
        if isinstance(error, Exception):
            raise error


def _end(*_: object) -> NoReturn:
    sys.exit(ExitCode.TERMINATED)


def database_place(home: Home) -> str:
    """Return the database's address without its password, or the folder of the embedded server."""
    given = home.settings["NEWSKEEP_DATABASE_URL"]
    return shown_url(normal_url(given)) if given else f"embedded in {home.postgres}"


def daemon_facts(home: Home) -> dict[str, object]:
    """Return where metrics are served, how many outlets are switched on, and the contact.

    Without outlets and contact when outlets.toml cannot be read: the daemon reports that itself.
    """
    listen = home.settings["METRICS_LISTEN"]
    facts: dict[str, object] = {"metrics": "{}:{}".format(*listen) if listen else None}
    try:
        found = load_outlets(home.outlets_file)
    except SettingError:
        return facts
    enabled = sum(outlet.enabled for outlet in found.outlets)
    return facts | {"outlets": enabled, "contact": home.settings["NEWSKEEP_CONTACT"] or found.contact}


def _warn_of_missing(facts: Mapping[str, object]) -> None:
    if facts.get("outlets") == 0:
        logger.warning("outlets_missing", extra={"try": "newskeep outlets add https://www.example.org"})
    if "contact" in facts and not facts["contact"]:
        logger.warning("contact_missing", extra={"try": 'contact = "you@example.org" at the top of outlets.toml'})
