"""Ends the process when one page holds it: a parser in C gives nobody a turn and hears no signal of Python's."""

import asyncio
import faulthandler
import signal
from collections.abc import Iterator
from contextlib import contextmanager

CPU_SECONDS = 120.0  # the costliest page that the guard lets pass takes about seven
STDERR = 2
_TURNS = 12  # how often the clock is set back in that time


@contextmanager
def watched(loop: asyncio.AbstractEventLoop, cpu_seconds: float = CPU_SECONDS) -> Iterator[None]:
    """Kill the process by SIGPROF, saying where it was, when *loop* got no turn for so much CPU time.

    Time asleep or suspended does not count. The link that was being read is marked: see `archive.crash_markers`.
    """
    faulthandler.register(signal.SIGPROF, file=STDERR, chain=True)
    turn: asyncio.TimerHandle | None = None

    def set_back() -> None:
        nonlocal turn
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
        turn = loop.call_later(cpu_seconds / _TURNS, set_back)

    set_back()
    try:
        yield
    finally:
        if turn:
            turn.cancel()
        signal.setitimer(signal.ITIMER_PROF, 0)
        faulthandler.unregister(signal.SIGPROF)
