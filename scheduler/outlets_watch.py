"""Watches outlets.toml: a change is taken up once the file is at rest; a broken file leaves the last good in force."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from crawler.outlets.file import MAX_BYTES, OutletsFile, load_outlets
from news.errors import SettingError


@dataclass(slots=True)
class OutletsWatch:
    """`look` now and then. `outlets` is the last good file (None: there was none yet), `problem` why the present one
    is not in force (None: it is). `expected` says that a missing or empty file is a mistake and no beginning.
    """

    path: Path
    outlets: OutletsFile | None = None
    problem: str | None = None
    expected: bool = False
    _taken: str | None = None
    _seen: str | None = None

    def look(self) -> bool:
        """True when the file is another than at the last taking and the same as at the last look.

        The second look keeps a file that is being written from switching off the outlets it does not name yet.
        """
        digest = self._digest()
        at_rest, self._seen = digest == self._seen, digest
        if digest == self._taken or not at_rest:
            return False
        self._taken = digest
        self.take()
        return True

    def take(self) -> None:
        """Read the file now."""
        try:
            if self.expected:
                self._require_something()
            self.outlets, self.problem = load_outlets(self.path), None
            self.expected = self.path.exists()
        except SettingError as error:
            self.problem = str(error)

    def _require_something(self) -> None:
        """Raise SettingError for a file that is gone or blank, which is how a full disk leaves it."""
        try:
            blank = self.path.is_file() and not self.path.read_bytes().strip()
        except OSError:
            return  # who reads it says why it cannot be read
        if blank or not self.path.exists():
            raise SettingError(f"{self.path} is {'empty' if blank else 'gone'}")

    def _digest(self) -> str:
        try:
            with self.path.open("rb") as file:
                return hashlib.sha256(file.read(MAX_BYTES + 1)).hexdigest()
        except OSError as error:
            return f"unreadable: {error.errno}"
