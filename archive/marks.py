"""Which link a crawl is reading now, in a small file that outlives the process: a page may kill its reader.

A link that was marked when two crawls in a row died is set aside; see `count_deaths`.
"""

import contextlib
import os
import struct
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, text

from archive.frontier import Settlement, settle
from archive.home import Home
from news.dispositions import Disposition
from news.errors import ArchiveError
from news.selection import KILLED_THE_CRAWL

_LINK = struct.Struct("<q")


class ReadingMark:
    """`with mark.on(link_id): read the page`. Costs a write to the page cache, which outlives all but the machine.

    Raises ArchiveError when the file cannot be made.
    """

    def __init__(self, home: Home, crawl_id: int) -> None:
        self._path = _folder(home) / str(crawl_id)
        try:
            self._path.parent.mkdir(exist_ok=True)
            self._descriptor = os.open(self._path, os.O_CREAT | os.O_WRONLY, 0o644)
        except OSError as error:
            raise ArchiveError(f"{self._path} cannot be written: {error.strerror}") from error

    def on(self, link_id: int) -> Self:
        """Mark the link until the `with` block ends."""
        self._write(link_id)
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._write(0)

    def close(self) -> None:
        """The crawl has ended and nothing of it died."""
        os.close(self._descriptor)
        self._path.unlink(missing_ok=True)

    def _write(self, link_id: int) -> None:
        with contextlib.suppress(OSError):  # a full disk is found out by the captures
            os.pwrite(self._descriptor, _LINK.pack(link_id), 0)


def count_deaths(conn: Connection, home: Home, outlet_id: int) -> list[Path]:
    """Settle the links that dead crawls of the outlet were reading; return the files to remove after the commit.

    Failed and due at once after the first death, skipped after the second. Call it while holding the outlet, before
    its next crawl makes its own mark.
    """
    marks = {int(path.name): path for path in _folder(home).glob("*") if path.name.isdigit()}
    mine = conn.execute(_OF_OUTLET, {"outlet_id": outlet_id, "crawls": list(marks)}).scalars().all()
    for crawl_id in mine:
        row = conn.execute(_WAITING, {"link_id": _marked(marks[crawl_id]), "crawl_id": crawl_id}).first()
        if row:
            settle(conn, crawl_id, _end(row.id, again=row.reason == KILLED_THE_CRAWL))
    return [marks[crawl_id] for crawl_id in mine]


def _end(link_id: int, *, again: bool) -> Settlement:
    if again:
        return Settlement(link_id, Disposition.SKIPPED, KILLED_THE_CRAWL)
    return Settlement(link_id, Disposition.FAILED, KILLED_THE_CRAWL, due_at=datetime.now(UTC))


def _marked(path: Path) -> int:
    try:
        return int(_LINK.unpack(path.read_bytes()[: _LINK.size])[0])
    except (OSError, struct.error):
        return 0


def _folder(home: Home) -> Path:
    return home.path / "reading"


_OF_OUTLET = text(
    "select id from crawls where outlet_id = :outlet_id and id = any(cast(:crawls as bigint[])) order by id"
)

_WAITING = text("select id, reason from links where id = :link_id and crawl_id = :crawl_id and state = 'waiting'")
