"""The rules of health for the machine, its database and its workers."""

from datetime import timedelta

from news.health.rule import Decision, Facts, Measured, machine_rule

MACHINE = "machine"  # the subject of alerts about the machine
LEAST_FREE = 500_000_000  # bytes
LEAST_DAYS = 7
CLOCK_SECONDS = 5.0
_FREE_AGAIN = 1.2  # times the limit, before an open alert ends
_ANSWER_SECONDS = 5.0
_CONNECTIONS_SHARE = 0.9
_WRAP_SHARE = 0.75  # of the two thousand million transactions after which PostgreSQL stops taking any
_TRANSACTIONS = 2_000_000_000
_MEMORY_BYTES = 2_000_000_000
_MEMORY_SHARE = 0.95
_SILENT_SECONDS = 60.0
_TWO_MINUTES = timedelta(minutes=2)


def _is_gone(silent_seconds: float | None) -> bool:
    return silent_seconds is None or silent_seconds > _SILENT_SECONDS


def _whole(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds)


def _disk(facts: Facts) -> str:
    full = f", full in {facts['days']:g} days" if facts.get("days") is not None else ""
    return f"{facts['free_bytes'] / 1e9:,.1f} GB free{full}"


def _clock(facts: Facts) -> str:
    way = "ahead of" if facts["seconds"] > 0 else "behind"
    return f"{abs(facts['seconds']):g} s {way} the database's"


def _database(facts: Facts) -> str:
    return (f"answers in {facts['answer_seconds']:g} s, {facts['connections']} of {facts['max_connections']} "
            f"connections, {facts['transactions_used']:.0%} of transaction numbers used")  # fmt: skip


def _memory(facts: Facts) -> str:
    limit = facts.get("container_allows")
    container = f", {facts['container_bytes'] / limit:.0%} of the container's" if limit else ""
    return f"{facts['bytes'] / 1e6:,.0f} MB in this process{container}"


def _worker(facts: Facts) -> str:
    silent = facts.get("silent_seconds")
    worker = "no worker runs" if silent is None else f"no worker gave a sign for {silent} s"
    return f"{_waiting(facts['due'])}, {worker}"


def _daemon(facts: Facts) -> str:
    silent, due = facts.get("silent_seconds"), facts["due"]
    last = "the last one died" if facts["lost"] else "the last one was stopped"
    sign = f", its last sign was {silent} s ago" if silent is not None else ""
    return last + sign + (f", {_waiting(due)}" if due else "")


def _waiting(due: int) -> str:
    return "1 outlet waits" if due == 1 else f"{due} outlets wait"


@machine_rule(
    title="disk full soon",
    broken_when="under 0.5 GB are free, or a week's growth fills the disk",
    learns_for="two days",
    describe=_disk,
)
def disk_full_soon(measured: Measured) -> Decision:
    free, rate = measured.free_bytes, measured.bytes_a_day
    margin = _FREE_AGAIN if "disk_full_soon" in measured.open_rules else 1.0
    days = free / rate if rate else None
    broken = free < LEAST_FREE * margin or (days is not None and days < LEAST_DAYS * margin)
    return broken, {"free_bytes": free, "bytes_a_day": round(rate) if rate else None,
                    "days": round(days, 1) if days is not None and days < 3650 else None}  # fmt: skip


@machine_rule(
    title="clock is wrong",
    broken_when="our clock and the database's differ by over five seconds",
    describe=_clock,
    opens_after=_TWO_MINUTES,
)
def clock_wrong(measured: Measured) -> Decision:
    seconds = measured.clock_ahead_seconds
    return abs(seconds) > CLOCK_SECONDS, {"seconds": round(seconds, 1)}


@machine_rule(
    title="database under strain",
    broken_when="the database takes over five seconds to answer, or 90 % of its connections or 75 % of its transaction "
    "numbers are used",
    describe=_database,
    opens_after=_TWO_MINUTES,
)
def database_strained(measured: Measured) -> Decision:
    share = measured.connections / max(1, measured.max_connections)
    used = measured.oldest_transaction_age / _TRANSACTIONS
    broken = measured.answer_seconds > _ANSWER_SECONDS or share > _CONNECTIONS_SHARE or used > _WRAP_SHARE
    return broken, {"answer_seconds": round(measured.answer_seconds, 1), "connections": measured.connections,
                    "max_connections": measured.max_connections, "transactions_used": round(used, 2)}  # fmt: skip


@machine_rule(
    title="memory is short",
    broken_when="the daemon holds over 2 GB, or its container is full",
    describe=_memory,
    opens_after=_TWO_MINUTES,
)
def memory_high(measured: Measured) -> Decision:
    used, limit = measured.container_memory, measured.container_limit
    share = (used or 0) / limit if limit else 0.0
    facts = {"bytes": measured.memory, "container_bytes": used, "container_allows": limit}
    return measured.memory > _MEMORY_BYTES or share > _MEMORY_SHARE, facts


@machine_rule(
    title="no daemon runs",
    broken_when="no daemon gave a sign for a minute, and the last one died or outlets wait; `newskeep health` and "
    "`newskeep doctor` see it, as no daemon is left to send a message",
    describe=_daemon,
    remedy="newskeep daemon",
    has_alert=False,
)
def no_daemon(measured: Measured) -> Decision:
    silent, due, lost = measured.daemon_silent_seconds, measured.outlets_due, measured.daemons_lost
    return _is_gone(silent) and (lost > 0 or due > 0), {"due": due, "silent_seconds": _whole(silent), "lost": lost}


@machine_rule(
    title="nobody crawls",
    broken_when="outlets wait and no worker gave a sign for a minute",
    describe=_worker,
    remedy="newskeep worker",
    opens_after=_TWO_MINUTES,
)
def no_worker(measured: Measured) -> Decision:
    silent, due = measured.worker_silent_seconds, measured.outlets_due
    return _is_gone(silent) and due > 0, {"due": due, "silent_seconds": _whole(silent)}
