"""`newskeep worker` on a machine that is up before the daemon has made the schema."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from archive.connections import connect_to
from archive.database import make_engine, upgrade


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
