"""Notify people that the database is away; an alert can be written only when it is back."""

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from archive.alerts import end_alert, open_alert, open_alerts
from news.errors import NewsError
from news.health.machine import MACHINE
from news.health.registry import sentence
from news.health.reported import DATABASE_AWAY
from news.settings import Settings
from scheduler.monitor.alert_channels import AlertChannel, Message, channels, try_to_send
from scheduler.monitor.notifier import OPENED, Change, log_outcome, note_try

_PATIENCE = timedelta(minutes=2)  # a server that is only restarted is back by then


class DatabaseWatch:
    """Sends a message per channel while the database is away: `await look(now)` once a minute, in the leader."""

    def __init__(self, engine: Engine, settings: Settings, archive: str = "") -> None:
        self.engine, self.archive = engine, archive
        self.channels = channels(settings)
        self.away_since: datetime | None = None
        self._notified: set[str] = set()

    async def look(self, now: datetime) -> bool:
        """Return True when the database answers. After two minutes without an answer each channel sends one message."""
        try:
            await asyncio.to_thread(self._ask, now)
        except (NewsError, SQLAlchemyError, OSError):
            self.away_since = self.away_since or now
            if now - self.away_since >= _PATIENCE:
                await self._notify(self.away_since)
            return False
        self.away_since, self._notified = None, set()
        return True

    def _ask(self, now: datetime) -> None:
        """Ask the database; write the alert of an outage that people know of, so that its end is sent too."""
        with self.engine.begin() as conn:
            conn.execute(text("select 1"))
            if self.away_since and self._notified:
                seconds = round((now - self.away_since).total_seconds())
                facts = {"since": self.away_since.isoformat(), "seconds": seconds}
                open_alert(conn, DATABASE_AWAY.id, MACHINE, facts)
                [alert] = [alert for alert in open_alerts(conn) if alert.rule == DATABASE_AWAY.id]
                for channel in self._notified:
                    note_try(conn, channel, [Change(alert, OPENED, 0, None)], None, now)
                end_alert(conn, DATABASE_AWAY.id, MACHINE)

    async def _notify(self, since: datetime) -> None:
        waiting = {name: channel for name, channel in self.channels.items() if name not in self._notified}
        await asyncio.gather(*(self._notify_over(name, channel, since) for name, channel in waiting.items()))

    async def _notify_over(self, name: str, channel: AlertChannel, since: datetime) -> None:
        facts = {"since": since.isoformat()}
        line = sentence(DATABASE_AWAY.id, MACHINE, facts)
        record = {"id": None, "change": OPENED, "rule": DATABASE_AWAY.id, "subject": MACHINE, "opened_at": since,
                  "ended_at": None, "text": line, "facts": facts}  # fmt: skip
        problem = await try_to_send(channel, Message(line, (line,), (record,), self.archive))
        if problem is None:
            self._notified.add(name)
        log_outcome(name, 1, problem)
