"""Move the archive's database to another server."""

import time

from sqlalchemy import Engine, text

from archive.backup.contents import Progress, differing_tables, no_progress, snapshot, table_contents
from archive.backup.dump import dump, load, server_version
from archive.backup.restore import empty_database, refuse_differing, refuse_rows
from archive.connection_url import normal_url
from archive.database import connect_archive, database_url, external_connections, make_engine
from archive.home import Home
from archive.roles import grant_rights
from news.errors import Busy


def move_database(home: Home, to: str, progress: Progress = no_progress) -> int:
    """Copy the database to the empty one at *to*, compare every row, and return how many there are.

    The old database stays as it is. Raises SettingError when *to* is not empty or cannot be read, Busy while anything
    else uses the old database, ArchiveUnavailable when one of them cannot be reached.
    """
    url = normal_url(to)
    source, other = (
        connect_archive(home),
        make_engine(external_connections(url, home.settings["DATABASE_WAIT_SECONDS"])),
    )
    try:
        refuse_rows(other, url)
        _refuse_others(source)
        with snapshot(source) as (conn, moment):
            tables = table_contents(conn, progress)
            versions = server_version(source), server_version(other)
            empty_database(other)
            load(url, max(versions), dump(database_url(home), versions[0], moment))
        with other.connect() as conn:
            refuse_differing(differing_tables(table_contents(conn, progress), tables))
            grant_rights(conn)
            conn.commit()
        return sum(table.rows for table in tables.values())
    finally:
        source.dispose()
        other.dispose()


def _refuse_others(engine: Engine) -> None:
    """Raise Busy when anything else uses the database: it would go on to write to the old one."""
    deadline = time.monotonic() + _LEAVING_SECONDS
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        while others := conn.scalar(_OTHERS):
            if time.monotonic() > deadline:
                raise Busy(f"other connections to the database: {others}", "stop daemon, workers and crawls first")
            time.sleep(0.1)


_LEAVING_SECONDS = 3.0  # for the server to notice that a client has gone
_OTHERS = text("""
select count(*) from pg_stat_activity
where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
""")
