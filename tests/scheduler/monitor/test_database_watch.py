"""People are notified that the database is away; the alert is written when it is back."""

import asyncio
from datetime import timedelta

from sqlalchemy import Engine, text

from archive.database import connect_to, make_engine
from news.settings import read_settings
from scheduler.monitor.database_watch import DatabaseWatch
from tests.scheduler.monitor.conftest import NOW, Hook, notify_all


def watch(engine: Engine, minutes: int, watching: DatabaseWatch) -> bool:
    return asyncio.run(watching.look(NOW + timedelta(minutes=minutes)))


def test_database_outage_is_sent_once_and_stored_afterwards(database_url: str, hook: Hook) -> None:
    place = {"url": database_url}
    engine = make_engine(lambda: connect_to(place["url"]))
    settings = {"ALERT_WEBHOOK_URL": hook.address}
    watching = DatabaseWatch(engine, read_settings(settings))
    assert watch(engine, 0, watching)
    engine.dispose()
    place["url"] = "postgresql://keeper:sesame@127.0.0.1:1/news"
    assert [watch(engine, minutes, watching) for minutes in range(1, 6)] == [False] * 5
    place["url"] = database_url
    for minutes in (6, 7):
        assert watch(engine, minutes, watching)
        notify_all(engine, NOW + timedelta(minutes=minutes), **settings)
    engine.dispose()

    assert [[alert["change"] for alert in post["alerts"]] for post in hook.posts] == [["opened"], ["ended"]]
    assert hook.posts[0]["text"] == "machine: database cannot be reached, since 2026-11-23 12:01 UTC"


def test_restart_of_the_database_raises_no_alarm(database_url: str, hook: Hook) -> None:
    place = {"url": "postgresql://keeper:sesame@127.0.0.1:1/news"}
    engine = make_engine(lambda: connect_to(place["url"]))
    watching = DatabaseWatch(engine, read_settings({"ALERT_WEBHOOK_URL": hook.address}))
    assert not watch(engine, 0, watching)
    assert not watch(engine, 1, watching)
    place["url"] = database_url
    assert watch(engine, 2, watching)
    with engine.connect() as conn:
        assert conn.execute(text("select count(*) from alerts")).scalar_one() == 0
    engine.dispose()

    assert hook.posts == []
