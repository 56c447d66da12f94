"""Marks the link that a crawl is reading in a small file, which outlives a process that the page kills.

A link that was marked when two crawls in a row died is set aside. The parent of a worker reads the worker's mark
(`blame_marks`). A mark that outlived the parent too, or that of a command, waits in its folder for the outlet's next
crawl there (`count_deaths`): a lack of memory may end a whole container.
"""

import contextlib
import os
import struct
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, text

from archive.channels import Look, LookOutcome, save_looks
from archive.frontier import Settlement, settle
from archive.home import Home
from news.dispositions import Disposition
from news.errors import ArchiveError
from news.reasons import Reason

_MARK = struct.Struct("<q")  # a link's id; a channel's with a minus; 0: nothing is being read


class ReadingMark:
    """The mark of the link that is being read: `with mark.on(link_id): read the page`.

    It costs a write to the page cache, which outlives all but the machine. The file is made when the first page is
    read. Raises ArchiveError when its folder cannot be made.
    """

    def __init__(self, home: Home, crawl_id: int) -> None:
        self._path = _folder(home) / str(crawl_id)
        self._descriptor: int | None = None
        try:
            self._path.parent.mkdir(exist_ok=True)
        except OSError as error:
            raise ArchiveError(f"{self._path} cannot be written: {error.strerror}", "newskeep doctor") from error

    def on(self, link_id: int) -> Self:
        """Mark the link until the `with` block ends."""
        self._write(link_id)
        return self

    def on_channel(self, channel_id: int) -> Self:
        """Mark the channel until the `with` block ends."""
        self._write(-channel_id)
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._write(0)

    def close(self) -> None:
        """Remove the file: the crawl has ended normally."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._path.unlink(missing_ok=True)

    def _write(self, mark: int) -> None:
        with contextlib.suppress(OSError):  # a full disk is found out by the captures
            if self._descriptor is None:
                self._descriptor = os.open(self._path, os.O_CREAT | os.O_WRONLY, 0o644)
            os.pwrite(self._descriptor, _MARK.pack(mark), 0)


def has_marks(home: Home) -> bool:
    """Return whether any crawl of this folder has a mark, now or from before."""
    return bool(_marks(home))


def count_deaths(conn: Connection, home: Home, outlet_id: int) -> list[Path]:
    """Settle the links that dead commands of the outlet were reading; return the files to remove after the commit.

    Failed and due at once after the first death, skipped after the second. Call it while holding the outlet, before
    its next crawl makes its own mark.
    """
    marks = _marks(home)
    own = [row for row in conn.execute(_MARKED, {"crawls": list(marks)}) if row.outlet_id == outlet_id]
    for row in own:
        if row.undecided:
            _settle(conn, row.id, marks[row.id])
    return [marks[row.id] for row in own]


def blame_marks(conn: Connection, home: Home, crawl_ids: Iterable[int]) -> set[int]:
    """Settle the links that these dead crawls were reading; return the crawls that were reading one.

    Call it while holding their outlets, and remove their marks after the commit.
    """
    marks = _marks(home)
    return {crawl_id for crawl_id in sorted(marks.keys() & set(crawl_ids)) if _settle(conn, crawl_id, marks[crawl_id])}


def marks_of(home: Home, crawl_ids: Iterable[int]) -> list[Path]:
    """Return the files of these crawls."""
    marks = _marks(home)
    return [marks[crawl_id] for crawl_id in sorted(marks.keys() & set(crawl_ids))]


def old_marks(conn: Connection, home: Home) -> list[Path]:
    """Return obsolete files: a later crawl has ended normally, or the archive does not know the crawl."""
    marks = _marks(home)
    in_use = {row.id for row in conn.execute(_MARKED, {"crawls": list(marks)}) if row.undecided}
    return [path for crawl_id, path in marks.items() if crawl_id not in in_use]


def _marks(home: Home) -> dict[int, Path]:
    return {int(path.name): path for path in _folder(home).glob("*") if path.name.isdecimal() and path.name.isascii()}


def _settle(conn: Connection, crawl_id: int, path: Path) -> bool:
    """Count the death against the link or the channel that was being read; False when none was."""
    mark = _marked(path)
    link = conn.execute(_WAITING, {"link_id": mark, "crawl_id": crawl_id}).first()
    if link:
        settle(conn, crawl_id, _end(link.id, again=link.reason == Reason.KILLED_THE_CRAWL))
    channel = conn.execute(_CHANNEL, {"channel_id": -mark, "crawl_id": crawl_id}).first()
    if channel:
        again = channel.reason == Reason.KILLED_THE_CRAWL
        save_looks(
            conn, Look(channel.id, LookOutcome.SKIPPED if again else LookOutcome.FAILED, Reason.KILLED_THE_CRAWL)
        )
    return bool(link or channel)


def _end(link_id: int, *, again: bool) -> Settlement:
    if again:
        return Settlement(link_id, Disposition.SKIPPED, Reason.KILLED_THE_CRAWL)
    return Settlement(link_id, Disposition.FAILED, Reason.KILLED_THE_CRAWL, due_at=datetime.now(UTC))


def _marked(path: Path) -> int:
    try:
        return int(_MARK.unpack(path.read_bytes()[: _MARK.size])[0])
    except (OSError, struct.error):
        return 0


def _folder(home: Home) -> Path:
    return home.path / "reading"


# `undecided`: no crawl of the outlet has come to its end since. Those that died, here and elsewhere, count together.
_MARKED = text("""
select c.id, c.outlet_id, not exists (
    select from crawls later
    where later.outlet_id = c.outlet_id and later.id > c.id and later.state in ('finished', 'failed')
) as undecided
from crawls c where c.id = any(cast(:crawls as bigint[])) order by c.id
""")

_WAITING = text("""
select l.id, l.reason from links l join crawls c on c.id = l.crawl_id
where l.id = :link_id and l.state = 'waiting'
  and (c.id = :crawl_id or (c.id > :crawl_id and c.state = 'interrupted'))
""")

_CHANNEL = text("""
select n.id, n.reason from channels n join crawls c on c.outlet_id = n.outlet_id
where n.id = :channel_id and c.id = :crawl_id
""")
