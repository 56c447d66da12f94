"""A restored archive loses again what the register of a newer one lists."""

import json

from sqlalchemy import Engine, text

from archive.home import Home
from archive.removal.register import hold, removals_of
from archive.removal.removal import apply_removals, remove_articles
from tests.newsroom import OTHER, Newsroom, article


def test_removals_are_applied_again_after_a_restore(engine: Engine, home: Home, newsroom: Newsroom) -> None:
    first, second = newsroom.store(article(), article("https://kurier.example/b", body=OTHER))
    remove_articles(engine, home, [first.article_id or 0], "takedown")
    with engine.begin() as conn:
        listed = json.loads(json.dumps(removals_of(conn)))
        conn.execute(text("alter table removals disable trigger all"))  # a backup from before the removal
        conn.execute(text("truncate removals cascade"))
        conn.execute(text("update links set disposition = 'failed', reason = 'timeout'"))
    (back,) = newsroom.store(article())
    assert back.article_id
    with engine.begin() as conn:
        hold(conn, [back.article_id], "a dispute that was over before the removal")

    assert apply_removals(engine, home, listed) == 1
    assert apply_removals(engine, home, listed) == 0

    with engine.connect() as conn:
        assert list(conn.scalars(text("select id from articles"))) == [second.article_id]
        assert [row["reason"] for row in removals_of(conn)] == ["takedown", "removed before"]
