"""The inspection: a broken rule opens one alert, which ends when the rule holds; our own downtime raises none."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from archive.alerts import open_alerts
from archive.backup.last_backup import LAST_BACKUP
from archive.home import Home
from news.health.machine import no_worker
from news.health.registry import OUTLET_RULES
from news.health.rule import Judgement, State
from scheduler.monitor.day_counts import watched_outlets
from scheduler.monitor.inspection import AlertState, Inspector
from scheduler.monitor.measurements import OutletHistories
from tests.newsroom import Newsroom, article

NOW = datetime(2026, 9, 23, 20, tzinfo=UTC)  # a Wednesday
APP = "Jetzt die App laden und nichts verpassen!"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class World:
    """An outlet with six weeks behind it: an article an hour from six to midnight, looked at every half hour."""

    def __init__(self, home: Home, engine: Engine, newsroom: Newsroom) -> None:
        self.engine, self.newsroom = engine, newsroom
        self.inspector = Inspector(engine, home)
        self.outlet = newsroom.crawl("krone").outlet_id
        self.sql("insert into turns (outlet_id, due_at) values (:outlet, clock_timestamp() + interval '1 hour')")
        for back in range(45, 0, -1):
            self.sql(
                """insert into outlet_days (outlet_id, day, articles, words, words_median, headlines, dates, authors,
                paywalled, endings, hours, longest_silence_seconds, looks, failed_looks, watched, compiled_at)
                values (:outlet, :day, 18, 7200, 400, 18, 18, 18, 0, 0, :hours, 25200, 48, 0, 1, :at)""",
                day=(NOW - back * DAY).date(), hours=[0] * 6 + [1] * 18, at=NOW - back * DAY,
            )  # fmt: skip

    def sql(self, statement: str, **values: object) -> None:
        with self.engine.begin() as conn:
            conn.execute(text(statement), {"outlet": self.outlet, **values})

    def looks(self, since: datetime, until: datetime, *, looked: bool = True, reason: str | None = None) -> None:
        """A look every half hour."""
        self.sql(
            """insert into coverage (outlet_id, looked, started_at, ended_at, reason)
            select :outlet, :looked, at, at + interval '1 minute', :reason
            from generate_series(cast(:since as timestamptz), :until, interval '30 minutes') at""",
            since=since, until=until - timedelta(minutes=2), looked=looked, reason=reason,
        )  # fmt: skip

    def publish(self, at: datetime) -> None:
        self.newsroom.now = at - HOUR
        self.newsroom.store(article(f"https://krone.example/{at:%d-%H}", f"Wort {at:%d %H %M}. " * 9))

    def look(self, now: datetime) -> None:
        asyncio.run(self.inspector.inspect(now))

    def open(self) -> list[tuple[str, str]]:
        with self.engine.connect() as conn:
            return [(alert.rule, alert.subject) for alert in open_alerts(conn)]

    def all(self) -> int:
        return int(self.newsroom.rows("select count(*) from alerts")[0][0])  # type: ignore[call-overload]


@pytest.fixture
def world(home: Home, engine: Engine, newsroom: Newsroom) -> World:
    return World(home, engine, newsroom)


def test_silent_outlet_is_one_alert_until_it_speaks_again(world: World) -> None:
    world.publish(NOW - 13 * HOUR)
    world.looks(NOW - 3 * DAY, NOW)
    for minutes in range(3):
        world.look(NOW + timedelta(minutes=minutes))
    assert world.open() == [("silent_outlet", "krone")]

    world.publish(NOW + HOUR)
    for hours in (1, 1.5, 2, 2.5):
        world.looks(NOW + (hours - 0.5) * HOUR, NOW + hours * HOUR + timedelta(minutes=3))
        world.look(NOW + hours * HOUR + timedelta(minutes=5))
    assert world.open() == []
    assert world.all() == 1


def test_outlet_that_publishes_as_ever_is_not_reported(world: World) -> None:
    world.publish(NOW - 2 * HOUR)
    world.looks(NOW - 3 * DAY, NOW)
    world.look(NOW)

    assert world.all() == 0


@pytest.mark.parametrize("reason", ["not_running", "offline", "no_worker"])
def test_our_own_absence_raises_no_alarm(world: World, reason: str) -> None:
    world.publish(NOW - 80 * HOUR)
    world.looks(NOW - 7 * DAY, NOW - 80 * HOUR)
    world.sql(
        "insert into coverage (outlet_id, looked, started_at, ended_at, reason) values (:outlet, false, :a, :b, :why)",
        a=NOW - 80 * HOUR, b=NOW - HOUR, why=reason,
    )  # fmt: skip
    world.looks(NOW - HOUR, NOW)
    world.look(NOW)

    assert world.all() == 0


def test_outlet_that_answers_no_request_is_silent(world: World) -> None:
    world.publish(NOW - 13 * HOUR)
    world.looks(NOW - 3 * DAY, NOW - 13 * HOUR)
    world.looks(NOW - 13 * HOUR, NOW, looked=False, reason="http_403")
    world.look(NOW)

    assert world.open() == [("silent_outlet", "krone")]


def test_alert_of_an_outlet_that_is_switched_off_ends(world: World) -> None:
    world.publish(NOW - 13 * HOUR)
    world.looks(NOW - 3 * DAY, NOW)
    world.look(NOW)
    other = world.newsroom.crawl("kurier").outlet_id
    world.sql("insert into turns (outlet_id, due_at) values (:other, now() + interval '1 hour')", other=other)
    world.sql("delete from turns where outlet_id = :outlet")
    for hours in range(3):
        world.look(NOW + hours * HOUR)

    assert world.open() == []


def test_listing_without_links_is_a_layout_break_at_once(world: World) -> None:
    world.publish(NOW - 2 * HOUR)
    world.looks(NOW - 3 * DAY, NOW)
    world.sql(
        """insert into channels (outlet_id, kind, url, url_key, reason, disposition)
        values (:outlet, 'listing', 'https://krone.example/', 1, 'layout_changed', 'read')"""
    )
    world.look(NOW)

    assert world.open() == [("layout_break", "krone")]


def test_outlet_that_cannot_be_judged_leaves_the_others_to_be(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.publish(NOW - 2 * HOUR)
    world.looks(NOW - 3 * DAY, NOW)
    world.sql("update outlet_days set hours = '{}' where outlet_id = :outlet")
    other = world.newsroom.crawl("kurier").outlet_id
    world.sql("insert into turns (outlet_id, due_at) values (:other, now() + interval '1 hour')", other=other)
    world.sql(
        """insert into channels (outlet_id, kind, url, url_key, reason, disposition)
        values (:other, 'listing', 'https://kurier.example/', 1, 'layout_changed', 'read')""", other=other,
    )  # fmt: skip
    world.sql("insert into coverage (outlet_id, looked, started_at, ended_at) values (:other, true, :at, :at)",
              other=other, at=NOW - HOUR)  # fmt: skip
    world.look(NOW)

    assert world.open() == [("layout_break", "kurier")]
    assert [record.outlet for record in caplog.records if record.message == "outlet_not_judged"] == ["krone"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("weak", "alerts"), [(1, ["volume_drop"]), (6, [])])
def test_drop_of_one_outlet_is_reported_and_of_all_together_is_not(
    home: Home, engine: Engine, newsroom: Newsroom, weak: int, alerts: list[str]
) -> None:
    """Of six outlets some publish a third of their usual number on three days that are no holidays."""
    ids = [newsroom.crawl(name).outlet_id for name in ("eins", "zwei", "drei", "vier", "acht", "neun")]
    with engine.begin() as conn:
        for number, outlet in enumerate(ids):
            for back in range(60, 0, -1):
                articles = 10 if number < weak and back <= 4 else 30
                values = {"outlet": outlet, "day": (NOW - back * DAY).date(), "n": articles, "at": NOW - back * DAY}
                conn.execute(text(
                    """insert into outlet_days (outlet_id, day, articles, words, words_median, headlines, dates,
                    authors, paywalled, endings, hours, longest_silence_seconds, looks, failed_looks, watched,
                    compiled_at, last_article_at) values (:outlet, :day, :n, 400 * :n, 400, :n, :n, :n, 0, 0,
                    array_fill(1, array[24]), 999999, 48, 0, 1, :at, :at)"""), values)  # fmt: skip
        watched = {outlet.id: outlet for outlet in watched_outlets(conn)}
        history = OutletHistories().read(conn, watched[ids[0]], NOW, {})
        judgements = [rule.decide(history) for rule in OUTLET_RULES]

    assert [judgement.rule.id for judgement in judgements if judgement.state is State.BROKEN] == alerts


# --- the machine


def test_good_machine_has_no_alerts(home: Home, engine: Engine) -> None:
    asyncio.run(Inspector(engine, home).inspect(datetime.now(UTC)))

    with engine.connect() as conn:
        assert open_alerts(conn) == []


def test_missing_workers_are_reported_after_two_minutes(world: World) -> None:
    world.sql("update turns set due_at = clock_timestamp() - interval '5 minutes'")
    world.look(NOW)
    assert world.open() == []
    world.look(NOW + timedelta(minutes=2))
    assert world.open() == [("no_worker", "machine")]


def test_worker_that_is_alive_may_be_late(world: World) -> None:
    world.sql("update turns set due_at = clock_timestamp() - interval '5 minutes'")
    world.sql("insert into processes (role, host, pid) values ('worker', 'here', 7)")
    for minutes in range(5):
        world.look(NOW + timedelta(minutes=minutes))

    assert world.open() == []


def test_old_backup_is_reported(home: Home, engine: Engine) -> None:
    (home.path / LAST_BACKUP).touch()
    inspector = Inspector(engine, home)
    inspector.judge_all(datetime.now(UTC) + 7 * DAY)
    with engine.connect() as conn:
        assert open_alerts(conn) == []
    inspector.judge_all(datetime.now(UTC) + 9 * DAY)
    with engine.connect() as conn:
        assert [alert.rule for alert in open_alerts(conn)] == ["backup_old"]


# --- flickering


def judged(broken: bool) -> Judgement:
    return Judgement(no_worker, State.BROKEN if broken else State.HOLDS, {"due": 1})


def test_what_comes_and_goes_is_sent_ever_more_seldom(engine: Engine) -> None:
    """The rule is broken for ten minutes and holds for ten, 72 times in a day."""
    alert_state, now = AlertState(), datetime.now(UTC)
    for minute in range(24 * 60):
        with engine.begin() as conn:
            is_open = bool(open_alerts(conn))
            at = now + timedelta(minutes=minute)
            alert_state.update(conn, "machine", judged(minute % 20 < 10), at, is_open=is_open)

    with engine.connect() as conn:
        opened = conn.execute(text("select count(*) from alerts")).scalar_one()
    assert opened == 2


def test_one_bad_moment_is_no_alert(engine: Engine) -> None:
    alert_state = AlertState()
    for minute in range(10):
        with engine.begin() as conn:
            alert_state.update(conn, "machine", judged(minute == 5), NOW + timedelta(minutes=minute), is_open=False)
            assert open_alerts(conn) == []


def test_memory_of_this_process_is_known() -> None:
    from scheduler.processes import own_memory

    resident = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    assert own_memory() == pytest.approx(int(resident.split()[1]) * 1024, rel=0.1)
