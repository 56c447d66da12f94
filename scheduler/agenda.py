"""What a daemon does again and again, each at its own pace: APScheduler in memory, on the running loop.

The turns of outlets are rows and no jobs of it: due times that outlive a restart, a jump of the clock and a change
from another machine would otherwise have to be kept in two places.
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
_LOOK_AT_CLOCK_SECONDS = 1.0
_JUMP_SECONDS = 5.0  # a clock that was set, not one that is slowed down or sped up


class Agenda:
    """`add` rounds, then `run`. A round that fails is told of once and tried again at its next time."""

    def __init__(self) -> None:
        # its own default drops a run that is a second late
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True})
        logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)  # that a round still runs is no news
        self.jumps = 0  # how often the clock was set since it runs
        self._told: dict[str, str] = {}

    def add(self, name: str, seconds: float, work: Work) -> None:
        """Do *work* every so many seconds, beginning now."""
        self._scheduler.add_job(
            self._round, "interval", (name, work), seconds=seconds, id=name, next_run_time=datetime.now(UTC)
        )

    async def run(self) -> None:
        """Do the rounds until cancelled."""
        self._scheduler.start()
        try:
            await self._mind_the_clock()
        finally:
            self._scheduler.shutdown(wait=False)

    async def _mind_the_clock(self) -> None:
        """A clock that is set back would let the rounds wait until it is late again."""
        offset = clock() - time.monotonic()
        while True:
            await asyncio.sleep(_LOOK_AT_CLOCK_SECONDS)
            now = clock() - time.monotonic()
            if abs(now - offset) > _JUMP_SECONDS:
                logger.warning("clock_jumped", extra={"seconds": round(now - offset)})
                self.jumps += 1
                self.again()
            offset = now

    def again(self) -> None:
        """Begin every round now."""
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=datetime.now(UTC))

    async def _round(self, name: str, work: Work) -> None:
        try:
            await work()
        except asyncio.CancelledError:
            logger.debug("round_cut_short", extra={"round": name})  # APScheduler would tell of an error
        except NewsError as error:
            self._tell(name, error)
        except Exception as error:
            if self._tell(name, error):
                logger.exception("round_broke", extra={"round": name})
        else:
            if self._told.pop(name, None):
                logger.info("round_works_again", extra={"round": name})

    def _tell(self, name: str, error: Exception) -> bool:
        """Say so, unless that is what the round said last time."""
        said = f"{type(error).__name__}: {error}"
        if self._told.get(name) == said:
            return False
        self._told[name] = said
        logger.warning("round_failed", extra={"round": name, "error": said})
        return True
