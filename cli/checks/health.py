"""Report open and recent alerts, broken rules without an alert, and channels that failed."""

import shlex
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from archive.database import in_one_line
from archive.home import Home
from cli.checks.finding import Finding
from news.errors import ArchiveUnavailable
from news.exit_codes import ExitCode
from news.health.registry import sentence
from scheduler.monitor.overview import Overview, Trouble, overview


def check_health(engine: Engine, home: Home) -> Iterator[Finding]:
    """Find open alerts, broken rules without an alert, the last ended alerts and failed channels."""
    try:
        state = overview(engine, home, datetime.now(UTC))
    except ArchiveUnavailable as error:  # a full disk, a read-only database: later checks say more
        yield Finding.bad("health", str(error), None, ExitCode.DATABASE)
        return
    except DBAPIError as error:
        refusal = f"the database refuses: {in_one_line(error.orig or error)}"
        yield Finding.bad("health", refusal, None, ExitCode.DATABASE)
        return
    wrong = [_finding(trouble) for trouble in state.troubles]
    yield from wrong
    if not wrong:
        yield Finding.fine("health", _usual(state))
    for alert in state.ended[:3]:
        line = sentence(alert.rule, alert.subject, alert.facts)
        yield Finding.note("alert", f"over since {alert.ended_at:%Y-%m-%d %H:%M} UTC: {line}")
    for name, problem in state.channels.items():
        if problem:
            yield Finding.note("messages", f"the last by {name} failed: {problem}")


def _finding(trouble: Trouble) -> Finding:
    """Turn what is wrong into a finding; the rule says whether a person has to act."""
    line = trouble.sentence + (f" (since {trouble.since:%Y-%m-%d %H:%M} UTC)" if trouble.since else "")
    remedy = trouble.rule.remedy.format(subject=shlex.quote(trouble.subject))
    if trouble.is_bad:
        return Finding.bad("health", line, remedy, ExitCode.CONFIGURATION_INVALID)
    return Finding.note("health", line, remedy)


def _usual(found: Overview) -> str:
    return f"nothing is unusual; outlets watched: {len(found.watched)}, still learning what is usual: {found.learning}"
