"""Compare the capture files, here and in the object store, with the archive's rows."""

import fcntl
import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

from archive.captures.index import CaptureFile
from archive.captures.object_store import folder_sizes, require_store
from archive.captures.repair import whole_length
from archive.home import Home
from cli.checks.finding import Finding
from news.errors import NewsError
from news.exit_codes import ExitCode

_TAIL_BYTES = 64_000_000  # a broken tail is one record, which has a limit of its own
_SHOWN = 3
_STORE = "capture store"


def check_captures(home: Home, file_ends: Mapping[str, int], files: Mapping[str, CaptureFile]) -> list[Finding]:
    """Find files that are missing or shorter than their rows say (damage), and half records of killed crawls (no loss).

    Files in a store or on another machine are not checked here.
    """
    here = {name: end for name, end in sorted(file_ends.items()) if not _is_elsewhere(home, name, files.get(name))}
    short = [name for name, end in here.items() if _size(home.captures / name) < end]
    if short:
        text = f"missing or shorter than the archive's rows say: {_names(short)}"
        return [Finding.bad("captures", text, "bring them back from a copy", ExitCode.BOOKS_OR_DAMAGE)]
    paths = sorted(home.captures.glob("*.warc.gz"))
    broken = [path.name for path in paths if _has_broken_tail(path, file_ends.get(path.name, 0))]
    if broken:
        return [Finding.note("captures", f"a killed crawl left half a record at the end of {_names(broken)}; "
                             "the next crawl takes it off, nothing is lost")]  # fmt: skip
    others = len(file_ends) - len(here)
    elsewhere = f"; on other machines or in a store: {others}" if others else ""
    text = f"as long as the archive's rows say, files: {len(paths)}" if paths else "none here" if others else "none yet"
    return [Finding.fine("captures", text + elsewhere)]


def _is_elsewhere(home: Home, name: str, file: CaptureFile | None) -> bool:
    if file is None or (home.captures / name).exists():
        return False
    if file.state == "in_place":
        return file.host != socket.gethostname()
    return file.state == "stored" or (file.host, file.place) != (socket.gethostname(), str(home.captures))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return -1


def _has_broken_tail(path: Path, end: int) -> bool:
    """Return True when half a record follows the last row's; False while the file is being written."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        rest = os.fstat(file.fileno()).st_size - end
        if rest <= 0 or rest > _TAIL_BYTES:
            return rest > _TAIL_BYTES
        file.seek(end)
        return whole_length(file.read(rest)) != rest


def _names(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def check_store(home: Home, file_ends: Mapping[str, int], files: Mapping[str, CaptureFile]) -> Iterator[Finding]:
    """Check that the store has each stored file in full length; no finding when there never was a store."""
    store = home.settings["CAPTURE_STORE"]
    stored = [file for file in files.values() if file.state == "stored"]
    if not store and not stored:
        return
    try:
        if store:
            require_store(store)
        missing = _missing_in_store(stored, file_ends)
    except NewsError as error:
        yield Finding.of(_STORE, error)
        return
    if missing:
        text = f"missing or shorter than it was: {', '.join(missing[:_SHOWN])}, files: {len(missing)} of {len(stored)}"
        yield Finding.bad(_STORE, text, "bring them back from a copy", ExitCode.BOOKS_OR_DAMAGE)
        return
    yield Finding.fine(_STORE, f"{store or 'none set now'}, files: {len(stored)}{_still_here(home, store)}")


def _missing_in_store(stored: list[CaptureFile], file_ends: Mapping[str, int]) -> list[str]:
    """Return the places of files that are not there as the archive knows them, each folder of a store asked once."""
    sizes: dict[str, dict[str, int]] = {}
    for file in stored:
        folder = file.place.rpartition("/")[0]
        if folder not in sizes:
            sizes[folder] = folder_sizes(file.place)
    return [
        file.place
        for file in stored
        if sizes[file.place.rpartition("/")[0]].get(file.name) != file.size
        or (file.size or 0) < file_ends.get(file.name, 0)
    ]


def _still_here(home: Home, store: str | None) -> str:
    """Count the files that are still here and not in the store."""
    here = len(list(home.captures.glob("*.warc.gz"))) if store else 0
    return f"; still here: {here}" if here else ""
