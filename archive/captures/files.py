"""Where each capture file lies: noted with the first row that points into it, and again when a store has it."""

import socket
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, text

from archive.home import Home

# What `read_record` takes as a file, for `captures c left join capture_files f on f.name = c.file`.
WHERE = "coalesce(case when f.state = 'stored' then f.place end, c.file)"


@dataclass(frozen=True, slots=True)
class CaptureFile:
    """A file as the database knows it. `state`: spooled (in folder `place` on `host`) or stored (at URL `place`)."""

    name: str
    state: str
    host: str
    place: str
    size: int | None = None
    digest: bytes | None = None


def note_spooled(conn: Connection, home: Home, names: Iterable[str]) -> None:
    """Remember that this machine has these files in its captures folder, unless more is known of them."""
    rows = [{"name": name, "host": socket.gethostname(), "place": str(home.captures)} for name in sorted(set(names))]
    if rows:
        conn.execute(_NOTE, rows)


def note_stored(conn: Connection, file: CaptureFile) -> None:
    """Remember that the store has the file, whole and verified. From now on its records are read from there."""
    values = {"name": file.name, "host": file.host, "place": file.place, "size": file.size, "digest": file.digest}
    conn.execute(_STORED, values)


def find_file(conn: Connection, name: str) -> CaptureFile | None:
    """What is known of the file, or None."""
    row = conn.execute(_FIND, {"name": name}).first()
    return CaptureFile(**row._mapping) if row else None


def all_files(conn: Connection) -> list[CaptureFile]:
    """All files that rows point into or that a store has, by name."""
    return [CaptureFile(**row._mapping) for row in conn.execute(_ALL)]


_NOTE = text("""
insert into capture_files (name, state, host, place) values (:name, 'spooled', :host, :place)
on conflict (name) do nothing
""")

_STORED = text("""
insert into capture_files (name, state, host, place, size, digest, stored_at)
values (:name, 'stored', :host, :place, :size, :digest, clock_timestamp())
on conflict (name) do update set state = excluded.state, place = excluded.place, size = excluded.size,
    digest = excluded.digest, stored_at = excluded.stored_at
""")

_FIND = text("select name, state, host, place, size, digest from capture_files where name = :name")
_ALL = text("select name, state, host, place, size, digest from capture_files order by name")
