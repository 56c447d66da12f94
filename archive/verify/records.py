"""Compare the bytes of a capture file with the rows that point into it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Protocol

from sqlalchemy import Connection, text

from archive.captures.repair import whole_length
from archive.captures.response import CapturedResponse
from archive.captures.warc_reader import response_in, whole_record
from archive.captures.warc_writer import target_text
from news.errors import CaptureDamaged
from news.text import storable
from news.urls import fetchable

_EMPTY = sha256(b"").digest()
_STEP = 1 << 22


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """A row of `captures`, with the digest of the capture that it is a revisit of, and the articles it concerns."""

    id: int
    record_offset: int
    record_length: int
    record_digest: bytes | None
    url: str
    status: int
    content_type: str | None
    size: int
    digest: bytes
    captured_at: datetime
    revisit_of: int | None
    original_digest: bytes | None
    articles: list[int]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at an offset of a capture file, and the articles that it concerns."""

    offset: int
    problem: str
    articles: tuple[int, ...]


class Bytes(Protocol):
    """A capture file that can be read in pieces, wherever it is."""

    def read(self, offset: int, length: int) -> bytes:
        """Read up to *length* bytes."""


def rows_of_file(conn: Connection, name: str, articles: Sequence[int] | None = None) -> list[CaptureRow]:
    """Return the rows that point into the file, in its order; only those of *articles* when they are given."""
    values = {"file": name, "articles": list(articles) if articles is not None else None}
    return [CaptureRow(**row._mapping) for row in conn.execute(_ROWS, values)]


def row_faults(rows: Sequence[CaptureRow], data: Bytes) -> Iterator[Fault]:
    """Compare each row with its record."""
    for row in rows:
        if problem := _problem(row, data.read(row.record_offset, row.record_length)):
            yield Fault(row.record_offset, problem, tuple(row.articles))


def gap_faults(rows: Sequence[CaptureRow], data: Bytes, size: int) -> Iterator[Fault]:
    """Check what lies between the records of the rows: requests, redirects, the file's own description.

    The articles are those of the record before: a request follows its response.
    """
    end, articles = 0, tuple[int, ...]()
    for row in rows:
        yield from _gap_faults(data, end, row.record_offset, articles)
        end, articles = max(end, row.record_offset + row.record_length), tuple(row.articles)
    yield from _gap_faults(data, end, size, articles)


def file_digest(data: Bytes, size: int) -> bytes:
    """Return the digest of the first *size* bytes."""
    digest = sha256()
    for offset in range(0, size, _STEP):
        digest.update(data.read(offset, min(_STEP, size - offset)))
    return digest.digest()


def _gap_faults(data: Bytes, start: int, end: int, articles: tuple[int, ...]) -> Iterator[Fault]:
    if end > start and (whole := whole_length(_Part(data, start, end))) < end - start:
        yield Fault(start + whole, "no whole record is here", articles)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a file, which is read slice by slice."""

    data: Bytes
    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def __getitem__(self, key: slice, /) -> bytes:
        first, last, _ = key.indices(len(self))
        return self.data.read(self.start + first, max(0, last - first))


def _problem(row: CaptureRow, record: bytes) -> str | None:
    if len(record) < row.record_length:
        return f"{len(record)} of {row.record_length} bytes are there"
    if row.record_digest is not None and sha256(record).digest() != row.record_digest:
        return "the record's bytes have changed since it was stored"
    try:
        response = response_in(whole_record(record, "the record"))
    except CaptureDamaged as error:
        return str(error)
    if response is None:
        return "the record holds no response"
    return _body_problem(row, response) or _head_problem(row, response)


def _body_problem(row: CaptureRow, response: CapturedResponse) -> str | None:
    if row.revisit_of is not None:
        return None if row.digest in (row.original_digest, _EMPTY) else "its digest is not that of the first capture"
    if sha256(response.body).digest() != row.digest or len(response.body) != row.size:
        return "the body does not have its digest and size"
    return None


def _head_problem(row: CaptureRow, response: CapturedResponse) -> str | None:
    if row.url not in (response.url, fetchable(response.url)) and response.url != target_text(row.url):
        return f"the record is of another address: {response.url}"
    if response.captured_at != row.captured_at.astimezone(UTC).replace(microsecond=0):
        return "the record is of another time"
    kind = response.header("content-type")
    is_first = row.revisit_of is None
    if is_first and (response.status, kind and storable(kind)) != (row.status, row.content_type):
        return "the record has another status or kind of content"
    return None


_ROWS = text("""
select c.id, c.record_offset, c.record_length, c.record_digest, c.url, c.status, c.content_type, c.size, c.digest,
       c.captured_at, c.revisit_of, o.digest as original_digest, found.articles
from captures c
left join captures o on o.id = c.revisit_of
cross join lateral (
    select array(
        select v.article_id from readings d join revisions v on v.reading_id = d.id where d.capture_id = c.id
        union select l.article_id from links l where l.url_key = c.url_key and l.article_id is not null order by 1
    ) as articles
) as found
where c.file = :file
  and (cast(:articles as bigint[]) is null or found.articles && cast(:articles as bigint[]))
order by c.record_offset, c.id
""")
