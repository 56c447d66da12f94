"""A page that holds the process ends it; work that gives the loop its turns does not."""

import signal
import subprocess
import sys

PROGRAM = """
import asyncio, time
from crawler.watchdog import watched

async def main():
    with watched(asyncio.get_running_loop(), 0.3):
        {work}
    print("done")

asyncio.run(main())
"""


def run(work: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(work=work)], capture_output=True, text=True, check=False, timeout=60
    )


def test_a_process_that_gives_the_loop_no_turn_is_ended_and_says_where() -> None:
    ended = run("sum(range(10**12))")
    assert ended.returncode == -signal.SIGPROF
    assert "in main" in ended.stderr


def test_long_work_in_turns_goes_on() -> None:
    assert run("[(sum(range(10**5)), await asyncio.sleep(0)) for _ in range(400)]").stdout == "done\n"
