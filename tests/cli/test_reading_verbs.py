"""`newskeep show`, `search`, `diff`, `explain` and `crawls`."""

import gzip
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from archive.captures import CapturedResponse, CaptureFiles
from archive.channels import FoundChannel, Look, LookOutcome, ensure_channels, save_looks
from archive.home import Home
from archive.ingest.fetched import FetchedPage
from archive.ingest.store import store_pages
from cli.main import main
from news.article import Evidence
from news.dispositions import Disposition
from news.ids import short_id
from tests.conftest import Outcome
from tests.newsroom import LONG, NOW, OTHER, Newsroom, article

Newskeep = Callable[..., Outcome]
PAGE = "<html><p>Zugunglück\x00</p></html>".encode()
URL = "https://krone.example/a-1"


SCANNED = "select seq_scan from pg_stat_user_tables where relname = 'articles'"
MANY = """
insert into articles (outlet_id, url, canonical_url, url_key, story_id, revision_id, first_captured_at,
                      last_checked_at, dated_at, search_config, search)
select outlet_id, url || number, url || number, number, story_id, revision_id, first_captured_at, last_checked_at,
       dated_at, search_config, search
from articles, generate_series(1, 1000) as number where id = :id
"""


def shown_id(outcome: object) -> str:
    return short_id("a", outcome.article_id)


@pytest.fixture
def article_id(newsroom: Newsroom, home: Home) -> str:
    """The id of an article in two revisions, with a copy at another outlet; its crawls are closed."""
    first = article(
        authors=("Eva",), date_published=NOW, evidence=(Evidence("date_published", "json-ld", "2026-11-22"),)
    )
    with CaptureFiles(home) as captures:
        (outcome,) = newsroom.store_captured(captures, (first, PAGE))
        newsroom.store_captured(captures, (article("https://kurier.example/b", headline="Zug aus den Schienen"), PAGE))
        edited = article(body=LONG.replace("Wort7", "Wort8") + "\n\nNachtrag.", headline="Zug entgleist: elf Tote")
        newsroom.store_captured(captures, (edited, PAGE + b"2"))
    newsroom.close()
    newsroom.crawls.clear()
    return shown_id(outcome)


def test_show_gives_text_and_provenance(newskeep: Newskeep, article_id: str) -> None:
    outcome = newskeep("show", article_id)

    assert outcome.code == 0
    assert outcome.out.startswith("Zug entgleist: elf Tote\n\nBei Linz.\n\nWort0 ")
    assert "\n\nNachtrag.\n" in outcome.out
    assert re.search(r"revision +2 of 2 \(headline, paragraph_added, typo\)", outcome.out)
    assert re.search(r"story +s\w+ with 1 more", outcome.out)


def test_article_is_known_by_any_spelling_of_its_address(newskeep: Newskeep, article_id: str) -> None:
    for spelling in (URL, "HTTP://www.Krone.example/a-1/?utm_source=rss#x", "krone.example/a-1", "m.krone.example/a-1"):
        (record,) = newskeep("show", spelling, "--json", "--revision", "1").records
        assert record["id"] == article_id

    assert (record["v"], record["headline"], record["body"], record["number"]) == (1, "Zug entgleist", LONG, 1)
    assert datetime.fromisoformat(record["date_published"]) == NOW


def test_raw_capture_comes_back_byte_for_byte(
    article_id: str, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    for revision, page in (("1", PAGE), ("2", PAGE + b"2")):
        monkeypatch.setattr("sys.argv", ["newskeep", "show", article_id, "--raw", "--revision", revision])
        with pytest.raises(SystemExit):
            main()
        assert capsysbinary.readouterr().out == page


def test_raw_capture_is_unpacked(
    newsroom: Newsroom, home: Home, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    headers = (("Content-Encoding", "gzip"),)
    link = newsroom.link(URL)
    with CaptureFiles(home) as captures:
        record = captures.write(CapturedResponse(URL, 200, headers, gzip.compress(PAGE), NOW))
        store_pages(
            newsroom.engine, [FetchedPage(link.id, newsroom.crawl("krone").id, NOW, record, article())], captures
        )
    monkeypatch.setattr("sys.argv", ["newskeep", "show", URL, "--raw"])
    with pytest.raises(SystemExit):
        main()

    assert capsysbinary.readouterr().out == PAGE


def test_raw_of_an_article_without_capture_is_refused(newskeep: Newskeep, newsroom: Newsroom) -> None:
    newsroom.store(article())

    assert newskeep("show", URL, "--raw").code == 2


def test_damaged_capture_ends_with_its_own_code(newskeep: Newskeep, article_id: str, home: Home) -> None:
    for path in home.captures.glob("*.warc.gz"):
        path.write_bytes(b"")
    outcome = newskeep("show", article_id, "--raw")

    assert outcome.code == 8
    assert "0 of" in outcome.err


def test_removed_parts_are_shown_with_label_rule_and_score(newskeep: Newskeep, article_id: str) -> None:
    assert re.search(r"teaser +0\.99 +timed_list +OTHER NEWS", newskeep("show", article_id, "--removed").out)
    (record,) = newskeep("show", article_id, "--removed", "--json").records
    assert (record["label"], record["rule"], record["score"], record["text"]) == (
        "teaser",
        "timed_list",
        0.99,
        "OTHER NEWS",
    )


def test_removed_parts_and_copies_of_a_crawl(newskeep: Newskeep, article_id: str) -> None:
    crawls = {record["outlet"]: record["crawl"] for record in newskeep("crawls", "list", "--json").records}

    assert len(newskeep("show", "--removed", "--crawl", str(crawls["krone"]), "--json").records) == 2
    copies = newskeep("show", "--copies", "--crawl", str(crawls["kurier"]), "--json").records
    assert [(record["outlet"], record["relation"]) for record in copies] == [("krone", "first"), ("kurier", "copy")]
    assert newskeep("show", "--copies", "--crawl", str(crawls["krone"]), "--json").records == []


def test_story_lists_its_articles(newskeep: Newskeep, article_id: str) -> None:
    by_article = newskeep("show", article_id, "--copies", "--json").records
    by_story = newskeep("show", by_article[0]["story_id"], "--json").records

    assert by_story == by_article
    assert by_article[1]["matched_article_id"] == article_id


UNCLEAR = [
    ("show", "a999"),
    ("show", "s999"),
    ("show", "https://krone.example/unknown"),
    ("show", "nonsense"),
    ("show", URL, "--revision", "7"),
    ("show",),
    ("show", URL, "--crawl", "1"),
    ("show", URL, "--raw", "--json"),
    ("show", URL, "--raw", "--removed"),
    ("show", "--removed", "--crawl", "999"),
    ("show", "--removed", "--crawl", "99999999999999999999"),
    ("diff", "a999"),
    ("diff", URL, "1", "7"),
    ("diff", "--crawl", "999"),
    ("diff",),
    ("explain", "a999"),
    ("explain", "non sense"),
    ("crawls", "show", "999"),
    ("search",),
]


def test_what_is_unknown_or_unclear_is_a_usage_error(newskeep: Newskeep, article_id: str) -> None:
    for arguments in UNCLEAR:
        outcome = newskeep(*arguments)
        assert (outcome.code, outcome.out) == (2, ""), arguments
        assert "rror: " in outcome.err


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


def test_more_hits_than_are_shown_are_counted(newskeep: Newskeep, newsroom: Newsroom) -> None:
    newsroom.store(*[article(f"https://krone.example/{n}", f"{LONG} {n}") for n in range(3)])

    assert newskeep("search", "wort1", "--limit", "2").err == "2 of 3 articles; more with --limit\n"
    assert newskeep("search", "wort1", "--limit", "3").err == ""


def test_an_excluded_term_without_quotes_is_explained(newskeep: Newskeep, newsroom: Newsroom) -> None:
    outcome = newskeep("search", "linz", "-Klima")

    assert outcome.code == 2
    assert "try: newskeep search 'WORDS -Klima'" in outcome.err


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


def test_a_search_that_is_too_long_is_refused_and_a_long_one_answered(newskeep: Newskeep, newsroom: Newsroom) -> None:
    newsroom.store(article(body="wort " * 5000))
    refused = newskeep("search", "wort " * 5000)
    assert refused.code == 2
    assert "500 at most" in refused.err
    assert "Zug entgleist" in newskeep("search", "wort " * 20).out


def test_a_search_in_an_empty_archive_says_that_nobody_has_looked(newskeep: Newskeep, newsroom: Newsroom) -> None:
    outcome = newskeep("search", "nirgends")

    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err.splitlines() == [
        "Nothing was found.",
        "  “nirgends”           0 articles   ← empties the search",
        "  no crawl of any outlet yet",
        "  try: newskeep crawl https://…",
    ]


def test_a_search_without_a_hit_names_the_term_that_emptied_it(newskeep: Newskeep, newsroom: Newsroom) -> None:
    newsroom.store(article(), article("https://kurier.example/b", OTHER, headline="Rail", lead=None))
    newsroom.close()
    newsroom.crawls.clear()

    said = newskeep("search", "entgleist nirgends die").err
    assert "  “entgleist”          1 article\n" in said
    assert "  “nirgends”           0 articles   ← empties the search\n" in said
    assert "  “die”                0 articles   a stop word of German: too common to be searched for\n" in said
    assert "0 articles   not a word: only letters and digits are searched for\n" in newskeep("search", '"').err
    assert "no article has them all" in newskeep("search", "wort1 word1").err
    assert "  without “-wort2”: 1 article\n" in newskeep("search", "wort1 -wort2").err
    assert "  without --outlet kurier: 1 article\n" in newskeep("search", "wort1", "--outlet", "kurier").err
    late = newskeep("search", "wort1", "--from", "2030-01-01").err
    assert "  “wort1”              0 articles   1 article without --from 2030-01-01\n" in late
    assert "empties" not in late
    assert newskeep("search", "wort1", "--outlet", "https://krone.example/").err == ""


def test_a_gap_in_collection_is_named_and_a_day_that_was_looked_at_is_none(
    newskeep: Newskeep, newsroom: Newsroom
) -> None:
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


def test_explain_tells_all_seven_steps(newskeep: Newskeep, article_id: str) -> None:
    lines = newskeep("explain", URL).out.splitlines()

    assert [line.split()[1] for line in lines[1:]] == [
        "found",
        "allowed",
        "fetched",
        "extracted",
        "teasers",
        "compared",
        "stored",
    ]
    assert "HTTP 200" in lines[3]
    assert "41 words" in lines[4]
    assert "−2 words: teaser timed list ×1 (0.99)" in lines[5]
    assert f"the same article with another text ({article_id}) → revised" in lines[6]
    assert f"article {article_id} revision 1" in lines[7]
    assert newskeep("explain", article_id).out.splitlines() == lines


def test_explain_shows_the_robots_txt_of_the_pages_own_site(
    newskeep: Newskeep, article_id: str, newsroom: Newsroom
) -> None:
    outlet_id = newsroom.crawl("krone").outlet_id
    found = [FoundChannel("robots", f"https://{site}/robots.txt") for site in ("krone.example", "other.example")]
    with newsroom.engine.begin() as conn:
        own, others = ensure_channels(conn, outlet_id, found)
        save_looks(conn, Look(own.id, LookOutcome.READ, looked_at=NOW))
        save_looks(conn, Look(others.id, LookOutcome.FAILED, "forbidden_port", NOW + timedelta(hours=1)))
    allowed = newskeep("explain", article_id).out.splitlines()[2]
    assert "yes; robots.txt read" in allowed


def test_explain_tells_why_a_page_is_not_in_the_archive(newskeep: Newskeep, newsroom: Newsroom) -> None:
    link = newsroom.link(URL)
    page = FetchedPage(
        link.id, newsroom.crawl("krone").id, NOW, None, disposition=Disposition.SKIPPED, reason="robots_txt"
    )
    store_pages(newsroom.engine, [page])
    outcome = newskeep("explain", URL)

    assert "2 allowed    no: robots.txt" in outcome.out
    assert "7 stored     no – skipped: robots.txt" in outcome.out


def test_explain_of_an_unknown_address_says_what_to_do(newskeep: Newskeep, article_id: str) -> None:
    of_site = newskeep("explain", "https://www.krone.example/never-seen")
    of_nobody = newskeep("explain", "other.example/x", "--json")

    assert of_site.code == 0
    assert "its site is outlet krone" in of_site.out
    assert "newskeep crawl https://www.krone.example/never-seen" in of_site.out
    assert (of_nobody.records[0]["known"], of_nobody.records[0]["outlet_of_site"]) == (False, None)


def test_explain_as_json_has_facts_and_words(newskeep: Newskeep, article_id: str) -> None:
    (record,) = newskeep("explain", article_id, "--json").records

    assert record["known"] is True
    assert record["stored_as"]["id"] == article_id
    assert [event["disposition"] for event in record["events"]] == ["new", "revised"]
    assert record["steps"].keys() >= {"found", "stored"}


def test_crawls_are_listed_and_shown_with_their_ledger(newskeep: Newskeep, article_id: str) -> None:
    (kurier, krone) = newskeep("crawls", "list", "--json").records
    shown = newskeep("crawls", "show", str(krone["crawl"]))

    assert (krone["outlet"], krone["counts"], krone["balanced"]) == ("krone", {"revised": 1}, True)
    assert (kurier["outlet"], kurier["counts"]) == ("kurier", {"copy": 1})
    ledger = r" 1 +revised +1 headline +newskeep diff --crawl 1\n +1 +links seen ✓ all accounted for\n"
    assert re.search(ledger, shown.out)
    assert "1 krone" in newskeep("crawls", "show", str(kurier["crawl"])).out  # whose text the copy carries
    assert [record["crawl"] for record in newskeep("crawls", "list", "--json", "--outlet", "krone").records] == [
        krone["crawl"]
    ]


def test_nothing_from_a_page_steers_the_terminal(newskeep: Newskeep, newsroom: Newsroom) -> None:
    evil = "\x1b]0;owned\x07\x9b31m\u202e\x08"
    first = article(
        f"https://krone.example/{evil}", LONG + evil, headline="Zug" + evil, lead=evil, teasers=("T" + evil,)
    )
    (outcome,) = newsroom.store(first)
    newsroom.store(article(f"https://krone.example/{evil}", LONG + evil + evil + "x", headline="Zug 2" + evil))
    named = shown_id(outcome)
    for arguments in (
        ("show", named),
        ("show", named, "--removed"),
        ("show", named, "--copies"),
        ("show", named, "--json"),
        ("search", "zug"),
        ("search", "zug", "--json"),
        ("diff", named),
        ("diff", named, "--json"),
        ("explain", named),
        ("explain", named, "--json"),
        ("explain", f"https://krone.example/{evil}x"),
        ("show", f"{evil}x"),
    ):
        outcome = newskeep(*arguments)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", outcome.out + outcome.err), arguments
        if "--json" in arguments:
            assert all(json.loads(line) for line in outcome.out.splitlines())


@pytest.mark.parametrize("verb", ["show", "search", "diff", "explain", "crawls"])
def test_help_starts_with_two_examples(newskeep: Newskeep, verb: str) -> None:
    outcome = newskeep(verb, "--help")

    assert outcome.code == 0
    assert len(re.findall(rf"^ +newskeep {verb}", outcome.out, re.MULTILINE)) >= 2


@pytest.mark.parametrize("verb", [("search", "Linz"), ("crawls", "list")])
def test_an_outlet_that_was_never_crawled_is_named_with_the_nearest(
    newskeep: Newskeep, article_id: str, verb: tuple[str, ...]
) -> None:
    outcome = newskeep(*verb, "--outlet", "kroen")

    assert outcome.code == 2
    assert "from an outlet “kroen”" in outcome.err
    assert "krone" in outcome.err.replace("kroen", "")


def test_a_revision_that_is_not_there_is_told_by_the_articles_name(newskeep: Newskeep, article_id: str) -> None:
    outcome = newskeep("diff", article_id, "1", "9")

    assert outcome.code == 2
    assert f"{article_id} has no revision 9; it has 2" in outcome.err
