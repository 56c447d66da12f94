"""Articles are removed when their outlet's time is over, unless they are on hold."""

from datetime import timedelta

from sqlalchemy import Engine, text

from archive.home import Home
from archive.removal import register
from archive.removal.retention import remove_expired
from news.outlets import Outlet
from tests.newsroom import LONG, Newsroom, article


def test_old_articles_expire_and_held_ones_stay(engine: Engine, home: Home, newsroom: Newsroom) -> None:
    old, held = newsroom.store(article(), article("https://krone.example/held", body=LONG + " two"))
    newsroom.now += timedelta(days=80)
    newsroom.store(article("https://krone.example/young", body=LONG + " three"))
    newsroom.store(article("https://kurier.example/old", body=LONG + " four"))
    with engine.begin() as conn:
        register.hold(conn, [held.article_id or 0], "evidence")
    krone = Outlet("krone", "https://krone.example/", keep_for=timedelta(days=90))
    kurier = Outlet("kurier", "https://kurier.example/")

    removed = remove_expired(engine, home, [krone, kurier], newsroom.now + timedelta(days=11))

    assert removed == 1
    with engine.connect() as conn:
        left = set(conn.scalars(text("select id from articles")))
        assert conn.scalar(text("select reason from removals")) == "retention: kept for 90 days"
    assert old.article_id not in left
    assert len(left) == 3
