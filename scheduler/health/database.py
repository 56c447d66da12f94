"""Tells people that the database is away, which cannot be written down until it is back."""

import asyncio
import logging
from datetime import datetime, timedelta

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from archive.alert_messages import OPENED, Change, note_try
from archive.alerts import end_alert, open_alert, open_alerts
from news.alert_words import sentence
from news.errors import NewsError
from news.health import Rule
from news.settings import Settings
from scheduler.health.alerting import MACHINE
from scheduler.health.message import Message
from scheduler.health.telling import Channel, channels, try_to_send

logger = logging.getLogger(__name__)

PATIENCE = timedelta(minutes=2)  # a server that is merely started anew is back by then


class DatabaseWatch:
    """`await look(now)` once a minute, in the daemon that leads or led last. It remembers what it told until then."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine = engine
        self.channels = channels(settings)
        self.away_since: datetime | None = None
        self._told: set[str] = set()

    async def look(self, now: datetime) -> bool:
        """True when the database answers. One that has been away for two minutes is told of once over each channel."""
        try:
            await asyncio.to_thread(self._ask, now)
        except (NewsError, SQLAlchemyError, OSError):
            self.away_since = self.away_since or now
            if now - self.away_since >= PATIENCE:
                await self._tell(self.away_since)
            return False
        self.away_since, self._told = None, set()
        return True

    def _ask(self, now: datetime) -> None:
        with self.engine.begin() as conn:
            conn.execute(text("select 1"))
            if self.away_since and self._told:
                seconds = round((now - self.away_since).total_seconds())
                open_alert(
                    conn, Rule.DATABASE_AWAY, MACHINE, {"since": self.away_since.isoformat(), "seconds": seconds}
                )
                [alert] = [one for one in open_alerts(conn) if one.rule == Rule.DATABASE_AWAY]
                for name in self._told:  # so that its end is told too
                    note_try(conn, name, [Change(alert, OPENED, 0, None)], None, now)
                end_alert(conn, Rule.DATABASE_AWAY, MACHINE)

    async def _tell(self, since: datetime) -> None:
        waiting = {name: channel for name, channel in self.channels.items() if name not in self._told}
        await asyncio.gather(*(self._tell_over(name, channel, since) for name, channel in waiting.items()))

    async def _tell_over(self, name: str, channel: Channel, since: datetime) -> None:
        facts = {"since": since.isoformat()}
        said = sentence(Rule.DATABASE_AWAY, MACHINE, facts)
        record = {"id": None, "change": OPENED, "rule": Rule.DATABASE_AWAY, "subject": MACHINE, "opened_at": since,
                  "ended_at": None, "text": said, "facts": facts}  # fmt: skip
        problem = await try_to_send(channel, Message(said, (said,), (record,)))
        if problem is None:
            self._told.add(name)
            logger.info("alerts_told", extra={"channel": name, "changes": 1})
        else:
            logger.warning("alerts_not_told", extra={"channel": name, "error": problem})
