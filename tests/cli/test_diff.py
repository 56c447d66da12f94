from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.archive.ingest.test_near_copies import report
from tests.newsroom import NOW, Newsroom
from tests.texts import text

Run = Callable[..., Any]


def revise(newsroom: Newsroom, number: int, before: str, after: str, **later: object) -> None:
    for passage, fields in ((before, {}), (after, later)):
        newsroom.store(report("krone", number, f"{text(number)}\n\n{passage}", **fields))


def test_edits_of_today_are_listed_with_the_weightiest_first(newsroom: Newsroom, newskeep: Run) -> None:
    newsroom.now = datetime.now(UTC) - timedelta(seconds=1)
    revise(newsroom, 1, "Das war die Mitteilung.", "Das war die Mitteilnug.")
    revise(newsroom, 2, "Der Minister tritt am Montag zurück.", "Der Minister tritt am Montag nicht zurück.")
    found = newskeep("diff", "--today", "--json").records

    assert [edit["changes"][0] for edit in found] == ["reversal", "typo"]


def test_edits_of_earlier_days_are_not_of_today(newsroom: Newsroom, newskeep: Run) -> None:
    newsroom.now = datetime.now(UTC) - timedelta(days=3)
    revise(newsroom, 1, "Zwei Tote.", "Elf Tote.")

    assert newskeep("diff", "--today").err.startswith("Nothing was revised")


def test_edit_under_the_same_stated_date_is_marked(newsroom: Newsroom, newskeep: Run) -> None:
    revise(newsroom, 1, "Es gab 2 Tote.", "Es gab 11 Tote.")
    revise(newsroom, 2, "Es gab 2 Tote.", "Es gab 11 Tote.", date_modified=NOW)

    assert "the stated date stayed" in newskeep("diff", "https://krone.example/1").out
    assert "the stated date stayed" not in newskeep("diff", "https://krone.example/2").out


def test_only_one_question_is_answered_at_a_time(newskeep: Run, newsroom: Newsroom) -> None:
    assert newskeep("diff", "a1", "--today").code == 2
