"""Upload finished capture files to the object store that CAPTURE_STORE names.

A file goes through three steps, and a process may be killed between any two. The file is copied, read back and compared
(size and sha256). The database records that the store has it. The local copy is removed. The next process in this
folder continues where a killed one stopped. Until the second step records are read here, after it from the store.
"""

import fcntl
import logging
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Self

from sqlalchemy import Engine

from archive.captures.index import CaptureFile, find_file, note_stored
from archive.captures.object_store import digest_of, measure, place_in, put, require_store
from archive.captures.repair import repair_captures
from archive.home import Home
from news.errors import NewsError

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 60.0  # before a store that could not be reached is tried again


def upload_finished(engine: Engine, home: Home) -> list[CaptureFile]:
    """Move every finished file of this folder to the store and return them; does nothing where no store is set.

    Files that another process writes or uploads at this moment are left alone. Raises StoreUnavailable, SettingError
    or ArchiveUnavailable: then the remaining files wait for the next time, and nothing is lost.
    """
    store = home.settings["CAPTURE_STORE"]
    if not store or not home.captures.is_dir():
        return []
    repair_captures(home.captures)
    uploaded = (_upload(engine, store, path) for path in sorted(home.captures.glob("*.warc.gz")))
    return [file for file in uploaded if file]


def _upload(engine: Engine, store: str, path: Path) -> CaptureFile | None:
    with _locked_if_finished(path) as local:
        if local is None:
            return None
        size, digest = digest_of(local)
        with engine.connect() as conn:
            existing = find_file(conn, path.name)
        if existing and existing.state == "stored":
            return _remove_copy(existing, path, digest)
        file = CaptureFile(path.name, "stored", socket.gethostname(), place_in(store, path.name), size, digest)
        put(path, file.place)
        if not _is_stored(file):
            return None
        with engine.begin() as conn:
            note_stored(conn, file)
        path.unlink()
        logger.info("capture_file_stored", extra={"file": file.name, "place": file.place, "bytes": size})
        return file


def _remove_copy(stored: CaptureFile, path: Path, digest: bytes) -> CaptureFile | None:
    """Remove the copy that a process killed after the second step left; a file that differs is kept and logged."""
    if digest != stored.digest or not _is_stored(stored):
        return None
    path.unlink()
    return stored


def _is_stored(file: CaptureFile) -> bool:
    """Return whether the store has the file with its size and digest; logs an error otherwise."""
    same = measure(file.place) == (file.size, file.digest)
    if not same:
        logger.error("capture_file_differs", extra={"file": file.name, "place": file.place})
    return same


@contextmanager
def _locked_if_finished(path: Path) -> Iterator[BinaryIO | None]:
    """Open and lock the file; None when another process holds it or it is gone."""
    try:
        file = path.open("r+b")  # writable: network file systems require it for an exclusive lock
    except FileNotFoundError:
        yield None
        return
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield None
            return
        yield file if os.fstat(file.fileno()).st_nlink else None


class Uploader:
    """Upload files in a thread while a crawl or a worker runs; does nothing where no store is set.

    Call `wake` when a file is finished. Use as a context manager; leaving it waits *last_wait* seconds at most, and the
    next process continues a half-done upload. Entering raises SettingError when no driver for the store is installed.
    """

    def __init__(self, engine: Engine, home: Home, last_wait: float = 5.0) -> None:
        self._engine, self._home, self._last_wait = engine, home, last_wait
        self._wake, self._ended = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="newskeep-upload", daemon=True)

    def wake(self) -> None:
        """Make the upload thread look for finished files."""
        self._wake.set()

    def __enter__(self) -> Self:
        if store := self._home.settings["CAPTURE_STORE"]:
            require_store(store)
            self._wake.set()
            self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(self._last_wait)

    def _run(self) -> None:
        """Upload at once, every minute, on request, and at the end."""
        ended = False
        while not ended:
            self._wake.wait(PAUSE_SECONDS)
            self._wake.clear()
            ended = self._ended.is_set()
            upload_or_log(self._engine, self._home)


def upload_or_log(engine: Engine, home: Home) -> list[CaptureFile]:
    """As `upload_finished`, but log errors: the files wait for the next time."""
    try:
        return upload_finished(engine, home)
    except (NewsError, OSError) as error:
        logger.warning("capture_files_wait", extra={"problem": str(error)})
        return []
