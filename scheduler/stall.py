"""Ends this process when its loop has stalled, saying where: a container or a service manager starts it again."""

import asyncio
import faulthandler

LOOP_SECONDS = 60.0
_TURN_SECONDS = 1.0


async def end_when_stalled(seconds: float = LOOP_SECONDS) -> None:
    """Until cancelled: the process ends with exit code 1 when the running loop gives nobody a turn for so long.

    The clock is C code in a thread of its own, which needs nothing of Python's to go off.
    """
    try:
        while True:
            faulthandler.dump_traceback_later(seconds, exit=True)
            await asyncio.sleep(_TURN_SECONDS)
    finally:
        faulthandler.cancel_dump_traceback_later()
