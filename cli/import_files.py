"""The files that `newskeep import` is given: found in folders, put in order, opened one after the other."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from archive.packed_files import CannotImport, Part, is_capture_file, parts_of
from news.dispositions import is_binary

STDIN = "-"
_JSON = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz")
_RECORDS = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:WARC/[01]\.|filedesc:)")
_FIRST_TIME = re.compile(rb"^WARC-Date:\s*(\S+)|^filedesc:\S+ \S+ (\d{8,17}) ", re.MULTILINE | re.IGNORECASE)


class InputFiles:
    """The files and what is in them, in order; `position` says how far they are read, of `size` bytes."""

    def __init__(self, given: Sequence[str]) -> None:
        self.paths = _in_time([path for name in given for path in _found(name)])
        self.size = sum(Path(path).stat().st_size for path in self.paths if path != STDIN)
        self.path = ""  # of the file that is open
        self._read = 0
        self._file: BinaryIO | None = None

    @property
    def position(self) -> int:
        """Bytes that were read."""
        return self._read + (self._file.tell() if self._file else 0)

    def __iter__(self) -> Iterator[Part | CannotImport]:
        for path in self.paths:
            self.path = path
            try:
                yield from self._parts(path)
            except CannotImport as error:
                yield error

    def _parts(self, path: str) -> Iterator[Part | CannotImport]:
        if path == STDIN:
            yield from map(_recognised, parts_of(sys.stdin.buffer, "standard input"))
            return
        with open(path, "rb") as file:
            self._file = file
            yield from map(_recognised, parts_of(file, Path(path).name))
            self._file, self._read = None, self._read + Path(path).stat().st_size


def holds_captures(part: Part) -> bool:
    """Whether it is a file of WARC or ARC records."""
    return bool(_RECORDS.match(part.beginning)) or is_capture_file(part.name)


def holds_articles(part: Part | CannotImport) -> bool:
    """Whether it is a file of articles as JSON."""
    return isinstance(part, Part) and not holds_captures(part)


def _recognised(part: Part | CannotImport) -> Part | CannotImport:
    if not isinstance(part, Part):
        return part
    if not part.beginning.strip():
        return CannotImport(f"{part.name} is empty", "newskeep import --help")
    if not holds_captures(part) and is_binary(part.beginning):
        what = "holds neither captures (WARC, ARC) nor articles as JSON"
        return CannotImport(f"{part.name} {what}", "newskeep import --help")
    return part


def _found(name: str) -> list[str]:
    """Return the file, or of a folder its capture files, else its files of JSON. Raises CannotImport without any."""
    if name == STDIN or not Path(name).is_dir():
        return [name]
    files = sorted(str(path) for path in Path(name).rglob("*") if path.is_file())
    found = [path for path in files if _is_of_captures(path)]
    found = found or [path for path in files if path.lower().endswith(_JSON)]
    if not found:
        raise CannotImport(f"{name} has no file that can be imported")
    return found


def _is_of_captures(path: str) -> bool:
    return is_capture_file(path) or path.lower().endswith(".wacz")


def _in_time(paths: list[str]) -> list[str]:
    """Sort capture files by the time of their first record, since an older text never replaces a newer one."""
    if len(paths) < 2 or not all(map(_is_of_captures, paths)):
        return paths
    return sorted(paths, key=_first_time)


def _first_time(path: str) -> bytes:
    with open(path, "rb") as file:
        try:
            part = next(parts_of(file, path))
        except CannotImport:  # which is reported in its turn
            return b""
        found = _FIRST_TIME.search(part.beginning) if isinstance(part, Part) else None
        return re.sub(rb"\D", b"", found[1] or found[2]) if found else b""
