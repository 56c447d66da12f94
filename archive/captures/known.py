"""Which captures the archive has already, for an import that is repeated and for revisits that refer to them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from archive.captures.files import WHERE
from archive.captures.response import Original

Seen = tuple[int, datetime, bytes]  # key of the address, when, digest of the body as received


@dataclass(frozen=True, slots=True)
class KnownCapture:
    """A capture of the archive with what its address shows."""

    link_id: int
    article_id: int | None
    story_id: int | None
    reason: str | None  # why its address shows no article


@dataclass(frozen=True, slots=True)
class FoundOriginal:
    """The capture that a revisit refers to, and where its record lies."""

    original: Original
    file: str
    offset: int
    length: int


def known_captures(conn: Connection, seen: Collection[Seen]) -> dict[Seen, KnownCapture]:
    """Those of *seen* that the archive has."""
    rows = conn.execute(_KNOWN, {"keys": [one[0] for one in seen], "times": [one[1] for one in seen]})
    found = {
        (row.url_key, row.captured_at, row.digest): KnownCapture(row.link_id, row.article_id, row.story_id, row.reason)
        for row in rows
    }
    return {one: found[one] for one in seen if one in found}


def original_at(conn: Connection, url_key: int, at: datetime) -> FoundOriginal | None:
    """The capture with a body of that address and second."""
    row = conn.execute(_ORIGINAL, {"url_key": url_key, "at": at}).first()
    if row is None:
        return None
    return FoundOriginal(Original(row.id, row.url, row.captured_at), row.file, row.record_offset, row.record_length)


_KNOWN = text("""
select c.url_key, date_trunc('second', c.captured_at) as captured_at, c.digest, l.id as link_id, l.article_id,
       a.story_id, case when l.article_id is null then l.reason end as reason
from unnest(cast(:keys as bigint[]), cast(:times as timestamptz[])) as seen(url_key, at)
join captures c on c.url_key = seen.url_key
               and c.captured_at >= seen.at and c.captured_at < seen.at + interval '1 second'
join links l on l.url_key = seen.url_key
left join articles a on a.id = l.article_id
""")

_ORIGINAL = text(f"""
select c.id, c.url, c.captured_at, {WHERE} as file, c.record_offset, c.record_length
from captures c left join capture_files f on f.name = c.file
where c.url_key = :url_key and c.captured_at >= :at and c.captured_at < cast(:at as timestamptz) + interval '1 second'
  and c.revisit_of is null
order by c.id limit 1
""")  # noqa: S608 - put together from constants
