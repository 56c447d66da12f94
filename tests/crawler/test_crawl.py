"""Whole crawls of a site on loopback into a real database: what is found, stored, revised, left out, and why."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from archive.home import Home
from crawler.runner import CrawlOptions, CrawlResult, crawl
from tests.site import Site, story

QUICK = CrawlOptions(delay=0)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        site.put("/", page_of_links("/town/bridge-opens-today", "/town/council-votes-late"))
        site.article("/town/bridge-opens-today", "The bridge opens today", *story("bridge"))
        site.article("/town/council-votes-late", "The council votes late", *story("budget"))
        yield site


def page_of_links(*paths: str) -> str:
    links = "".join(f'<article><h2><a href="{path}">A story about {path} and more</a></h2></article>' for path in paths)
    return f"<!doctype html><html lang='en'><head><title>The Site</title></head><body>{links}</body></html>"


def crawl_site(home: Home, engine: Engine, site: Site, target: str = "/", options: CrawlOptions = QUICK) -> CrawlResult:
    [result] = crawl(home, engine, [site.url(target)], options)
    assert result.problem is None
    assert result.ledger is not None
    assert result.ledger.balanced
    return result


def counts(result: CrawlResult) -> dict[str, int]:
    assert result.ledger
    return {str(disposition): number for disposition, number in result.ledger.counts.items() if number}


def reasons(result: CrawlResult) -> dict[str, int]:
    assert result.ledger
    return {reason: number for (_, reason), number in result.ledger.reasons.items()}


def rows(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as conn:
        return [tuple(row) for row in conn.execute(text(query))]


def test_a_home_page_is_enough_to_archive_its_articles(home: Home, engine: Engine, site: Site) -> None:
    result = crawl_site(home, engine, site)
    assert counts(result) == {"new": 2}
    assert rows(engine, "select headline from v_articles order by 1") == [
        ("The bridge opens today",),
        ("The council votes late",),
    ]
