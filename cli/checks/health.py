"""The rules of health: what is unusual now, and what was lately."""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from archive.connections import in_one_line
from archive.home import Home
from cli.checks.finding import Finding
from cli.exits import DATABASE
from news.alert_words import sentence
from news.health import OUTLET_RULES, State
from scheduler.health.overview import Overview, overview


def check_health(engine: Engine, home: Home) -> Iterator[Finding]:
    """Open alerts, what the rules say of outlets without one, and the alerts that ended last."""
    try:
        found = overview(engine, home, datetime.now(UTC))
    except DBAPIError as error:  # a full disk, a database that may only be read: what is looked at after this says more
        yield Finding.bad("health", f"the database refuses: {in_one_line(error.orig or error)}", None, DATABASE)
        return
    wrong = [*_alerts(found), *_untold(found)]
    for line in wrong:
        yield Finding.note("health", line, "newskeep health")
    if not wrong:
        yield Finding.fine("health", _usual(found))
    for alert in found.ended[:3]:
        said = sentence(alert.rule, alert.subject, alert.facts)
        yield Finding.note("alert", f"over since {alert.ended_at:%Y-%m-%d %H:%M} UTC: {said}")
    for name, problem in found.channels.items():
        if problem:
            yield Finding.note("messages", f"the last by {name} failed: {problem}")


def _alerts(found: Overview) -> Iterator[str]:
    for alert in found.opened:
        yield f"{sentence(alert.rule, alert.subject, alert.facts)} (since {alert.opened_at:%Y-%m-%d %H:%M} UTC)"


def _untold(found: Overview) -> Iterator[str]:
    """What is wrong with outlets and no daemon has seen yet."""
    known = {(alert.rule, alert.subject) for alert in found.opened}
    for subject, judged in found.judgements.items():
        for one in judged:
            if one.state is State.BROKEN and one.rule in OUTLET_RULES and (one.rule, subject) not in known:
                yield sentence(one.rule, subject, one.facts)


def _usual(found: Overview) -> str:
    outlets = [judged for subject, judged in found.judgements.items() if subject != "machine"]
    learning = sum(any(one.state is State.LEARNING for one in judged) for judged in outlets)
    return f"nothing is unusual; outlets watched: {len(outlets)}, still learning what is usual: {learning}"
