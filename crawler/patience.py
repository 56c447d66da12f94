"""Waits for a database that went away for a moment."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from news.errors import ArchiveUnavailable

T = TypeVar("T")

# The pauses, in seconds, in which a database that went away may come back before the crawl is stopped.
_PATIENCE = (0.2, 0.5, 1, 2, 4, 8, 15)


async def patiently(work: Callable[[], T]) -> T:
    """What *work* returns, done in a thread; tried again while the database is away.

    For work that has written nothing when it fails. Raises ArchiveUnavailable when the database stays away.
    """
    for wait in _PATIENCE:
        try:
            return await asyncio.to_thread(work)
        except ArchiveUnavailable:
            await asyncio.sleep(wait)
    return await asyncio.to_thread(work)
