import re
from collections.abc import Callable
from typing import Any

from tests.archive.ingest.test_near_copies import edited, report
from tests.newsroom import Newsroom

Run = Callable[..., Any]


def test_story_is_shown_by_its_id_and_by_an_articles(newsroom: Newsroom, newskeep: Run) -> None:
    first, second = newsroom.store(report("krone", 1), report("kurier", 1, edited(1, 5)))
    by_story, by_article = newskeep("story", f"s{first.story_id:x}"), newskeep("story", f"a{second.article_id:x}")

    assert by_story.out == by_article.out
    assert "2 articles of 2 outlets" in by_story.out
    assert "earliest copy we saw" in by_story.out
    shares = r"as a1 · \d\d % of the shorter's words, \d\d % of the longer's · longest passages \d+"
    assert re.search(shares, by_story.out)
    assert re.search(r"6 compared .* as a1 · \d\d % .* → copy", newskeep("explain", "a2").out)
    assert re.search(r"as a1 · \d\d % ", newskeep("show", "a2", "--copies").out)


def test_split_and_merge_are_reported_and_can_be_seen(newsroom: Newsroom, newskeep: Run) -> None:
    newsroom.store(report("krone", 1), report("kurier", 1))

    (split,) = newskeep("story", "a2", "--split", "--json").records
    assert (split["id"], split["from"]) == ("a2", "s1")
    assert "1 article of 1 outlet" in newskeep("story", "s1").out
    assert f"{split['to']} is part of story s1 now" in newskeep("story", "s1", "--merge", "a2").out
    assert [article["id"] for article in newskeep("story", split["to"], "--json").records] == ["a1", "a2"]


def test_a_dry_run_says_what_would_be_done_and_does_nothing(newsroom: Newsroom, newskeep: Run) -> None:
    newsroom.store(report("krone", 1), report("kurier", 1), report("spiegel", 2))

    assert "a2 would leave story s1" in newskeep("story", "a2", "--split", "--dry-run").out
    assert "s2 would become part of story s1" in newskeep("story", "s1", "--merge", "a3", "--dry-run").out
    assert "2 articles of 2 outlets" in newskeep("story", "s1").out
    assert "1 article of 1 outlet" in newskeep("story", "s2").out


def test_what_makes_no_sense_is_refused(newsroom: Newsroom, newskeep: Run) -> None:
    newsroom.store(report("krone", 1), report("krone", 2), report("kurier", 2))

    for words in (("s99",), ("s1", "--split", "--merge", "s1"), ("a1", "--split"), ("s1", "--merge", "s1")):
        assert newskeep("story", *words).code == 2
    assert "say which article leaves" in newskeep("story", "s2", "--split").err
    elsewhere = newskeep("story", "s1", "--split", "a3")
    assert (elsewhere.code, elsewhere.err.splitlines()[0]) == (2, "error: a3 is not in story s1 but in s2")


def test_no_story_on_the_same_event_is_said(newsroom: Newsroom, newskeep: Run) -> None:
    newsroom.store(report("krone", 1))

    assert "No other story on the event" in newskeep("story", "s1", "--events").err
