"""`newskeep reprocess` reads captures again with today's rules and keeps what they make of them as readings."""

import pytest
from sqlalchemy import Engine, text

from archive.captures import CaptureFiles
from archive.home import Home
from tests.cli.conftest import Newskeep
from tests.newsroom import Newsroom, article
from tests.site import article_page, story

HEADLINE = "The bridge opens today"


def rows(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as conn:
        return [tuple(row) for row in conn.execute(text(query))]


@pytest.fixture
def archived(newsroom: Newsroom, home: Home) -> None:
    """Archive pages that rules of old read: one as today's do, one with a paragraph too many, one that is no page."""
    paragraphs = story("bridge")
    page = article_page(HEADLINE, *paragraphs).encode()
    more = article_page(HEADLINE, *story("council")).encode()
    as_today = article("https://krone.example/a", "\n\n".join(paragraphs), headline=HEADLINE, lead=None)
    longer = article(
        "https://krone.example/b", "\n\n".join([*story("council"), "Read our newsletter about bridges."]),
        headline=HEADLINE, lead=None,
    )  # fmt: skip
    with CaptureFiles(home) as captures:
        newsroom.store_captured(captures, (as_today, page), (longer, more))
        newsroom.store_captured(captures, (article("https://kurier.example/c"), b"<html><body></body></html>"))


def test_a_dry_run_says_what_would_change(newskeep: Newskeep, engine: Engine, archived: None) -> None:
    before = rows(engine, "select * from readings")
    outcome = newskeep("reprocess", "--dry-run", "--json")

    changed, *outlets, summary = outcome.records
    assert outcome.code == 3  # one page cannot be read
    assert (changed["type"], changed["outlet"], changed["changes"]) == ("changed", "krone", ["paragraph_removed"])
    assert 0.8 < changed["similarity"] < 1
    assert {outlet["outlet"]: (outlet["read"], outlet["changed"]) for outlet in outlets} == {
        "krone": (2, 1), "kurier": (0, 0),
    }  # fmt: skip
    assert (summary["share_changed"], summary["unreadable"]) == (0.5, {"not_article": 1})
    assert rows(engine, "select * from readings") == before
    assert "[-Read our newsletter about bridges.-]" in newskeep("reprocess", "--dry-run").out


def test_readings_are_added_once_and_no_revision(newskeep: Newskeep, engine: Engine, archived: None) -> None:
    revisions = rows(engine, "select * from revisions order by id")
    assert newskeep("reprocess", "--outlet", "krone", "--json").code == 0

    assert rows(engine, "select * from revisions order by id") == revisions
    assert rows(engine, "select count(*), count(distinct capture_id) from readings") == [(5, 3)]
    assert rows(engine, "select count(*) from texts where body like '%newsletter%'") == [(1,)]
    again = newskeep("reprocess", "--outlet", "krone")
    assert "already" in again.err
    assert rows(engine, "select count(*) from readings") == [(5,)]
    assert newskeep("verify").code == 0


def test_a_search_or_a_sample_is_read_alone(newskeep: Newskeep, engine: Engine, archived: None) -> None:
    assert newskeep("reprocess", "newsletter", "--json").records[-1]["read"] == 1
    assert newskeep("reprocess", "--sample", "2", "--again", "--dry-run", "--json").records[-1]["read"] in (1, 2)
    assert newskeep("reprocess", "--again", "--dry-run", "--json").records[-1]["read"] == 2


def test_a_search_that_finds_nothing_is_not_called_read_already(newskeep: Newskeep, archived: None) -> None:
    assert newskeep("reprocess", "nirgends", "--dry-run").err == "Nothing was found.\n"
