"""What the daemon does for health, round after round: inspect, keep metrics fresh, ping a dead man's switch."""

import asyncio
import logging
from datetime import UTC, datetime
from urllib.parse import urlsplit

import aiohttp
from sqlalchemy import Engine

from archive.home import Home
from news.logline import error_in_words
from scheduler.leader import Leader
from scheduler.metrics import READ_SECONDS, Metrics
from scheduler.monitor.database_watch import DatabaseWatch
from scheduler.monitor.inspection import Inspector
from scheduler.monitor.notifier import archive_name
from scheduler.processes import workers_beat
from scheduler.round_timer import RoundTimer

logger = logging.getLogger(__name__)

BEAT_SECONDS = 60.0  # a worker that gave no sign for so long does not count
_ROUND_SECONDS = 60.0
_PING_TIMEOUT = aiohttp.ClientTimeout(total=20)


class HealthRounds:
    """The daemon's rounds for health: `join` a timer, at last `end`. Only the leader inspects; each serves metrics."""

    def __init__(self, engine: Engine, home: Home, leader: Leader) -> None:
        self.engine, self.leader = engine, leader
        self.inspector = Inspector(engine, home)
        self.metrics = Metrics(engine, home)
        self.database = DatabaseWatch(engine, home.settings, archive_name(home))
        self.deadman_url: str | None = home.settings["DEADMAN_URL"]
        self._led = False

    def join(self, timer: RoundTimer) -> None:
        """Add the rounds. Raises SettingError when METRICS_LISTEN is taken."""
        timer.add("health", _ROUND_SECONDS, self._inspect)
        if self.metrics.serve():
            timer.add("metrics", READ_SECONDS, self._read_metrics)
        if self.deadman_url:
            timer.add("deadman", _ROUND_SECONDS, self._ping)

    def end(self) -> None:
        """Stop serving metrics."""
        self.metrics.close()

    async def _inspect(self) -> None:
        """Inspect while this daemon leads; while the database is away, the daemon that led last goes on looking."""
        now = datetime.now(UTC)
        if (self.leader.leads or self._led) and await self.database.look(now) and self.leader.leads:
            await self.inspector.inspect(now)
        self._led = self.leader.leads or (self._led and self.database.away_since is not None)

    async def _read_metrics(self) -> None:
        self.metrics.leads = self.leader.leads
        await asyncio.to_thread(self.metrics.read)

    async def _ping(self) -> None:
        if self.deadman_url and self.leader.leads and await asyncio.to_thread(all_is_well, self.engine):
            await ping(self.deadman_url)


def all_is_well(engine: Engine) -> bool:
    """Return True when the database answers and a worker gives signs. Raises what an absent database raises."""
    with engine.connect() as conn:
        return workers_beat(conn, BEAT_SECONDS)


async def ping(url: str) -> None:
    """Ask for *url* once; log a failure without the address, which is a secret. Never raises."""
    try:
        async with (
            aiohttp.ClientSession(timeout=_PING_TIMEOUT, trust_env=True) as session,
            session.get(url, headers={"User-Agent": "newskeep"}, allow_redirects=False) as answer,
        ):
            if answer.status >= 400:
                logger.warning("deadman_refused", extra={"status": answer.status})
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        problem = error_in_words(error).replace(urlsplit(url).path or "\0", "***")
        logger.warning("deadman_not_reached", extra={"error": problem})
