"""Where a capture file can be read for a check: here, in the store, or not from this machine."""

import fcntl
import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from archive.captures.object_store import fetch, put
from archive.home import Home, flush_to_disk

_STEP = 1 << 24


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A capture file as the archive knows it: `size` and `digest` are known once it was stored or verified."""

    name: str
    state: str | None
    host: str | None
    folder: str | None
    size: int | None
    digest: bytes | None

    def is_elsewhere(self, home: Home) -> bool:
        """Return whether it lies in the spool of another machine, or in another folder of this one."""
        if self.state == "in_place":
            return self.host != socket.gethostname() and not Path(self.name).exists()
        here = (socket.gethostname(), str(home.captures))
        return self.state == "spooled" and (self.host, self.folder) != here and not (home.captures / self.name).exists()


@dataclass(frozen=True, slots=True)
class Source:
    """A capture file that is open for reading. `growing`: a crawl still writes it."""

    descriptor: int
    size: int
    growing: bool = False

    def read(self, offset: int, length: int) -> bytes:
        """Read up to *length* bytes."""
        return os.pread(self.descriptor, length, offset)


@contextmanager
def opened(home: Home, file: StoredFile) -> Iterator[Source]:
    """Open the local file, or a copy of the one in the store. Raises FileNotFoundError, StoreUnavailable."""
    path = home.captures / file.name
    if file.state == "stored" and not path.exists():
        with fetched(str(file.folder)) as copy:
            yield copy
        return
    with path.open("rb") as local:
        yield Source(local.fileno(), os.fstat(local.fileno()).st_size, _is_locked(local.fileno()))


@contextmanager
def fetched(place: str) -> Iterator[Source]:
    """Open the file at a path, or fetch that at an address into a temporary file. Raises OSError, StoreUnavailable."""
    path = place.removeprefix("file://")
    if "://" not in path:
        with Path(path).open("rb") as local:
            yield Source(local.fileno(), os.fstat(local.fileno()).st_size)
        return
    with tempfile.TemporaryFile() as copy:
        fetch(place, copy)
        copy.flush()
        yield Source(copy.fileno(), copy.tell())


def copy_to(place: str, path: Path) -> None:
    """Copy the file at an address to *path*. Raises OSError, StoreUnavailable."""
    with fetched(place) as source, path.open("wb") as copy:
        for offset in range(0, source.size, _STEP):
            copy.write(source.read(offset, _STEP))


def replace_file(home: Home, file: StoredFile, good: Source) -> None:
    """Put the bytes of *good* in the file's place, in one step. Raises StoreUnavailable, OSError."""
    path = home.captures / file.name
    half = path.with_name(f"{file.name}.part")
    with half.open("wb") as target:
        for offset in range(0, good.size, _STEP):
            target.write(good.read(offset, _STEP))
    flush_to_disk(half)
    if file.state == "stored" and not path.exists():
        put(half, str(file.folder))
        half.unlink()
    else:
        os.replace(half, path)
        flush_to_disk(path.parent)


def next_file(conn: Connection, after: str | None) -> StoredFile | None:
    """Return the first capture file behind *after*, by name."""
    row = conn.execute(_NEXT, {"after": after or ""}).first()
    return StoredFile(**row._mapping) if row and row.name is not None else None


def find_stored_file(conn: Connection, name: str) -> StoredFile:
    """Return the file of that name, as the archive knows it."""
    return StoredFile(**conn.execute(_NAMED, {"name": name}).one()._mapping)


def files_of(conn: Connection, articles: list[int]) -> list[StoredFile]:
    """Return the files that hold captures of these articles."""
    return [StoredFile(**row._mapping) for row in conn.execute(_OF_ARTICLES, {"articles": articles})]


def _is_locked(descriptor: int) -> bool:
    """Return whether another process writes the file; otherwise none begins to until it is closed here."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    return False


_COLUMNS = "n.name, f.state, f.host, f.place as folder, f.size, f.digest"

_NEXT = text(f"""
select {_COLUMNS} from (
    select least((select min(file) from captures where file > :after),
                 (select min(name) from capture_files where name > :after)) as name
) as n left join capture_files f on f.name = n.name
""")  # noqa: S608 - put together from constants

_NAMED = text(f"""
select {_COLUMNS} from (select cast(:name as text) as name) as n left join capture_files f on f.name = n.name
""")  # noqa: S608 - put together from constants

_OF_ARTICLES = text(f"""
select distinct {_COLUMNS} from (
    select c.file as name from revisions v join readings d on d.id = v.reading_id join captures c on c.id = d.capture_id
    where v.article_id = any(cast(:articles as bigint[]))
    union
    select c.file from links l join captures c using (url_key) where l.article_id = any(cast(:articles as bigint[]))
) as n left join capture_files f on f.name = n.name order by n.name
""")  # noqa: S608 - put together from constants
