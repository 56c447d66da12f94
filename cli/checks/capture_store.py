"""The object store that finished capture files go to, against what the archive knows of them."""

from collections.abc import Iterator, Mapping

from archive.captures.index import CaptureFile
from archive.captures.object_store import require_store, sizes_beside
from archive.home import Home
from cli.checks.finding import Finding
from cli.exits import BOOKS_OR_DAMAGE
from news.errors import NewsError

_NAME = "capture store"
_SHOWN = 3


def check_store(home: Home, file_ends: Mapping[str, int], files: Mapping[str, CaptureFile]) -> Iterator[Finding]:
    """Whether each stored file is there and as long as it was; nothing is said where there never was a store."""
    store = home.settings["CAPTURE_STORE"]
    stored = [file for file in files.values() if file.state == "stored"]
    if not store and not stored:
        return
    try:
        if store:
            require_store(store)
        missing = _missing(stored, file_ends)
    except NewsError as error:
        yield Finding.of(_NAME, error)
        return
    if missing:
        text = f"missing or shorter than it was: {', '.join(missing[:_SHOWN])}, files: {len(missing)} of {len(stored)}"
        yield Finding.bad(_NAME, text, "bring them back from a copy", BOOKS_OR_DAMAGE)
        return
    yield Finding.fine(_NAME, f"{store or 'none set now'}, files: {len(stored)}{_waiting(home, store)}")


def _missing(stored: list[CaptureFile], file_ends: Mapping[str, int]) -> list[str]:
    """The places of files that are not there as the archive knows them, each folder of a store asked once."""
    sizes: dict[str, dict[str, int]] = {}
    for file in stored:
        folder = file.place.rpartition("/")[0]
        if folder not in sizes:
            sizes[folder] = sizes_beside(file.place)
    return [
        file.place
        for file in stored
        if sizes[file.place.rpartition("/")[0]].get(file.name) != file.size
        or (file.size or 0) < file_ends.get(file.name, 0)
    ]


def _waiting(home: Home, store: str | None) -> str:
    """Files here that have not gone there yet, those that are being written included."""
    here = len(list(home.captures.glob("*.warc.gz"))) if store else 0
    return f"; still here: {here}" if here else ""
