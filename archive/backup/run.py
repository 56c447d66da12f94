"""One backup as command and daemon make it: made, tested, old ones removed, and the outcome noted."""

from dataclasses import dataclass
from datetime import UTC, datetime

from archive.backup.contents import Progress, no_progress
from archive.backup.last_backup import note_failed, note_made
from archive.backup.make import make_backup, prune
from archive.backup.manifest import Manifest
from archive.backup.restore import prove
from archive.backup.target import Target
from archive.database import archive_engine
from archive.home import Home
from archive.locks import hold_captures
from news.errors import Busy, NewsError


@dataclass(frozen=True, slots=True)
class Made:
    """A new backup: the bytes that were written to the target for it, and the old backups that were removed."""

    manifest: Manifest
    written: int
    pruned: tuple[str, ...]


def run_backup(
    home: Home, address: str, keep: int, *, test_restore: bool = False, progress: Progress = no_progress
) -> Made:
    """Make a backup, restore it for a test if asked to, and then remove all but the newest *keep* (0: none).

    Success is noted in the data folder, and so is why a backup to BACKUP_TO failed. Raises Busy while another backup
    runs, what `Target`, `make_backup` and `prove` raise, and OSError for a full disk.
    """
    try:
        target = Target(address)
        with archive_engine(home) as engine, hold_captures(engine):
            manifest, written = make_backup(engine, home, target, datetime.now(UTC), progress)
            if test_restore:
                prove(home, target, manifest, progress)
            pruned = prune(target, keep)
    except Busy:
        raise
    except (NewsError, OSError) as error:
        if address == home.settings["BACKUP_TO"]:
            note_failed(home, " ".join(str(error).split()))
        raise
    note_made(home, address)
    return Made(manifest, written, pruned)
