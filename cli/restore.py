"""`newskeep restore`: bring an archive back from a backup."""

from __future__ import annotations

import click

from archive.home import find_home, open_home
from cli.backup import absent_lines
from cli.counting import counting
from cli.output import emit, plural, say

SECTION = "Look after"


@click.command()
@click.argument("origin", metavar="FROM")
@click.option("--backup", "name", metavar="NAME", help="The backup of that name; else the newest.")
@click.option("--dry-run", is_flag=True, help="Only look whether anything is in the way.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def restore(origin: str, name: str | None, dry_run: bool, as_json: bool) -> None:
    """Bring an archive back from a backup; nothing is overwritten.

    \b
    NEWSKEEP_HOME=/srv/news newskeep restore /mnt/backup/newskeep
    newskeep restore s3://bucket/newskeep --backup 20261201-030000

    The database goes to NEWSKEEP_DATABASE_URL, else to an embedded server in the data folder; captures and
    configuration go to the data folder. Run it again when it was interrupted.
    """
    from archive.backup.restore import choose, look
    from archive.backup.restore import restore as bring_back
    from archive.backup.target import Target

    target = Target(origin)
    manifest = choose(target, name)
    removed = 0
    if dry_run:
        look(find_home(), manifest)
    else:
        with counting(every=1) as count:
            removed = bring_back(open_home(), target, manifest, count)
    if as_json:
        emit({"type": "restore", "name": manifest.name, "dry_run": dry_run, "rows": manifest.rows,
              "captures": len(manifest.captures), "removed_again": removed, "absent": dict(manifest.absent),
              "settings_left_out": manifest.left_out})  # fmt: skip
        return
    say(f"{'Nothing is in the way of' if dry_run else 'Restored'} backup {manifest.name} of {manifest.made_at}: "
        f"{plural(manifest.rows, 'row')}, {plural(len(manifest.captures), 'capture file')}")  # fmt: skip
    for line in absent_lines(manifest.absent):
        say(line)
    if removed:
        say(f"Removed again: {plural(removed, 'article')} that had been removed since")
    if manifest.left_out:
        say(f"Set again in newskeep.toml or the environment: {', '.join(manifest.left_out)}")
