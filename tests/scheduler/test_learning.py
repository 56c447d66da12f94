"""Publishing times of an outlet, read from the archive."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, text

from archive.outlets import ensure_outlet
from news.schedule.rhythm import Rhythm
from scheduler.learning import arrivals, learn_rhythms
from scheduler.turn_queries import all_turns, set_due
from scheduler.turns import rhythm_of
from tests.newsroom import Newsroom, article

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def outlet(engine: Engine, settings: dict[str, Any]) -> int:
    with engine.begin() as conn:
        outlet_id = ensure_outlet(conn, "krone", "https://krone.example/", settings)
        set_due(conn, {outlet_id: NOW})
    return outlet_id


def archived(engine: Engine, newsroom: Newsroom, *times: tuple[datetime, datetime | None]) -> None:
    """One article each: (first seen, published)."""
    for number, (seen, published) in enumerate(times):
        newsroom.now = seen - timedelta(hours=1)  # which storing adds
        url = f"https://krone.example/a-{number}-{seen:%d%H%M}"
        body = " ".join(f"Wort{number}x{word}" for word in range(40))
        newsroom.store(article(url, body, headline=f"Zug {number} entgleist", date_published=published))


def times(engine: Engine, outlet_id: int) -> list[datetime]:
    with engine.connect() as conn:
        return sorted(arrivals(conn, outlet_id, NOW - 90 * DAY, "Europe/Vienna"))


def test_the_stated_time_counts_when_it_can_be_true(engine: Engine, newsroom: Newsroom) -> None:
    outlet_id, seen = outlet(engine, {}), NOW - 5 * DAY
    archived(
        engine,
        newsroom,
        (seen, seen - timedelta(minutes=20)),
        (seen + DAY, seen + 2 * DAY),  # dated ahead
        (seen + 2 * DAY, None),
        (seen + 3 * DAY, datetime(2026, 11, 19, 23, tzinfo=UTC)),  # midnight in Vienna: a day, no time
    )

    assert times(engine, outlet_id) == [seen - timedelta(minutes=20), seen + DAY, seen + 2 * DAY, seen + 3 * DAY]


def test_what_was_there_already_at_the_first_look_tells_nothing(engine: Engine, newsroom: Newsroom) -> None:
    outlet_id, first = outlet(engine, {}), NOW - 5 * DAY
    archived(engine, newsroom, (first, None), (first + timedelta(hours=2), None), (first, first - 40 * DAY))

    assert times(engine, outlet_id) == []


def test_outlets_that_ask_for_it_have_their_rhythm_learnt_once_a_day(engine: Engine, newsroom: Newsroom) -> None:
    outlet(engine, {"every": "auto", "timezone": "Europe/Vienna"})
    archived(engine, newsroom, *((NOW - day * DAY, NOW - day * DAY - timedelta(minutes=5)) for day in range(1, 10)))

    assert [learn_rhythms(engine, NOW), learn_rhythms(engine, NOW + 0.9 * DAY)] == [1, 0]
    assert learn_rhythms(engine, NOW + DAY) == 1
    with engine.connect() as conn:
        [turn] = all_turns(conn)
    assert turn.rhythm
    assert turn.rhythm["articles"] == 9
    looks = turn.rhythm["looks"]
    assert rhythm_of(turn.rhythm).looks == tuple(looks)
    assert max(range(168), key=lambda hour: looks[hour]) % 24 == 12  # five to noon in UTC, in winter


def test_an_outlet_without_articles_is_looked_at_evenly(engine: Engine) -> None:
    outlet(engine, {"every": "auto"})

    assert learn_rhythms(engine, NOW) == 1
    with engine.connect() as conn:
        assert [rhythm_of(turn.rhythm) for turn in all_turns(conn) if turn.rhythm] == [Rhythm()]


def test_a_rhythm_of_another_version_is_learnt_anew(engine: Engine) -> None:
    outlet(engine, {"every": "auto"})
    with engine.begin() as conn:
        conn.execute(text("""update turns set rhythm = '{"learnt_at": "yesterday", "looks": "many"}'"""))

    with engine.connect() as conn:
        assert [rhythm_of(turn.rhythm) for turn in all_turns(conn)] == [Rhythm()]
    assert learn_rhythms(engine, NOW) == 1


def test_other_outlets_have_none(engine: Engine) -> None:
    outlet(engine, {"every": 1800.0})

    assert learn_rhythms(engine, NOW) == 0
