"""`newskeep doctor`: check the installation, and name the command that repairs each fault."""

from __future__ import annotations

import os
import sys

import click

from archive.home import Home, find_home
from cli.checks.finding import Finding, exit_code
from cli.output import emit, plural, say
from news.exit_codes import ExitCode

SECTION = "Look after"

_MARKS = {"fine": "✓", "note": "·", "bad": "✗"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a check on standard output.")
def doctor(as_json: bool) -> None:
    """Check database, folders, clock, contact and outlets.toml.

    \b
    newskeep doctor                      what is fine, and the command that repairs the rest
    newskeep doctor --json | jq 'select(.state == "bad")'

    Exit code 0 when nothing is bad, 6 for the database, 8 for damage, 4 for anything else.
    """
    findings = examine(find_home())
    code = exit_code(findings)
    for finding in findings:
        _print_finding(finding, as_json=as_json)
    bad = sum(finding.state == "bad" for finding in findings)
    if as_json:
        emit({"type": "summary", "bad": bad, "exit_code": code})
    else:
        say(f"{plural(bad, 'problem')}." if bad else "No problems.")
    sys.exit(code)


def examine(home: Home) -> list[Finding]:
    """Return all findings, each after those that it depends on."""
    from datetime import UTC, datetime

    from cli.checks.captures import check_captures, check_store
    from cli.checks.data_folder import check_disk, check_rights, check_settings
    from cli.checks.database import check_backup, check_clock, open_for_checking, read_capture_facts
    from cli.checks.health import check_health

    if not home.path.is_dir():
        missing = f"there is no archive in {home.path}: it does not exist"
        return [Finding.bad("data folder", missing, "newskeep init", ExitCode.CONFIGURATION_INVALID)]
    findings = [*check_rights(home)]
    if not os.access(home.path, os.R_OK | os.X_OK):
        return findings  # all other checks would fail for the same reason
    engine, database_findings = open_for_checking(home)
    findings += database_findings
    try:
        facts = read_capture_facts(engine)
        if engine:
            findings += [check_clock(engine), *check_captures(home, facts.file_ends, facts.files)]
            findings += check_store(home, facts.file_ends, facts.files)
            findings += check_health(engine, home)
    finally:
        if engine:
            engine.dispose()
    findings += [check_disk(home, facts.bytes_a_day), *check_settings(home), check_backup(home, datetime.now(UTC))]
    return findings


def _print_finding(finding: Finding, *, as_json: bool) -> None:
    if as_json:
        emit(
            {
                "type": "check",
                "name": finding.name,
                "state": finding.state,
                "text": finding.text,
                "remedy": finding.remedy,
            }
        )
        return
    mark = _MARKS[finding.state]
    click.echo(f"{mark} {finding.name:<13} {finding.text}")
    if finding.remedy:
        click.echo(f"  {'':<13} {'→'} {finding.remedy}")
