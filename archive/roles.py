"""Database accounts with no more rights than their work needs: migrator, writer, reader."""

import secrets
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from archive.views import VIEWS
from news.errors import SettingError


class Role(StrEnum):
    """MIGRATOR changes the schema, WRITER crawls and stores without changing it, READER reads the documented views."""

    MIGRATOR = "migrator"
    WRITER = "writer"
    READER = "reader"


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account; `password` is None when it existed before, and keeps its own."""

    role: Role
    name: str
    password: str | None


def account_name(database: str, role: Role) -> str:
    """Return the name of an account: accounts belong to the whole server, so that of the database is part of it."""
    return f"{database}_{role}"


def make_accounts(conn: Connection) -> list[NewAccount]:
    """Create the accounts that are missing, and grant each its rights. Raises SettingError without a superuser."""
    database = str(conn.scalar(text("select current_database()")))
    accounts = []
    try:
        for role in Role:
            name = account_name(database, role)
            password = None if _exists(conn, name) else secrets.token_hex(24)
            if password:
                conn.exec_driver_sql(f"create role {_quoted(name)} login password '{password}'")
            accounts.append(NewAccount(role, name, password))
        grant_rights(conn)
    except ProgrammingError as error:
        raise SettingError(
            f"accounts cannot be made: {str(error.orig).splitlines()[0]}",
            "NEWSKEEP_DATABASE_URL=postgresql://SUPERUSER@… newskeep db roles",
        ) from error
    return accounts


def grant_rights(conn: Connection) -> None:
    """Grant the accounts that exist their rights; to be repeated after each upgrade, which may make views anew."""
    place = conn.execute(_PLACE).first()
    if place is None:  # no schema yet
        return
    database, owner, schema = place
    grants = {Role.MIGRATOR: _MIGRATOR, Role.WRITER: _WRITER, Role.READER: _READER}
    values = {"database": _quoted(database), "owner": _quoted(owner), "schema": _quoted(schema)}
    values["views"] = ", ".join(f"{values['schema']}.{view}" for view in VIEWS)
    for role, statements in grants.items():
        name = account_name(database, role)
        if _exists(conn, name):
            conn.exec_driver_sql(statements.format(role=_quoted(name), **values))


def _exists(conn: Connection, name: str) -> bool:
    return bool(conn.scalar(text("select exists (select from pg_roles where rolname = :name)"), {"name": name}))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


_PLACE = text("""
select current_database(), tableowner, schemaname from pg_tables
where tablename = 'articles' and schemaname = current_schema()
""")

# What it makes belongs to the owner of the other tables.
_MIGRATOR = """
grant {owner} to {role}; alter role {role} in database {database} set role = {owner}
"""

_WRITER = """
grant usage on schema {schema}, queue to {role};
grant select, insert, update, delete on all tables in schema {schema}, queue to {role};
grant usage, select on all sequences in schema {schema}, queue to {role};
alter default privileges for role {owner} in schema {schema}, queue
    grant select, insert, update, delete on tables to {role};
alter default privileges for role {owner} in schema {schema}, queue grant usage, select on sequences to {role}
"""

_READER = """
grant usage on schema {schema} to {role}; grant select on {views} to {role};
alter role {role} in database {database} set default_transaction_read_only = on
"""
