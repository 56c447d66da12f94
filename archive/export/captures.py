"""The captures of an export: the WARC records, byte for byte, that its texts were read from."""

import gzip
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from archive.captures.index import FILE_PLACE
from archive.captures.warc_reader import WarcRecord, read_member
from archive.export.dataset import Dataset
from archive.home import Home
from archive.packed_files import GZIP
from news.errors import CaptureDamaged


@dataclass(frozen=True, slots=True)
class CaptureSource:
    """The captures of a dataset: of each article's text, or with *revisions* of all its texts until then."""

    dataset: Dataset
    home: Home
    revisions: bool

    def count(self) -> int:
        """Count them."""
        return int(self.dataset.scalar(f"select count(*) from ({self._captures}) as found"))  # noqa: S608 - ours

    def size(self) -> int:
        """Return the size of all records in bytes."""
        return int(self.dataset.scalar(f"select coalesce(sum(record_length), 0) from ({self._captures}) as found"))  # noqa: S608 - ours

    def rows(self, after: int = 0) -> Generator[tuple[int, dict[str, Any]], None, None]:
        """Yield each capture behind the key *after*, with its key.

        `data` has the bytes, `record` what they say; where they are damaged there is only the `problem`.
        """
        statement = f"{self._captures} where c.id > :after order by c.id".replace(
            "select", "select c.id as export_key,", 1
        )
        with closing(self.dataset.stream(statement, after)) as found:
            for key, row in found:
                yield key, row | self._record(row)

    def _record(self, row: dict[str, Any]) -> dict[str, Any]:
        try:
            data, record = read_member(self.home, row["file"], row["record_offset"], row["record_length"])
        except CaptureDamaged as error:
            return {"problem": str(error)}
        return {"data": _as_member(data, record), "record": record}

    @property
    def _captures(self) -> str:
        return _CAPTURES.format(texts="number <= s.number" if self.revisions else "id = s.revision_id")


def _as_member(data: bytes, record: WarcRecord) -> bytes:
    """Return the record as a member of gzip in WARC; one that was imported in place may be in ARC, or not packed."""
    is_warc = "warc-record-id" in record.fields
    if data.startswith(GZIP) and is_warc:
        return data
    packed = data if is_warc else _head(record) + (record.block or b"")
    return gzip.compress(packed + b"\r\n\r\n", mtime=0)


def _head(record: WarcRecord) -> bytes:
    at = record.captured_at or datetime.fromtimestamp(0, UTC)
    fields = {
        "WARC-Type": record.kind,
        "WARC-Target-URI": record.url,
        "WARC-Date": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "WARC-Record-ID": f"<urn:uuid:{uuid5(NAMESPACE_URL, f'{record.url} {at}')}>",
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": len(record.block or b""),
    }
    return ("WARC/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items()) + "\r\n").encode()


# For an identical re-fetch, the capture with the body. Of the texts that were read from one capture, the first.
_CAPTURES = f"""
select c.id as export_key, c.url, c.captured_at, c.record_offset, c.record_length, {FILE_PLACE} as file,
       'a' || to_hex(of.article_id) as article, of.number as revision, of.headline
from (
    select distinct on (coalesce(c.revisit_of, c.id)) coalesce(c.revisit_of, c.id) as capture_id, r.article_id,
           r.number, r.headline
    from selected s join revisions r on r.article_id = s.article_id and r.{{texts}}
    join readings d on d.id = r.reading_id join captures c on c.id = d.capture_id
    order by coalesce(c.revisit_of, c.id), r.id
) as of
join captures c on c.id = of.capture_id
left join capture_files f on f.name = c.file
"""  # noqa: S608 - put together from constants
