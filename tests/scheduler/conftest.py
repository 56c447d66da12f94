"""The queue that most tests of the scheduler start from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from archive.home import Home
    from scheduler.queue import Queue


@pytest.fixture
def queue(home: Home) -> Iterator[Queue]:
    """The queue of the test's database, as the leader sees it."""
    from scheduler.queue import Queue

    opened = Queue(home)
    yield opened
    opened.close()
