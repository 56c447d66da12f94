"""When the last backup was made, and why the last one of the daemon's kind failed: two files in the data folder.

A backup of one's own (a disk image, pg_basebackup) can touch the first one.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from archive.home import Home

LAST_BACKUP = "last-backup"
FAILED_BACKUP = "failed-backup"


@dataclass(frozen=True, slots=True)
class Note:
    """A time, and what happened then: the address of the backup that was made, or why none was."""

    at: datetime
    text: str


def note_made(home: Home, address: str) -> None:
    """Note that a backup was made."""
    (home.path / LAST_BACKUP).write_text(address, encoding="utf-8")
    (home.path / FAILED_BACKUP).unlink(missing_ok=True)


def note_failed(home: Home, problem: str) -> None:
    """Note why a backup failed."""
    (home.path / FAILED_BACKUP).write_text(problem, encoding="utf-8")


def last_backup(home: Home) -> Note | None:
    """Return when the last backup was made, and where; None when none is known."""
    return _read(home.path / LAST_BACKUP)


def failed_backup(home: Home) -> Note | None:
    """Return when and why the last try failed; None after a success."""
    return _read(home.path / FAILED_BACKUP)


def _read(path: Path) -> Note | None:
    try:
        return Note(
            datetime.fromtimestamp(path.stat().st_mtime, UTC), path.read_text(encoding="utf-8", errors="replace")
        )
    except OSError:
        return None
