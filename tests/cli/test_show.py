"""`newskeep show`: text, provenance, captures, removed parts and copies."""

import gzip
import re
from datetime import datetime

import pytest

from archive.captures import CapturedResponse, CaptureFiles
from archive.home import Home
from archive.ingest.fetched import FetchedPage
from archive.ingest.store import store_pages
from cli.main import main
from tests.cli.conftest import PAGE, URL, Newskeep
from tests.newsroom import LONG, NOW, Newsroom, article


def test_show_gives_text_and_provenance(newskeep: Newskeep, article_id: str) -> None:
    outcome = newskeep("show", article_id)

    assert outcome.code == 0
    assert outcome.out.startswith("Zug entgleist: elf Tote\n\nBei Linz.\n\nWort0 ")
    assert "\n\nNachtrag.\n" in outcome.out
    assert re.search(r"revision +2 of 2 \(headline, paragraph_added, typo\)", outcome.out)
    assert re.search(r"story +s\w+ with 1 more", outcome.out)


def test_article_is_found_by_any_spelling_of_its_address(newskeep: Newskeep, article_id: str) -> None:
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
