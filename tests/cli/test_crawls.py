"""`newskeep crawls`."""

import re

from sqlalchemy import Engine, text

from tests.cli.conftest import Newskeep


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


def test_an_interrupted_crawl_says_what_it_left(newskeep: Newskeep, engine: Engine, article_id: str) -> None:
    with engine.begin() as conn:
        conn.execute(text("update crawls set state = 'interrupted', links = 65, counts = '{}'"))

    assert newskeep("crawls", "list").out.count("  65 left  interrupted\n") == 2
