"""Writes WARC files. One writer per process; each owns its file by a lock."""

from types import TracebackType
from typing import Self

from archive.captures.response import CapturedResponse, Original, StoredRecord
from archive.home import Home


class CaptureFiles:
    """This process's capture file, rolled by size and age. Safe to use from several threads; use as a context manager.

    Opening mends what a killed writer left behind.
    """

    def __init__(self, home: Home) -> None:
        raise NotImplementedError

    def write(self, response: CapturedResponse, *, original: Original | None = None) -> StoredRecord:
        """Append request and response; with *original* (same body, seen before) a revisit record without the body.

        The record is on disk for certain after the next `sync`. Raises ArchiveError when it cannot be written.
        """
        raise NotImplementedError

    def sync(self) -> None:
        """Flush everything written so far to the disk. `archive.store.store_pages` calls it before it writes rows."""
        raise NotImplementedError

    def close(self) -> None:
        """Sync and let go of the file."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
