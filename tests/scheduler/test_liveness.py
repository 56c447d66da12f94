"""A process whose event loop stalls ends itself; a process that lost the database declares no other dead."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler.liveness import Liveness

PROGRAM = """
import asyncio, sys, time
from pathlib import Path
from archive.home import Home
from crawler.logs import setup_logging
from news.settings import read_settings
from scheduler.liveness import end_when_stalled

setup_logging(Home(Path("/"), read_settings()))

def read_endless_page():
    {stall}

async def main():
    watching = asyncio.create_task(end_when_stalled({seconds}))
    print("turning", flush=True)
    for _ in range({turns}):
        await asyncio.sleep(0.05)
    read_endless_page()
    watching.cancel()

asyncio.run(main())
print("ended well")
"""


def start(stall: str, turns: int = 4, seconds: float = 1.0) -> subprocess.Popen[str]:
    code = PROGRAM.replace("{stall}", stall).replace("{turns}", str(turns)).replace("{seconds}", str(seconds))
    root = Path(__file__).parents[2]
    return subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root
    )


def test_stalled_loop_ends_the_process_and_says_where() -> None:
    process = start("time.sleep(60)")
    _, log = process.communicate(timeout=180)

    line = json.loads(log.splitlines()[0])
    assert process.returncode == 70
    assert (line["event"], line["level"]) == ("loop_stalled", "critical")
    assert line["at"][-1].endswith("read_endless_page")
    assert "Thread 0x" in log  # every thread's stack follows


def test_code_that_lets_no_thread_run_is_ended_too() -> None:
    process = start("import re; re.match('(a+)+b', 'a' * 40)")  # one call into C that holds on for years
    _, log = process.communicate(timeout=180)

    assert process.returncode == 1
    assert "read_endless_page" in log


def test_loop_that_turns_goes_on() -> None:
    process = start("time.sleep(0.2)", seconds=5)
    out, log = process.communicate(timeout=180)

    assert (process.returncode, log) == (0, "")
    assert "ended well" in out


def test_time_in_which_the_process_was_stopped_does_not_count() -> None:
    process = start("pass", turns=10)
    assert process.stdout
    assert process.stdout.readline() == "turning\n"
    os.kill(process.pid, signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=1.4)  # longer than the loop may stall, shorter than the last resort
    os.kill(process.pid, signal.SIGCONT)
    out, _ = process.communicate(timeout=180)

    assert (process.returncode, out) == (0, "ended well\n")


def steady(until: float = 100.0) -> Liveness:
    """Return a process that had an answer every five seconds."""
    liveness = Liveness(20)
    for second in range(0, int(until) + 1, 5):
        liveness.answered(second, 1000 + second)
    return liveness


def test_a_process_that_has_just_started_can_judge() -> None:
    assert Liveness(20).can_judge(50, 1050)


def test_a_process_that_had_all_answers_can_judge() -> None:
    assert steady().can_judge(104, 1104)


def test_a_moment_without_an_answer_changes_nothing() -> None:
    liveness = steady()
    liveness.answered(109, 1109)
    assert liveness.can_judge(110, 1110)


def test_without_answers_it_cannot_judge() -> None:
    assert not steady().can_judge(130, 1130)


def test_after_an_outage_the_others_have_time_for_a_heartbeat() -> None:
    liveness = steady()
    liveness.answered(131, 1131)
    assert not liveness.can_judge(150, 1150)
    for second in (136, 141, 146, 151):
        liveness.answered(second, 1000 + second)
    assert liveness.can_judge(152, 1152)


def test_a_clock_set_forward_or_a_machine_that_slept_is_an_outage_too() -> None:
    liveness = steady()
    assert not liveness.can_judge(101, 4701)
    liveness.answered(102, 4702)
    assert not liveness.can_judge(120, 4720)


def test_a_clock_set_back_is_no_outage() -> None:
    liveness = steady()
    liveness.answered(105, 5)
    assert liveness.can_judge(106, 6)
