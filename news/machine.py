"""The rules of health for the machine and the archive, as plain decisions about measured values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from news.health import Judgement, Rule, State

LEAST_FREE = 500_000_000  # bytes
LEAST_DAYS = 7
_FREE_AGAIN = 1.2  # times the limit, before an open alert ends
CLOCK_SECONDS = 5.0
_ANSWER_SECONDS = 5.0
_CONNECTIONS_SHARE = 0.9
_WRAP_SHARE = 0.75  # of the two thousand million transactions after which PostgreSQL stops taking any
_TRANSACTIONS = 2_000_000_000
BACKUP_DAYS = 8
_MEMORY_BYTES = 2_000_000_000
_MEMORY_SHARE = 0.95
_WORKER_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Database:
    """The archive's server: seconds to answer, connections in use and allowed, age of its oldest transaction."""

    answer_seconds: float
    connections: int
    max_connections: int
    transactions: int


def disk_full_soon(free: int, bytes_a_day: float | None, *, is_open: bool = False) -> Judgement:
    """Broken under half a gigabyte or when the last week's growth fills the disk within a week.

    *bytes_a_day* is None while less than a week is known: then only what is free counts.
    """
    margin = _FREE_AGAIN if is_open else 1.0
    days = free / bytes_a_day if bytes_a_day else None
    broken = free < LEAST_FREE * margin or (days is not None and days < LEAST_DAYS * margin)
    facts = {"free_bytes": free, "bytes_a_day": round(bytes_a_day) if bytes_a_day else None,
             "days": round(days, 1) if days is not None and days < 3650 else None}  # fmt: skip
    return _judge(Rule.DISK_FULL_SOON, broken, facts)


def clock_wrong(seconds: float) -> Judgement:
    """Broken when our clock is over five seconds away from the database's."""
    return _judge(Rule.CLOCK_WRONG, abs(seconds) > CLOCK_SECONDS, {"seconds": round(seconds, 1)})


def database_strained(database: Database) -> Judgement:
    """Broken when the server answers slowly, is almost full of connections or nears the end of its transactions."""
    share = database.connections / max(1, database.max_connections)
    used = database.transactions / _TRANSACTIONS
    broken = database.answer_seconds > _ANSWER_SECONDS or share > _CONNECTIONS_SHARE or used > _WRAP_SHARE
    facts = {"answer_seconds": round(database.answer_seconds, 1), "connections": database.connections,
             "max_connections": database.max_connections, "transactions_used": round(used, 2)}  # fmt: skip
    return _judge(Rule.DATABASE_STRAINED, broken, facts)


def backup_old(age: timedelta | None) -> Judgement:
    """Broken when the last backup is over eight days old; learning when none is known."""
    if age is None:
        return Judgement(Rule.BACKUP_OLD, State.LEARNING)
    return _judge(Rule.BACKUP_OLD, age > timedelta(days=BACKUP_DAYS), {"days": round(age / timedelta(days=1), 1)})


def memory_high(used: int, allowed: int | None, allowed_used: int | None) -> Judgement:
    """Broken when this process holds over two gigabytes, or its container (*allowed_used* of *allowed*) is full."""
    share = (allowed_used or 0) / allowed if allowed else 0.0
    facts = {"bytes": used, "container_bytes": allowed_used, "container_allows": allowed}
    return _judge(Rule.MEMORY_HIGH, used > _MEMORY_BYTES or share > _MEMORY_SHARE, facts)


def no_worker(silent_seconds: float | None, due: int) -> Judgement:
    """Broken when outlets wait and no worker has been heard of for a minute (*silent_seconds* None: there is none)."""
    gone = silent_seconds is None or silent_seconds > _WORKER_SECONDS
    facts = {"due": due, "silent_seconds": None if silent_seconds is None else round(silent_seconds)}
    return _judge(Rule.NO_WORKER, gone and due > 0, facts)


def _judge(rule: Rule, broken: bool, facts: Mapping[str, Any]) -> Judgement:
    return Judgement(rule, State.BROKEN if broken else State.HOLDS, facts)
