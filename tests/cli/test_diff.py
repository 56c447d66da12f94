"""`newskeep diff`: what was revised, of an article, a crawl or today."""

import re
from datetime import UTC, datetime, timedelta

from tests.archive.ingest.test_near_copies import report
from tests.cli.conftest import URL, Newskeep
from tests.newsroom import NOW, Newsroom, article
from tests.texts import text


def revise(newsroom: Newsroom, number: int, before: str, after: str, **later: object) -> None:
    for passage, fields in ((before, {}), (after, later)):
        newsroom.store(report("krone", number, f"{text(number)}\n\n{passage}", **fields))


def test_edits_of_today_are_listed_with_the_weightiest_first(newsroom: Newsroom, newskeep: Newskeep) -> None:
    newsroom.now = datetime.now(UTC) - timedelta(seconds=1)
    revise(newsroom, 1, "Das war die Mitteilung.", "Das war die Mitteilnug.")
    revise(newsroom, 2, "Der Minister tritt am Montag zurück.", "Der Minister tritt am Montag nicht zurück.")
    found = newskeep("diff", "--today", "--json").records

    assert [edit["changes"][0] for edit in found] == ["reversal", "typo"]


def test_edits_of_earlier_days_are_not_of_today(newsroom: Newsroom, newskeep: Newskeep) -> None:
    newsroom.now = datetime.now(UTC) - timedelta(days=3)
    revise(newsroom, 1, "Zwei Tote.", "Elf Tote.")

    assert newskeep("diff", "--today").err.startswith("Nothing was revised")


def test_edit_under_the_same_stated_date_is_marked(newsroom: Newsroom, newskeep: Newskeep) -> None:
    revise(newsroom, 1, "Es gab 2 Tote.", "Es gab 11 Tote.")
    revise(newsroom, 2, "Es gab 2 Tote.", "Es gab 11 Tote.", date_modified=NOW)

    assert "the stated date stayed" in newskeep("diff", "https://krone.example/1").out
    assert "the stated date stayed" not in newskeep("diff", "https://krone.example/2").out


def test_only_one_question_is_answered_at_a_time(newskeep: Newskeep, newsroom: Newsroom) -> None:
    assert newskeep("diff", "a1", "--today").code == 2
    assert "name an article" in newskeep("diff", "").err  # as an empty variable of a shell gives it


def test_diff_shows_changed_fields_first_word_by_word(newskeep: Newskeep, article_id: str) -> None:
    outcome = newskeep("diff", article_id)

    assert re.search(r"revision 1 → 2 .* headline, paragraph added", outcome.out)
    assert "krone · Zug entgleist: elf Tote\n" in outcome.out
    assert "  Zug entgleist{+: elf Tote+}\n" in outcome.out
    assert "Wort6 [-Wort7-]{+Wort8+} Wort8" in outcome.out
    assert "  {+Nachtrag.+}\n" in outcome.out
    assert outcome.out.index("headline\n") < outcome.out.index("text\n")


def test_diff_as_json_and_of_a_crawl_and_backwards(newskeep: Newskeep, article_id: str) -> None:
    crawl = next(
        record["crawl"] for record in newskeep("crawls", "list", "--json").records if record["outlet"] == "krone"
    )
    (of_article,) = newskeep("diff", article_id, "--json").records
    (of_crawl,) = newskeep("diff", "--crawl", str(crawl), "--json").records
    (back,) = newskeep("diff", article_id, "2", "1", "--json").records

    assert of_article == of_crawl
    assert of_article["fields"]["headline"] == [
        [{"mark": "kept", "text": "Zug entgleist"}, {"mark": "added", "text": ": elf Tote"}]
    ]
    assert back["fields"]["headline"][0][1]["mark"] == "removed"


def test_article_with_one_revision_has_no_diff(newskeep: Newskeep, newsroom: Newsroom) -> None:
    newsroom.store(article())

    assert newskeep("diff", URL).err == "Nothing was revised.\n"


def test_a_missing_revision_is_reported_with_the_articles_id(newskeep: Newskeep, article_id: str) -> None:
    outcome = newskeep("diff", article_id, "1", "9")

    assert outcome.code == 2
    assert f"{article_id} has no revision 9; it has 2" in outcome.err
