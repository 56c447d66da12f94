"""Open the archive: the embedded server or the one that NEWSKEEP_DATABASE_URL names, with a schema that fits."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import create_engine, event

from archive.connection_url import normal_url, shown_url, with_defaults
from archive.embedded import EmbeddedServer
from archive.schema import SchemaStatus, schema_status, upgrade
from news.errors import ArchiveUnavailable, SchemaOutdated, TransactionConflict

if TYPE_CHECKING:
    from sqlalchemy import Engine, ExceptionContext

    from archive.home import Home

__all__ = [
    "archive_engine",
    "connect_archive",
    "database_url",
    "embedded_server",
    "make_engine",
    "open_archive",
    "refuse_what_does_not_fit",
    "schema_status",
    "upgrade",
]

logger = logging.getLogger(__name__)

Connect = Callable[[], "psycopg.Connection[Any]"]

OLDEST_SERVER = 15
_RECOVERY_SECONDS = 60.0  # of the embedded server, after one of its processes was killed
_POLL_SECONDS = 0.05

# What the program relies on, whatever a server, database or role sets by default.
_SETTINGS = """
set timezone to 'UTC'; set datestyle to 'ISO'; set intervalstyle to 'postgres'; set standard_conforming_strings to on;
set default_transaction_isolation to 'read committed'; set statement_timeout to 0; set lock_timeout to 0;
set idle_in_transaction_session_timeout to 0
"""
# The server checks whether a silent client is still there: otherwise a machine that vanished would hold its locks for
# two hours. This has no effect on a local socket.
_KEEPALIVES = """
set tcp_keepalives_idle to 5; set tcp_keepalives_interval to 5; set tcp_keepalives_count to 3;
set tcp_user_timeout to 20000
"""
SESSION = f"{_SETTINGS}; {_KEEPALIVES}"
_TRIED_POOLERS: set[str] = set()
POOL_SIZE = 3  # connections of an engine at most: one may hold locks for long, the others come and go
_POOL_SECONDS = 600  # for one of them to become free; a migration may keep them waiting
NEEDED = 9  # connections of a daemon with one worker: an engine each, one of the queue's daemon, two of its worker
_MORE_CONNECTIONS = (
    f"raise max_connections, or the account's CONNECTION LIMIT: a daemon with one worker needs {NEEDED} connections"
)
_RECYCLE_SECONDS = 1800  # firewalls forget connections that idle for an hour
_CONFLICTS = frozenset({"40001", "40P01"})  # SQLSTATE of a serialisation failure, of a deadlock
_CANNOT_WRITE = frozenset({"53100", "25006"})  # SQLSTATE of a full disk, of a read-only server


def database_url(home: Home) -> str:
    """Return the archive's URL for libpq (psql, psycopg), password included; start the embedded server.

    Raises SettingError for a URL of anything but PostgreSQL, ArchiveUnavailable when the embedded server cannot run.
    """
    given = home.settings["NEWSKEEP_DATABASE_URL"]
    if given:
        return normal_url(given)
    server = embedded_server(home)
    server.start()
    return server.url


def embedded_server(home: Home) -> EmbeddedServer:
    """Return the server of this data folder, running or not."""
    return EmbeddedServer(home.postgres)


def open_archive(home: Home, wait: float | None = None) -> Engine:
    """Return an engine on the archive with a schema that fits this program; *wait* as in `connect_archive`.

    An embedded database is migrated first. Raises SchemaOutdated when an external database is behind this program, or
    any is ahead of it; ArchiveUnavailable when no connection is possible or the server is too old; SettingError for
    a URL that cannot be read.
    """
    engine = connect_archive(home, wait)
    try:
        if not home.settings["NEWSKEEP_DATABASE_URL"] and schema_status(engine).outdated:
            upgrade(engine)
        refuse_what_does_not_fit(schema_status(engine))
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def archive_engine(home: Home) -> Iterator[Engine]:
    """Open the archive as `open_archive` does, and dispose of the engine at the end."""
    engine = open_archive(home)
    try:
        yield engine
    finally:
        engine.dispose()


def connect_archive(home: Home, wait: float | None = None) -> Engine:
    """Connect to the archive whatever its schema, and return the engine.

    Each connection waits *wait* seconds at most for an external server (None: as the settings say). Raises
    ArchiveUnavailable when the server cannot be reached or is too old, SettingError for a URL that cannot be read.
    """
    given = home.settings["NEWSKEEP_DATABASE_URL"]
    wait = home.settings["DATABASE_WAIT_SECONDS"] if wait is None else wait
    engine = make_engine(
        external_connections(normal_url(given), wait) if given else embedded_connections(embedded_server(home))
    )
    engine.connect().close()
    return engine


def make_engine(connect: Connect, connections: int = POOL_SIZE) -> Engine:
    """Return an engine whose connections come from *connect*, so many at most; threads wait for a free one.

    A broken connection raises ArchiveUnavailable, and so does a server that cannot write; a deadlock or a serialisation
    failure raises TransactionConflict.
    """
    engine = create_engine(
        "postgresql+psycopg://",
        creator=connect,
        pool_pre_ping=True,
        pool_recycle=_RECYCLE_SECONDS,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=_POOL_SECONDS,
    )
    event.listen(engine, "handle_error", _raise_if_disconnected)
    event.listen(engine, "handle_error", _raise_if_read_only)
    event.listen(engine, "handle_error", _raise_if_conflict)
    return engine


def refuse_what_does_not_fit(schema: SchemaStatus) -> None:
    """Raise SchemaOutdated unless this program can work with *schema*."""
    if schema.newer:
        raise SchemaOutdated(
            f"the archive's schema is {schema.current}, and this program knows it up to {schema.head}",
            "install the Newskeep that wrote it, or a newer one",
        )
    if schema.outdated:
        raise SchemaOutdated(
            f"the archive's schema is {schema.current or 'not there yet'}, and this program needs {schema.head}",
            "newskeep db upgrade",
        )


def _raise_if_read_only(context: ExceptionContext) -> None:
    """Raise ArchiveUnavailable for a full disk: the row is not at fault, every other row would fail too."""
    if getattr(context.original_exception, "sqlstate", None) in _CANNOT_WRITE:
        raise ArchiveUnavailable(
            f"the database takes nothing more: {in_one_line(context.original_exception)}",
            "newskeep doctor",
        ) from context.original_exception


def _raise_if_conflict(context: ExceptionContext) -> None:
    if getattr(context.original_exception, "sqlstate", None) in _CONFLICTS:
        raise TransactionConflict(
            f"the database gave another transaction precedence: {in_one_line(context.original_exception)}",
            "the same command again: nothing was written",
        ) from context.original_exception


def _raise_if_disconnected(context: ExceptionContext) -> None:
    if not isinstance(context.original_exception, Exception):
        return  # Ctrl-C during a query, for which SQLAlchemy drops the connection as well
    if context.is_disconnect and not context.is_pre_ping:
        raise ArchiveUnavailable(
            f"the connection to the archive broke: {in_one_line(context.original_exception)}",
            "the same command again: what was acknowledged is kept",
        ) from context.original_exception


def connect_to(url: str) -> psycopg.Connection[Any]:
    """Open a connection in UTC. Raises psycopg.OperationalError; ArchiveUnavailable for a server we cannot use."""
    connection = psycopg.connect(with_defaults(url), autocommit=True)
    try:
        info = connection.info
        refuse_unfit_server(info.server_version, info.parameter_status("server_encoding"))
        connection.execute(SESSION)
        if url not in _TRIED_POOLERS and info.backend_pid != _server_pid(connection):
            _refuse_shared_sessions(url, connection)
            _TRIED_POOLERS.add(url)
        connection.autocommit = False
    except BaseException:
        connection.close()
        raise
    return connection


def _server_pid(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("select pg_backend_pid()").fetchone()
    assert row
    return int(row[0])


def _refuse_shared_sessions(url: str, connection: psycopg.Connection[Any]) -> None:
    """Raise ArchiveUnavailable where a pooler gives each transaction another session: locks and settings get lost."""
    before = _server_pid(connection)
    with psycopg.connect(with_defaults(url)) as second:  # its transaction stays open
        shared = _server_pid(second) == before or any(_server_pid(connection) != before for _ in range(5))
    if shared:
        raise ArchiveUnavailable(
            f"the pooler at {shown_url(url)} shares sessions between transactions, and Newskeep keeps locks in its own",
            "pool_mode = session for this database, or the server's own port in NEWSKEEP_DATABASE_URL",
        )


def external_connections(url: str, wait: float) -> Connect:
    """Return a function that connects to *url* and waits up to *wait* seconds for a server that is not ready."""

    def connect() -> psycopg.Connection[Any]:
        try:
            return _retry(lambda: connect_to(url), wait)
        except psycopg.OperationalError as error:
            raise ArchiveUnavailable(
                f"the archive at {shown_url(url)} cannot be reached: {in_one_line(error)}",
                _MORE_CONNECTIONS
                if _is_full(error)
                else "check NEWSKEEP_DATABASE_URL, and that the server runs and lets this account in",
            ) from error

    return connect


def embedded_connections(server: EmbeddedServer) -> Connect:
    """Return a function that connects to *server* and restarts it when it was killed."""

    def start_and_connect() -> psycopg.Connection[Any]:
        server.start()  # half a millisecond when it runs
        return connect_to(server.url)

    def connect() -> psycopg.Connection[Any]:
        try:
            return _retry(start_and_connect, _RECOVERY_SECONDS)
        except psycopg.OperationalError as error:
            raise ArchiveUnavailable(
                f"the embedded PostgreSQL in {server.folder} refuses: {in_one_line(error)}", "newskeep doctor"
            ) from error

    return connect


def _retry(connect: Connect, wait: float) -> psycopg.Connection[Any]:
    deadline = time.monotonic() + wait
    while True:
        try:
            return connect()
        except psycopg.OperationalError as error:
            if _is_permanent(error) or time.monotonic() > deadline:
                raise
            if _is_full(error):
                _report_full(in_one_line(error), int(time.monotonic() // 60))
            time.sleep(_POLL_SECONDS)


def _is_permanent(error: psycopg.OperationalError) -> bool:
    """Return whether the server itself refuses (wrong password, no such database), and is not just starting or full."""
    message = str(error)
    return "FATAL:" in message and "the database system is" not in message and not _is_full(error)


def _is_full(error: psycopg.OperationalError) -> bool:
    """Whether the server gives this account no further connection now; psycopg has no SQLSTATE for it."""
    return any(words in str(error) for words in ("too many", "connection slots are reserved"))


@lru_cache(maxsize=1)
def _report_full(problem: str, _minute: int) -> None:
    """Log that a connection is waited for, once in a minute."""
    logger.warning("database_full", extra={"problem": problem, "try": _MORE_CONNECTIONS})


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
    """Return the message of *error* without line breaks."""
    return " ".join(str(error).split())
