"""Runs `newskeep` commands in the data folder of the tour."""

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
    """A command of the tour ended unexpectedly; the message has the end of its output."""


class Terminal:
    """`newskeep` in the data folder *home*; it may fetch from this machine only."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ = tour_environment(home, os.environ)

    def run(self, *words: str) -> bytes:
        """Run a command and return its standard output. Raises CommandFailed if it fails.

        Exit code 3 is no failure here: one of the pretend pages is broken on purpose.
        """
        done = subprocess.run(  # noqa: S603 - this very program
            [sys.executable, "-m", "cli.main", *words], capture_output=True, check=False, env=self.environ
        )
        if done.returncode not in (0, ExitCode.SOME_PAGES_FAILED):
            message = done.stderr.decode(errors="replace").strip()
            raise CommandFailed(
                f"`newskeep {' '.join(words)}` ended with exit code {done.returncode}\n{message[-2000:]}"
            )
        return done.stdout

    def records(self, *words: str) -> list[dict[str, Any]]:
        """Run a command with --json and return its lines as mappings."""
        return [json.loads(line) for line in self.run(*words, "--json").splitlines()]


def tour_environment(home: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for the tour's commands, without the user's own settings."""
    names = {setting.name for setting in SETTINGS}
    others = {name: value for name, value in environ.items() if name not in names}
    return {
        **others,
        "NEWSKEEP_HOME": str(home),
        "NEWSKEEP_CONTACT": CONTACT,
        "NEWSKEEP_ALLOW_NETWORKS": LOOPBACK,
        "NO_COLOR": "1",
    }
