"""The daemon's share of checking keeps to its budget, goes on where it stopped and raises the alert."""

from sqlalchemy import Engine, text

from archive.alerts import open_alerts
from archive.captures import CaptureFiles
from archive.home import Home
from archive.verify.check import Scope
from archive.verify.registry import CHECKS
from archive.verify.run import DailyCheck, last_verified
from tests.newsroom import LONG, Newsroom, article


def store(newsroom: Newsroom, home: Home, number: int) -> None:
    with CaptureFiles(home) as captures:
        pages = [(article(f"https://krone.example/a-{n}", body=f"{LONG} {n}"), b"<p>%d</p>" % n) for n in range(number)]
        newsroom.store_captured(captures, *pages)


def test_a_budget_is_spread_over_the_hours(engine: Engine, home: Home, newsroom: Newsroom) -> None:
    store(newsroom, home, 5)
    daily = DailyCheck(Scope(engine, home), bytes_a_day=24 * 1000)
    hours = 0
    with engine.connect() as conn:
        while last_verified(conn) is None:
            daily.look(seconds=60)
            hours += 1
            conn.rollback()
            assert hours < 200

    assert hours > len(CHECKS) / 2
    assert daily.look(seconds=60) == 0  # once a day is enough
    assert DailyCheck(Scope(engine, home), bytes_a_day=0).look(seconds=60) == 0


def test_damage_that_the_daemon_finds_opens_the_alert(engine: Engine, home: Home, newsroom: Newsroom) -> None:
    store(newsroom, home, 1)
    with engine.begin() as conn:
        conn.execute(text("update revisions set headline = 'Zug entgleise'"))

    DailyCheck(Scope(engine, home), bytes_a_day=1 << 40).look(seconds=60)

    with engine.connect() as conn:
        (alert,) = open_alerts(conn)
    assert alert.rule == "archive_damaged"
    assert alert.facts["articles"] == 1
