"""What a rule of health is: its id, its decision, its words, and when its alert opens and ends."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from news.health.outlet_day import OutletHistory

OPENINGS_WINDOW = timedelta(days=1)  # an alert that opens often within it ends later each time
_LONGEST_PAUSE = timedelta(days=1)
_UNKNOWN_PAUSE = timedelta(days=7)  # an alert stays so long while the rule cannot be judged

Facts = Mapping[str, Any]


class State(StrEnum):
    """Whether a rule holds; LEARNING while too little is known to judge."""

    HOLDS = "holds"
    BROKEN = "broken"
    LEARNING = "learning"


class Severity(StrEnum):
    """How serious an open alert is."""

    NOTE = "note"  # good to know
    BAD = "bad"  # a person has to act


def plain_facts(facts: Facts) -> str:
    """Return the facts as "name: value" pairs, for a rule without words of its own."""
    return ", ".join(f"{name}: {value}" for name, value in facts.items())


def no_lines(_: Facts) -> Sequence[str]:
    """Return no line, for a rule whose alert is one sentence."""
    return ()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Rule:
    """A rule of health; other parts of the program open and end its alert (`news.health.reported`).

    `id` is the spelling in table `alerts`, in `health --json` and in metrics. `title` and `describe(facts)` make the
    sentence of a message; `more_lines(facts)` follow it as they are. `broken_when` and `learns_for` are the row in
    docs/operating.md. `remedy` is the command that helps; "{subject}" stands for the alert's subject. The alert opens
    after the rule has been broken for `opens_after` and ends after it has held for `ends_after`.
    """

    id: str
    title: str
    broken_when: str
    learns_for: str = ""
    describe: Callable[[Facts], str] = plain_facts
    more_lines: Callable[[Facts], Sequence[str]] = no_lines
    severity: Severity = Severity.BAD
    remedy: str = "newskeep health"
    opens_after: timedelta = timedelta(0)
    ends_after: timedelta = timedelta(minutes=5)

    def opens(self, broken_for: timedelta) -> bool:
        """Return True when an alert opens on this rule, which has been broken for so long."""
        return broken_for >= self.opens_after

    def ends(self, quiet_for: timedelta, openings: int, *, holds: bool = True) -> bool:
        """Return True when the open alert ends, because the rule has not been broken for so long.

        Each of the *openings* within a day doubles the pause, up to a day. When the rule cannot be judged, so that
        it is not known whether it *holds*, the alert stays for a week.
        """
        if not holds:
            return quiet_for >= _UNKNOWN_PAUSE
        return quiet_for >= min(self.ends_after * (1 << max(0, min(openings, 10) - 1)), _LONGEST_PAUSE)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a rule says, and the facts that it rests on."""

    rule: Rule
    state: State
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class OutletRule(Rule):
    """A rule that is judged for each outlet after each crawl, by what was usual for that outlet."""

    decide: Callable[[OutletHistory], Judgement]
    severity: Severity = Severity.NOTE
    ends_after: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of this machine, its database and its workers that rules judge.

    Bytes, unless the name says otherwise; None: not known, or no limit. `clock_ahead_seconds` is our clock against the
    database's. `outlets_due` wait for a worker. `worker_silent_seconds` and `daemon_silent_seconds` are None when no
    such process runs; `daemons_lost` ended without recording it.
    """

    answer_seconds: float
    connections: int
    max_connections: int
    oldest_transaction_age: int
    clock_ahead_seconds: float
    free_bytes: int
    bytes_a_day: float | None
    backup_age: timedelta | None
    backup_every: timedelta | None
    backup_problem: str | None
    memory: int
    container_memory: int | None
    container_limit: int | None
    worker_silent_seconds: float | None
    daemon_silent_seconds: float | None
    daemons_lost: int
    outlets_due: int
    open_rules: frozenset[str] = frozenset()


Decision = tuple[bool | None, Facts]  # whether a rule is broken (None: too little is known), by which facts


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MachineRule(Rule):
    """A rule for the machine, its database and its processes, judged once a minute and whenever a person asks.

    With `has_alert` False only when a person asks: a daemon does not miss itself.
    """

    has_alert: bool = True
    is_broken: Callable[[Measured], Decision]

    def decide(self, measured: Measured) -> Judgement:
        """Judge the rule by these figures."""
        broken, facts = self.is_broken(measured)
        return Judgement(self, State.LEARNING if broken is None else State.BROKEN if broken else State.HOLDS, facts)


def machine_rule(**row: Any) -> Callable[[Callable[[Measured], Decision]], MachineRule]:
    """Make the decorated function a MachineRule with these values; its id is the function's name."""
    return lambda is_broken: MachineRule(id=is_broken.__name__, is_broken=is_broken, **row)
