"""The object store that finished capture files go to, through fsspec: s3://bucket/prefix, file:///mnt/archive, more.

fsspec is an extra (`newskeep[store]`), and so is the driver of a store (s3fs for s3://): nothing here is imported
before a store is named. A folder is never made: one that is missing is most likely not mounted.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from news.errors import SettingError, StoreUnavailable

_STEP = 1 << 22


def require_store(store: str) -> None:
    """Raise SettingError when nothing here can speak to the store; whether it answers is not asked."""
    try:
        _open(store)
    except StoreUnavailable as error:
        raise SettingError(f"CAPTURE_STORE: {error}", error.hint) from error


def place_in(store: str, name: str) -> str:
    """The address of a file in the store, for example s3://bucket/prefix/newskeep-1.warc.gz."""
    return f"{store.rstrip('/')}/{name}"


def put(path: Path, place: str) -> None:
    """Copy the file at *path* there, replacing what a killed copy may have left. Raises StoreUnavailable."""
    with _filesystem(place) as (system, target):
        if not _is_local(system):
            system.put_file(str(path), target)  # shows only once it is whole, as object stores promise
            return
        half = f"{target}.part"
        system.put_file(str(path), half)
        _flush(half)
        os.replace(half, target)
        _flush(os.path.dirname(target))


def measure(place: str) -> tuple[int, bytes]:
    """(size, sha256) of what lies there, read back whole. Raises StoreUnavailable."""
    with _filesystem(place) as (system, target):
        system.invalidate_cache()
        with system.open(target, "rb", block_size=_STEP) as file:
            return digest_of(file)


def read_range(place: str, offset: int, length: int) -> bytes:
    """Up to *length* bytes from *offset*; fewer where the file ends. Raises StoreUnavailable."""
    with _filesystem(place) as (system, target):
        return bytes(system.cat_file(target, start=offset, end=offset + length))


def sizes_beside(place: str) -> dict[str, int]:
    """Name and size of each file in the folder of *place*; none when it is not there. Raises StoreUnavailable."""
    with _filesystem(place) as (system, target):
        system.invalidate_cache()
        try:
            found = system.ls(target.rpartition("/")[0], detail=True)
        except FileNotFoundError:
            return {}
        return {str(one["name"]).rpartition("/")[2]: int(one["size"] or 0) for one in found}


def digest_of(file: Any) -> tuple[int, bytes]:
    """(size, sha256) of what is left to read in *file*."""
    size, digest = 0, sha256()
    while piece := file.read(_STEP):
        size += len(piece)
        digest.update(piece)
    return size, digest.digest()


@contextmanager
def _filesystem(place: str) -> Iterator[tuple[Any, str]]:
    """What fsspec makes of the address; whatever its drivers raise becomes StoreUnavailable."""
    system, target = _open(place)
    try:
        yield system, target
    except Exception as error:  # each driver has errors of its own
        raise StoreUnavailable(f"{place} cannot be reached: {error or type(error).__name__}") from error


def _open(place: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs

        system, target = url_to_fs(place)
    except (ImportError, ValueError) as error:  # fsspec or a driver is not there, or nobody knows the protocol
        raise StoreUnavailable(
            f"{place} cannot be used: {error}", "pip install 'newskeep[store]' (and s3fs for s3://)"
        ) from error
    return system, str(target)


def _is_local(system: Any) -> bool:
    return "file" in system.protocol


def _flush(path: str) -> None:
    """To the disk, also where it is a folder: the local copy goes next."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
