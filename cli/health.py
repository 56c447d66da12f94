"""`newskeep health`: how everything is; whether this machine's daemon or worker is alive, for a container to ask."""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING, Any

import click

from archive.home import find_home
from cli.exits import FINE
from cli.output import emit, say, tell
from cli.verbs import Verbs

if TYPE_CHECKING:
    from archive.alerts import Alert
    from scheduler.monitor.overview import Overview

SECTION = "Look after"

_SILENT_SECONDS = 30.0
_UNHEALTHY = 1


@click.group(cls=Verbs, invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on standard output.")
@click.pass_context
def health(ctx: click.Context, as_json: bool) -> None:
    """Show open alerts, what the rules of health say, and who is alive.

    \b
    newskeep health
    newskeep health --json | jq 'select(.type == "alert")'
    newskeep health daemon               exit code 0 when this machine's daemon is alive, 1 when not

    A rule says "learning" while an outlet is not known long enough: two weeks for silence, five for volume.
    """
    if ctx.invoked_subcommand is not None:
        return
    from datetime import UTC, datetime

    from archive.database import open_archive
    from scheduler.monitor.overview import overview

    home = find_home()
    engine = open_archive(home)
    try:
        found = overview(engine, home, datetime.now(UTC))
    finally:
        engine.dispose()
    for record in _records(found) if as_json else ():
        emit(record)
    if not as_json:
        _show(found)


@health.command()
def daemon() -> None:
    """Whether this machine's daemon beats: exit code 0 or 1, for a container's health check.

    \b
    newskeep health daemon
    newskeep health daemon && echo alive
    """
    sys.exit(FINE if _beats("scheduler", "daemon") else _UNHEALTHY)


@health.command()
def worker() -> None:
    """Whether a worker of this machine beats: exit code 0 or 1, for a container's health check.

    \b
    newskeep health worker
    newskeep health worker && echo alive
    """
    sys.exit(FINE if _beats("worker", "worker") else _UNHEALTHY)


@health.command()
def here() -> None:
    """Whether all that runs on this machine beats, be it daemon, worker or neither: exit code 0 or 1.

    \b
    newskeep health here
    newskeep health here && echo alive
    """
    beats = [_beats(role, called, needed=False) for role, called in (("scheduler", "daemon"), ("worker", "worker"))]
    sys.exit(FINE if all(beats) else _UNHEALTHY)


def _beats(role: str, called: str, *, needed: bool = True) -> bool:
    """Whether it was heard of lately; one that does not run is well unless it is *needed*.

    Nothing but the driver is loaded: this is asked every few seconds, for years.
    """
    import psycopg

    from scheduler.pulse import pulse

    host = socket.gethostname()
    try:
        silent = pulse(_url(), role, host)
    except psycopg.Error as error:
        say(f"the archive cannot be asked: {(str(error).splitlines() or [''])[0]}")
        return False
    if silent is None:
        say(f"no {called} runs on {host}")
        return not needed
    say(f"{called} on {host}: heard of {silent:.0f} s ago")
    return silent < _SILENT_SECONDS


def _url() -> str:
    """The archive's address; the embedded server is not started for the question."""
    from archive.database import normal_url
    from archive.embedded import EmbeddedServer

    home = find_home()
    given = home.settings["NEWSKEEP_DATABASE_URL"]
    return normal_url(given) if given else EmbeddedServer(home.postgres).url


def _show(found: Overview) -> None:
    from news.health.rule import State

    needy = len(found.opened)
    needs = "1 thing needs you." if needy == 1 else f"{needy} things need you."
    tell(needs if needy else "Nothing is unusual.")
    for alert in found.opened:
        tell(f"  since {_when(alert.opened_at)}  {_sentence(alert)}")
    for alert in found.ended:
        tell(f"  over  {_when(alert.ended_at)}  {_sentence(alert)}")
    states = {name: {one.state for one in judged} for name, judged in found.judgements.items() if name != "machine"}
    learning = sum(State.LEARNING in one for one in states.values())
    tell(f"\nOutlets    {len(states)} watched, {learning} of them still learning what is usual")
    for process in found.processes:
        tell(f"Process    {process.role} on {process.host} ({process.pid}), heard of {_when(process.heartbeat_at)}")
    for name, problem in found.channels.items():
        tell(f"Messages   {name}: {problem or 'fine'}")
    if not found.channels:
        tell("Messages   nobody is told: set ALERT_WEBHOOK_URL, or ALERT_SMTP_URL and ALERT_MAIL_TO")


def _records(found: Overview) -> list[dict[str, Any]]:
    alerts = [_alert(alert) for alert in (*found.opened, *found.ended)]
    rules = [
        {
            "type": "rule",
            "subject": subject,
            "rule": judgement.rule.id,
            "state": str(judgement.state),
            "facts": dict(judgement.facts),
        }
        for subject, judgements in found.judgements.items()
        for judgement in judgements
    ]
    processes = [
        {"type": "process", "role": one.role, "host": one.host, "pid": one.pid, "heartbeat_at": one.heartbeat_at}
        for one in found.processes
    ]
    summary = {"type": "summary", "open": len(found.opened), "channels": dict(found.channels)}
    return [*alerts, *rules, *processes, summary]


def _alert(alert: Alert) -> dict[str, Any]:
    return {
        "type": "alert",
        "id": alert.id,
        "rule": alert.rule,
        "subject": alert.subject,
        "opened_at": alert.opened_at,
        "ended_at": alert.ended_at,
        "text": _sentence(alert),
        "facts": dict(alert.facts),
    }


def _sentence(alert: Alert) -> str:
    from news.health.registry import sentence

    return sentence(alert.rule, alert.subject, alert.facts)


def _when(at: Any) -> str:
    return f"{at.astimezone():%d %b %H:%M}"
