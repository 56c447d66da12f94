"""What an export is asked for: the search, the time as of which, tables, columns and formats."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any, Self

from archive.export.format import Format, formats
from archive.export.tables import TABLES, Column, Table
from archive.search import Filters
from news.errors import NewsError
from news.exit_codes import ExitCode


class CannotExport(NewsError):
    """The request makes no sense, or does not fit what is there; nothing was written."""

    exit_code = ExitCode.USAGE


def default_fields(tables: Sequence[str]) -> tuple[str, ...]:
    """List the columns that these tables have without being asked for."""
    columns = (column for name in tables for column in TABLES[name].columns)
    return tuple(dict.fromkeys(column.name for column in columns if not column.on_request))


@dataclass(frozen=True, slots=True)
class Request:
    """A request; without `query` all articles within `filters`, without `fields` all columns."""

    query: str
    filters: Filters
    as_of: datetime
    tables: tuple[str, ...] = ("articles",)
    formats: tuple[str, ...] = ("jsonl",)
    fields: tuple[str, ...] = ()

    @property
    def parts(self) -> list[tuple[Format, Table | None]]:
        """What is written: each format with each of the tables; captures are no table."""
        found = [formats()[name] for name in self.formats]
        rows = [(each, TABLES[table]) for each in found if not each.captures for table in self.tables]
        return [*rows, *((each, None) for each in found if each.captures)]

    def columns(self, table: Table) -> Sequence[Column]:
        """Return the columns of a table in its own order. Raises CannotExport when none of the fields is one."""
        wanted = self.fields or default_fields([table.name])
        columns = [column for column in table.columns if column.name in wanted]
        if not columns:
            raise CannotExport(f"{table.name} have none of the fields {', '.join(self.fields)}")
        return columns

    def check(self) -> None:
        """Raise CannotExport for a field that no table has, or a table that a format cannot hold.

        Raises SettingError when a library is missing.
        """
        for name in self.formats:
            formats()[name].require()
        known = [column.name for name in self.tables for column in TABLES[name].columns]
        for field in self.fields:
            if field not in known:
                near = get_close_matches(field, known, n=1)
                guess = f"; did you mean {near[0]}?" if near else ""
                raise CannotExport(f"there is no field “{field}”{guess}", f"--fields {','.join(dict.fromkeys(known))}")
        for each, table in self.parts:
            if table and table.name not in each.tables:
                raise CannotExport(f"{each.name} has no place for {table.name}", "--format jsonl")

    def as_json(self) -> dict[str, Any]:
        """Return it as the register keeps it, and as `dataset.json` shows it."""
        filters = {name: str(value) for name, value in asdict(self.filters).items() if value is not None}
        values = {"query": self.query, **filters, "tables": self.tables, "formats": self.formats}
        return values | ({"fields": self.fields} if self.fields else {})

    @classmethod
    def from_json(cls, values: Mapping[str, Any], as_of: datetime) -> Self:
        """Return the request that `as_json` described."""
        days = {name: date.fromisoformat(values[name]) for name in ("since", "until") if name in values}
        filters = Filters(values.get("outlet"), values.get("language"), **days)
        names = (tuple(values.get(name, ())) for name in ("tables", "formats", "fields"))
        return cls(values["query"], filters, as_of, *names)
