"""`newskeep health`: show alerts and rules; tell a container whether its daemon or worker is alive."""

from __future__ import annotations

import socket
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from archive.home import Home, existing_archive, find_home
from cli.output import emit, print_text, say
from cli.verbs import Verbs
from news.exit_codes import ExitCode

if TYPE_CHECKING:
    from archive.alerts import Alert
    from scheduler.monitor.overview import Overview

SECTION = "Look after"

_UNHEALTHY = 1  # what a container expects of its health check


@click.group(cls=Verbs, invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on standard output.")
@click.pass_context
def health(ctx: click.Context, as_json: bool) -> None:
    """Show open alerts, what the rules of health say, and which processes run.

    \b
    newskeep health
    newskeep health --json | jq 'select(.type == "alert")'
    newskeep health daemon               exit code 0 when this machine's daemon is alive, 1 when not

    All rules are judged now, from the archive, whether a daemon runs or not. Exit code 4 when something needs you; an
    unusual outlet alone is no fault. A rule says "learning" until an outlet has been watched long enough: two weeks for
    silence, five for volume.
    """
    if ctx.invoked_subcommand is not None:
        return
    from archive.database import open_archive
    from scheduler.monitor.overview import overview

    home = existing_archive()
    engine = open_archive(home)
    try:
        found = overview(engine, home, datetime.now(UTC))
    finally:
        engine.dispose()
    bad = sum(trouble.is_bad for trouble in found.troubles)
    code = ExitCode.CONFIGURATION_INVALID if bad else ExitCode.FINE
    if as_json:
        for record in [*_records(found), _summary(found, bad, code)]:
            emit(record)
    else:
        _show(found, bad, home)
    sys.exit(code)


@health.command()
def daemon() -> None:
    """Exit with 0 when this machine's daemon is alive, else 1.

    \b
    newskeep health daemon
    newskeep health daemon && echo alive
    """
    sys.exit(ExitCode.FINE if _is_alive("scheduler", "daemon") else _UNHEALTHY)


@health.command()
def worker() -> None:
    """Exit with 0 when a worker of this machine is alive, else 1.

    \b
    newskeep health worker
    newskeep health worker && echo alive
    """
    sys.exit(ExitCode.FINE if _is_alive("worker", "worker") else _UNHEALTHY)


@health.command("here")
def this_machine() -> None:
    """Exit with 0 when what runs on this machine is alive, else 1.

    Checks the daemon and the worker; neither has to run.

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

    from scheduler.heartbeat import ALIVE_SECONDS, seconds_since_heartbeat

    host = socket.gethostname()
    try:
        silent = seconds_since_heartbeat(_url(), role, host)
    except psycopg.Error as error:
        say(f"the database does not answer: {(str(error).splitlines() or [''])[0]}")
        return False
    if silent is None:
        say(f"no {name} runs on {host}")
        return not required
    say(f"{name} on {host}: last sign {silent:.0f} s ago")
    return silent < ALIVE_SECONDS


def _url() -> str:
    """Return the archive's address, without starting the embedded server; without an archive, end with 1."""
    from archive.connection_url import normal_url
    from archive.embedded import EmbeddedServer

    home = find_home()
    given = home.settings["NEWSKEEP_DATABASE_URL"]
    if not given and not home.postgres.exists():
        say(f"there is no archive in {home.path}")
        sys.exit(_UNHEALTHY)
    return normal_url(given) if given else EmbeddedServer(home.postgres).url


def _show(found: Overview, bad: int, home: Home) -> None:
    print_text(_headline(bad, len(found.troubles) - bad))
    for trouble in found.troubles:
        print_text(f"  {f'since {_when(trouble.since)}' if trouble.since else 'now':<18}  {trouble.sentence}")
        for line in trouble.more_lines:
            print_text(f"{'':<22}{line}")
    for alert in found.ended:
        print_text(f"  over  {_when(alert.ended_at)}  {_sentence(alert)}")
    print_text(f"\nArchive    {home.path}, judged {datetime.now().astimezone():%d %b %Y %H:%M %Z}")
    print_text(f"Outlets    {len(found.watched)} watched, {found.learning} of them still learning what is usual")
    for process in found.processes:
        label = "Process" if process.is_alive else "Gone"
        print_text(
            f"{label:<9}  {process.role} on {process.host} ({process.pid}), last sign {_when(process.heartbeat_at)}"
        )
    for name, problem in found.channels.items():
        print_text(f"Messages   {name}: {problem or 'fine'}")
    if not found.channels:
        print_text("Messages   not sent: set ALERT_WEBHOOK_URL, ALERT_URLS, or ALERT_SMTP_URL and ALERT_MAIL_TO")


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
    fields = ("role", "host", "pid", "heartbeat_at")
    processes = [
        {"type": "process", **{name: getattr(process, name) for name in fields}, "alive": process.is_alive}
        for process in found.processes
    ]
    return [*alerts, *rules, *processes]


def _summary(found: Overview, bad: int, code: ExitCode) -> dict[str, Any]:
    channels = dict(found.channels)
    return {"type": "summary", "open": len(found.opened), "bad": bad, "channels": channels, "exit_code": code}


def _headline(bad: int, notes: int) -> str:
    if bad:
        return "1 thing needs you." if bad == 1 else f"{bad} things need you."
    return f"Nothing needs you; unusual outlets: {notes}." if notes else "Nothing is unusual."


def _sentence(alert: Alert) -> str:
    from news.health.registry import sentence

    return sentence(alert.rule, alert.subject, alert.facts)


def _when(at: Any) -> str:
    return f"{at.astimezone():%d %b %H:%M}"
