"""Find out which schema a database has, and upgrade it. The steps themselves are in migrations/."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text

import migrations
from archive.roles import grant_rights
from news.errors import ArchiveUnavailable, SettingError

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Engine

FOLDER = Path(migrations.__file__).parent
_LOCK = int.from_bytes(b"newskeep", "big")  # an advisory lock holds within its database
_LOCK_SECONDS = 600
_POLL_SECONDS = 0.1
_RIGHTS = text("""
select current_user as account, current_database() as database, current_schema() as schema,
       coalesce(has_schema_privilege(current_schema(), 'create'), false) as may_create,
       to_regnamespace('queue') is not null
       or has_database_privilege(current_database(), 'create') as may_create_schema
""")


@dataclass(frozen=True, slots=True)
class SchemaStatus:
    """The schema of a database: its step (`current`, None without one), and the `steps` of this program in order."""

    current: str | None
    steps: tuple[str, ...]

    @property
    def head(self) -> str:
        """The step that this program needs."""
        return self.steps[-1]

    @property
    def outdated(self) -> bool:
        """Whether `upgrade` has something to do."""
        return self.current != self.head and not self.newer

    @property
    def newer(self) -> bool:
        """Whether a newer program has upgraded the database."""
        return self.current is not None and self.current not in self.steps


def migration_steps() -> tuple[str, ...]:
    """List the migrations by number, from their file names: Alembic would cost every command a fifth of a second."""
    return tuple(sorted(path.name.partition("_")[0] for path in (FOLDER / "versions").glob("[0-9]*_*.py")))


def schema_status(engine: Engine) -> SchemaStatus:
    """Read the schema's status. Raises ArchiveUnavailable when the database cannot be reached."""
    with engine.connect() as connection:
        current = None
        if connection.scalar(text("select to_regclass('alembic_version')")) is not None:
            current = connection.scalar(text("select version_num from alembic_version"))
    return SchemaStatus(current, migration_steps())


def upgrade(engine: Engine) -> SchemaStatus:
    """Upgrade the schema to this program's, and return the status afterwards.

    Upgrades take turns. A schema newer than this program is left alone. Raises ArchiveUnavailable when another upgrade
    takes ten minutes.
    """
    from alembic import command

    with _upgrade_lock(engine):
        if schema_status(engine).outdated:
            _refuse_missing_rights(engine)
            with engine.connect() as connection:
                command.upgrade(alembic_config(connection=connection), "head")
                connection.commit()
                grant_rights(connection)
                connection.commit()
    return schema_status(engine)


def alembic_config(**attributes: object) -> Config:
    """Return Alembic's configuration for these migrations; env.py uses the `connection=` that is given here."""
    from alembic.config import Config

    config = Config(stdout=sys.stdout)
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes.update(attributes)
    return config


def _refuse_missing_rights(engine: Engine) -> None:
    """Raise SettingError, with the grant that is missing, before a step fails half-way."""
    with engine.connect() as connection:
        rights = connection.execute(_RIGHTS).one()
    schema = rights.schema or "public"
    grants = [f"usage, create on schema {schema}"] if not rights.may_create else []
    grants += [f'create on database "{rights.database}"'] if not rights.may_create_schema else []
    if grants:
        raise SettingError(
            f"the account {rights.account} may not create tables in {rights.database}",
            "as its owner: " + "; ".join(f'grant {grant} to "{rights.account}"' for grant in grants),
        )


@contextmanager
def _upgrade_lock(engine: Engine) -> Iterator[None]:
    """Hold the lock on a connection without a transaction: waiters must not delay CREATE INDEX CONCURRENTLY."""
    deadline = time.monotonic() + _LOCK_SECONDS
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.scalar(text("select pg_try_advisory_lock(:key)"), {"key": _LOCK}):
            if time.monotonic() > deadline:
                raise ArchiveUnavailable("another upgrade of the schema takes too long", "newskeep db status")
            time.sleep(_POLL_SECONDS)
        try:
            yield
        finally:
            connection.scalar(text("select pg_advisory_unlock(:key)"), {"key": _LOCK})
