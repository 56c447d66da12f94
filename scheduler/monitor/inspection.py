"""Judge every rule of health once a minute; open and end alerts."""

import asyncio
import logging
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from archive.alerts import Alert, end_alert, open_alert, open_alerts, openings
from archive.home import Home
from news.errors import ArchiveUnavailable
from news.health.machine import MACHINE
from news.health.registry import MACHINE_RULES, OUTLET_RULES
from news.health.rule import OPENINGS_WINDOW, Judgement, Rule, State
from scheduler.monitor.day_counts import WatchedOutlet, count_days, outlets_to_count, retired_outlets
from scheduler.monitor.measurements import OutletHistories, measure_machine
from scheduler.monitor.notifier import Notifier, archive_name

logger = logging.getLogger(__name__)

_OUTLETS_AT_ONCE = 500  # in one inspection
_COUNTING_SECONDS = 20.0  # in one inspection; what is left comes at the next

OpenAlerts = dict[tuple[str, str], Alert]  # by rule id and subject


class Inspector:
    """Judges all rules: `await inspect(now)` once a minute. A mail server that hangs delays only messages."""

    def __init__(self, engine: Engine, home: Home) -> None:
        self.engine, self.home = engine, home
        self.histories = OutletHistories()
        self.alert_state = AlertState()
        self.notifier = Notifier(engine, home.settings, archive_name(home))

    async def inspect(self, now: datetime) -> None:
        """Judge the machine and the outlets crawled since the last time, and begin to notify people.

        Raises ArchiveUnavailable or SQLAlchemy's error when the database cannot be asked.
        """
        await asyncio.to_thread(self.judge_all, now)
        self.notifier.notify_soon(now)

    def judge_all(self, now: datetime) -> None:
        """Judge, and open and end alerts, without notifying."""
        with self.engine.connect() as conn:
            alerts: OpenAlerts = {(alert.rule, alert.subject): alert for alert in open_alerts(conn)}
        self._judge_machine(now, alerts)
        with self.engine.connect() as conn:
            outlets = outlets_to_count(conn, _OUTLETS_AT_ONCE)
            retired = retired_outlets(conn)
        deadline = time.monotonic() + _COUNTING_SECONDS
        for outlet in outlets:
            if time.monotonic() > deadline:
                break
            self._try_to_judge(outlet, now, alerts)
        self._end_retired(retired, now, alerts)

    def _judge_machine(self, now: datetime, alerts: OpenAlerts) -> None:
        open_rules = frozenset(rule_id for rule_id, subject in alerts if subject == MACHINE)
        with self.engine.begin() as conn:
            measured = measure_machine(conn, self.home, now, open_rules)
            for rule in (rule for rule in MACHINE_RULES if rule.has_alert):
                self.alert_state.update(conn, MACHINE, rule.decide(measured), now, is_open=rule.id in open_rules)

    def _try_to_judge(self, outlet: WatchedOutlet, now: datetime, alerts: OpenAlerts) -> None:
        """Judge one outlet; log an unexpected error, so that the other outlets are judged too."""
        try:
            self._judge_outlet(outlet, now, alerts)
        except ArchiveUnavailable:
            raise
        except Exception:
            logger.exception("outlet_not_judged", extra={"outlet": outlet.name})

    def _judge_outlet(self, outlet: WatchedOutlet, now: datetime, alerts: OpenAlerts) -> None:
        opened = {rule_id: alert.opened_at for (rule_id, subject), alert in alerts.items() if subject == outlet.name}
        with self.engine.begin() as conn:
            count_days(conn, outlet, now)
            history = self.histories.read(conn, outlet, now, opened)
            for judgement in [rule.decide(history) for rule in OUTLET_RULES]:
                is_open = judgement.rule.id in opened
                self.alert_state.update(conn, outlet.name, judgement, now, is_open=is_open, outlet_id=outlet.id)

    def _end_retired(self, retired: set[str], now: datetime, alerts: OpenAlerts) -> None:
        """End the alerts of outlets that were taken off the timetable."""
        for rule in OUTLET_RULES:
            for subject in retired:
                if (rule.id, subject) in alerts:
                    with self.engine.begin() as conn:
                        self.alert_state.update(conn, subject, Judgement(rule, State.HOLDS), now, is_open=True)


@dataclass(slots=True)
class AlertState:
    """Remembers since when each rule has been broken or has held, so that a rule that flickers raises few alerts."""

    _since: dict[tuple[str, str], tuple[State, datetime]] = field(default_factory=dict)

    def update(
        self,
        conn: Connection,
        subject: str,
        judgement: Judgement,
        now: datetime,
        *,
        is_open: bool,
        outlet_id: int | None = None,
    ) -> None:
        """Open, refresh or end the rule's alert on *subject* as *judgement* asks; *is_open*: there is an open one."""
        lasted, rule = self._lasted(subject, judgement, now), judgement.rule
        if judgement.state is State.BROKEN:
            if is_open or rule.opens(lasted):
                _open(conn, subject, judgement, outlet_id)
        elif is_open:
            often = openings(conn, rule.id, subject, now - OPENINGS_WINDOW)
            if rule.ends(lasted, often, holds=judgement.state is State.HOLDS):
                _end(conn, rule, subject)

    def _lasted(self, subject: str, judgement: Judgement, now: datetime) -> timedelta:
        """Return how long the rule has been broken, or has not been broken."""
        state = State.BROKEN if judgement.state is State.BROKEN else State.HOLDS
        key = (judgement.rule.id, subject)
        before = self._since.get(key)
        if before is None or before[0] is not state or before[1] > now:
            self._since[key] = (state, now)
        return now - self._since[key][1]


def _open(conn: Connection, subject: str, judgement: Judgement, outlet_id: int | None) -> None:
    if open_alert(conn, judgement.rule.id, subject, judgement.facts, outlet_id):
        facts = {"rule": judgement.rule.id, "subject": subject, "facts": dict(judgement.facts)}
        logger.warning("alert_opened", extra=facts)


def _end(conn: Connection, rule: Rule, subject: str) -> None:
    if end_alert(conn, rule.id, subject):
        logger.info("alert_ended", extra={"rule": rule.id, "subject": subject})
