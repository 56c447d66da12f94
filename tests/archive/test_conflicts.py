"""Two transactions in each other's way: PostgreSQL ends one of them, and it is done again."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Connection, Engine, text

from archive import conflicts
from archive.conflicts import retry_conflicts
from news.dispositions import Disposition
from news.errors import ArchiveUnavailable, TransactionConflict
from tests.newsroom import LONG, Newsroom, article


@pytest.fixture
def counters(engine: Engine) -> Engine:
    with engine.begin() as conn:
        conn.execute(text("create table counters (id int primary key, number int not null)"))
        conn.execute(text("insert into counters values (1, 0), (2, 0)"))
    return engine


def add_one(conn: Connection, row: int) -> None:
    conn.execute(text("update counters set number = number + 1 where id = :id"), {"id": row})


def numbers(engine: Engine) -> list[int]:
    with engine.connect() as conn:
        return list(conn.execute(text("select number from counters order by id")).scalars())


def test_of_two_transactions_that_wait_for_each_other_both_are_written(counters: Engine) -> None:
    meeting, attempts = Barrier(2, timeout=30), list[int]()

    def update(first: int, then: int) -> None:
        attempts.append(first)
        with counters.begin() as conn:
            conn.execute(text("set local deadlock_timeout = '10ms'"))
            add_one(conn, first)
            if attempts.count(first) == 1:
                meeting.wait()
            add_one(conn, then)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(retry_conflicts, lambda o=order: update(*o)) for order in ((1, 2), (2, 1))]:
            done.result(timeout=60)

    assert numbers(counters) == [2, 2]
    assert len(attempts) > 2, "there was no deadlock"


@pytest.mark.parametrize("level", ["SERIALIZABLE", "REPEATABLE READ"])
def test_a_transaction_that_read_what_another_changed_is_done_again(counters: Engine, level: str) -> None:
    attempts = list[int]()

    def double() -> None:
        attempts.append(1)
        with counters.connect().execution_options(isolation_level=level) as conn, conn.begin():
            number = conn.execute(text("select number from counters where id = 1")).scalar_one()
            if len(attempts) == 1:
                with counters.begin() as other:
                    add_one(other, 1)
            conn.execute(text("update counters set number = :new where id = 1"), {"new": 2 * (number + 1)})

    retry_conflicts(double)

    assert (numbers(counters)[0], len(attempts)) == (4, 2)


def test_a_transaction_that_always_loses_ends_as_an_archive_that_cannot_write(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conflicts, "_PAUSES", (0.0, 0.0))
    attempts = list[int]()

    def lose() -> None:
        attempts.append(1)
        with engine.begin() as conn:
            conn.execute(text("do $$ begin raise exception 'no' using errcode = '40001'; end $$"))

    with pytest.raises(TransactionConflict, match="another transaction") as lost:
        retry_conflicts(lose)
    assert isinstance(lost.value, ArchiveUnavailable)
    assert len(attempts) == 3


def test_a_page_whose_transaction_lost_is_stored_and_not_called_unstorable(newsroom: Newsroom, engine: Engine) -> None:
    with engine.begin() as conn:  # sequences are not rolled back: only the first two attempts fail
        conn.execute(text("create sequence attempts"))
        conn.execute(
            text("""
            create function lose() returns trigger language plpgsql as $$ begin
                if nextval('attempts') < 3 then raise exception 'no' using errcode = '40P01'; end if;
                return new;
            end $$
            """)
        )
        conn.execute(text("create trigger lose before insert on revisions for each row execute function lose()"))

    (outcome,) = newsroom.store(article(body=LONG))

    assert outcome.disposition is Disposition.NEW
