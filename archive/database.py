"""Open the archive: the embedded server or the one that NEWSKEEP_DATABASE_URL names, with a schema that fits."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import create_engine, event

from archive.embedded import EmbeddedServer
from archive.schema import SchemaStatus, schema_status, upgrade
from news.errors import ArchiveUnavailable, SchemaOutdated, SettingError

if TYPE_CHECKING:
    from sqlalchemy import Engine, ExceptionContext

    from archive.embedded import EmbeddedServer
    from archive.home import Home

_RECYCLE_SECONDS = 1800  # firewalls forget connections that idle for an hour
_TAKES_NOTHING = frozenset({"53100", "25006"})  # a full disk; a server that only reads


def database_url(home: Home) -> str:
    """The archive's URL as libpq (psql, psycopg) reads it, password included; starts the embedded server.

    Raises SettingError for a URL that is none of PostgreSQL, ArchiveUnavailable when the embedded server cannot run.
    """
    given = home.settings["NEWSKEEP_DATABASE_URL"]
    if given:
        return normal_url(given)
    server = embedded_server(home)
    server.start()
    return server.url


def embedded_server(home: Home) -> EmbeddedServer:
    """The server of this data folder, running or not."""
    return EmbeddedServer(home.postgres)


def open_archive(home: Home, wait: float | None = None) -> Engine:
    """An engine on the archive with a schema that fits this program; *wait* as `connect_archive` takes it.

    An embedded database is migrated on the way. Raises SchemaOutdated for an external one that is behind or for any
    that is ahead of this program; ArchiveUnavailable when no connection comes about or the server is too old;
    SettingError for a URL that cannot be read.
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


def connect_archive(home: Home, wait: float | None = None) -> Engine:
    """An engine on the archive whatever its schema; a first connection was made, so the server is there and new enough.

    Each connection waits *wait* seconds at most for an external server (None: as the settings say). Raises
    ArchiveUnavailable or SettingError.
    """
    given = home.settings["NEWSKEEP_DATABASE_URL"]
    wait = home.settings["DATABASE_WAIT_SECONDS"] if wait is None else wait
    engine = make_engine(
        external_connections(normal_url(given), wait) if given else embedded_connections(embedded_server(home))
    )
    engine.connect().close()
    return engine


def make_engine(connect: Connect) -> Engine:
    """An engine whose connections come from *connect*.

    A connection that breaks raises ArchiveUnavailable, and so does a server that can write nothing.
    """
    engine = create_engine(
        "postgresql+psycopg://",
        creator=connect,
        pool_pre_ping=True,
        pool_recycle=_RECYCLE_SECONDS,
        pool_size=16,
        max_overflow=4,
    )
    event.listen(engine, "handle_error", _say_that_it_broke)
    event.listen(engine, "handle_error", _say_that_it_takes_nothing)
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


def _say_that_it_takes_nothing(context: ExceptionContext) -> None:
    """A full disk is no fault of the row that met it: all others would meet it too."""
    if getattr(context.original_exception, "sqlstate", None) in _TAKES_NOTHING:
        raise ArchiveUnavailable(
            f"the database takes nothing more: {in_one_line(context.original_exception)}",
            "newskeep doctor",
        ) from context.original_exception


def _say_that_it_broke(context: ExceptionContext) -> None:
    if context.is_disconnect and not context.is_pre_ping:
        raise ArchiveUnavailable(
            f"the connection to the archive broke: {in_one_line(context.original_exception)}",
            "the same command again: what was acknowledged is kept",
        ) from context.original_exception


__all__ = [
    "connect_archive",
    "database_url",
    "embedded_server",
    "make_engine",
    "open_archive",
    "refuse_what_does_not_fit",
    "schema_status",
    "upgrade",
]

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


_CONNECT_SECONDS = 10
_SCHEMES = ("postgresql://", "postgres://", "postgresql+psycopg://", "postgresql+psycopg2://")


def normal_url(given: str) -> str:
    """*given* under the scheme that libpq and people agree on. Raises SettingError, which never shows a password."""
    for scheme in _SCHEMES:
        if given.startswith(scheme):
            url = "postgresql://" + given.removeprefix(scheme)
            _check_readable(url)
            return url
    raise SettingError(
        f"NEWSKEEP_DATABASE_URL starts with {given.partition(':')[0][:20]!r}, and an archive lives in PostgreSQL",
        "NEWSKEEP_DATABASE_URL=postgresql://user:password@host:5432/database",
    )


def shown_url(url: str) -> str:
    """*url* for people's eyes: without its password, wherever that stood."""
    parts = conninfo_to_dict(url)
    user, host, port = (str(parts.get(name) or "") for name in ("user", "host", "port"))
    account = user + (":***" if "password" in parts else "") + "@" if user else ""
    if host.startswith("/"):  # a socket's folder
        return f"postgresql://{account}/{parts.get('dbname', '')}?host={host}"
    return f"postgresql://{account}{host}{':' + port if port else ''}/{parts.get('dbname', '')}"


def with_defaults(url: str) -> str:
    """The connection string for *url*, our name and time limits in it unless it brings its own."""
    given = conninfo_to_dict(url)
    defaults: dict[str, str | int] = {
        "connect_timeout": _CONNECT_SECONDS,
        "fallback_application_name": "newskeep",
        # a server that vanished without a word is noticed within 20 seconds
        "keepalives_idle": 5,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 20_000,
    }
    return make_conninfo(url, **{name: value for name, value in defaults.items() if name not in given})


def _check_readable(url: str) -> None:
    try:
        conninfo_to_dict(url)
    except ProgrammingError:  # its words repeat the URL, password and all
        raise SettingError(
            "NEWSKEEP_DATABASE_URL cannot be read as a PostgreSQL URL",
            "write @ : / and % inside the password as %40 %3A %2F and %25",
        ) from None
