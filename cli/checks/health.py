"""The rules of health: what is unusual now, and what was lately."""

import shlex
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from archive.alerts import Alert
from archive.database import in_one_line
from archive.home import Home
from cli.checks.finding import Finding
from cli.exits import CONFIGURATION_INVALID, DATABASE
from news.alert_words import sentence
from news.errors import ArchiveUnavailable
from news.health import OUTLET_RULES, State
from scheduler.health.overview import Overview, overview


def check_health(engine: Engine, home: Home) -> Iterator[Finding]:
    """Open alerts, what the rules say of outlets without one, and the alerts that ended last."""
    try:
        found = overview(engine, home, datetime.now(UTC))
    except ArchiveUnavailable as error:  # a full disk, a database that may only be read: what comes below says more
        yield Finding.bad("health", str(error), None, DATABASE)
        return
    except DBAPIError as error:
        yield Finding.bad("health", f"the database refuses: {in_one_line(error.orig or error)}", None, DATABASE)
        return
    wrong = [*_alerts(found), *_untold(found)]
    yield from wrong
    if not wrong:
        yield Finding.fine("health", _usual(found))
    for alert in found.ended[:3]:
        said = sentence(alert.rule, alert.subject, alert.facts)
        yield Finding.note("alert", f"over since {alert.ended_at:%Y-%m-%d %H:%M} UTC: {said}")
    for name, problem in found.channels.items():
        if problem:
            yield Finding.note("messages", f"the last by {name} failed: {problem}")


def _alerts(found: Overview) -> Iterator[Finding]:
    """What an outlet does otherwise than usual is good to know; everything else waits for a person."""
    for alert in found.opened:
        said = f"{sentence(alert.rule, alert.subject, alert.facts)} (since {alert.opened_at:%Y-%m-%d %H:%M} UTC)"
        if alert.rule in OUTLET_RULES:
            yield Finding.note("health", said, "newskeep health")
        else:
            yield Finding.bad("health", said, _mend(alert), CONFIGURATION_INVALID)


def _mend(alert: Alert) -> str:
    """The command that helps."""
    mends = {
        "outlet_set_aside": f"newskeep outlets on {shlex.quote(alert.subject)}",
        "outlets_file": "newskeep outlets check",
        "no_worker": "newskeep worker",
    }
    return mends.get(alert.rule, "newskeep health")


def _untold(found: Overview) -> Iterator[Finding]:
    """What is wrong with outlets and no daemon has seen yet."""
    known = {(alert.rule, alert.subject) for alert in found.opened}
    for subject, judged in found.judgements.items():
        for one in judged:
            if one.state is State.BROKEN and one.rule in OUTLET_RULES and (one.rule, subject) not in known:
                yield Finding.note("health", sentence(one.rule, subject, one.facts), "newskeep health")


def _usual(found: Overview) -> str:
    outlets = [judged for subject, judged in found.judgements.items() if subject != "machine"]
    learning = sum(any(one.state is State.LEARNING for one in judged) for judged in outlets)
    return f"nothing is unusual; outlets watched: {len(outlets)}, still learning what is usual: {learning}"
