"""The state of everything for a person: open alerts, what each rule says now, living processes, channels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from archive.alerts import Alert, ended_alerts, open_alerts
from archive.home import Home
from news.health.registry import MACHINE_RULES, OUTLET_RULES
from news.health.rule import Judgement
from scheduler.monitor.channels import channels
from scheduler.monitor.day_counts import count_days, outlets_to_count, watched_outlets
from scheduler.monitor.inspection import MACHINE
from scheduler.monitor.measurements import OutletHistories, measure_machine
from scheduler.monitor.notifier import last_problem
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
    """Return the state of everything now. Count the days of outlets crawled since the last count; change no alert."""
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
    open_rules = frozenset(alert.rule for alert in opened if alert.subject == MACHINE)
    measured = measure_machine(conn, home, now, open_rules)
    judgements: dict[str, Sequence[Judgement]] = {MACHINE: [rule.decide(measured) for rule in MACHINE_RULES]}
    histories = OutletHistories()
    for outlet in watched_outlets(conn):
        alerts = {alert.rule: alert.opened_at for alert in opened if alert.subject == outlet.name}
        history = histories.read(conn, outlet, now, alerts)
        judgements[outlet.name] = [rule.decide(history) for rule in OUTLET_RULES]
    return judgements
