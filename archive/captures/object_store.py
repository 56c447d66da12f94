"""The object store for finished capture files, through fsspec: s3://bucket/prefix, file:///mnt/archive and others.

The driver of a store is installed apart (s3fs for s3://), and nothing is imported before a store is named. Folders are
never created: a missing folder is most likely not mounted.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from archive.home import flush_to_disk
from news.errors import NewsError, SettingError, StoreUnavailable

FULL_DISK = (errno.ENOSPC, errno.EDQUOT)
STEP = 1 << 22


def require_store(store: str) -> None:
    """Raise SettingError when no driver for the store is installed; the store itself is not asked."""
    try:
        open_filesystem(store)
    except StoreUnavailable as error:
        raise SettingError(f"CAPTURE_STORE: {error}", error.hint) from error


def place_in(store: str, name: str) -> str:
    """Return the address of a file in the store, for example s3://bucket/prefix/newskeep-1.warc.gz."""
    return f"{store.rstrip('/')}/{name}"


def put(path: Path, place: str) -> None:
    """Copy the file at *path* to *place*, replacing the remains of a killed copy. Raises StoreUnavailable."""
    with filesystem(place) as (system, target):
        if not is_local(system):
            system.put_file(str(path), target)  # object stores show a file only when it is whole
            return
        half = f"{target}.part"
        system.put_file(str(path), half)
        flush_to_disk(Path(half))
        os.replace(half, target)
        flush_to_disk(Path(target).parent)  # the local copy is removed next


def measure(place: str) -> tuple[int, bytes]:
    """Read the whole file back and return (size, sha256). Raises StoreUnavailable."""
    with filesystem(place) as (system, target):
        system.invalidate_cache()
        with system.open(target, "rb", block_size=STEP) as file:
            return digest_of(file)


def fetch(place: str, into: BinaryIO) -> None:
    """Append the whole file at *place* to the open file *into*. Raises StoreUnavailable, also when it breaks off."""
    with filesystem(place) as (system, target):
        system.invalidate_cache()
        with system.open(target, "rb", block_size=STEP) as file:
            while piece := file.read(STEP):
                into.write(piece)


def read_range(place: str, offset: int, length: int) -> bytes:
    """Read up to *length* bytes from *offset*, fewer where the file ends. Raises StoreUnavailable."""
    with filesystem(place) as (system, target):
        return bytes(system.cat_file(target, start=offset, end=offset + length))


def folder_sizes(place: str) -> dict[str, int]:
    """Return name and size of each file in the folder of *place*; none without the folder. Raises StoreUnavailable."""
    with filesystem(place) as (system, target):
        system.invalidate_cache()
        try:
            entries = system.ls(target.rpartition("/")[0], detail=True)
        except FileNotFoundError:
            return {}
        return {str(file["name"]).rpartition("/")[2]: int(file["size"] or 0) for file in entries}


def digest_of(file: Any) -> tuple[int, bytes]:
    """Read the rest of *file* and return (size, sha256)."""
    size, digest = 0, sha256()
    while piece := file.read(STEP):
        size += len(piece)
        digest.update(piece)
    return size, digest.digest()


@contextmanager
def filesystem(place: str) -> Iterator[tuple[Any, str]]:
    """Open fsspec's filesystem for the address; any error of its drivers becomes StoreUnavailable.

    Errors of ours pass through, and so does the system's error for a full disk.
    """
    system, target = open_filesystem(place)
    try:
        yield system, target
    except NewsError:
        raise
    except Exception as error:  # each driver has errors of its own
        if isinstance(error, OSError) and error.errno in FULL_DISK:
            raise
        raise StoreUnavailable(f"{place} cannot be reached: {error or type(error).__name__}") from error


def open_filesystem(place: str) -> tuple[Any, str]:
    """Return fsspec's filesystem for the address, and the path in it. Raises StoreUnavailable without a driver."""
    try:
        from fsspec.core import url_to_fs

        system, target = url_to_fs(place)
    except (ImportError, ValueError) as error:  # fsspec or a driver is missing, or the protocol is unknown
        raise StoreUnavailable(
            f"{place} cannot be used: {error}", "pip install the driver that fsspec names (s3fs for s3://)"
        ) from error
    return system, str(target)


def is_local(system: Any) -> bool:
    """Return whether the filesystem is one of this machine."""
    return "file" in system.protocol
