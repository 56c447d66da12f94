"""`newskeep explain`: the steps of a page."""

from datetime import timedelta

from archive.channels import FoundChannel, Look, LookOutcome, ensure_channels, save_looks
from archive.ingest.fetched import FetchedPage
from archive.ingest.store import store_pages
from news.dispositions import Disposition
from tests.cli.conftest import URL, Newskeep
from tests.newsroom import NOW, Newsroom


def test_explain_shows_all_seven_steps(newskeep: Newskeep, article_id: str) -> None:
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
    assert "−2 words: teaser ×1 (timed list, 0.99)" in lines[5]
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


def test_explain_says_why_a_page_is_not_in_the_archive(newskeep: Newskeep, newsroom: Newsroom) -> None:
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
