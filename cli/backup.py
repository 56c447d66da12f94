"""`newskeep backup`: copy database, captures and configuration; list the backups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archive.home import existing_archive, find_home
from cli.counting import counting
from cli.output import emit, plural, print_text, say
from news.errors import SettingError
from news.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archive.backup.manifest import Manifest
    from archive.backup.run import Made
    from archive.home import Home

SECTION = "Look after"

_SHOWN = 3


@click.command()
@click.argument("to", required=False)
@click.option("--to", "to_option", metavar="TO", help="The same as the argument.")
@click.option("--keep", type=click.IntRange(0), help="Remove all but the newest so many backups; 0: remove none.")
@click.option("--test-restore", is_flag=True, help="Restore it into a scratch database and compare everything.")
@click.option("--list", "listing", is_flag=True, help="List the backups that are there, the newest first.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a backup on standard output.")
def backup(
    to: str | None, to_option: str | None, keep: int | None, test_restore: bool, listing: bool, as_json: bool
) -> int:
    """Copy database, captures and configuration to a folder or address.

    \b
    newskeep backup /mnt/backup/newskeep --test-restore
    newskeep backup s3://bucket/newskeep --keep 14

    Crawls may go on. Captures that are there already are not copied again. TO is BACKUP_TO when it is missing; the
    daemon makes backups there by itself. `newskeep restore TO` is the way back.
    """
    home = find_home() if listing else existing_archive()
    address = _address(home, to or to_option)
    if listing:
        from archive.backup.manifest import manifests
        from archive.backup.target import Target

        for manifest in manifests(Target(address)):
            _print(manifest, as_json)
        return ExitCode.FINE
    from archive.backup.run import run_backup

    if keep is None:  # a setting for the daemon's backups alone
        keep = home.settings["BACKUP_KEEP"] if address == home.settings["BACKUP_TO"] else 0
    with counting(every=1) as count:
        made = run_backup(home, address, keep, test_restore=test_restore, progress=count)
    _report(address, made, test_restore, as_json)
    return _exit_code(made.manifest.absent)


def _address(home: Home, given: str | None) -> str:
    address: str | None = given or home.settings["BACKUP_TO"]
    if not address:
        raise SettingError("no place for the backup is named", "newskeep backup FOLDER   # or set BACKUP_TO")
    return address


def _print(manifest: Manifest, as_json: bool) -> None:
    if as_json:
        emit({"type": "backup", **_record(manifest)})
    else:
        files = plural(len(manifest.captures), "capture file")
        print_text(
            f"{manifest.name}   {manifest.made_at}   {manifest.rows:,} rows, {files}, {manifest.size / 1e6:,.1f} MB"
        )


def _record(manifest: Manifest) -> dict[str, object]:
    return {
        "name": manifest.name,
        "made_at": manifest.made_at,
        "schema": manifest.schema,
        "rows": manifest.rows,
        "tables": {name: table.rows for name, table in manifest.tables.items()},
        "captures": len(manifest.captures),
        "absent": dict(manifest.absent),
        "removals": len(manifest.removals),
        "bytes": manifest.size,
    }


def _report(address: str, made: Made, tested: bool, as_json: bool) -> None:
    manifest = made.manifest
    if as_json:
        more = {"to": address, "written": made.written, "pruned": made.pruned, "tested": tested}
        emit({"type": "backup", **_record(manifest), **more})
        return
    say(f"Backup {manifest.name} in {address}: {plural(manifest.rows, 'row')}, "
        f"{plural(len(manifest.captures), 'capture file')}, {made.written / 1e6:,.1f} MB new")  # fmt: skip
    if tested:
        say("It was restored into a scratch database, and everything is as it was.")
    if made.pruned:
        say(f"Removed: {', '.join(made.pruned)}")
    for line in absent_lines(manifest.absent):
        say(line)


def absent_lines(absent: Mapping[str, str]) -> list[str]:
    """Return a line for each reason why capture files are not in a backup, with the first of them."""
    lines = []
    for why in sorted(set(absent.values())):
        names = [name for name, reason in absent.items() if reason == why]
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        lines.append(f"not in the backup, {why}: {', '.join(names[:_SHOWN])}{more}")
    return lines


def _exit_code(absent: Mapping[str, str]) -> int:
    """Return 0; 3 when files are on other machines, 8 when some are lost."""
    from archive.backup.captures import ELSEWHERE, IN_PLACE

    reasons = set(absent.values()) - {IN_PLACE}
    if reasons - {ELSEWHERE}:
        return ExitCode.BOOKS_OR_DAMAGE
    return ExitCode.SOME_PAGES_FAILED if reasons else ExitCode.FINE
