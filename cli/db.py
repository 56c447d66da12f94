"""`newskeep db`: upgrade the archive's database, show its status and URL, move it, stop the embedded server."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click

from archive.home import Home, existing_archive
from cli.archive_helpers import connected_archive, opened_archive, print_answer
from cli.output import emit, say
from cli.verbs import Verbs
from news.errors import ArchiveUnavailable, SettingError
from news.exit_codes import ExitCode

if TYPE_CHECKING:
    from archive.schema import SchemaStatus

SECTION = "Look after"

_as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")


@click.group(cls=Verbs)
def db() -> None:
    """Manage the archive's database.

    \b
    newskeep db status                   where it is, and whether its schema fits this program
    newskeep db psql                     query it; the views v_articles, v_links ... are documented
    newskeep db dump > newskeep.sql      copy it
    """


@db.command()
@_as_json
@click.option("--dry-run", is_flag=True, help="Only list the missing steps.")
def upgrade(as_json: bool, dry_run: bool) -> None:
    """Bring the schema up to date.

    \b
    newskeep db upgrade                  safe at any time; several at once take turns
    newskeep db upgrade --dry-run        the steps that are missing
    """
    from archive.database import refuse_what_does_not_fit, schema_status
    from archive.database import upgrade as bring_up_to_date

    with connected_archive(existing_archive()) as engine:
        before = schema_status(engine)
        after = before if dry_run else bring_up_to_date(engine)
    missing = [step for step in before.steps if before.outdated and step > (before.current or "")]
    record = {"before": before.current, "after": after.current, "steps": missing, "dry_run": dry_run}
    if as_json:
        emit({"type": "upgrade", **record})
    elif missing:
        say(f"{'missing' if dry_run else 'done'}: {', '.join(missing)}")
    if not (as_json or after.newer or (dry_run and missing)):
        say(f"The schema is up to date ({after.current}).")
    if not dry_run or after.newer:
        refuse_what_does_not_fit(after)


@db.command()
@_as_json
def status(as_json: bool) -> None:
    """Show where the archive is and whether its schema fits; exit code 6 when it does not.

    \b
    newskeep db status
    newskeep db status --json
    """
    record, lines = read_status(existing_archive())
    print_answer([record], lines, as_json=as_json)
    if not record["fits"]:
        sys.exit(ExitCode.DATABASE)


@db.command()
@click.option("--upgrade", "upgrading", type=click.Choice(["always", "first", "never"]), default="never",
              help="Bring the schema up to date: always, or when there is none yet; never by default.")  # fmt: skip
@click.option("--for", "seconds", type=click.FloatRange(0), metavar="SECONDS", help="Give up then; else never.")
def wait(upgrading: str, seconds: float | None) -> None:
    """Wait until the database answers and its schema fits. Containers start with it.

    \b
    newskeep db wait                     before a worker on another machine starts
    newskeep db wait --upgrade always    before the daemon starts: several at once take turns
    """
    from archive.waiting import Upgrading, wait_for_archive
    from crawler.logs import setup_logging

    home = existing_archive()
    setup_logging(home)
    schema = wait_for_archive(home, Upgrading(upgrading), float("inf") if seconds is None else seconds)
    say(f"The database is there, its schema fits ({schema.current}).")


@db.command()
@click.option("--reader", is_flag=True, help="That of the account that can only read the views.")
def url(reader: bool) -> None:
    """Print the database's URL, password included; the embedded server is started.

    \b
    psql "$(newskeep db url --reader)" -c "select outlet, headline from v_articles limit 10"
    export NEWSKEEP_DATABASE_URL="$(newskeep db url)"
    """
    from archive.database import database_url, open_archive

    home = existing_archive()
    if reader:
        click.echo(_reader_url(home))
        return
    if not home.settings["NEWSKEEP_DATABASE_URL"]:
        open_archive(home).dispose()  # so that the views exist
    click.echo(database_url(home))


@db.command()
@_as_json
@click.option("--dry-run", is_flag=True, help="Only name the accounts.")
def roles(as_json: bool, dry_run: bool) -> None:
    """Make accounts with few rights: migrator, writer (no change of the schema), reader (the views).

    \b
    newskeep db roles                    prints the URL of each new account, once
    newskeep db url --reader             for programs that only read

    An external server needs a superuser for this; passwords of accounts that exist stay. After an upgrade by the
    migrator, the accounts keep their rights.
    """
    from archive.database import database_url
    from archive.roles import make_accounts

    with opened_archive() as (home, conn):
        embedded = not home.settings["NEWSKEEP_DATABASE_URL"]
        accounts = make_accounts(conn)
        if not dry_run:
            conn.commit()
    for account in accounts:
        made = bool(account.password) and not dry_run
        shown = _account_url(database_url(home), account.name, account.password, embedded=embedded) if made else None
        if shown and account.role == "reader":
            _write_private(home.path / _READER_FILE, shown)
        record = {"type": "role", "role": account.role, "name": account.name, "made": made, "url": shown}
        print_answer([record], [f"{account.role:<9} {shown or account.name}"], as_json=as_json)


_READER_FILE = "reader.url"


def _reader_url(home: Home) -> str:
    try:
        return (home.path / _READER_FILE).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise SettingError("there is no account for readers yet", "newskeep db roles") from None


def _account_url(url: str, name: str, password: str | None, *, embedded: bool) -> str:
    """Return *url* for another account; the embedded server asks for no password."""
    scheme, _, rest = url.partition("://")
    place = rest.rpartition("@")[2]
    return f"{scheme}://{quote(name, safe='')}{'' if embedded else f':{password}'}@{place}"


def _write_private(path: Path, line: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(line + "\n")


@db.command(context_settings={"ignore_unknown_options": True})
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def psql(args: tuple[str, ...]) -> None:
    """Run psql on the archive, with any of its arguments.

    \b
    newskeep db psql                     type SQL; \\dv lists the documented views
    newskeep db psql -c 'select outlet, headline from v_articles limit 10'
    """
    _run_program("psql", args)


@db.command(context_settings={"ignore_unknown_options": True})
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def dump(args: tuple[str, ...]) -> None:
    """Write the whole database to standard output with pg_dump, which takes further arguments.

    \b
    newskeep db dump > newskeep.sql      restore: newskeep db psql -f newskeep.sql, into an empty database
    newskeep db dump --format custom --file newskeep.dump
    """
    _run_program("pg_dump", args)


def _run_program(name: str, args: tuple[str, ...]) -> None:
    """Become the PostgreSQL program *name*, connected to the archive."""
    from archive.database import database_url
    from archive.programs import find_program, without_password

    home = existing_archive()
    with connected_archive(home) as engine, engine.connect() as connection:
        version = connection.connection.dbapi_connection.info.server_version  # type: ignore[union-attr]
    program = find_program(name, version // 10_000)
    place, environment = without_password(database_url(home))
    os.execve(program, [program, f"--dbname={place}", *args], {**os.environ, **environment})  # noqa: S606


@db.command()
@click.argument("url")
@_as_json
def move(url: str, as_json: bool) -> None:
    """Copy the database into an empty one on another server, and compare every row.

    \b
    newskeep db move postgresql://newskeep:…@db.example.org/newskeep
    newskeep db move postgresql:///newskeep?host=/var/run/postgresql --json

    Stop daemon, workers and crawls first. The old database stays as it is, and so do the captures. Afterwards set
    NEWSKEEP_DATABASE_URL.
    """
    from archive.backup.move import move_database
    from archive.connection_url import normal_url, shown_url
    from cli.counting import counting

    home = existing_archive()
    with counting(every=1) as count:
        rows = move_database(home, url, count)
    if as_json:
        emit({"type": "move", "to": shown_url(normal_url(url)), "rows": rows})
    else:
        say(f"{rows:,} rows are in {shown_url(normal_url(url))} as they were here.")
        say(f"Now set NEWSKEEP_DATABASE_URL to it, in the environment or in {home.path / 'newskeep.toml'}")


@db.command()
@_as_json
def stop(as_json: bool) -> None:
    """End the embedded server; the next command that needs it starts it again.

    \b
    newskeep db stop
    newskeep db stop --json
    """
    from archive.database import embedded_server

    home = existing_archive()
    if _daemon_lives(home):
        say("a daemon of this folder runs and starts it again; stop it first")
    stopped = embedded_server(home).stop()
    if as_json:
        emit({"type": "stop", "stopped": stopped, "folder": str(home.postgres)})
    elif stopped:
        say(f"The embedded PostgreSQL in {home.postgres} has ended.")
    else:
        say(f"No embedded PostgreSQL runs in {home.postgres}.")


def _daemon_lives(home: Home) -> bool:
    """Return whether a daemon runs that uses the embedded server, as far as the server can be asked."""
    from sqlalchemy.exc import SQLAlchemyError

    from archive.database import embedded_server
    from scheduler.processes import SCHEDULER, live_processes

    if home.settings["NEWSKEEP_DATABASE_URL"] or not embedded_server(home).state().running:
        return False
    with suppress(SQLAlchemyError, ArchiveUnavailable), connected_archive(home) as engine, engine.connect() as conn:
        return any(process.role == SCHEDULER and process.is_alive for process in live_processes(conn))
    return False


def read_status(home: Home) -> tuple[dict[str, Any], list[str]]:
    """Return the database's status as a record and as lines; an embedded server is started, but not created.

    Raises ArchiveUnavailable.
    """
    from sqlalchemy import text

    from archive.connection_url import normal_url, shown_url
    from archive.database import embedded_server, schema_status

    given = home.settings["NEWSKEEP_DATABASE_URL"]
    if not given and embedded_server(home).state().version is None:
        raise ArchiveUnavailable(f"there is no database in {home.path} yet", "newskeep init")
    with connected_archive(home) as engine, engine.connect() as conn:
        schema = schema_status(engine)
        query = "select split_part(current_setting('server_version'), ' ', 1), pg_database_size(current_database())"
        server, size = conn.execute(text(query)).one()
    where = shown_url(normal_url(given)) if given else str(home.postgres)
    pid = None if given else embedded_server(home).state().pid
    needs = {"schema": schema.current, "needed": schema.head, "fits": schema.current == schema.head}
    record = {"type": "database", "where": where, "embedded": not given, "pid": pid, "server": server, "bytes": size}
    return record | needs, [
        f"database  {where}{'' if given else f' (embedded, process {pid})'}",
        f"server    PostgreSQL {server}",
        f"schema    {_schema_in_words(schema)}",
        f"size      {size / 1e6:,.1f} MB",
    ]


def _schema_in_words(schema: SchemaStatus) -> str:
    if schema.newer:
        return f"{schema.current}, newer than this program ({schema.head}): install a newer Newskeep"
    if schema.outdated:
        return f"{schema.current or 'none yet'}, this program needs {schema.head}: newskeep db upgrade"
    return f"{schema.current}, up to date"
