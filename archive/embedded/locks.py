"""File locks: they end with the process that holds them, however it ends, and hold across one machine's containers."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.embedded.account import folder_owner
from news.errors import ArchiveUnavailable

POLL_SECONDS = 0.02


def try_lock(path: Path) -> int | None:
    """A descriptor that holds the lock *path*, or None when somebody else does. Closing it lets go."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        os.close(descriptor)
        raise
    folder_owner(path.parent).give(path)
    return descriptor


@contextmanager
def locked(path: Path, seconds: float) -> Iterator[None]:
    """Hold the lock *path*. Raises ArchiveUnavailable when somebody else has held it for so many *seconds*."""
    deadline = time.monotonic() + seconds
    while (descriptor := try_lock(path)) is None:
        if time.monotonic() > deadline:
            raise ArchiveUnavailable(f"another command has been at the embedded server for {seconds:.0f} s ({path})")
        time.sleep(POLL_SECONDS)
    try:
        yield
    finally:
        os.close(descriptor)
