"""Whether processes are alive: end this one when its event loop stalls; suspend the search for dead ones."""

import asyncio
import faulthandler
import logging
import os
import sys
import threading
from dataclasses import dataclass
from traceback import extract_stack

from crawler.logs import StderrHandler
from news.exit_codes import ExitCode

logger = logging.getLogger(__name__)

LOOP_SECONDS = 60.0
_STDERR = 2
_FRAMES = 8


async def end_when_stalled(seconds: float = LOOP_SECONDS) -> None:
    """Until cancelled, end the process with `ExitCode.HUNG` when its running loop stalls for so long.

    Time in which the whole process was stopped or suspended does not count. When not even a Python thread gets to run,
    C code ends the process after twice that time, with exit code 1; that clock also runs while the process is stopped.
    """
    watch = _StallWatch(seconds)
    watch.start()
    try:
        while True:
            faulthandler.dump_traceback_later(2 * seconds, exit=True)
            watch.turns += 1
            await asyncio.sleep(watch.tick)
    finally:
        faulthandler.cancel_dump_traceback_later()
        watch.over.set()


class _StallWatch(threading.Thread):
    """Counts its own ticks in which the loop did not turn: a stopped process has no ticks either."""

    def __init__(self, seconds: float) -> None:
        super().__init__(name="newskeep-stall-watch", daemon=True)
        self.tick = min(1.0, seconds / 8)
        self.limit = round(seconds / self.tick)
        self.turns = 0
        self.over = threading.Event()
        self.watched = threading.get_ident()

    def run(self) -> None:
        missed, last = 0, self.turns
        while not self.over.wait(self.tick):
            missed, last = (0 if self.turns != last else missed + 1), self.turns
            if missed > self.limit:
                self._end()

    def _end(self) -> None:
        """Write where the loop stands and exit. No lock is taken: the code that hangs may hold it."""
        try:
            os.write(_STDERR, _log_line(self.watched, self.limit * self.tick).encode() + b"\n")
            faulthandler.dump_traceback(file=_STDERR, all_threads=True)
        finally:
            os._exit(ExitCode.HUNG)


def _log_line(thread: int, seconds: float) -> str:
    stack = extract_stack(sys._current_frames().get(thread))[-_FRAMES:]
    places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in stack]
    facts = {"seconds": round(seconds, 1), "at": places, "exit_code": ExitCode.HUNG}
    record = logger.makeRecord(logger.name, logging.CRITICAL, "", 0, "loop_stalled", (), None, extra=facts)
    handlers = [handler for handler in logging.getLogger().handlers if isinstance(handler, StderrHandler)]
    return handlers[0].format(record) if handlers else f"loop_stalled {facts}"


@dataclass(slots=True)
class Liveness:
    """Suspends dead-process detection after this process itself lost the database.

    Call `answered` after each answer of the database. Both clocks are in seconds, and both count: the monotonic clock
    stands still while a machine sleeps, the wall clock may be set.
    """

    silence: float  # a process without a heartbeat for so long is dead
    _last: tuple[float, float] | None = None
    _suspended_until: float = float("-inf")

    def answered(self, monotonic: float, wall: float) -> None:
        """Note an answer of the database."""
        if self._gap(monotonic, wall) > self.silence / 2:
            self._suspended_until = monotonic + self.silence  # the others need time for their next heartbeat, too
        self._last = monotonic, wall

    def can_judge(self, monotonic: float, wall: float) -> bool:
        """Return whether another process's silence is its own fault; True for a process that has just started."""
        return self._gap(monotonic, wall) <= self.silence / 2 and monotonic >= self._suspended_until

    def _gap(self, monotonic: float, wall: float) -> float:
        last = self._last or (monotonic, wall)
        return max(monotonic - last[0], wall - last[1])
