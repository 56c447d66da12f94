"""The place of backups: a folder, or an address that fsspec knows, such as s3://bucket/folder."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from archive.captures.object_store import STEP, filesystem, is_local, open_filesystem
from archive.home import flush_to_disk
from news.errors import BackupDamaged, SettingError, StoreUnavailable

BACKUPS, CAPTURES = "backups", "captures"


class Target:
    """Files by their names below *address*. Every method raises StoreUnavailable when the place does not answer.

    Opening raises SettingError when no driver is installed, or for a folder that does not exist: most likely its disk
    is not mounted.
    """

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/") or "/"
        try:
            system, root = open_filesystem(self.address)
        except StoreUnavailable as error:
            raise SettingError(str(error), error.hint) from error
        self._is_local = is_local(system)
        if self._is_local and not os.path.isdir(root):
            raise SettingError(f"{root} is no folder", f"mount its disk, or: mkdir -p {root}")

    def sizes(self, folder: str) -> dict[str, int]:
        """Return name and size of everything in *folder*; none without the folder."""
        with self._opened(folder) as (system, place):
            system.invalidate_cache()
            try:
                found = system.ls(place, detail=True)
            except FileNotFoundError:
                return {}
            return {str(file["name"]).rstrip("/").rpartition("/")[2]: int(file["size"] or 0) for file in found}

    @contextmanager
    def read(self, name: str) -> Iterator[BinaryIO]:
        """Open a file for reading. Raises BackupDamaged when it is missing."""
        with self._opened(name) as (system, place):
            try:
                file = system.open(place, "rb", block_size=STEP)
            except FileNotFoundError as error:
                raise BackupDamaged(f"{self.address}/{name} is missing") from error
            with file:
                yield file

    def write(self, name: str, pieces: Iterable[bytes]) -> tuple[int, str]:
        """Write a file; return its size and sha256. In a folder it appears when it is whole and on disk."""
        with self._opened(name) as (system, place):
            if not self._is_local:
                with system.open(place, "wb") as file:
                    return _copy(pieces, file)
            half = Path(f"{place}.part")
            half.parent.mkdir(parents=True, exist_ok=True)
            try:
                with half.open("wb") as file:
                    written = _copy(pieces, file)
            except BaseException:
                half.unlink()  # a full disk needs the room
                raise
            flush_to_disk(half)
            os.replace(half, place)
            flush_to_disk(half.parent)
            return written

    def remove(self, *names: str) -> None:
        """Remove files, or a folder with all that is in it; what is gone already is no error."""
        for name in names:
            with self._opened(name) as (system, place):
                if system.exists(place):
                    system.rm(place, recursive=True)

    @contextmanager
    def _opened(self, name: str) -> Iterator[tuple[Any, str]]:
        with filesystem(f"{self.address}/{name}") as opened:
            yield opened


def _copy(pieces: Iterable[bytes], file: Any) -> tuple[int, str]:
    size, digest = 0, sha256()
    for piece in pieces:
        file.write(piece)
        size += len(piece)
        digest.update(piece)
    return size, digest.hexdigest()
