"""`newskeep search`: words, filters, and why nothing was found."""

from datetime import datetime

from sqlalchemy import text

from tests.cli.conftest import Newskeep
from tests.newsroom import LONG, OTHER, Newsroom, article

SCANNED = "select seq_scan from pg_stat_user_tables where relname = 'articles'"


MANY = """
insert into articles (outlet_id, url, canonical_url, url_key, story_id, revision_id, first_captured_at,
                      last_checked_at, dated_at, search_config, search)
select outlet_id, url || number, url || number, number, story_id, revision_id, first_captured_at, last_checked_at,
       dated_at, search_config, search
from articles, generate_series(1, 1000) as number where id = :id
"""


def test_search_finds_words_in_the_language_of_each_article(newskeep: Newskeep, newsroom: Newsroom) -> None:
    newsroom.store(
        article("https://krone.example/1", "Die Züge fahren wieder. " + LONG, headline="Bahn"),
        article("https://krone.example/2", "The trains are running again. " + OTHER, headline="Rail", language="en-GB"),
        article("https://krone.example/3", "Trains und Züge, " + LONG + "x", headline="Beides", language=None),
    )

    def found(*arguments: str) -> list[str]:
        return [record["headline"] for record in newskeep("search", *arguments, "--json").records]

    assert found("Zug") == ["Bahn"]
    assert found("train") == ["Rail"]
    assert sorted(found("züge")) == ["Bahn", "Beides"]
    assert found('"running again" or fahren', "--lang", "en") == ["Rail"]
    assert found("züge", "-fahren") == []  # a dash is an option, so it goes inside the quotes
    assert found("züge -fahren") == ["Beides"]


def test_headline_outranks_the_text(newskeep: Newskeep, newsroom: Newsroom) -> None:
    newsroom.store(
        article("https://krone.example/1", "Linz " + LONG, headline="Bahn"),
        article("https://krone.example/2", LONG + " x", headline="Linz"),
    )
    (best, other) = newskeep("search", "linz", "--json").records

    assert (best["headline"], other["headline"]) == ("Linz", "Bahn")
    assert "**Linz**" in other["snippet"]


def test_search_is_narrowed_by_outlet_days_and_number(newskeep: Newskeep, newsroom: Newsroom) -> None:
    days = [datetime.fromisoformat(f"2026-11-{day}T23:30:00+00:00") for day in (20, 21, 22)]
    newsroom.store(
        *[article(f"https://krone.example/{n}", f"{LONG} {n}", date_published=day) for n, day in enumerate(days)],
        article("https://kurier.example/x", OTHER + " Wort1", date_published=days[0]),
    )

    def found(*arguments: str) -> list[str]:
        return [record["url"][-1] for record in newskeep("search", "wort1", "--json", *arguments).records]

    assert found("--outlet", "kurier") == ["x"]
    assert found("--newest") == ["2", "1", "x", "0"]
    assert found("--newest", "--from", "2026-11-21", "--to", "2026-11-21") == ["1"]
    assert found("--newest", "--limit", "1") == ["2"]
    assert found("--outlet", "nobody") == []


def test_days_in_the_wrong_order_are_refused(newskeep: Newskeep, newsroom: Newsroom) -> None:
    for verb in ("search", "export"):
        outcome = newskeep(verb, "linz", "--from", "2024-07-01", "--to", "2024-01-01")
        assert outcome.code == 2
        assert "--from is after --to" in outcome.err


def test_more_hits_than_are_shown_are_counted(newskeep: Newskeep, newsroom: Newsroom) -> None:
    newsroom.store(*[article(f"https://krone.example/{n}", f"{LONG} {n}") for n in range(3)])

    assert newskeep("search", "wort1", "--limit", "2").err == "2 of 3 articles; more with --limit\n"
    assert newskeep("search", "wort1", "--limit", "3").err == ""


def test_an_excluded_term_without_quotes_is_explained(newskeep: Newskeep, newsroom: Newsroom) -> None:
    outcome = newskeep("search", "linz", "--lang", "de", "-Klima", "graz")

    assert outcome.code == 2
    assert "try: newskeep search 'linz graz -Klima' --lang de " in outcome.err
    assert "try: newskeep export 'WORDS -Klima' " in newskeep("export", "-Klima").err


def test_a_search_uses_the_index_and_never_reads_all_articles(newskeep: Newskeep, newsroom: Newsroom) -> None:
    stored = newsroom.store(article(), article("https://kurier.example/b", OTHER, language="en"))
    with newsroom.engine.begin() as conn:
        conn.execute(text(MANY), {"id": stored[0].article_id})
    with newsroom.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("analyze"))
        before = conn.execute(text(SCANNED)).scalar_one()
        for words in ("nirgends", "wort1", "word1", "wort1 -word1"):
            newskeep("search", words)
            newskeep("search", words, "--newest", "--from", "2026-11-01", "--lang", "de")
        conn.execute(text("select pg_stat_clear_snapshot()"))

        assert conn.execute(text(SCANNED)).scalar_one() == before


def test_any_question_is_answered(newskeep: Newskeep, newsroom: Newsroom) -> None:
    newsroom.store(article())
    for question in ("'", '"', "a:b & !", "\\", "%", "-", "or", "🙂", "x\udc80"):
        assert newskeep("search", "--", question).code == 0


def test_an_excluded_stop_word_is_said_to_be_ignored(newskeep: Newskeep, newsroom: Newsroom) -> None:
    newsroom.store(article(), article("https://kurier.example/b", OTHER, language="en"))

    for verb in ("search", "export"):
        assert "“-diese” is a stop word of German and was ignored\n" in newskeep(verb, "wort1 -diese").err
        assert "ignored" not in newskeep(verb, "wort1 -klima").err
    assert "ignored" not in newskeep("search", "word1 -diese", "--lang", "en").err


def test_a_search_for_no_word_is_refused(newskeep: Newskeep, newsroom: Newsroom) -> None:
    for words in ("", "   "):
        outcome = newskeep("search", words)
        assert outcome.code == 2
        assert "no word to search for" in outcome.err


def test_a_search_that_is_too_long_is_refused_and_a_long_one_answered(newskeep: Newskeep, newsroom: Newsroom) -> None:
    newsroom.store(article(body="wort " * 5000))
    refused = newskeep("search", "wort " * 5000)
    assert refused.code == 2
    assert "500 at most" in refused.err
    assert "Zug entgleist" in newskeep("search", "wort " * 20).out


def test_a_search_in_an_empty_archive_says_that_there_was_no_crawl(newskeep: Newskeep, newsroom: Newsroom) -> None:
    outcome = newskeep("search", "nirgends")

    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err.splitlines() == [
        "Nothing was found.",
        "  “nirgends”           0 articles   ← no article has this word",
        "  no crawl of any outlet yet",
        "  try: newskeep crawl https://…",
    ]


def test_a_search_without_a_hit_names_the_term_that_emptied_it(newskeep: Newskeep, newsroom: Newsroom) -> None:
    newsroom.store(article(), article("https://kurier.example/b", OTHER, headline="Rail", lead=None))
    newsroom.close()
    newsroom.crawls.clear()

    said = newskeep("search", "entgleist nirgends die").err
    assert "  “entgleist”          1 article\n" in said
    assert "  “nirgends”           0 articles   ← no article has this word\n" in said
    assert "  “die”                0 articles   a stop word of German: too common to be searched for\n" in said
    assert "0 articles   not a word: only letters and digits are searched for\n" in newskeep("search", '"').err
    assert "no article has them all" in newskeep("search", "wort1 word1").err
    assert "  without “-wort2”: 1 article\n" in newskeep("search", "wort1 -wort2").err
    assert "  without --outlet kurier: 1 article\n" in newskeep("search", "wort1", "--outlet", "kurier").err
    late = newskeep("search", "wort1", "--from", "2030-01-01").err
    assert "  “wort1”              0 articles   1 article without --from 2030-01-01\n" in late
    assert "empties" not in late
    assert newskeep("search", "wort1", "--outlet", "https://krone.example/").err == ""


def test_a_gap_in_collection_is_named_and_a_day_with_a_crawl_is_no_gap(newskeep: Newskeep, newsroom: Newsroom) -> None:
    newsroom.store(article())
    newsroom.close()
    newsroom.crawls.clear()
    with newsroom.engine.begin() as conn:
        conn.execute(text("update coverage set started_at = '2026-11-03 12:00Z', looked = true, reason = null"))

    said = newskeep("search", "nirgends", "--from", "2026-11-01", "--to", "2026-11-07").err
    assert "no crawl of any outlet on 1 Nov 2026 to 2 Nov 2026: articles of that time may be missing" in said
    assert "no crawl of any outlet on 4 Nov 2026 to 7 Nov 2026" in said
    assert "no crawl of" not in newskeep("search", "nirgends", "--from", "2026-11-03", "--to", "2026-11-03").err
    assert "nobody" not in newskeep("search", "nirgends").err
