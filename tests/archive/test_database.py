"""Opening the archive by URL and embedded."""

from sqlalchemy import Engine, text


def test_fresh_database_takes_a_row(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("insert into outlets (name, url) values ('krone', 'https://www.krone.at')"))
        assert connection.scalar(text("select count(*) from outlets")) == 1


def test_next_test_sees_nothing_of_it(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.scalar(text("select count(*) from outlets")) == 0
