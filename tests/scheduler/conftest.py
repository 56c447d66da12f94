"""The site and the queue that most tests of the scheduler start from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from archive.home import Home
    from scheduler.queue import Queue
    from tests.site import Site


@pytest.fixture
def site() -> Iterator[Site]:
    """A site on loopback whose answers a test sets."""
    from tests.site import Site

    with Site() as served:
        yield served


@pytest.fixture
def queue(home: Home) -> Iterator[Queue]:
    """The queue of the test's database, as the leader sees it."""
    from scheduler.queue import Queue

    opened = Queue(home)
    yield opened
    opened.close()
