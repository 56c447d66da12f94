"""A copy of a capture file in a store is whole, or it is an error: erasing a record puts the copy in its place."""

from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from archive.verify.sources import copy_to
from news.errors import StoreUnavailable

DATA = bytes(range(256)) * (70_000)  # 18 MB, more than is read at once


class BreaksOff(MemoryFileSystem):
    """A store whose connection breaks behind the first few bytes of a file."""

    protocol = "breaksoff"

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return str(super()._strip_protocol(path.replace("breaksoff://", "memory://")))

    def cat_file(self, path: str, start: int | None = None, end: int | None = None, **more: Any) -> Any:
        if start:
            raise OSError("the connection broke")
        return super().cat_file(path, start, end, **more)

    def _open(self, path: str, *arguments: Any, **more: Any) -> Any:
        return _Breaking(super()._open(path, *arguments, **more))


class _Breaking:
    def __init__(self, file: Any) -> None:
        self._file, self._reads = file, 0

    def read(self, size: int) -> bytes:
        self._reads += 1
        if self._reads > 1:
            raise OSError("the connection broke")
        return bytes(self._file.read(size))

    def __enter__(self) -> "_Breaking":
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()


@pytest.fixture(params=["memory", "breaksoff"])
def place(request: pytest.FixtureRequest) -> str:
    fsspec.register_implementation("breaksoff", BreaksOff, clobber=True)
    fsspec.filesystem("memory").pipe_file("/sources/a.warc.gz", DATA)
    return f"{request.param}://sources/a.warc.gz"


def test_a_connection_that_breaks_is_not_taken_for_the_end_of_the_file(place: str, tmp_path: Path) -> None:
    if place.startswith("memory"):
        copy_to(place, tmp_path / "copy")
        assert (tmp_path / "copy").read_bytes() == DATA
    else:
        with pytest.raises(StoreUnavailable, match="the connection broke"):
            copy_to(place, tmp_path / "copy")
