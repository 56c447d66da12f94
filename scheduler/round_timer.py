"""The rounds of a daemon, each repeated at its own pace: APScheduler in memory, on the running loop.

The turns of outlets are rows in the database and no jobs of APScheduler. Otherwise due times that outlive a restart, a
jump of the clock, or a change from another machine would have to be kept in two places.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from news.errors import NewsError

logger = logging.getLogger(__name__)

Work = Callable[[], Awaitable[object]]
clock = time.time
_CLOCK_CHECK_SECONDS = 1.0
_JUMP_SECONDS = 5.0  # more than a clock that is slowed down or sped up gains


class RoundTimer:
    """Repeats rounds: `add` them, then `run`. A round that fails is logged once and tried again at its next time."""

    def __init__(self) -> None:
        # APScheduler's default drops a run that is a second late
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True})
        logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)  # a round that still runs is no news
        self.jumps = 0  # how often the clock has been set
        self._last_errors: dict[str, str] = {}

    def add(self, name: str, seconds: float, work: Work) -> None:
        """Run *work* every so many seconds, beginning now."""
        self._scheduler.add_job(
            self._round, "interval", (name, work), seconds=seconds, id=name, next_run_time=datetime.now(UTC)
        )

    async def run(self) -> None:
        """Run the rounds until cancelled."""
        self._scheduler.start()
        try:
            await self._watch_clock()
        finally:
            self._scheduler.shutdown(wait=False)

    async def _watch_clock(self) -> None:
        """Run every round at once when the clock is set: after a step back they would wait too long."""
        offset = clock() - time.monotonic()
        while True:
            await asyncio.sleep(_CLOCK_CHECK_SECONDS)
            now = clock() - time.monotonic()
            if abs(now - offset) > _JUMP_SECONDS:
                logger.warning("clock_jumped", extra={"seconds": round(now - offset)})
                self.jumps += 1
                for job in self._scheduler.get_jobs():
                    job.modify(next_run_time=datetime.now(UTC))
            offset = now

    async def _round(self, name: str, work: Work) -> None:
        try:
            await work()
        except asyncio.CancelledError:
            logger.debug("round_cut_short", extra={"round": name})  # APScheduler would log an error
        except NewsError as error:
            self._log_failure(name, error)
        except Exception as error:
            if self._log_failure(name, error):
                logger.exception("round_broke", extra={"round": name})
        else:
            if self._last_errors.pop(name, None):
                logger.info("round_works_again", extra={"round": name})

    def _log_failure(self, name: str, error: Exception) -> bool:
        """Log the failure unless the round failed the same way last time; True when it was logged."""
        message = f"{type(error).__name__}: {error}"
        if self._last_errors.get(name) == message:
            return False
        self._last_errors[name] = message
        logger.warning("round_failed", extra={"round": name, "error": message})
        return True
