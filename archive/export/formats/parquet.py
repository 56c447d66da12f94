"""Apache Parquet, through pyarrow (the extra `newskeep[parquet]`). The part is JSON Lines."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from archive.export.format import About, Format
from archive.export.formats.jsonl import Lines
from archive.export.tables import Column
from news.errors import SettingError

_GROUP = 1_000  # rows in a group: some 4 MB of text, and four times that in memory
_REPEATED = ("outlet", "language", "rules")  # only their values are worth a dictionary, which is held in memory


class Parquet(Format):
    name = "parquet"
    suffix = ".parquet"
    words = "Apache Parquet; needs newskeep[parquet]"
    converts = True

    def require(self) -> None:
        try:
            import pyarrow.parquet  # noqa: F401
        except ImportError as error:
            raise SettingError("Parquet needs pyarrow", "pip install 'newskeep[parquet]'") from error

    def open(self, part: BinaryIO, columns: Sequence[Column], about: About) -> Lines:
        return Lines(part)

    def convert(self, part: Path, file: BinaryIO, columns: Sequence[Column], about: About) -> None:
        import pyarrow
        from pyarrow import parquet

        pyarrow.set_memory_pool(pyarrow.system_memory_pool())  # the default one keeps 35 MB more
        types = {
            "text": pyarrow.string(),
            "integer": pyarrow.int64(),
            "time": pyarrow.timestamp("us", tz="UTC"),
            "list": pyarrow.list_(pyarrow.string()),
            "objects": pyarrow.string(),
        }
        schema = pyarrow.schema([(column.name, types[column.type]) for column in columns])
        dictionaries = [name for name in _REPEATED if name in schema.names] or False
        writer = parquet.ParquetWriter(file, schema, compression="zstd", use_dictionary=dictionaries)
        with part.open("rb") as lines, writer:
            rows = _rows(lines, columns)
            while group := list(islice(rows, _GROUP)):
                writer.write_table(pyarrow.Table.from_pylist(group, schema))


def _rows(lines: BinaryIO, columns: Sequence[Column]) -> Iterator[dict[str, Any]]:
    parsers = [(column.name, _PARSERS[column.type]) for column in columns if column.type in _PARSERS]
    for line in lines:
        row = json.loads(line)
        yield row | {name: parse(row[name]) for name, parse in parsers if row[name] is not None}


_PARSERS: dict[str, Callable[[Any], Any]] = {
    "time": datetime.fromisoformat,
    "objects": lambda value: json.dumps(value, ensure_ascii=False),
}


FORMAT = Parquet()
