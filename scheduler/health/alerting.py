"""Turns judgements into alerts: opened when a rule is broken, ended once it has held for a while."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from archive.alerts import end_alert, open_alert, openings
from news.damping import WINDOW, ends, opens
from news.health import Judgement, State

logger = logging.getLogger(__name__)

MACHINE = "machine"


@dataclass(slots=True)
class Alerting:
    """Remembers since when each rule has been broken or has held, so that what flickers makes no noise."""

    _since: dict[tuple[str, str], tuple[State, datetime]] = field(default_factory=dict)

    def take(
        self,
        conn: Connection,
        subject: str,
        judgement: Judgement,
        now: datetime,
        *,
        is_open: bool,
        outlet_id: int | None = None,
    ) -> None:
        """Open, refresh or end the alert of that rule on *subject* as *judgement* asks; *is_open*: there is one."""
        lasted = self._lasted(subject, judgement, now)
        if judgement.state is State.BROKEN:
            if is_open or opens(judgement.rule, lasted):
                _open(conn, subject, judgement, outlet_id)
        elif is_open:
            known = judgement.state is State.HOLDS
            if ends(judgement.rule, lasted, openings(conn, judgement.rule, subject, now - WINDOW), known=known):
                _end(conn, judgement.rule, subject)

    def _lasted(self, subject: str, judgement: Judgement, now: datetime) -> timedelta:
        """For how long the rule has been as it is; learning does not count as broken."""
        state = State.BROKEN if judgement.state is State.BROKEN else State.HOLDS
        key = (judgement.rule, subject)
        before = self._since.get(key)
        if before is None or before[0] is not state or before[1] > now:
            self._since[key] = (state, now)
        return now - self._since[key][1]


def _open(conn: Connection, subject: str, judgement: Judgement, outlet_id: int | None) -> None:
    if open_alert(conn, judgement.rule, subject, judgement.facts, outlet_id):
        facts = {"rule": str(judgement.rule), "subject": subject, "facts": dict(judgement.facts)}
        logger.warning("alert_opened", extra=facts)


def _end(conn: Connection, rule: str, subject: str) -> None:
    if end_alert(conn, rule, subject):
        logger.info("alert_ended", extra={"rule": str(rule), "subject": subject})
