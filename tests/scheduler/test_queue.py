"""A worker's jobs when an answer is lost, and when the worker is taken for dead."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from procrastinate import App
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status
from sqlalchemy import Engine, text

from archive.database import database_url
from archive.home import Home
from archive.outlets import ensure_outlet
from scheduler.processes import WORKER, register
from scheduler.queue import QUEUE, Queue, worker_app
from tests.scheduler.workers import rows

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def outlet_id(engine: Engine, queue: Queue) -> int:
    """Return an outlet with a job that waits."""
    with engine.begin() as conn:
        outlet_id = ensure_outlet(conn, "krone", "https://krone.example/")
    queue.offer(outlet_id, "krone", NOW)
    return outlet_id


def as_worker(home: Home, engine: Engine, work: Callable[[App, int], Awaitable[object]]) -> object:
    """Return what *work* returns, done with the queue as a worker sees it and the worker's id."""
    worker = register(engine, WORKER)

    async def run() -> object:
        app = worker_app(database_url(home), "test", worker)
        async with app.open_async():
            await app.job_manager.register_worker()
            return await work(app, worker)

    return asyncio.run(run())


def jobs(engine: Engine) -> list[tuple[object, ...]]:
    return rows(engine, "select status::text from queue.procrastinate_jobs order by id")


def test_a_job_whose_answer_was_lost_comes_with_the_next_question(
    home: Home, engine: Engine, outlet_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ask_twice(app: App, worker: int) -> object:
        answer = app.connector.execute_query_one_async
        lost: list[object] = []

        async def lose_the_first_answer(query: Any, **values: Any) -> dict[str, Any]:
            given = await answer(query, **values)
            if not lost:
                lost.append(given)
                raise ConnectorException from psycopg.OperationalError("the connection is lost")
            return given

        monkeypatch.setattr(app.connector, "execute_query_one_async", lose_the_first_answer)
        job = await app.job_manager.fetch_job([QUEUE], worker)
        return job and job.task_kwargs["outlet_id"], await app.job_manager.fetch_job([QUEUE], worker)

    assert as_worker(home, engine, ask_twice) == (outlet_id, None)
    assert jobs(engine) == [("doing",)]


@pytest.mark.parametrize("end", ["finish", "retry"])
def test_a_worker_that_was_taken_for_dead_leaves_its_freed_job_alone(
    home: Home, engine: Engine, outlet_id: int, end: str
) -> None:
    async def end_late(app: App, worker: int) -> None:
        job = await app.job_manager.fetch_job([QUEUE], worker)
        assert job
        with engine.begin() as conn:
            conn.execute(text("set local search_path to public, queue"))
            conn.execute(text("update procrastinate_jobs set status = 'todo', worker_id = null"))
        if end == "finish":
            await app.job_manager.finish_job(job, Status.SUCCEEDED, delete_job=True)
        else:
            await app.job_manager.retry_job(job)

    as_worker(home, engine, end_late)

    assert rows(engine, "select status::text, attempts from queue.procrastinate_jobs") == [("todo", 0)]


def test_a_job_that_is_handed_back_gives_way_to_one_that_waits_already(
    home: Home, engine: Engine, queue: Queue, outlet_id: int
) -> None:
    async def hand_back(app: App, worker: int) -> None:
        job = await app.job_manager.fetch_job([QUEUE], worker)
        assert job
        assert queue.offer(outlet_id, "krone", NOW)
        await app.job_manager.retry_job(job)

    as_worker(home, engine, hand_back)

    assert jobs(engine) == [("todo",)]
