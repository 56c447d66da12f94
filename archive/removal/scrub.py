"""Let no byte of removed rows stay in the database's files.

A deleted row's bytes stay in its page, also after VACUUM, until other rows take their place. A table has to be written
anew (VACUUM FULL), its old write-ahead log deleted.
"""

import logging
from collections.abc import Iterator

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

logger = logging.getLogger(__name__)

# With text of articles, or made from it.
TABLES = (
    "articles", "blocks", "captures", "fingerprints", "block_memory", "link_events", "links", "readings", "revisions",
    "story_members", "texts",
)  # fmt: skip
_DROP_LOG = (
    "alter system set wal_recycle = off", "select pg_reload_conf()", "select pg_switch_wal()", "checkpoint",
    "select pg_switch_wal()", "checkpoint", "alter system reset wal_recycle", "select pg_reload_conf()",
)  # fmt: skip
_WAIT = "30s"  # for a crawl that is writing; then the table is left for another time


def scrub(engine: Engine) -> Iterator[tuple[str, bool]]:
    """Write each table anew; yield its name, and whether it could be. Crawls wait meanwhile."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text(f"set lock_timeout = '{_WAIT}'"))
        try:
            for table in TABLES:
                yield table, _rewrite(conn, table)
            yield "pg_statistic", _rewrite(conn, "pg_catalog.pg_statistic")  # samples of each column
            yield "write-ahead log", _drop_log(conn)
        finally:
            conn.execute(text("set lock_timeout = 0"))


def _rewrite(conn: Connection, table: str) -> bool:
    return _try(conn, f"vacuum (full, analyze) {table}")


def _drop_log(conn: Connection) -> bool:
    """Delete the log before this moment instead of keeping its files for reuse. Only a superuser may."""
    return all([_try(conn, step) for step in _DROP_LOG])  # noqa: C419 - every step, also after one that failed


def _try(conn: Connection, statement: str) -> bool:
    try:
        conn.execute(text(statement))
    except DBAPIError as error:
        logger.warning("scrub_failed", extra={"statement": statement, "problem": str(error.orig).strip()})
        return False
    return True
