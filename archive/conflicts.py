"""Transactions that PostgreSQL rolls back in favour of others (deadlocks, serialisation failures) are done again."""

import time
from collections.abc import Callable
from typing import TypeVar

from news.errors import TransactionConflict

T = TypeVar("T")

_PAUSES = (0.05, 0.1, 0.3, 1.0)  # seconds between two attempts


def retry_conflicts(work: Callable[[], T]) -> T:
    """Return what *work* returns: one transaction, or several that may be repeated.

    Raises TransactionConflict when it lost to other transactions five times.
    """
    for pause in _PAUSES:
        try:
            return work()
        except TransactionConflict:
            time.sleep(pause)
    return work()
