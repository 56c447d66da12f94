"""The rules for the machine: each is broken beyond its limit and holds below it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from news.health import backups, machine
from news.health.registry import MACHINE_RULES, RULES
from news.health.rule import MachineRule, Measured, State

GOOD = Measured(
    answer_seconds=0.01,
    connections=5,
    max_connections=100,
    oldest_transaction_age=1_000_000,
    clock_ahead_seconds=0.2,
    free_bytes=100_000_000_000,
    bytes_a_day=100_000_000.0,
    backup_age=timedelta(days=1),
    backup_every=None,
    backup_problem=None,
    memory=300_000_000,
    container_memory=None,
    container_limit=None,
    worker_silent_seconds=3.0,
    daemon_silent_seconds=3.0,
    daemons_lost=0,
    outlets_due=0,
)
BROKEN = [
    ("disk_full_soon", {"free_bytes": 400_000_000}, {"free_bytes": 800_000_000}),
    ("disk_full_soon", {"bytes_a_day": 20e9}, {"bytes_a_day": 10e9}),
    ("clock_wrong", {"clock_ahead_seconds": -5.1}, {"clock_ahead_seconds": 4.9}),
    ("database_strained", {"answer_seconds": 5.1}, {"answer_seconds": 4.9}),
    ("database_strained", {"connections": 91}, {"connections": 90}),
    ("database_strained", {"oldest_transaction_age": 1_510_000_000}, {"oldest_transaction_age": 1_490_000_000}),
    ("backup_old", {"backup_age": timedelta(days=8, hours=1)}, {"backup_age": timedelta(days=8)}),
    (
        "backup_old",
        {"backup_age": timedelta(hours=49), "backup_every": timedelta(days=1)},
        {"backup_age": timedelta(hours=48), "backup_every": timedelta(days=1)},
    ),
    ("backup_failed", {"backup_problem": "s3://bucket cannot be reached"}, {}),
    ("memory_high", {"memory": 2_100_000_000}, {"memory": 1_900_000_000}),
    ("memory_high", {"container_memory": 96, "container_limit": 100}, {"container_memory": 95, "container_limit": 100}),
    ("no_worker", {"worker_silent_seconds": 61.0, "outlets_due": 1}, {"worker_silent_seconds": 61.0}),
    ("no_worker", {"worker_silent_seconds": None, "outlets_due": 1}, {"worker_silent_seconds": 59.0, "outlets_due": 1}),
    ("no_daemon", {"daemon_silent_seconds": 61.0, "outlets_due": 1}, {"daemon_silent_seconds": 59.0, "outlets_due": 1}),
    ("no_daemon", {"daemon_silent_seconds": None, "outlets_due": 1}, {"daemon_silent_seconds": None}),
    (
        "no_daemon",
        {"daemon_silent_seconds": 61.0, "daemons_lost": 1},
        {"daemon_silent_seconds": 3.0, "daemons_lost": 1},
    ),
]


def judged(rule_id: str, measured: Measured) -> State:
    rule = RULES[rule_id]
    assert isinstance(rule, MachineRule)
    judgement = rule.decide(measured)
    assert judgement.rule is rule
    assert rule.describe(judgement.facts)
    return judgement.state


@pytest.mark.parametrize(("rule", "beyond", "within"), BROKEN)
def test_rule_is_broken_beyond_its_limit_only(rule: str, beyond: dict[str, object], within: dict[str, object]) -> None:
    assert judged(rule, replace(GOOD, **beyond)) is State.BROKEN  # type: ignore[arg-type]
    assert judged(rule, replace(GOOD, **within)) is State.HOLDS  # type: ignore[arg-type]


def test_good_machine_breaks_no_rule() -> None:
    assert [rule.id for rule in MACHINE_RULES if rule.decide(GOOD).state is not State.HOLDS] == []


def test_backup_that_was_never_made_is_not_judged() -> None:
    assert backups.backup_old.decide(replace(GOOD, backup_age=None)).state is State.LEARNING


def test_disk_must_have_some_room_again_before_its_alert_ends() -> None:
    little = replace(GOOD, free_bytes=550_000_000, bytes_a_day=None)

    assert machine.disk_full_soon.decide(little).state is State.HOLDS
    assert (
        machine.disk_full_soon.decide(replace(little, open_rules=frozenset({"disk_full_soon"}))).state is State.BROKEN
    )
