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
from news.health.registry import rule_of, sentence
from news.health.rule import OutletRule, Severity, State
from scheduler.monitor.overview import Overview, overview


def check_health(engine: Engine, home: Home) -> Iterator[Finding]:
    """Find open alerts, broken rules without an alert, the last ended alerts and failed channels."""
    try:
        found = overview(engine, home, datetime.now(UTC))
    except ArchiveUnavailable as error:  # a full disk, a read-only database: later checks say more
        yield Finding.bad("health", str(error), None, ExitCode.DATABASE)
        return
    except DBAPIError as error:
        refusal = f"the database refuses: {in_one_line(error.orig or error)}"
        yield Finding.bad("health", refusal, None, ExitCode.DATABASE)
        return
    wrong = [*_alerts(found), *_new(found)]
    yield from wrong
    if not wrong:
        yield Finding.fine("health", _usual(found))
    for alert in found.ended[:3]:
        line = sentence(alert.rule, alert.subject, alert.facts)
        yield Finding.note("alert", f"over since {alert.ended_at:%Y-%m-%d %H:%M} UTC: {line}")
    for name, problem in found.channels.items():
        if problem:
            yield Finding.note("messages", f"the last by {name} failed: {problem}")


def _alerts(found: Overview) -> Iterator[Finding]:
    """Turn open alerts into findings; the rule says whether a person has to act."""
    for alert in found.opened:
        line = f"{sentence(alert.rule, alert.subject, alert.facts)} (since {alert.opened_at:%Y-%m-%d %H:%M} UTC)"
        rule = rule_of(alert.rule)
        remedy = rule.remedy.format(subject=shlex.quote(alert.subject))
        if rule.severity is Severity.NOTE:
            yield Finding.note("health", line, remedy)
        else:
            yield Finding.bad("health", line, remedy, ExitCode.CONFIGURATION_INVALID)


def _new(found: Overview) -> Iterator[Finding]:
    """Find broken rules of outlets that have no alert yet."""
    with_alert = {(alert.rule, alert.subject) for alert in found.opened}
    for subject, judgements in found.judgements.items():
        for judgement in judgements:
            rule = judgement.rule
            is_broken = judgement.state is State.BROKEN and isinstance(rule, OutletRule)
            if is_broken and (rule.id, subject) not in with_alert:
                yield Finding.note("health", sentence(rule.id, subject, judgement.facts), rule.remedy)


def _usual(found: Overview) -> str:
    outlets = [judgements for subject, judgements in found.judgements.items() if subject != "machine"]
    learning = sum(any(judgement.state is State.LEARNING for judgement in judgements) for judgements in outlets)
    return f"nothing is unusual; outlets watched: {len(outlets)}, still learning what is usual: {learning}"
