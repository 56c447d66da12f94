"""Erase the records of what was removed: here, or in the store. What is left of a killed removal is done first."""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from archive.captures.erase import ErasedRange, erase_in, ranges_to_erase
from archive.captures.object_store import digest_of, put
from archive.captures.warc_writer import ask_to_roll
from archive.home import Home, flush_to_disk
from archive.locks import hold_captures
from archive.verify.sources import StoredFile, copy_to, find_stored_file
from news.errors import Busy, CaptureDamaged, StoreUnavailable

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Erased:
    """Records erased, and in how many files. `waiting` files are being written, elsewhere or out of reach."""

    records: int
    files: int
    waiting: tuple[str, ...]


def erase_ordered(engine: Engine, home: Home) -> Erased:
    """Erase every record that waits for it, file by file.

    A file that cannot be changed now waits for the next time; so do all while a backup copies them.
    """
    with engine.connect() as conn:
        names = list(conn.scalars(_FILES))
    try:
        with hold_captures(engine):
            return _erase_all(engine, home, names)
    except Busy:
        return Erased(0, 0, tuple(names))


def _erase_all(engine: Engine, home: Home, names: list[str]) -> Erased:
    records, files, waiting = 0, 0, []
    for name in names:
        with engine.connect() as conn:
            file = find_stored_file(conn, name)
        try:
            number = _erase(engine, home, file)
        except (OSError, StoreUnavailable, CaptureDamaged) as error:
            logger.warning("erasure_waits", extra={"file": name, "problem": str(error)})
            number = None
        records, files = records + (number or 0), files + (number is not None)
        waiting += [name] if number is None else []
    return Erased(records, files, tuple(waiting))


def _erase(engine: Engine, home: Home, file: StoredFile) -> int | None:
    """Erase what waits in a file and return how many records that were; None while the file cannot be changed."""
    with engine.connect() as conn:
        ordered = [ErasedRange(*row) for row in conn.execute(_ORDERED, {"file": file.name})]
        kept = set(conn.scalars(_KEPT, {"file": file.name}))
        keys = set(conn.scalars(_KEYS, {"file": file.name}))
    path = home.captures / file.name
    half = path.with_name(f"{file.name}.erased")
    with _writable(home, file) as source:
        if source is None:
            return None
        erase_in(source, ranges_to_erase(source, ordered, keys, kept), half)
        with half.open("rb") as copy:
            size, digest = digest_of(copy)
        if source == path:
            os.replace(half, path)
            flush_to_disk(path.parent)
        else:
            put(half, str(file.folder))
            half.unlink()
        with engine.begin() as conn:
            _note_erased(conn, file.name, size, digest, ordered)
    logger.info("records_erased", extra={"file": file.name, "records": len(ordered)})
    return len(ordered)


@contextmanager
def _writable(home: Home, file: StoredFile) -> Iterator[Path | None]:
    """Lock the local file, or fetch the one in the store; None while a crawl writes it or where it is elsewhere.

    None as well for a file that was imported in place: it is not ours, and a person has to change it.
    """
    path = home.captures / file.name
    if file.state == "in_place":
        yield None
        return
    if not path.exists() and file.state == "stored":
        fetched = path.with_name(f"{file.name}.fetched")
        home.captures.mkdir(parents=True, exist_ok=True)
        try:
            copy_to(str(file.folder), fetched)
            if fetched.stat().st_size != file.size:  # the copy takes the place of the only original
                raise StoreUnavailable(f"{file.folder} has not the size that was noted when it was stored")
            yield fetched
        finally:
            fetched.unlink(missing_ok=True)
        return
    if not path.exists():
        yield None
        return
    with path.open("r+b") as local:
        try:
            fcntl.flock(local, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            ask_to_roll(path)
            yield None
            return
        yield path


def _note_erased(conn: Connection, name: str, size: int, digest: bytes, ordered: list[ErasedRange]) -> None:
    """Take the erased records off the list; the file has another digest from now on."""
    conn.execute(_DIGEST, {"name": name, "size": size, "digest": digest})
    conn.execute(_DONE, {"file": name, "offsets": [each.offset for each in ordered]})


_FILES = text("select distinct file from erasures order by 1")

_ORDERED = text(
    "select record_offset, record_length, ordered_at from erasures where file = :file order by record_offset"
)

_KEPT = text("select record_offset from captures where file = :file")

_KEYS = text("""
select distinct unnest(r.url_keys) from erasures e join removals r on r.id = e.removal_id where e.file = :file
""")

_DIGEST = text("update capture_files set size = :size, digest = :digest where name = :name")

_DONE = text("delete from erasures where file = :file and record_offset = any(cast(:offsets as bigint[]))")
