"""Connections to the archive's server: in UTC, patient while it starts, refused when it will not do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import psycopg

from archive.database_urls import shown_url, with_defaults
from news.errors import ArchiveUnavailable

if TYPE_CHECKING:
    from archive.embedded import EmbeddedServer

OLDEST_SERVER = 15
_RECOVERY_SECONDS = 60.0  # of the embedded server, after one of its processes was killed
_POLL_SECONDS = 0.05

# In UTC, and asking a client of which nothing is heard whether it is still there: a machine that vanished would hold
# its locks for two hours otherwise. Without effect on a local socket.
_SESSION = """
set timezone to 'UTC'; set tcp_keepalives_idle to 5; set tcp_keepalives_interval to 5; set tcp_keepalives_count to 3;
set tcp_user_timeout to 20000
"""

Connect = Callable[[], "psycopg.Connection[Any]"]


def connect_to(url: str) -> psycopg.Connection[Any]:
    """A connection in UTC. Raises psycopg.OperationalError; ArchiveUnavailable for a server we cannot use."""
    connection = psycopg.connect(with_defaults(url), autocommit=True)
    try:
        info = connection.info
        refuse_unfit_server(info.server_version, info.parameter_status("server_encoding"))
        connection.execute(_SESSION)
        connection.autocommit = False
    except BaseException:
        connection.close()
        raise
    return connection


def external_connections(url: str, wait: float) -> Connect:
    """What connects to *url*, for up to *wait* seconds while the server is not there or not ready yet."""

    def connect() -> psycopg.Connection[Any]:
        try:
            return _patiently(lambda: connect_to(url), wait)
        except psycopg.OperationalError as error:
            raise ArchiveUnavailable(
                f"the archive at {shown_url(url)} cannot be reached: {in_one_line(error)}",
                "check NEWSKEEP_DATABASE_URL, and that the server runs and lets this account in",
            ) from error

    return connect


def embedded_connections(server: EmbeddedServer) -> Connect:
    """What connects to *server*; a killed one is brought back, for a long-lived daemon too."""

    def start_and_connect() -> psycopg.Connection[Any]:
        server.start()  # half a millisecond when it runs
        return connect_to(server.url)

    def connect() -> psycopg.Connection[Any]:
        try:
            return _patiently(start_and_connect, _RECOVERY_SECONDS)
        except psycopg.OperationalError as error:
            raise ArchiveUnavailable(
                f"the embedded PostgreSQL in {server.folder} refuses: {in_one_line(error)}", "newskeep doctor"
            ) from error

    return connect


def _patiently(connect: Connect, wait: float) -> psycopg.Connection[Any]:
    deadline = time.monotonic() + wait
    while True:
        try:
            return connect()
        except psycopg.OperationalError as error:
            if _is_for_good(error) or time.monotonic() > deadline:
                raise
            time.sleep(_POLL_SECONDS)


def _is_for_good(error: psycopg.OperationalError) -> bool:
    """True for a server's own refusal (password, no such database); starting, recovering and being full all pass."""
    said = str(error)
    return "FATAL:" in said and "the database system is" not in said and "too many" not in said


def refuse_unfit_server(version: int, encoding: str | None) -> None:
    """Raise ArchiveUnavailable for a server older than 15 (*version* as libpq gives it: 150004) or without UTF-8."""
    if version < OLDEST_SERVER * 10_000:
        raise ArchiveUnavailable(
            f"the server is PostgreSQL {version // 10_000}, and Newskeep needs {OLDEST_SERVER} or newer",
            "name a newer server in NEWSKEEP_DATABASE_URL, or leave it empty for the embedded one",
        )
    if encoding != "UTF8":
        raise ArchiveUnavailable(
            f"the database's encoding is {encoding}, and news needs UTF8",
            "createdb --encoding=UTF8 --template=template0 NAME, and name that in NEWSKEEP_DATABASE_URL",
        )


def in_one_line(error: BaseException) -> str:
    """What *error* says, without its line breaks."""
    return " ".join(str(error).split())
