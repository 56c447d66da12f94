"""Backups on schedule: the leading daemon starts one in a process of its own when it is due.

    python -m scheduler.backups        makes one backup to BACKUP_TO

A process of its own can be killed at any time, and gives its memory back.
"""

import asyncio
import logging
import os
import signal
import sys
from datetime import datetime, timedelta

from archive.backup.last_backup import failed_backup, last_backup, note_failed
from archive.home import Home, existing_archive
from crawler.logs import setup_logging
from news.errors import Busy, NewsError
from news.exit_codes import ExitCode
from news.settings import Settings

logger = logging.getLogger(__name__)

_RETRY = timedelta(hours=1)
_STOPPED = (signal.SIGINT, signal.SIGTERM)  # as the daemon is, by Ctrl-C and otherwise


def backup_interval(settings: Settings) -> timedelta | None:
    """Return how often the daemon makes a backup; None when it makes none."""
    return timedelta(seconds=settings["BACKUP_EVERY_SECONDS"]) if settings["BACKUP_TO"] else None


def backup_is_due(home: Home, now: datetime) -> bool:
    """Return whether to make a backup now; one that failed is tried again after an hour."""
    every = backup_interval(home.settings)
    if every is None:
        return False
    last, failed = last_backup(home), failed_backup(home)
    if failed and timedelta(0) <= now - failed.at < min(every, _RETRY):
        return False
    return last is None or last.text != home.settings["BACKUP_TO"] or not timedelta(0) <= now - last.at < every


async def back_up(home: Home) -> None:
    """Make a backup in a child process, which logs and notes the outcome; end it when this is cancelled.

    A child that could not note it, because it was killed or has a bug, counts as a failure as well.
    """
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "scheduler.backups",
        stdin=asyncio.subprocess.DEVNULL, env={**os.environ, "NEWSKEEP_HOME": str(home.path)},
    )  # fmt: skip
    try:
        code = await child.wait()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if code == ExitCode.OUR_BUG or (code < 0 and -code not in _STOPPED):
        note_failed(home, f"the process that made it ended with {code}")


def main() -> int:
    """Make one backup and return the exit code."""
    from archive.backup.run import run_backup

    home = existing_archive()
    setup_logging(home)
    try:
        made = run_backup(home, home.settings["BACKUP_TO"], home.settings["BACKUP_KEEP"])
    except Busy as error:
        logger.info("backup_postponed", extra={"problem": str(error)})
        return error.exit_code
    except (NewsError, OSError) as error:
        logger.error("backup_failed", extra={"problem": str(error)})
        return error.exit_code if isinstance(error, NewsError) else ExitCode.DATABASE
    facts = {"backup": made.manifest.name, "bytes": made.written, "removed": len(made.pruned)}
    logger.info("backup_made", extra={**facts, "absent": list(made.manifest.absent)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
