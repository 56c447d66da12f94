"""One daemon leads; another takes over when it dies, hangs or loses its connection."""

import asyncio
from collections.abc import Iterator
from threading import Event

import pytest
from sqlalchemy import Connection, Engine, text

from scheduler import leader as leading
from scheduler.leader import Leader
from tests.scheduler.workers import until

_HOLDER = text("select pid from pg_locks where locktype = 'advisory' and objid = cast(4294967295 as oid)")
_END = text("select pg_terminate_backend(:pid)")


@pytest.fixture
def leaders(engine: Engine) -> Iterator[tuple[Leader, Leader]]:
    pair = Leader(engine), Leader(engine)
    yield pair

    async def resign() -> None:
        for leader in pair:
            await leader.resign()

    asyncio.run(resign())


def ask(*leaders: Leader) -> list[bool]:
    """Return what each leader answers, in order, on one loop."""

    async def all_of_them() -> list[bool]:
        return [await leader.campaign() for leader in leaders]

    return asyncio.run(all_of_them())


def holder(engine: Engine) -> int:
    with engine.connect() as conn:
        return int(conn.execute(_HOLDER).scalar_one())


def test_one_leads_and_the_other_waits(leaders: tuple[Leader, Leader]) -> None:
    first, second = leaders

    assert ask(first, second, first, second) == [True, False, True, False]


def test_a_leader_that_resigns_lets_the_other_lead(leaders: tuple[Leader, Leader]) -> None:
    first, second = leaders
    ask(first)

    asyncio.run(first.resign())

    until(lambda: ask(second) == [True])  # the server has to notice that the connection is gone
    assert ask(first) == [False]


def test_a_leader_whose_connection_broke_leads_no_more_until_it_has_the_lock_again(
    leaders: tuple[Leader, Leader], engine: Engine
) -> None:
    first, second = leaders
    ask(first)
    with engine.connect() as conn:
        conn.execute(_END, {"pid": holder(engine)})

    assert ask(first) == [False]
    until(lambda: ask(second) == [True])
    assert ask(first) == [False]


def test_a_leader_that_hangs_is_put_out(
    leaders: tuple[Leader, Leader], engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = leaders
    ask(first)
    hung = holder(engine)

    ask(second)
    assert holder(engine) == hung  # it asked a moment ago
    monkeypatch.setattr(leading, "HUNG_SECONDS", 0)
    until(lambda: ask(second) == [True])

    assert holder(engine) != hung


def test_a_database_that_does_not_answer_is_not_led(
    leaders: tuple[Leader, Leader], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = leaders

    async def asked_in_vain() -> list[bool]:
        answers = [await first.campaign()]
        with monkeypatch.context() as patience:
            patience.setattr(leading, "_ANSWER_SECONDS", 0.0)
            answers.append(await first.campaign())
        return [*answers, await first.campaign()]

    assert asyncio.run(asked_in_vain()) == [True, False, True]


def test_an_answer_that_comes_after_the_leader_resigned_does_not_make_it_lead(
    leaders: tuple[Leader, Leader], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = leaders
    slow, connect = Event(), Leader._connect

    def connect_slowly(leader: Leader) -> Connection:
        slow.wait(20)
        return connect(leader)

    async def resign_while_asking() -> bool:
        with monkeypatch.context() as hurry:
            hurry.setattr(leading, "_ANSWER_SECONDS", 0.0)
            hurry.setattr(Leader, "_connect", connect_slowly)
            answer = await first.campaign()
            await first.resign()
            slow.set()
            return answer

    assert asyncio.run(resign_while_asking()) is False  # the thread that asks has ended by now, too
    assert ask(second) == [True]


def test_the_lead_is_none_of_the_outlets_locks(leaders: tuple[Leader, Leader], engine: Engine) -> None:
    first, _ = leaders
    ask(first)

    with engine.connect() as conn:
        assert conn.scalar(text(f"select pg_try_advisory_lock({0x6E6B}, 1)")) is True
