"""Capture files: every record against its digests, and against the row that points at it."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import text

from archive.captures.repair import repair_captures
from archive.verify.check import Check, Damage, Look, Scope
from archive.verify.records import CaptureRow, Fault, file_digest, gap_faults, row_faults, rows_of_file
from archive.verify.sources import Source, StoredFile, fetched, files_of, next_file, opened, replace_file
from news.errors import StoreUnavailable

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CaptureCheck(Check):
    """A check of whole capture files, or of the records of some articles.

    Files in the spool of another machine are left to that machine.
    """

    def total(self, scope: Scope) -> int:
        if scope.articles is None:
            with scope.engine.connect() as conn:
                return int(conn.scalar(_COUNT) or 0)
        return sum(1 for _ in self._files(scope, None))

    def looks(self, scope: Scope, after: str | None = None) -> Iterator[Look]:
        if scope.home.captures.is_dir():
            repair_captures(scope.home.captures)  # half a record that a killed crawl left is no damage
        for file in self._files(scope, after):
            if not file.is_elsewhere(scope.home):
                damages, size = _look(scope, file)
                yield Look([file.name], file.name, 1, size, damages)

    def _files(self, scope: Scope, after: str | None) -> Iterator[StoredFile]:
        with scope.engine.connect() as conn:
            if scope.articles is not None:
                yield from files_of(conn, list(scope.articles))
                return
        while True:
            with scope.engine.connect() as conn:
                file = next_file(conn, after)
            if file is None:
                return
            yield file
            after = file.name


def _look(scope: Scope, file: StoredFile) -> tuple[list[Damage], int]:
    """Check a file; repair it where a second copy is whole. Return the damage and how many bytes were read."""
    with scope.engine.connect() as conn:
        rows = rows_of_file(conn, file.name, scope.articles)
    try:
        with opened(scope.home, file) as source:
            faults = _faults(scope, file, rows, source)
            if not faults:
                _note_whole(scope, file, source)
            size = source.size if scope.articles is None else sum(row.record_length for row in rows)
    except FileNotFoundError:
        faults, size = [_missing(rows)], 0
    if not faults:
        return [], size
    repaired = _repair(scope, file)
    return [
        Damage(CAPTURES.id, f"{file.name}@{fault.offset}", fault.problem, fault.articles, repaired) for fault in faults
    ], size


def _faults(scope: Scope, file: StoredFile, rows: list[CaptureRow], source: Source) -> list[Fault]:
    faults = list(row_faults(rows, source))
    if scope.articles is not None:
        return faults
    end = max((row.record_offset + row.record_length for row in rows), default=0)
    if file.state != "in_place":  # what else such a file holds is not ours
        faults += gap_faults(rows, source, end if source.growing else source.size)
    if not faults and file.digest is not None and file_digest(source, source.size) != file.digest:
        faults.append(Fault(0, "the file does not have its digest, and its records do", ()))
    return sorted(faults, key=lambda fault: fault.offset)


def _missing(rows: list[CaptureRow]) -> Fault:
    articles = sorted({article for row in rows for article in row.articles})
    return Fault(0, f"the file is not there; {len(rows)} rows point into it", tuple(articles))


def _note_whole(scope: Scope, file: StoredFile, source: Source) -> None:
    """Record that all of the file was found whole, with its digest if that is new."""
    if scope.articles is not None or source.growing:
        return
    digest = file.digest or file_digest(source, source.size)
    with scope.engine.begin() as conn:
        conn.execute(_WHOLE, {"name": file.name, "size": source.size, "digest": digest})


def _repair(scope: Scope, file: StoredFile) -> bool:
    """Put a second copy of the file in its place, if one is whole: all its records, and the file's digest if known."""
    whole = Scope(scope.engine, scope.home)
    with scope.engine.connect() as conn:
        rows = rows_of_file(conn, file.name)
    for place in _copies(scope, file):
        try:
            with fetched(place) as copy:
                if not _faults(whole, file, rows, copy):
                    replace_file(scope.home, file, copy)
                    logger.warning("capture_file_repaired", extra={"file": file.name, "from": place})
                    return True
        except (StoreUnavailable, OSError) as error:
            logger.info("capture_copy_unusable", extra={"place": place, "problem": str(error)})
    return False


def _copies(scope: Scope, file: StoredFile) -> Iterator[str]:
    """Yield the addresses at which a second copy of the file may lie; none of one that is not ours to replace."""
    if file.state == "in_place":
        return
    for folder in (scope.home.settings["CAPTURE_STORE"], *scope.home.settings["CAPTURE_COPIES"]):
        place = f"{folder.rstrip('/')}/{file.name}" if folder else None
        if place and place != file.folder:
            yield place


CAPTURES = CaptureCheck(id="captures", title="captures against their digests and rows")

_COUNT = text("select count(*) from capture_files")

_WHOLE = text("""
update capture_files set verified_at = clock_timestamp(), size = coalesce(size, :size),
    digest = coalesce(digest, :digest)
where name = :name
""")
