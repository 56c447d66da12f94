"""A new database cluster: made in a folder of its own and renamed, so that half of one is never taken for a whole."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from archive.embedded.account import Account
from archive.embedded.binaries import Binaries
from archive.embedded.log import complaints_in, hint_for
from news.errors import ArchiveUnavailable

OWNER = "newskeep"  # the database's owner and name; no password: the socket's folder is private
_UNFINISHED = "data.new-"
# Without ICU in the wheel the builtin provider is the one whose order never changes with the system's libc.
_LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8")
_LOCALE_BEFORE_17 = ("--locale=C.UTF-8",)
CLEAN_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}  # PGPORT, PGDATA and the like must not leak into the server


def create_cluster(data: Path, binaries: Binaries, account: Account, alive: int, *, durable: bool) -> None:
    """Make the cluster *data* with an empty database in it.

    *alive* is the descriptor that every process at work on the cluster holds. Raises ArchiveUnavailable with initdb's
    own words, OSError when the folder cannot be written.
    """
    for left in data.parent.glob(_UNFINISHED + "*"):  # by somebody who was killed in the midst of this
        shutil.rmtree(left)
    new = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=data.parent))
    try:
        account.give(new)
        _initialise(new, binaries, account, alive, durable=durable)
        new.rename(data)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    _flush(data.parent)


def run_in(folder: int, command: list[str], account: Account, alive: int, typed: str = "") -> None:
    """Run a PostgreSQL program to its end; it finds the data *folder* by descriptor."""
    done = subprocess.run(  # noqa: S603
        command, check=False, input=typed, capture_output=True, text=True, errors="replace", cwd="/",
        env=CLEAN_ENVIRONMENT, pass_fds=(folder, alive), start_new_session=True, **account.popen_arguments,
    )  # fmt: skip
    if done.returncode != 0:
        said = complaints_in(done.stdout + done.stderr)
        raise ArchiveUnavailable(f"the embedded PostgreSQL could not be set up:\n{said}", hint_for(said))


def _initialise(new: Path, binaries: Binaries, account: Account, alive: int, *, durable: bool) -> None:
    folder = os.open(new, os.O_RDONLY | os.O_DIRECTORY)
    at = f"/proc/self/fd/{folder}"
    locale = _LOCALE if binaries.major >= 17 else _LOCALE_BEFORE_17
    try:
        run_in(
            folder,
            [binaries.program("initdb"), "-D", at, "-U", OWNER, "--encoding=UTF8", *locale, "--auth-local=trust",
             "--auth-host=reject", "--data-checksums", "--no-instructions", *(() if durable else ("--no-sync",))],
            account, alive,
        )  # fmt: skip
        single = [binaries.program("postgres"), "--single", "-D", at, *(() if durable else ("-F",)), "postgres"]
        run_in(folder, single, account, alive, typed=f"create database {OWNER}\n")
    finally:
        os.close(folder)


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
