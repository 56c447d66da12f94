"""What a daemon does for health, round after round: look, keep metrics fresh, and say outside that all is well."""

import asyncio
from datetime import UTC, datetime

from sqlalchemy import Engine

from archive.home import Home
from scheduler.agenda import Agenda
from scheduler.health.database import DatabaseWatch
from scheduler.health.deadman import all_is_well, ask_for
from scheduler.health.looking import Health
from scheduler.leader import Leader
from scheduler.metrics import READ_SECONDS, Metrics

_LOOK_SECONDS = 60.0


class HealthRounds:
    """`join` an agenda, `end` when it is over. Only the daemon that leads looks; metrics tell of any."""

    def __init__(self, engine: Engine, home: Home, leader: Leader) -> None:
        self.engine, self.leader = engine, leader
        self.health = Health(engine, home)
        self.metrics = Metrics(engine, home)
        self.database = DatabaseWatch(engine, home.settings)
        self._led = False
        self.deadman_url: str | None = home.settings["DEADMAN_URL"]

    def join(self, agenda: Agenda) -> None:
        """Add the rounds. Raises SettingError when METRICS_LISTEN is taken."""
        agenda.add("health", _LOOK_SECONDS, self._look)
        if self.metrics.serve():
            agenda.add("metrics", READ_SECONDS, self._read_metrics)
        if self.deadman_url:
            agenda.add("deadman", _LOOK_SECONDS, self._tell_outside)

    def end(self) -> None:
        """Answer no more scrapes."""
        self.metrics.close()

    async def _look(self) -> None:
        """A daemon loses the lead together with the database, and nobody else can have it then."""
        now = datetime.now(UTC)
        if (self.leader.leads or self._led) and await self.database.look(now) and self.leader.leads:
            await self.health.look(now)
        self._led = self.leader.leads or (self._led and self.database.away_since is not None)

    async def _read_metrics(self) -> None:
        self.metrics.leads = self.leader.leads
        await asyncio.to_thread(self.metrics.read)

    async def _tell_outside(self) -> None:
        if self.deadman_url and self.leader.leads and await asyncio.to_thread(all_is_well, self.engine):
            await ask_for(self.deadman_url)
