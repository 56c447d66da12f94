"""`newskeep health`: show alerts and rules; tell a container whether its daemon or worker is alive."""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING, Any

import click

from archive.home import find_home
from cli.output import emit, say, tell
from cli.verbs import Verbs
from news.exit_codes import ExitCode

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
    """Show open alerts, what the rules of health say, and which processes run.

    \b
    newskeep health
    newskeep health --json | jq 'select(.type == "alert")'
    newskeep health daemon               exit code 0 when this machine's daemon is alive, 1 when not

    A rule says "learning" until an outlet has been watched long enough: two weeks for silence, five for volume.
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
    """Exit with code 0 when this machine's daemon is alive, else 1; for a container's health check.

    \b
    newskeep health daemon
    newskeep health daemon && echo alive
    """
    sys.exit(ExitCode.FINE if _is_alive("scheduler", "daemon") else _UNHEALTHY)


@health.command()
def worker() -> None:
    """Exit with code 0 when a worker of this machine is alive, else 1; for a container's health check.

    \b
    newskeep health worker
    newskeep health worker && echo alive
    """
    sys.exit(ExitCode.FINE if _is_alive("worker", "worker") else _UNHEALTHY)


@health.command()
def here() -> None:
    """Exit with code 0 when the daemon and worker that run on this machine are alive, else 1; neither has to run.

    \b
    newskeep health here
    newskeep health here && echo alive
    """
    alive = [_is_alive(role, name, required=False) for role, name in (("scheduler", "daemon"), ("worker", "worker"))]
    sys.exit(ExitCode.FINE if all(alive) else _UNHEALTHY)


def _is_alive(role: str, name: str, *, required: bool = True) -> bool:
    """Return True when the process gave a sign lately, or does not run and is not *required*.

    Load nothing but the database driver: a container asks every few seconds, for years.
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
        say(f"no {name} runs on {host}")
        return not required
    say(f"{name} on {host}: last sign {silent:.0f} s ago")
    return silent < _SILENT_SECONDS


def _url() -> str:
    """Return the archive's address, without starting the embedded server."""
    from archive.connection_url import normal_url
    from archive.embedded import EmbeddedServer

    home = find_home()
    given = home.settings["NEWSKEEP_DATABASE_URL"]
    return normal_url(given) if given else EmbeddedServer(home.postgres).url


def _show(found: Overview) -> None:
    from news.health.rule import State

    count = len(found.opened)
    needs = "1 thing needs you." if count == 1 else f"{count} things need you."
    tell(needs if count else "Nothing is unusual.")
    for alert in found.opened:
        tell(f"  since {_when(alert.opened_at)}  {_sentence(alert)}")
    for alert in found.ended:
        tell(f"  over  {_when(alert.ended_at)}  {_sentence(alert)}")
    outlets = [judgements for subject, judgements in found.judgements.items() if subject != "machine"]
    learning = sum(any(judgement.state is State.LEARNING for judgement in judgements) for judgements in outlets)
    tell(f"\nOutlets    {len(outlets)} watched, {learning} of them still learning what is usual")
    for process in found.processes:
        tell(f"Process    {process.role} on {process.host} ({process.pid}), last sign {_when(process.heartbeat_at)}")
    for name, problem in found.channels.items():
        tell(f"Messages   {name}: {problem or 'fine'}")
    if not found.channels:
        tell("Messages   nobody is told: set ALERT_WEBHOOK_URL, ALERT_URLS, or ALERT_SMTP_URL and ALERT_MAIL_TO")


def _records(found: Overview) -> list[dict[str, Any]]:
    from scheduler.monitor.notifier import alert_record

    alerts = [{"type": "alert", **alert_record(alert)} for alert in (*found.opened, *found.ended)]
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
        {"type": "process", **{name: getattr(process, name) for name in ("role", "host", "pid", "heartbeat_at")}}
        for process in found.processes
    ]
    summary = {"type": "summary", "open": len(found.opened), "channels": dict(found.channels)}
    return [*alerts, *rules, *processes, summary]


def _sentence(alert: Alert) -> str:
    from news.health.registry import sentence

    return sentence(alert.rule, alert.subject, alert.facts)


def _when(at: Any) -> str:
    return f"{at.astimezone():%d %b %H:%M}"
