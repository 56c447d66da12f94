"""One look at everything, every minute, by the daemon that leads."""

import asyncio
import logging
import time
from datetime import datetime

from sqlalchemy import Engine

from archive.alerts import Alert, open_alerts
from archive.home import Home
from archive.outlet_days import WatchedOutlet, outlets_to_count, retired_outlets
from news.errors import ArchiveUnavailable
from news.health import OUTLET_RULES, Judgement, Rule, State
from scheduler.health.alerting import MACHINE, Alerting
from scheduler.health.machine import judge_machine
from scheduler.health.outlets import OutletJudge
from scheduler.health.telling import Teller

logger = logging.getLogger(__name__)

_AT_ONCE = 500  # outlets in one look
_SECONDS = 20.0  # for counting in one look; what is left comes at the next

Open = dict[tuple[str, str], Alert]


class Health:
    """`await look(now)` once a minute. A hanging mail server holds up the next message, never the next look."""

    def __init__(self, engine: Engine, home: Home) -> None:
        self.engine, self.home = engine, home
        self.judge = OutletJudge()
        self.alerting = Alerting()
        self.teller = Teller(engine, home.settings)

    async def look(self, now: datetime) -> None:
        """Judge the machine and what was looked at since the last time, and see that people are told.

        Raises ArchiveUnavailable or SQLAlchemy's error when the database cannot be asked.
        """
        await asyncio.to_thread(self.judge_all, now)
        self.teller.tell_soon(now)

    def judge_all(self, now: datetime) -> None:
        """Judge, and open and end alerts; tell nobody."""
        with self.engine.connect() as conn:
            opened: Open = {(alert.rule, alert.subject): alert for alert in open_alerts(conn)}
        self._judge_machine(now, opened)
        with self.engine.connect() as conn:
            outlets = outlets_to_count(conn, _AT_ONCE)
            retired = retired_outlets(conn)
        deadline = time.monotonic() + _SECONDS
        for outlet in outlets:
            if time.monotonic() > deadline:
                break
            self._try_to_judge(outlet, now, opened)
        self._end_retired(retired, now, opened)

    def _judge_machine(self, now: datetime, opened: Open) -> None:
        rules = frozenset(rule for rule, subject in opened if subject == MACHINE)
        with self.engine.begin() as conn:
            for judgement in judge_machine(conn, self.home, now, rules):
                self.alerting.take(conn, MACHINE, judgement, now, is_open=judgement.rule in rules)

    def _try_to_judge(self, outlet: WatchedOutlet, now: datetime, opened: Open) -> None:
        """One outlet that cannot be judged keeps nobody from judging the others."""
        try:
            self._judge_outlet(outlet, now, opened)
        except ArchiveUnavailable:
            raise
        except Exception:
            logger.exception("outlet_not_judged", extra={"outlet": outlet.name})

    def _judge_outlet(self, outlet: WatchedOutlet, now: datetime, opened: Open) -> None:
        broke = opened.get((Rule.LAYOUT_BREAK, outlet.name))
        with self.engine.begin() as conn:
            for judgement in self.judge.judge(conn, outlet, now, broke.opened_at if broke else None):
                is_open = (judgement.rule, outlet.name) in opened
                self.alerting.take(conn, outlet.name, judgement, now, is_open=is_open, outlet_id=outlet.id)

    def _end_retired(self, retired: set[str], now: datetime, opened: Open) -> None:
        """Nothing is expected of an outlet that was taken off the timetable."""
        for rule, subject in opened:
            if rule in OUTLET_RULES and subject in retired:
                with self.engine.begin() as conn:
                    self.alerting.take(conn, subject, Judgement(Rule(rule), State.HOLDS), now, is_open=True)
