"""The contents of a database at one moment: rows and digest of each table, the captures that rows point into."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

from archive.backup.manifest import TableContent

Progress = Callable[[str, int, int | None], None]  # a step, how much of it is done, and of how much (None: not known)


def no_progress(step: str, done: int, total: int | None) -> None:
    """Show nothing."""


@contextmanager
def snapshot(engine: Engine) -> Iterator[tuple[Connection, str]]:
    """Open a transaction that sees one moment; yield it and the name by which pg_dump sees the same moment."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as conn:
        yield conn, str(conn.execute(text("select pg_export_snapshot()")).scalar_one())


def table_contents(conn: Connection, progress: Progress = no_progress) -> dict[str, TableContent]:
    """Count and digest the rows of every table of the database."""
    names = [str(name) for name in conn.scalars(_TABLES)]
    conn.execute(_FORMATS)
    contents = {}
    for number, name in enumerate(names):
        progress("tables", number, len(names))
        rows, digest = conn.execute(text(_CONTENT.format(table=name))).one()
        contents[name] = TableContent(rows, str(digest))
    progress("tables", len(names), len(names))
    return contents


def differing_tables(found: Mapping[str, TableContent], expected: Mapping[str, TableContent]) -> list[str]:
    """Return the tables that are missing, unexpected or have other rows."""
    return sorted(name for name in found.keys() | expected.keys() if found.get(name) != expected.get(name))


def holds_rows(conn: Connection) -> bool:
    """Return whether any table other than Alembic's has a row."""
    names = [name for name in conn.scalars(_TABLES) if not str(name).endswith(".alembic_version")]
    return any(conn.scalar(text(f"select exists (select from {name})")) for name in names)  # noqa: S608


def capture_ends(conn: Connection) -> dict[str, int]:
    """Return for each capture file the end of the last record that a row points at."""
    return {name: int(end) for name, end in conn.execute(_ENDS)}


def archive_id(conn: Connection) -> str:
    """Return what distinguishes this archive from others, also after a restore: when it got its first outlet."""
    return str(conn.scalar(_FIRST) or "")


_TABLES = text("""
select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
                  and d.deptype = 'e')
order by 1
""")

# How values look as text must not depend on the account's settings; archive.database sets the others.
_FORMATS = text("set bytea_output to 'hex'; set extra_float_digits to 1")

_CONTENT = """
select count(*), coalesce(sum(hashtextextended("this row"::text, 0)::numeric), 0) from only {table} as "this row"
"""  # a sum: the order of rows is not part of the contents

_ENDS = text("select file, max(record_offset + record_length) from captures group by file")
_FIRST = text('select to_char(min(created_at), \'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\') from outlets')
