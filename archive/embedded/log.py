"""What the server says: its log file, kept small, and the lines of it that explain a failure."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from archive.embedded.account import folder_owner

_LARGEST = 10_000_000
_COMPLAINT = re.compile(r"FATAL|PANIC|ERROR|HINT|could not|cannot|denied|error:")
_SHOWN_LINES = 5


class ServerLog:
    """server.log in the server's folder; `complaints` looks at what was written since the last `opened`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._since = 0

    @contextmanager
    def opened(self) -> Iterator[int]:
        """A descriptor that appends."""
        log = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        try:
            folder_owner(self.path.parent).give(self.path)
            self._since = os.fstat(log).st_size
            yield log
        finally:
            os.close(log)

    def roll(self) -> None:
        """Keep the log small: the server only ever appends, so its file can be emptied under it."""
        with suppress(FileNotFoundError):
            if self.path.stat().st_size > _LARGEST:
                shutil.copyfile(self.path, self.path.with_suffix(".log.1"))
                os.truncate(self.path, 0)

    def complaints(self) -> str:
        """Why it does not run, in its own words."""
        try:
            said = self.path.read_bytes()[self._since :].decode("utf-8", "replace")
        except OSError:
            return "(it left no log)"
        return complaints_in(said)


def complaints_in(said: str) -> str:
    """The last lines of *said* that complain, or its last lines when none does."""
    lines = [line for line in said.splitlines() if line.strip()]
    complaining = [line for line in lines if _COMPLAINT.search(line)]
    return "\n".join((complaining or lines)[-_SHOWN_LINES:])


def hint_for(said: str) -> str:
    """What to try."""
    if "No space left on device" in said or "Disk quota exceeded" in said:
        return "make room on that disk, or set NEWSKEEP_HOME"
    if "could not look up effective user ID" in said:  # initdb wants a name; containers run under bare numbers
        return "run as an account that has a name in /etc/passwd, or set NEWSKEEP_DATABASE_URL"
    return "newskeep doctor"
