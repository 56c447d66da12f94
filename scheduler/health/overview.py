"""How everything is, for a person who asks: open alerts, what each rule says now, who is alive, who could be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from archive.alert_messages import last_problem
from archive.alerts import Alert, ended_alerts, open_alerts
from archive.home import Home
from archive.outlet_days import count_days, outlets_to_count, watched_outlets
from news.health import Judgement, Rule
from scheduler.health.alerting import MACHINE
from scheduler.health.machine import judge_machine
from scheduler.health.outlets import OutletJudge
from scheduler.health.telling import channels
from scheduler.processes import Process, live_processes

_ENDED_SHOWN = 5
_ALL = 100_000


@dataclass(frozen=True, slots=True)
class Overview:
    """`judgements` by subject (an outlet, or "machine"); `channels`: why the last message failed, or None."""

    opened: Sequence[Alert]
    ended: Sequence[Alert]
    judgements: Mapping[str, Sequence[Judgement]]
    processes: Sequence[Process]
    channels: Mapping[str, str | None]


def overview(engine: Engine, home: Home, now: datetime) -> Overview:
    """How everything is now. Counts the days of outlets that were looked at since; opens and ends no alert."""
    with engine.connect() as conn:
        waiting = outlets_to_count(conn, _ALL)
    for outlet in waiting:
        with engine.begin() as conn:
            count_days(conn, outlet, now)
    with engine.connect() as conn:
        opened = open_alerts(conn)
        return Overview(
            opened,
            ended_alerts(conn, _ENDED_SHOWN),
            _judgements(conn, home, now, opened),
            live_processes(conn),
            {name: last_problem(conn, name) for name in channels(home.settings)},
        )


def _judgements(conn: Connection, home: Home, now: datetime, opened: Sequence[Alert]) -> dict[str, Sequence[Judgement]]:
    judge = OutletJudge()
    rules = frozenset(alert.rule for alert in opened if alert.subject == MACHINE)
    broke = {alert.subject: alert.opened_at for alert in opened if alert.rule == Rule.LAYOUT_BREAK}
    found: dict[str, Sequence[Judgement]] = {MACHINE: judge_machine(conn, home, now, rules)}
    for outlet in watched_outlets(conn):
        found[outlet.name] = judge.judge_counted(conn, outlet, now, broke.get(outlet.name))
    return found
