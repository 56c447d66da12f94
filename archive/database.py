"""Opening the archive: the embedded server or the one that NEWSKEEP_DATABASE_URL names, with a schema that fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import create_engine, event

from archive.connections import Connect, embedded_connections, external_connections, in_one_line
from archive.database_urls import normal_url
from archive.embedded import EmbeddedServer
from archive.schema import SchemaStatus, schema_status, upgrade
from news.errors import ArchiveUnavailable, SchemaOutdated

if TYPE_CHECKING:
    from sqlalchemy import Engine, ExceptionContext

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
