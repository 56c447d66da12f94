"""CSV (RFC 4180) in UTF-8, for programs. People who open it in Excel take the format `excel`."""

import csv
import json
from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO, ClassVar

from archive.export.format import About, Format, Row
from archive.export.tables import Column

SEPARATOR = " | "  # between the texts of a list


class CsvRows:
    """Appends rows; an empty file gets `start` and the names of the columns first."""

    start = b""

    def __init__(self, part: BinaryIO, columns: Sequence[Column]) -> None:
        self._part = part
        self._csv = csv.writer(self)
        if not part.tell():
            part.write(self.start)
            self._csv.writerow([column.name for column in columns])

    def write(self, row: Row | str) -> None:
        """Append a row; or, for `csv`, its text."""
        if isinstance(row, str):
            self._part.write(row.encode())
        else:
            self._csv.writerow([self.cell(value) for value in row.values()])

    def cell(self, value: object) -> object:
        """Return the value as it stands in the file."""
        if isinstance(value, datetime):
            return value.isoformat()
        if not isinstance(value, list):
            return value
        texts = all(isinstance(item, str) for item in value)
        return SEPARATOR.join(value) if texts else json.dumps(value, ensure_ascii=False)


class Csv(Format):
    name = "csv"
    suffix = ".csv"
    words = "CSV in UTF-8, for programs"
    rows: ClassVar[type[CsvRows]] = CsvRows

    def open(self, part: BinaryIO, columns: Sequence[Column], about: About) -> CsvRows:
        return self.rows(part, columns)


FORMAT = Csv()
