"""Write the rows of an export: to a stream, or to a part file that goes on where an interrupted one ended."""

import os
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO, cast

from archive.export.captures import CaptureSource
from archive.export.dataset import Dataset
from archive.export.format import About, Format, Row, Writer
from archive.export.tables import Column, Table
from archive.home import Home, flush_to_disk

_CHECKPOINT = 1_000  # rows
_SAMPLE = 200  # rows
OnRows = Callable[[str, int, int], None]  # the file's name, rows so far, rows in all


@dataclass(slots=True)
class Progress:
    """How far a part file is: the key of its last row, rows and bytes, and the captures that are missing."""

    key: int = 0
    rows: int = 0
    bytes: int = 0
    damaged: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an export: its format, and its table (None: captures)."""

    dataset: Dataset
    home: Home
    format: Format
    table: Table | None
    about: About

    @property
    def name(self) -> str:
        return f"{self.table.name if self.table else 'captures'}{self.format.suffix}"

    @property
    def columns(self) -> Sequence[Column]:
        if self.table is None:
            return ()
        return self.table.columns if self.format.fixed else self.dataset.request.columns(self.table)

    def count(self) -> int:
        """Count its rows."""
        return self.dataset.count(self.table) if self.table else self._captures.count()

    def estimate(self) -> int:
        """Estimate its size in bytes; of a format that converts its part, that of the part."""
        if self.table is None:
            return self._captures.size()
        sample, rows = BytesIO(), self.count()
        writer = self.format.open(sample, self.columns, self.about)
        with closing(self._rows(0)) as found:
            taken = [row for _, row in islice(found, _SAMPLE)]
        for row in taken:
            writer.write(row)
        return sample.tell() * rows // max(len(taken), 1)

    def stream(self, file: BinaryIO, on_rows: OnRows) -> Progress:
        """Write all of it to *file*, which need not be seekable."""
        progress = Progress()
        if self.format.converts:
            with NamedTemporaryFile() as part:
                self._append(cast(BinaryIO, part), progress, on_rows)
                part.flush()
                self.format.convert(Path(part.name), file, self.columns, self.about)
        else:
            self._append(cast(BinaryIO, _Counted(file)), progress, on_rows)
        return progress

    def fill(self, path: Path, progress: Progress, on_rows: OnRows, save: Callable[[], None]) -> None:
        """Write the rows that are missing in the part file; *save* keeps the progress after each thousand."""
        with path.open("r+b" if path.exists() else "w+b") as file:
            if os.fstat(file.fileno()).st_size < progress.bytes:  # it was lost after the progress was saved
                progress.key = progress.rows = progress.bytes = 0
                progress.damaged.clear()
            file.truncate(progress.bytes)
            file.seek(progress.bytes)

            def checkpoint() -> None:
                file.flush()
                os.fsync(file.fileno())
                progress.bytes = file.tell()
                save()

            self._append(file, progress, on_rows, checkpoint)

    def finish(self, part: Path, final: Path) -> None:
        """Make the file from its part, which is removed."""
        if self.format.converts:
            converted = final.with_name(f"{final.name}.converted")
            with converted.open("wb") as file:
                self.format.convert(part, file, self.columns, self.about)
            flush_to_disk(converted)
            os.replace(converted, final)
            part.unlink()
        else:
            os.replace(part, final)

    def _append(
        self, file: BinaryIO, progress: Progress, on_rows: OnRows, checkpoint: Callable[[], None] = lambda: None
    ) -> None:
        """Append the rows behind the progress."""
        writer, total = self.format.open(file, self.columns, self.about), self.count()
        with closing(self._rows(progress.key)) as found:
            for key, row in found:
                _write(writer, row, progress)
                progress.key, progress.rows = key, progress.rows + 1
                on_rows(self.name, progress.rows, total)
                if progress.rows % _CHECKPOINT == 0:
                    checkpoint()
        checkpoint()

    def _rows(self, after: int) -> Generator[tuple[int, dict[str, Any]], None, None]:
        return self.dataset.rows(self.table, self.columns, after) if self.table else self._captures.rows(after)

    @property
    def _captures(self) -> CaptureSource:
        return CaptureSource(self.dataset, self.home, "revisions" in self.dataset.request.tables)


def _write(writer: Writer, row: Row, progress: Progress) -> None:
    if problem := row.get("problem"):
        progress.damaged.append(problem)
    else:
        writer.write(row)


class _Counted:
    """A stream that knows how much was written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._bytes = 0

    def write(self, data: bytes) -> int:
        self._bytes += len(data)
        return self._file.write(data)

    def tell(self) -> int:
        return self._bytes
