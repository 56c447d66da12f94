"""Opening the archive: the embedded server or the one that NEWSKEEP_DATABASE_URL names, with a schema that fits."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import create_engine, event

from archive.embedded import EmbeddedServer
from archive.schema import SchemaStatus, schema_status, upgrade
from news.errors import ArchiveUnavailable, SchemaOutdated, SettingError

if TYPE_CHECKING:
    from sqlalchemy import Engine, ExceptionContext

    from archive.home import Home

OLDEST_SERVER = 15
_CONNECT_SECONDS = 10
_RECOVERY_SECONDS = 60.0  # of the embedded server, after one of its processes was killed
_POLL_SECONDS = 0.05
_RECYCLE_SECONDS = 1800  # firewalls forget connections that idle for an hour
_DIALECTS = ("postgresql://", "postgres://", "postgresql+psycopg://", "postgresql+psycopg2://")

Connect = Callable[[], "psycopg.Connection[Any]"]


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


def open_archive(home: Home) -> Engine:
    """An engine on the archive with a schema that fits this program.

    An embedded database is migrated on the way. Raises SchemaOutdated for an external one that is behind or for any
    that is ahead of this program; ArchiveUnavailable when no connection comes about or the server is too old;
    SettingError for a URL that cannot be read.
    """
    engine = connect_archive(home)
    try:
        if not home.settings["NEWSKEEP_DATABASE_URL"] and schema_status(engine).outdated:
            upgrade(engine)
        _refuse_what_does_not_fit(schema_status(engine))
    except BaseException:
        engine.dispose()
        raise
    return engine


def connect_archive(home: Home) -> Engine:
    """An engine on the archive whatever its schema; a first connection was made, so the server is there and new enough.

    Raises ArchiveUnavailable or SettingError.
    """
    given = home.settings["NEWSKEEP_DATABASE_URL"]
    wait = home.settings["DATABASE_WAIT_SECONDS"]
    engine = make_engine(
        external_connections(normal_url(given), wait) if given else embedded_connections(embedded_server(home))
    )
    engine.connect().close()
    return engine


def normal_url(given: str) -> str:
    """*given* under the scheme that libpq and people agree on. Raises SettingError, which never shows a password."""
    for scheme in _DIALECTS:
        if given.startswith(scheme):
            url = "postgresql://" + given.removeprefix(scheme)
            _check_readable(url)
            return url
    raise SettingError(
        f"NEWSKEEP_DATABASE_URL starts with {given.partition(':')[0][:20]!r}, and an archive lives in PostgreSQL",
        "NEWSKEEP_DATABASE_URL=postgresql://user:password@host:5432/database",
    )


def shown_url(url: str) -> str:
    """*url* for people's eyes: its password, wherever it stands, replaced by ***."""
    parts = conninfo_to_dict(url)
    user, host, port = parts.get("user", ""), parts.get("host", ""), parts.get("port")
    secret = ":***" if "password" in parts else ""
    where = f"{host}:{port}" if port else host
    return f"postgresql://{user}{secret}@{where}/{parts.get('dbname', '')}"


def make_engine(connect: Connect) -> Engine:
    """An engine whose connections come from *connect*; a connection that breaks raises ArchiveUnavailable."""
    engine = create_engine(
        "postgresql+psycopg://", creator=connect, pool_pre_ping=True, pool_recycle=_RECYCLE_SECONDS, max_overflow=15
    )
    event.listen(engine, "handle_error", _say_that_it_broke)
    return engine


def connect_to(url: str) -> psycopg.Connection[Any]:
    """A connection in UTC. Raises psycopg.OperationalError; ArchiveUnavailable for a server we cannot use."""
    connection = psycopg.connect(_with_defaults(url), autocommit=True)
    try:
        _refuse_unfit_server(connection.info)
        connection.execute("set timezone to 'UTC'")
        connection.autocommit = False
    except BaseException:
        connection.close()
        raise
    return connection


def _with_defaults(url: str) -> str:
    given = conninfo_to_dict(url)
    defaults: dict[str, str | int] = {"connect_timeout": _CONNECT_SECONDS, "fallback_application_name": "newskeep"}
    return make_conninfo(url, **{name: value for name, value in defaults.items() if name not in given})


def external_connections(url: str, wait: float) -> Connect:
    """What connects to *url*, for up to *wait* seconds while the server is not there or not ready yet."""

    def connect() -> psycopg.Connection[Any]:
        try:
            return _patiently(lambda: connect_to(url), wait)
        except psycopg.OperationalError as error:
            raise ArchiveUnavailable(
                f"the archive at {shown_url(url)} cannot be reached: {_in_one_line(error)}",
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
                f"the embedded PostgreSQL in {server.folder} refuses: {_in_one_line(error)}", "newskeep doctor"
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


def _check_readable(url: str) -> None:
    try:
        conninfo_to_dict(url)
    except psycopg.ProgrammingError:  # its words repeat the URL, password and all
        raise SettingError(
            "NEWSKEEP_DATABASE_URL cannot be read as a PostgreSQL URL",
            "write @ : / and % inside the password as %40 %3A %2F and %25",
        ) from None


def _refuse_unfit_server(info: psycopg.ConnectionInfo) -> None:
    if info.server_version < OLDEST_SERVER * 10_000:
        raise ArchiveUnavailable(
            f"the server is PostgreSQL {info.server_version // 10_000}; Newskeep needs {OLDEST_SERVER} or newer"
        )
    if (encoding := info.parameter_status("server_encoding")) != "UTF8":
        raise ArchiveUnavailable(
            f"the database's encoding is {encoding}; news needs UTF8",
            f"createdb --encoding=UTF8 --template=template0 {info.dbname}2, and name that in NEWSKEEP_DATABASE_URL",
        )


def _refuse_what_does_not_fit(schema: SchemaStatus) -> None:
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


def _say_that_it_broke(context: ExceptionContext) -> None:
    if context.is_disconnect and not context.is_pre_ping:
        raise ArchiveUnavailable(
            f"the connection to the archive broke: {_in_one_line(context.original_exception)}",
            "the same command again: what was acknowledged is kept",
        ) from context.original_exception


def _in_one_line(error: BaseException) -> str:
    return " ".join(str(error).split())


__all__ = [
    "OLDEST_SERVER", "connect_archive", "connect_to", "database_url", "embedded_connections", "embedded_server",
    "external_connections", "make_engine", "normal_url", "open_archive", "schema_status", "shown_url", "upgrade",
]  # fmt: skip
