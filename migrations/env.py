"""The script that Alembic runs, on a connection of Newskeep, or by itself on the database of `newskeep db url`."""

from alembic import context
from alembic.util import CommandError
from sqlalchemy import Connection

from archive.database import connect_archive
from archive.home import existing_archive
from archive.models import metadata
from news.errors import NewsError


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_server_default=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_offline() -> None:
    context.configure(dialect_name="postgresql", target_metadata=metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if context.is_offline_mode():
    run_offline()
elif given is not None:
    run(given)
else:
    try:
        engine = connect_archive(existing_archive())
    except NewsError as error:
        raise CommandError(f"{error}; try: {error.hint}") from None
    with engine.connect() as own:
        run(own)
        own.commit()
