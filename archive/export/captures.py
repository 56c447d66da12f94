"""The captures of an export: the WARC records, byte for byte, that its texts were read from."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from archive.captures.index import FILE_PLACE
from archive.captures.warc_reader import read_member
from archive.export.dataset import Dataset
from archive.home import Home
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
        """Return the size of their records in bytes."""
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
        return {"data": data, "record": record}

    @property
    def _captures(self) -> str:
        return _CAPTURES.format(texts="number <= s.number" if self.revisions else "id = s.revision_id")


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
