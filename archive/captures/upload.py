"""Hands finished capture files over to the object store that CAPTURE_STORE names.

A file goes through three steps, and a process may be killed between any two: it is copied, read back and compared
(size and sha256); the database is told that the store has it; the local copy goes. Whoever comes next, in this folder,
takes up what the one before left. Until the second step the record is read here, after it from the store.
"""

import fcntl
import logging
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from sqlalchemy import Engine

from archive.captures.index import CaptureFile, find_file, note_stored
from archive.captures.object_store import digest_of, measure, place_in, put, require_store
from archive.captures.repair import mend_captures
from archive.home import Home
from news.errors import NewsError

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 60.0  # until a store that could not be reached is tried again


def upload_finished(engine: Engine, home: Home) -> list[CaptureFile]:
    """Move every finished file of this folder to the store; the files that it has now. None where no store is set.

    Files that somebody writes to, or hands over at this moment, are left alone. Raises StoreUnavailable, SettingError
    or ArchiveUnavailable: then the rest waits for the next time, and nothing is lost.
    """
    store = home.settings["CAPTURE_STORE"]
    if not store or not home.captures.is_dir():
        return []
    mend_captures(home.captures)
    handed = (_upload(engine, store, path) for path in sorted(home.captures.glob("*.warc.gz")))
    return [file for file in handed if file]


def _upload(engine: Engine, store: str, path: Path) -> CaptureFile | None:
    with _finished(path) as local:
        if local is None:
            return None
        size, digest = digest_of(local)
        with engine.connect() as conn:
            known = find_file(conn, path.name)
        if known and known.state == "stored":
            return _forget_copy(known, path, digest)
        file = CaptureFile(path.name, "stored", socket.gethostname(), place_in(store, path.name), size, digest)
        if not _copied(path, file):
            return None
        with engine.begin() as conn:
            note_stored(conn, file)
        path.unlink()
        logger.info("capture_file_stored", extra={"file": file.name, "place": file.place, "bytes": size})
        return file


def _copied(path: Path, file: CaptureFile) -> bool:
    """Put the file into the store and compare what lies there; False when that is something else."""
    put(path, file.place)
    return _lies_there(file)


def _forget_copy(known: CaptureFile, path: Path, digest: bytes) -> CaptureFile | None:
    """Remove what was left by one who was killed after the second step; a file that differs is kept and reported."""
    if digest != known.digest or not _lies_there(known):
        return None
    path.unlink()
    return known


def _lies_there(file: CaptureFile) -> bool:
    same = measure(file.place) == (file.size, file.digest)
    if not same:
        logger.error("capture_file_differs", extra={"file": file.name, "place": file.place})
    return same


@contextmanager
def _finished(path: Path) -> Iterator[BinaryIO | None]:
    """The file, held; None when it is somebody else's now, or gone."""
    try:
        file = path.open("r+b")  # to write: a lock that excludes others asks for it on network file systems
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
    """Hands files over in a thread of its own while a crawl or a worker runs; does nothing where no store is set.

    `soon` is for whoever has just finished a file. Use as a context manager; leaving it waits for *patience* seconds
    at most, and what is half done then is taken up by the next. Entering raises SettingError for a store that no driver
    here can speak to.
    """

    def __init__(self, engine: Engine, home: Home, patience: float = 5.0) -> None:
        self._engine, self._home, self._patience = engine, home, patience
        self._wake, self._ended = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="newskeep-hand-over", daemon=True)

    def soon(self) -> None:
        """Look for finished files now."""
        self._wake.set()

    def __enter__(self) -> Self:
        if store := self._home.settings["CAPTURE_STORE"]:
            require_store(store)
            self._wake.set()
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(self._patience)

    def _run(self) -> None:
        """One pass at once, one a minute, one whenever it is asked for, and one at the end."""
        ended = False
        while not ended:
            self._wake.wait(PAUSE_SECONDS)
            self._wake.clear()
            ended = self._ended.is_set()
            upload_or_log(self._engine, self._home)


def upload_or_log(engine: Engine, home: Home) -> list[CaptureFile]:
    """As `hand_over`; what cannot be handed over now is logged and waits."""
    try:
        return upload_finished(engine, home)
    except (NewsError, OSError) as error:
        logger.warning("capture_files_wait", extra={"problem": str(error)})
        return []
