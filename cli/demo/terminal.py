"""Runs `newskeep` as a person at a terminal would, in a data folder of the tour's own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from news.exit_codes import ExitCode
from news.settings import SETTINGS

CONTACT = "demo@example.org"
LOOPBACK = "127.0.0.0/8"


class CommandFailed(Exception):
    """A command of the tour ended in a way that the tour did not expect; the message is its own last words."""


class Terminal:
    """`newskeep` in the data folder *home*, free to fetch from this machine itself and from nowhere else."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ = tour_environment(home, os.environ)

    def run(self, *words: str) -> bytes:
        """What the command writes to standard output. Raises CommandFailed unless it ends well.

        Exit code 3 is a good end here: one of the pretend pages is broken on purpose.
        """
        done = subprocess.run(  # noqa: S603 - this very program
            [sys.executable, "-m", "cli.main", *words], capture_output=True, check=False, env=self.environ
        )
        if done.returncode not in (0, ExitCode.SOME_PAGES_FAILED):
            said = done.stderr.decode(errors="replace").strip()
            raise CommandFailed(f"`newskeep {' '.join(words)}` ended with exit code {done.returncode}\n{said[-2000:]}")
        return done.stdout

    def records(self, *words: str) -> list[dict[str, Any]]:
        """The NDJSON that the command writes, one mapping a line."""
        return [json.loads(line) for line in self.run(*words, "--json").splitlines()]


def tour_environment(home: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for the tour's commands: nobody's own settings may change how it goes."""
    names = {setting.name for setting in SETTINGS}
    kept = {name: value for name, value in environ.items() if name not in names}
    return {
        **kept,
        "NEWSKEEP_HOME": str(home),
        "NEWSKEEP_CONTACT": CONTACT,
        "NEWSKEEP_ALLOW_NETWORKS": LOOPBACK,
        "NO_COLOR": "1",
    }
