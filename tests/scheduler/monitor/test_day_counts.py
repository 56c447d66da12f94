"""An outlet's day is counted from the rows of its articles."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from news.article import Block, Image
from scheduler.monitor.day_counts import WatchedOutlet, count_days, read_days
from tests.newsroom import Newsroom, article
from tests.texts import headline
from tests.texts import text as made_up

NOW = datetime(2026, 9, 23, 20, tzinfo=UTC)  # a Wednesday
APP = "Jetzt die App laden und nichts verpassen!"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_day_is_counted_from_what_was_read(engine: Engine, newsroom: Newsroom) -> None:
    ends = ("Abo\n\nJetzt den Newsletter bestellen!", "Jetzt den Newsletter bestellen", "Ganz anders")
    newsroom.now = NOW - 3 * HOUR
    for number, end in enumerate(ends):
        page = article(f"https://krone.example/{number}", f"Wort {'eins ' * (10 * number + 10)}\n\n{end}")
        other = replace(page, image=Image("https://krone.example/a.jpg") if number == 1 else None, section="Chronik")
        newsroom.store(other if number else article(page.url, page.body, headline=None, authors=("Eva Maier",)))
    newsroom.store(article("https://krone.example/old", "Ein alter Text. " * 9, date_published=NOW - 9 * DAY))
    outlet = WatchedOutlet(newsroom.crawl("krone").outlet_id, "krone", UTC, NOW - 3 * HOUR)
    with engine.begin() as conn:
        assert count_days(conn, outlet, NOW + 2 * HOUR) == 1
        # the day of the first look is not read back: it is full of older articles
        conn.execute(text("create temporary table before as select * from outlet_days"))
        conn.execute(text("update before set day = day - 1"))
        conn.execute(text("insert into outlet_days select * from before"))
        [day] = read_days(conn, [outlet.id], date(2026, 1, 1))[outlet.id]

    assert (day.articles, day.headlines, day.authors, day.dates, day.endings) == (3, 2, 1, 0, 2)
    assert (day.leads, day.sections, day.images, day.languages) == (3, 2, 1, 3)
    assert (day.hours[18], day.hours[19], day.hours[20]) == (1, 1, 1)
    assert day.words_median == 25
    assert day.removed_share == pytest.approx(2 / 27)
    assert day.last_article_at == NOW


def test_last_paragraph_counts_when_site_memory_set_it_aside(engine: Engine, newsroom: Newsroom) -> None:
    newsroom.now = NOW - HOUR
    pages = [
        article(
            f"https://krone.example/{n}",
            f"{made_up(n)}\n\nJetzt die App laden und nichts verpassen!",
            headline=headline(n),
        )
        for n in range(4)
    ]
    newsroom.store(*pages)
    with engine.begin() as conn:
        count_days(conn, WatchedOutlet(newsroom.crawl("krone").outlet_id, "krone", UTC, NOW), NOW + HOUR)

    assert newsroom.rows("select text from blocks where label = 'other'") == [(APP,)] * 2
    assert newsroom.rows("select articles, endings from outlet_days") == [(4, 4)]


def test_article_without_a_text_of_its_own_is_counted(engine: Engine, newsroom: Newsroom) -> None:
    newsroom.now = NOW - HOUR
    newsroom.store(article("https://krone.example/1", "").with_blocks([Block("!!!")]))
    outlet = WatchedOutlet(newsroom.crawl("krone").outlet_id, "krone", UTC, NOW)
    with engine.begin() as conn:
        count_days(conn, outlet, NOW + HOUR)

    assert newsroom.rows("select articles, ending, endings from outlet_days") == [(1, None, 0)]
