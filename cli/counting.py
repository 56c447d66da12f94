"""A progress bar for commands that go through many rows: on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_EVERY = 100  # rows; to draw each would take longer than to write it
Count = Callable[[str, int, int | None], None]


@contextmanager
def counting(every: int = _EVERY) -> Iterator[Count]:
    """Yield a function that shows how much is done: what, how many rows, of how many (None: not known)."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    columns = (TextColumn("  {task.description}"), BarColumn(bar_width=20), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def show(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            if done % every == 0 or done == total:
                bars.update(tasks[what], completed=done)

        yield show
