"""Captures and capture files in the database: find a capture, record where each file lies."""

import socket
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from archive.captures.response import Original
from archive.home import Home

# The file argument of `read_record`, for `captures c left join capture_files f on f.name = c.file`.
FILE_PLACE = "coalesce(case when f.state = 'stored' then f.place end, c.file)"

_MOST_ORIGINALS = 10

CaptureKey = tuple[int, datetime, bytes]  # key of the address, when, digest of the body as received


@dataclass(frozen=True, slots=True)
class ArchivedCapture:
    """A capture in the archive, and the article at its address."""

    link_id: int
    article_id: int | None
    story_id: int | None
    reason: str | None  # why there is no article


class RecordPlace(NamedTuple):
    """The place of a record, as `read_record` takes it: file, offset and length in bytes."""

    file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class StoredOriginal:
    """A capture with a body, to which revisits can refer, and the place of its record."""

    original: Original
    place: RecordPlace


def find_captures(conn: Connection, keys: Collection[CaptureKey]) -> dict[CaptureKey, ArchivedCapture]:
    """Return the captures with these *keys* that the archive has."""
    rows = conn.execute(_CAPTURES, {"keys": [key[0] for key in keys], "times": [key[1] for key in keys]})
    captures = {
        (row.url_key, row.captured_at, row.digest): ArchivedCapture(
            row.link_id, row.article_id, row.story_id, row.reason
        )
        for row in rows
    }
    return {key: captures[key] for key in keys if key in captures}


def find_original(
    conn: Connection, url_key: int, *, digest: bytes | None = None, at: datetime | None = None
) -> StoredOriginal | None:
    """Find the newest page of that address: of a body with *digest*, or made in the second *at*; None without one."""
    found = conn.execute(_ORIGINAL, {"url_key": url_key, "digest": digest, "at": at, "most": 1})
    return next(map(_original, found), None)


def find_by_digest(conn: Connection, digest: bytes) -> StoredOriginal | None:
    """Find the first capture whose body has the digest that an imported file states; None without one."""
    return next(map(_original, conn.execute(_BY_DIGEST, {"digest": digest})), None)


def originals_at(conn: Connection, url_key: int) -> list[StoredOriginal]:
    """Return the latest pages of that address with their bodies, newest first."""
    values = {"url_key": url_key, "digest": None, "at": None, "most": _MOST_ORIGINALS}
    return list(map(_original, conn.execute(_ORIGINAL, values)))


def _original(row: Any) -> StoredOriginal:
    return StoredOriginal(Original(row.id, row.url, row.captured_at), RecordPlace(*row[3:]))


def place_of(conn: Connection, capture_id: int) -> RecordPlace | None:
    """Find the record with a capture's body; for an identical re-fetch that of the first capture. None without one."""
    row = conn.execute(_PLACE, {"id": capture_id}).first()
    return RecordPlace(*row) if row else None


_CAPTURES = text("""
select c.url_key, date_trunc('second', c.captured_at) as captured_at, c.digest, l.id as link_id, l.article_id,
       a.story_id, case when l.article_id is null then l.reason end as reason
from unnest(cast(:keys as bigint[]), cast(:times as timestamptz[])) as seen(url_key, at)
join captures c on c.url_key = seen.url_key
               and c.captured_at >= seen.at and c.captured_at < seen.at + interval '1 second'
join links l on l.url_key = seen.url_key
left join articles a on a.id = l.article_id
""")

_WITH_BODY = f"""
select c.id, c.url, c.captured_at, {FILE_PLACE} as file, c.record_offset, c.record_length
from captures c left join capture_files f on f.name = c.file
where c.revisit_of is null and c.location is null and c.status = 200
"""  # noqa: S608 - put together from constants

_ORIGINAL = text(f"""
{_WITH_BODY} and c.url_key = :url_key
  and (cast(:digest as bytea) is null or c.digest = :digest)
  and (cast(:at as timestamptz) is null or (c.captured_at >= :at and c.captured_at < :at + interval '1 second'))
order by c.captured_at desc, c.id desc limit :most
""")

_BY_DIGEST = text(f"{_WITH_BODY} and c.stated_digest = :digest order by c.id limit 1")

_PLACE = text(f"""
select {FILE_PLACE} as file, c.record_offset, c.record_length
from captures r join captures c on c.id = coalesce(r.revisit_of, r.id)
left join capture_files f on f.name = c.file where r.id = :id
""")  # noqa: S608 - put together from constants


@dataclass(frozen=True, slots=True)
class CaptureFile:
    """A capture file. `state`: spooled or in_place (in the folder `place` on `host`) or stored (at the URL `place`)."""

    name: str
    state: str
    host: str
    place: str
    size: int | None = None
    digest: bytes | None = None


def note_spooled(conn: Connection, folder: Path, names: Iterable[str]) -> None:
    """Record that this machine has these files in its captures *folder*, or elsewhere when a name is a whole path.

    Files with a row are left as they are.
    """
    rows = [{"host": socket.gethostname(), **_place_of(folder, name)} for name in sorted(set(names))]
    if rows:
        conn.execute(_NOTE, rows)


def _place_of(folder: Path, name: str) -> dict[str, str]:
    if name.startswith("/"):
        return {"name": name, "state": "in_place", "place": name.rpartition("/")[0] or "/"}
    return {"name": name, "state": "spooled", "place": str(folder)}


def note_stored(conn: Connection, file: CaptureFile) -> None:
    """Record that the store has the file, whole and verified. From now on its records are read from there."""
    values = {"name": file.name, "host": file.host, "place": file.place, "size": file.size, "digest": file.digest}
    conn.execute(_STORED, values)


def note_restored(conn: Connection, home: Home, names: Iterable[str]) -> None:
    """Record that these files have been restored into this machine's captures folder, wherever they were before."""
    rows = [{"name": name, "host": socket.gethostname(), "place": str(home.captures)} for name in names]
    if rows:
        conn.execute(_RESTORED, rows)


def find_file(conn: Connection, name: str) -> CaptureFile | None:
    """Find the row of a file; None without one."""
    row = conn.execute(_FIND, {"name": name}).first()
    return CaptureFile(**row._mapping) if row else None


def all_files(conn: Connection) -> list[CaptureFile]:
    """List the files that rows point into or that a store has, by name."""
    return [CaptureFile(**row._mapping) for row in conn.execute(_ALL)]


_NOTE = text("""
insert into capture_files (name, state, host, place) values (:name, :state, :host, :place)
on conflict (name) do nothing
""")

_RESTORED = text("""
insert into capture_files (name, state, host, place) values (:name, 'spooled', :host, :place)
on conflict (name) do update set state = excluded.state, host = excluded.host, place = excluded.place,
    size = null, digest = null, stored_at = null
""")

_STORED = text("""
insert into capture_files (name, state, host, place, size, digest, stored_at)
values (:name, 'stored', :host, :place, :size, :digest, clock_timestamp())
on conflict (name) do update set state = excluded.state, place = excluded.place, size = excluded.size,
    digest = excluded.digest, stored_at = excluded.stored_at
""")

_FIND = text("select name, state, host, place, size, digest from capture_files where name = :name")
_ALL = text("select name, state, host, place, size, digest from capture_files order by name")
