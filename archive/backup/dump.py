"""Copy a database with PostgreSQL's own programs: pg_dump writes plain SQL, psql reads it."""

import gzip
import io
import os
import subprocess
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Engine

from archive.programs import find_program, without_password
from news.errors import ArchiveUnavailable, BackupDamaged

_STEP = 1 << 20
_LOAD = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--file=-")
# pg_dump of PostgreSQL 17 writes this line at the top, and an older server refuses it.
_UNKNOWN_SETTING = b"SET transaction_timeout = 0;\n"
_LONGEST = 1000  # characters of a message


def server_version(engine: Engine) -> int:
    """Return the major version of the server."""
    with engine.connect() as conn:
        return int(conn.connection.dbapi_connection.info.server_version) // 10_000  # type: ignore[union-attr]


def dump(url: str, server: int, snapshot: str) -> Iterator[bytes]:
    """Yield the whole database as gzipped SQL, as the transaction that exported *snapshot* sees it.

    *server* is its major version. Owners and rights are left out: they belong to a server. Raises ArchiveUnavailable
    with pg_dump's message.
    """
    options = ("--no-owner", "--no-privileges", "--compress=6", f"--snapshot={snapshot}")
    with _running("pg_dump", server, url, options, stdout=subprocess.PIPE) as process:
        while piece := process.stdout.read(_STEP):
            yield piece


def load(url: str, version: int, packed: Iterator[bytes]) -> None:
    """Load gzipped SQL into an empty database in one transaction, committed when all of *packed* has been read.

    *version* is the newer one of the server and of the pg_dump that wrote the SQL. Raises BackupDamaged for data that
    cannot be unpacked, ArchiveUnavailable with psql's message, and what *packed* raises: then nothing was written.
    """
    with _running("psql", version, url, _LOAD, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        for piece in _unpacked(packed):
            process.stdin.write(piece)
        process.stdin.close()  # psql commits at the end of its input


class _Pieces(io.RawIOBase):
    """Pieces of bytes as a file that can be read once."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._rest = self._rest or next(self._pieces, b"")
        taken, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


def _unpacked(packed: Iterator[bytes]) -> Iterator[bytes]:
    try:
        with gzip.open(io.BufferedReader(_Pieces(packed))) as file:  # reads on to the end, behind the last member
            piece = file.read(_STEP).replace(_UNKNOWN_SETTING, b"", 1)
            while piece:
                yield piece
                piece = file.read(_STEP)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise BackupDamaged(f"the copy of the database cannot be unpacked: {error}") from error


@contextmanager
def _running(name: str, version: int, url: str, options: tuple[str, ...], **pipes: Any) -> Iterator[Any]:
    """Run a program of PostgreSQL on the database and wait for its end; kill it when the caller fails."""
    program = find_program(name, version)
    place, environment = without_password(url)
    command = [program, f"--dbname={place}", *options]
    with tempfile.TemporaryFile() as messages:
        with (
            suppress(BrokenPipeError),
            subprocess.Popen(  # noqa: S603
                command, stderr=messages, env={**os.environ, **environment}, **pipes
            ) as process,
        ):
            try:
                yield process
            except BrokenPipeError:
                raise  # it has ended, and says why
            except BaseException:
                _kill(process)
                raise
        if process.returncode:
            messages.seek(0)
            message = " ".join(messages.read().decode("utf-8", "replace").split())
            raise ArchiveUnavailable(f"{name}: {message[-_LONGEST:] or 'it ended without a reason'}", "newskeep doctor")


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    if process.stdin:
        with suppress(BrokenPipeError):
            process.stdin.close()
