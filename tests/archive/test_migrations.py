"""The steps in migrations/ lead from nothing to what archive/models.py and archive/views.py say, and back."""

import ast
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from archive.database import connect_to, make_engine, schema_status, upgrade
from archive.models import metadata
from archive.schema import FOLDER, alembic_config, migration_steps
from archive.views import VIEWS


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Engine]:
    engine = make_engine(lambda: connect_to(empty_database_url), connections=20)
    yield engine
    engine.dispose()


def downgrade(engine: Engine) -> None:
    with engine.connect() as connection:
        command.downgrade(alembic_config(connection=connection), "base")
        connection.commit()


def names(engine: Engine) -> set[str]:
    found = inspect(engine)
    return {*found.get_table_names(), *found.get_view_names()} - {"alembic_version"}


def test_up_down_and_up_again(empty: Engine) -> None:
    everything = {*metadata.tables, *VIEWS}

    assert schema_status(empty).outdated
    assert not upgrade(empty).outdated
    assert names(empty) == everything
    downgrade(empty)
    assert names(empty) == set()
    assert not upgrade(empty).outdated
    assert names(empty) == everything


def test_tables_are_those_of_the_models(engine: Engine) -> None:
    """Failing here means: archive/models.py changed, and a step in migrations/versions/ has to follow."""
    with engine.connect() as connection:
        command.check(alembic_config(connection=connection))


@pytest.mark.parametrize("name", VIEWS)
def test_view_is_that_of_the_program(engine: Engine, name: str) -> None:
    """Failing here means: archive/views.py changed, and a step in migrations/versions/ has to follow."""
    with engine.connect() as connection:
        connection.execute(text(VIEWS[name].replace(f"create view {name}", "create temporary view today")))
        migrated, today = connection.execute(
            text("select pg_get_viewdef(cast(:name as regclass)), pg_get_viewdef('today'::regclass)"), {"name": name}
        ).one()

    assert migrated == today


def test_upgraders_at_once_take_turns(empty: Engine) -> None:
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(lambda _: upgrade(empty), range(4)))

    assert {status.current for status in outcomes} == {migration_steps()[-1]}


def test_upgrade_leaves_a_newer_schema_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))

    status = upgrade(engine)

    assert status.newer
    assert status.current == "9999"


def test_file_names_tell_the_steps_as_alembic_sees_them() -> None:
    scripts = ScriptDirectory.from_config(alembic_config())

    assert [step.revision for step in scripts.walk_revisions()][::-1] == list(migration_steps())
    assert len(scripts.get_heads()) == 1


@pytest.mark.parametrize("path", sorted((FOLDER / "versions").glob("[0-9]*.py")), ids=lambda path: path.stem)
def test_step_says_why_what_it_locks_and_what_the_daemon_makes_of_it(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""

    assert all(word in docstring for word in ("Why:", "Locks:", "The running daemon:"))


LINK = (
    "insert into links (outlet_id, url, canonical_url, url_key, state, disposition, reason) values (1, 'u', 'u', 1, {})"
)


@pytest.mark.parametrize(
    ("values", "broken"),
    [
        ("'done', null, null", "done_has_disposition"),
        ("'done', 'skipped', null", "reason_given"),
        ("'done', 'failed', null", "reason_given"),
        ("'done', 'vanished', 'x'", "disposition"),
    ],
)
def test_link_cannot_end_without_an_account_of_it(engine: Engine, values: str, broken: str) -> None:
    with engine.connect() as connection:
        connection.execute(text("insert into outlets (id, name, url) values (1, 'krone', 'https://www.krone.at')"))
        with pytest.raises(IntegrityError, match=broken):
            connection.execute(text(LINK.format(values)))


@pytest.mark.parametrize("values", ["'waiting', null, null", "'done', 'new', null", "'done', 'skipped', 'robots.txt'"])
def test_link_with_its_account_is_taken(engine: Engine, values: str) -> None:
    with engine.connect() as connection:
        connection.execute(text("insert into outlets (id, name, url) values (1, 'krone', 'https://www.krone.at')"))
        connection.execute(text(LINK.format(values)))
        assert connection.scalar(text("select count(*) from v_links")) == 1


def test_interval_not_looked_at_needs_a_reason(engine: Engine) -> None:
    gap = "insert into coverage (outlet_id, looked, started_at, ended_at) values (1, false, now(), now())"
    with engine.connect() as connection:
        connection.execute(text("insert into outlets (id, name, url) values (1, 'krone', 'https://www.krone.at')"))
        with pytest.raises(IntegrityError, match="reason_given"):
            connection.execute(text(gap))


def test_page_about_the_schema_names_every_view_column_and_table(engine: Engine) -> None:
    page = (Path(__file__).parents[2] / "docs" / "schema.md").read_text(encoding="utf-8")
    views = {part.partition("`")[0]: part for part in page.split("## `")[1:]}

    assert list(views) == list(VIEWS)
    for name in VIEWS:
        table = views[name].partition("## Tables")[0]
        missing = [column["name"] for column in inspect(engine).get_columns(name) if f"`{column['name']}`" not in table]
        assert not missing, f"{name}: {missing}"
    assert [name for name in metadata.tables if f"| `{name}` |" not in page] == []


def test_the_steps_can_be_printed_as_sql(empty: Engine, empty_database_url: str) -> None:
    config = alembic_config()
    config.output_buffer = StringIO()
    command.upgrade(config, "head", sql=True)
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        connection.execute(config.output_buffer.getvalue().encode())

    assert names(empty) == {*metadata.tables, *VIEWS}
    assert not schema_status(empty).outdated
