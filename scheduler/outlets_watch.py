"""Watch outlets.toml: read a change once writing has ended; a broken file leaves the last good one in force."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from crawler.outlets.file import MAX_BYTES, OutletsFile, load_outlets
from news.errors import SettingError


@dataclass(slots=True)
class OutletsWatch:
    """Follows outlets.toml: call `look` every few seconds.

    `outlets` is the last good file (None: none so far), `problem` why the present one is not in force (None: it is).
    `expected` means that outlets were there before, so a missing or empty file is a mistake.
    """

    path: Path
    outlets: OutletsFile | None = None
    problem: str | None = None
    expected: bool = False
    _read_digest: str | None = None
    _last_digest: str | None = None

    def look(self) -> bool:
        """Read the file if it has changed since it was read, but not since the last look; return whether it was read.

        A file that is being written lacks outlets: to read it at once would switch them off.
        """
        digest = self._digest()
        at_rest, self._last_digest = digest == self._last_digest, digest
        if digest == self._read_digest or not at_rest:
            return False
        self._read_digest = digest
        self.read()
        return True

    def read(self) -> None:
        """Read the file now, changed or not."""
        try:
            if self.expected:
                self._require_content()
            self.outlets, self.problem = load_outlets(self.path), None
            self.expected = self.path.exists()
        except SettingError as error:
            self.problem = str(error)

    def _require_content(self) -> None:
        """Raise SettingError for a file that is missing or blank; a full disk leaves such files."""
        try:
            blank = self.path.is_file() and not self.path.read_bytes().strip()
        except OSError:
            return  # load_outlets says why it cannot be read
        if blank or not self.path.exists():
            raise SettingError(f"{self.path} is {'empty' if blank else 'gone'}")

    def _digest(self) -> str:
        try:
            with self.path.open("rb") as file:
                return hashlib.sha256(file.read(MAX_BYTES + 1)).hexdigest()
        except OSError as error:
            return f"unreadable: {error.errno}"
