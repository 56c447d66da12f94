"""The state of everything for a person: open alerts, what each rule says now, living processes, channels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from archive.alerts import Alert, ended_alerts, open_alerts
from archive.home import Home
from crawler.outlets.file import load_outlets
from news.errors import SettingError
from news.health.machine import MACHINE
from news.health.registry import MACHINE_RULES, OUTLET_RULES, more_lines, rule_of, sentence
from news.health.reported import OUTLETS_FILE, OUTLETS_SUBJECT
from news.health.rule import Facts, Judgement, OutletRule, Rule, Severity, State
from scheduler.monitor.alert_channels import channels
from scheduler.monitor.day_counts import count_days, outlets_to_count, watched_outlets
from scheduler.monitor.measurements import OutletHistories, measure_machine
from scheduler.monitor.notifier import last_problem
from scheduler.processes import Process, live_processes

_ENDED_SHOWN = 5
_ALL = 100_000


@dataclass(frozen=True, slots=True)
class Trouble:
    """A rule that is broken. `since` is when its alert opened; None without an alert: no daemon has judged it yet."""

    rule: Rule
    subject: str
    facts: Facts
    since: datetime | None = None

    @property
    def is_bad(self) -> bool:
        """Whether a person has to act."""
        return self.rule.severity is Severity.BAD

    @property
    def sentence(self) -> str:
        """What is wrong, in one line."""
        return sentence(self.rule.id, self.subject, self.facts)

    @property
    def more_lines(self) -> list[str]:
        """What follows the sentence: a place in a file, with its caret."""
        return more_lines(self.rule.id, self.facts)


@dataclass(frozen=True, slots=True)
class Overview:
    """The state of everything: `judgements` by subject; `channels`: why the last message failed, or None."""

    opened: Sequence[Alert]
    ended: Sequence[Alert]
    judgements: Mapping[str, Sequence[Judgement]]
    processes: Sequence[Process]
    channels: Mapping[str, str | None]

    @property
    def watched(self) -> list[Sequence[Judgement]]:
        """The judgements of each watched outlet."""
        return [found for found in self.judgements.values() if isinstance(found[0].rule, OutletRule)]

    @property
    def learning(self) -> int:
        """How many outlets have been watched for too short a time for some rule."""
        return sum(any(judgement.state is State.LEARNING for judgement in found) for found in self.watched)

    @property
    def troubles(self) -> list[Trouble]:
        """The open alerts, then the rules that are broken now and have no alert."""
        alerts = [Trouble(rule_of(alert.rule), alert.subject, alert.facts, alert.opened_at) for alert in self.opened]
        with_alert = {(alert.rule, alert.subject) for alert in self.opened}
        return alerts + [
            Trouble(judgement.rule, subject, judgement.facts)
            for subject, judgements in self.judgements.items()
            for judgement in judgements
            if judgement.state is State.BROKEN and (judgement.rule.id, subject) not in with_alert
        ]


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
    judgements: dict[str, Sequence[Judgement]] = {
        MACHINE: [rule.decide(measured) for rule in MACHINE_RULES],
        OUTLETS_SUBJECT: [_judge_outlets_file(home)],
    }
    histories = OutletHistories()
    for outlet in watched_outlets(conn):
        alerts = {alert.rule: alert.opened_at for alert in opened if alert.subject == outlet.name}
        history = histories.read(conn, outlet, now, alerts)
        judgements[outlet.name] = [rule.decide(history) for rule in OUTLET_RULES]
    return judgements


def _judge_outlets_file(home: Home) -> Judgement:
    """Judge outlets.toml as it is now: a daemon that cannot start by it opens no alert."""
    try:
        load_outlets(home.outlets_file)
    except SettingError as error:
        return Judgement(OUTLETS_FILE, State.BROKEN, {"problem": str(error)})
    return Judgement(OUTLETS_FILE, State.HOLDS)
