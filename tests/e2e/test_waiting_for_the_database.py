"""Daemons and workers that start before their database or its schema."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import pytest

from archive.database import connect_to, make_engine, upgrade


@contextmanager
def started(command: list[str], environ: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    """Run a command whose log can be read; kill it at the end, and after two minutes, so that no test waits forever."""
    with subprocess.Popen(command, env={**os.environ, **environ}, stderr=subprocess.PIPE, text=True) as process:
        timer = Timer(120, process.kill)
        timer.start()
        try:
            yield process
        finally:
            timer.cancel()
            process.kill()


def test_a_worker_waits_for_the_schema_and_then_works(empty_database_url: str, tmp_path: Path) -> None:
    environ = {"NEWSKEEP_HOME": str(tmp_path), "NEWSKEEP_DATABASE_URL": empty_database_url, "LOG_FORMAT": "json"}
    with started([sys.executable, "-m", "cli.main", "worker"], environ) as worker:
        assert worker.stderr
        assert any("archive_waited_for" in line for line in worker.stderr)
        engine = make_engine(lambda: connect_to(empty_database_url))
        upgrade(engine)
        engine.dispose()

        assert any("worker_started" in line for line in worker.stderr)
        worker.send_signal(signal.SIGTERM)
        worker.stderr.read()
    assert worker.returncode == 0


@pytest.mark.parametrize(("verb", "last"), [("daemon", "daemon_stopped"), ("worker", "workers_stopped")])
def test_what_waits_for_its_database_writes_its_last_line_when_it_is_stopped(
    verb: str, last: str, tmp_path: Path
) -> None:
    url = "postgresql://u@127.0.0.1:1/x"
    environ = {"NEWSKEEP_HOME": str(tmp_path), "NEWSKEEP_DATABASE_URL": url, "LOG_FORMAT": "json"}
    with started([sys.executable, "-m", "cli.main", verb], environ) as process:
        assert process.stderr
        assert any("_started" in line for line in process.stderr)
        process.send_signal(signal.SIGTERM)
        *_, line = process.stderr

    assert (json.loads(line)["event"], json.loads(line)["why"]) == (last, "stopped by a signal")
    assert process.returncode == 143


@pytest.mark.slow
def test_the_first_process_of_a_container_hears_that_it_is_to_stop_while_it_waits(tmp_path: Path) -> None:
    apart = [shutil.which("unshare") or "", "--user", "--map-root-user", "--pid", "--fork", "--kill-child"]
    if not apart[0] or subprocess.run([*apart, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no namespace for process ids here")
    environ = {"NEWSKEEP_HOME": str(tmp_path), "NEWSKEEP_DATABASE_URL": "postgresql://u@127.0.0.1:1/x"}
    command = [*apart, sys.executable, "-m", "cli.main", "daemon"]
    with started(command, environ) as shell:
        assert shell.stderr
        assert any("archive_waited_for" in line for line in shell.stderr)
        children = Path(f"/proc/{shell.pid}/task/{shell.pid}/children").read_text(encoding="ascii")

        os.kill(int(children), signal.SIGTERM)

        assert shell.wait(60) == 143
