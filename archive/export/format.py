"""What a format of exports is, and the registry of formats: each module in `archive.export.formats` defines one.

Rows are appended to a part file, so that an export can go on after an interruption. A format that cannot be written
row by row makes its file from the whole part in the end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, BinaryIO, ClassVar, Protocol

from archive.export import formats as formats_package
from archive.export.tables import Column

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class About:
    """What a format may say about the export: `title` in words, and the time as of which it was made."""

    title: str
    as_of: datetime


class Writer(Protocol):
    """Appends rows to a part file."""

    def write(self, row: Row) -> None:
        """Append one row."""


class Format:
    """One format. A subclass overrides what differs; the module's `FORMAT` is its only instance."""

    name: ClassVar[str]
    suffix: ClassVar[str]  # of its files
    words: ClassVar[str]  # for the help
    tables: ClassVar[frozenset[str]] = frozenset({"articles", "revisions", "stories"})  # that it has a place for
    fixed: ClassVar[bool] = False  # it has fields of its own, and needs all columns to fill them
    captures: ClassVar[bool] = False  # its rows are captures (`archive.export.captures`)
    converts: ClassVar[bool] = False  # `convert` makes the file from the part

    def require(self) -> None:
        """Raise SettingError when a library that it needs is not installed."""

    def open(self, part: BinaryIO, columns: Sequence[Column], about: About) -> Writer:
        """Return a writer that appends to *part*; an empty part gets its head first."""
        raise NotImplementedError

    def convert(self, part: Path, file: BinaryIO, columns: Sequence[Column], about: About) -> None:
        """Write the file that *part* stands for."""
        raise NotImplementedError


@lru_cache(maxsize=1)
def formats() -> dict[str, Format]:
    """Return every format by its name."""
    modules = (
        import_module(f"{formats_package.__name__}.{found.name}") for found in iter_modules(formats_package.__path__)
    )
    return {module.FORMAT.name: module.FORMAT for module in modules}
