"""Whether processes are alive: end this one when its event loop stalls, and judge the silence of others with care."""

import asyncio
import faulthandler
import logging
import os
import sys
import threading
from dataclasses import dataclass
from traceback import extract_stack

from crawler.logs import StderrHandler

logger = logging.getLogger(__name__)

EXIT_CODE = 70  # EX_SOFTWARE of sysexits.h
LOOP_SECONDS = 60.0
_STDERR = 2
_FRAMES = 8


async def end_when_stalled(seconds: float = LOOP_SECONDS) -> None:
    """Until cancelled: the process ends with `EXIT_CODE` when the running loop gives nobody a turn for so long.

    Time in which the whole process was stopped or suspended does not count. Where not even a thread of Python's gets
    a turn, C code ends it after twice that time, with exit code 1; that clock runs on while the process is stopped.
    """
    watch = _Watch(seconds)
    watch.start()
    try:
        while True:
            faulthandler.dump_traceback_later(2 * seconds, exit=True)
            watch.turns += 1
            await asyncio.sleep(watch.tick)
    finally:
        faulthandler.cancel_dump_traceback_later()
        watch.over.set()


class _Watch(threading.Thread):
    """Counts its own ticks in which the loop had no turn: a stopped process has no ticks either."""

    def __init__(self, seconds: float) -> None:
        super().__init__(name="newskeep-stall-watch", daemon=True)
        self.tick = min(1.0, seconds / 8)
        self.most = round(seconds / self.tick)
        self.turns = 0
        self.over = threading.Event()
        self.watched = threading.get_ident()

    def run(self) -> None:
        missed, seen = 0, self.turns
        while not self.over.wait(self.tick):
            missed, seen = (0 if self.turns != seen else missed + 1), self.turns
            if missed > self.most:
                self._end()

    def _end(self) -> None:
        """Say where the loop stands and go. No lock is taken: what hangs may hold it."""
        try:
            os.write(_STDERR, _line(self.watched, self.most * self.tick).encode() + b"\n")
            faulthandler.dump_traceback(file=_STDERR, all_threads=True)
        finally:
            os._exit(EXIT_CODE)


def _line(thread: int, seconds: float) -> str:
    frame = sys._current_frames().get(thread)
    places = [f"{one.filename.rpartition('/')[2]}:{one.lineno} {one.name}" for one in extract_stack(frame)[-_FRAMES:]]
    facts = {"seconds": round(seconds, 1), "at": places, "exit_code": EXIT_CODE}
    record = logger.makeRecord(logger.name, logging.CRITICAL, "", 0, "loop_stalled", (), None, extra=facts)
    handlers = [one for one in logging.getLogger().handlers if isinstance(one, StderrHandler)]
    return handlers[0].format(record) if handlers else f"loop_stalled {facts}"


@dataclass(slots=True)
class Liveness:
    """Call `heard` after each word with the database. Both clocks count, in seconds: the monotonic one stands still
    while a machine sleeps, the other may be set.
    """

    silence: float  # after which a process that gave no sign is taken for dead
    _last: tuple[float, float] | None = None
    _deaf_until: float = float("-inf")

    def heard(self, monotonic: float, wall: float) -> None:
        """The database answered."""
        if self._gap(monotonic, wall) > self.silence / 2:
            self._deaf_until = monotonic + self.silence  # the others need a moment to be heard again, too
        self._last = monotonic, wall

    def can_tell(self, monotonic: float, wall: float) -> bool:
        """Whether somebody's silence is his own. A process that has just been started believes what it finds."""
        return self._gap(monotonic, wall) <= self.silence / 2 and monotonic >= self._deaf_until

    def _gap(self, monotonic: float, wall: float) -> float:
        last = self._last or (monotonic, wall)
        return max(monotonic - last[0], wall - last[1])
