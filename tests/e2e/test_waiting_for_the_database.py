"""Daemons and workers that are up before their database or its schema."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from archive.database import connect_to, make_engine, upgrade


def test_a_worker_waits_for_the_schema_and_then_works(empty_database_url: str, tmp_path: Path) -> None:
    environ = {"NEWSKEEP_HOME": str(tmp_path), "NEWSKEEP_DATABASE_URL": empty_database_url, "LOG_FORMAT": "json"}
    with subprocess.Popen(
        [sys.executable, "-m", "cli.main", "worker"], env={**os.environ, **environ}, stderr=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stderr
        assert "archive_waited_for" in worker.stderr.readline()
        engine = make_engine(lambda: connect_to(empty_database_url))
        upgrade(engine)
        engine.dispose()

        assert any("worker_started" in line for line in worker.stderr)
        worker.send_signal(signal.SIGTERM)
        worker.stderr.read()
    assert worker.returncode == 0


def test_the_first_process_of_a_container_hears_that_it_is_to_stop_while_it_waits(tmp_path: Path) -> None:
    apart = [shutil.which("unshare") or "", "--user", "--map-root-user", "--pid", "--fork", "--kill-child"]
    if not apart[0] or subprocess.run([*apart, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no namespace for process ids here")
    environ = {"NEWSKEEP_HOME": str(tmp_path), "NEWSKEEP_DATABASE_URL": "postgresql://u@127.0.0.1:1/x"}
    command = [*apart, sys.executable, "-m", "cli.main", "daemon"]
    with subprocess.Popen(command, env={**os.environ, **environ}, stderr=subprocess.PIPE, text=True) as shell:
        assert shell.stderr
        assert "archive_waited_for" in shell.stderr.readline()
        children = Path(f"/proc/{shell.pid}/task/{shell.pid}/children").read_text(encoding="ascii")

        os.kill(int(children), signal.SIGTERM)

        assert shell.wait(10) == 143
