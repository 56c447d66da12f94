"""`newskeep backfill`: articles of the past."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, text

from archive.home import Home
from tests.site import Site, article_page, story

Run = Callable[..., Any]
XML = "application/xml"


def urlset(site: Site, *entries: tuple[str, str]) -> str:
    rows = "".join(f"<url><loc>{site.url(path)}</loc><lastmod>{at}</lastmod></url>" for path, at in entries)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'


@pytest.fixture
def site(home: Home) -> Iterator[Site]:
    """Serve an outlet with a sitemap for each month, of which the feed lists the newest article only."""
    with Site() as site:
        site.put("/", '<html><head><link rel=alternate type="application/rss+xml" href="/feed.xml"></head></html>')
        site.feed("/feed.xml", "/now")
        site.put("/robots.txt", f"User-agent: *\nSitemap: {site.url('/sitemap.xml')}\n", content_type="text/plain")
        months = "".join(f"<sitemap><loc>{site.url(f'/sitemap-2020-0{m}.xml')}</loc></sitemap>" for m in (4, 5, 6))
        site.put("/sitemap.xml", f"<sitemapindex>{months}</sitemapindex>", content_type=XML)
        for month in (4, 5, 6):
            entries = [(f"/{month}-{n}", f"2024-0{n}-01") for n in (1, 2)]
            site.put(f"/sitemap-2020-0{month}.xml", urlset(site, *entries), content_type=XML)
            for path, _ in entries:
                site.article(path, f"The story of {path} that day", *story(path))
        site.article("/now", "The bridge opens today", *story("bridge"))
        home.outlets_file.write_text(
            f'[[outlet]]\nname = "krone"\nurl = "{site.url("/")}"\ndelay = 0\nsitemaps = []\n', encoding="utf-8"
        )
        yield site


def test_a_month_is_backfilled_from_its_sitemap_and_marked(
    site: Site, home: Home, newskeep: Run, engine: Engine
) -> None:
    assert newskeep("crawl", "krone", "--delay", "0").code == 0
    home.outlets_file.write_text(home.outlets_file.read_text(encoding="utf-8").replace("sitemaps = []\n", ""))
    first = newskeep("backfill", "krone", "--from", "2020-05", "--to", "2020-05", "--json")
    again = newskeep("backfill", "krone", "--from", "2020-05", "--to", "2020-05", "--json")

    assert first.code == 0, first.err
    assert sorted(line["url"] for line in first.records[:-1]) == [site.url("/5-1"), site.url("/5-2")]
    assert [line["disposition"] for line in first.records[:-1]] == ["new", "new"]
    assert again.records[-1]["counts"]["new"] == 0
    paths = [seen.path for seen in site.seen]
    assert (paths.count("/5-1"), paths.count("/sitemap-2020-04.xml"), paths.count("/now")) == (1, 0, 1)
    with engine.connect() as conn:
        marks = conn.execute(text("select looked, reason from v_coverage order by crawl")).all()
        target = conn.execute(text("select target from crawls where id = 2")).scalar_one()
    assert [tuple(mark) for mark in marks] == [(True, None), (True, "backfill"), (True, "backfill")]
    assert target == f"backfill of {site.url('/')}"
    assert newskeep("crawls", "list").out.count("  backfill\n") == 2

    last = newskeep("crawl", "krone", "--delay", "0", "--json").records[-1]["counts"]
    assert last["new"] + last["copy"] == 4  # what the backfill left out


@pytest.mark.parametrize(
    ("times", "words"),
    [(("--from", "2024-06", "--to", "2023-01"), "--to is before --from"), (("--from", "9000"), "in the future")],
)
def test_times_that_cannot_be_meant_are_refused(newskeep: Run, times: tuple[str, ...], words: str) -> None:
    outcome = newskeep("backfill", "krone", *times)

    assert outcome.code == 2
    assert words in outcome.err


def test_without_a_gap_there_is_nothing_to_fill(site: Site, newskeep: Run) -> None:
    outcome = newskeep("backfill", "krone")

    assert outcome.code == 5
    assert "no gap" in outcome.err


def test_gaps_of_the_coverage_are_filled(site: Site, home: Home, newskeep: Run, engine: Engine) -> None:
    newskeep("crawl", "krone", "--delay", "0")
    home.outlets_file.write_text(home.outlets_file.read_text(encoding="utf-8").replace("sitemaps = []\n", ""))
    with engine.begin() as conn:
        conn.execute(
            text("""
            insert into coverage (outlet_id, looked, started_at, ended_at, reason)
            values (1, false, '2020-06-10', '2020-06-12', 'not_running')
        """)
        )
    outcome = newskeep("backfill", "krone", "--json")

    assert sorted(line["url"] for line in outcome.records[:-1]) == [site.url("/6-1"), site.url("/6-2")]


@pytest.mark.slow
def test_captures_that_a_web_archive_lists_are_imported_with_their_times(
    site: Site, newskeep: Run, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.wayback.DELAY", 0)
    pages = {"https://alt.example/a": "20190501080000", "https://alt.example/b": "20190601080000"}
    lines = [f"example,alt)/x {time} {url} text/html 200 ABC 9" for url, time in pages.items()]
    for number, (url, time) in enumerate(pages.items()):
        site.put(f"/web/{time}id_/{url}", article_page(f"The story number {number} of that day", *story(str(number))))
    site.put("/cdx/search/cdx", "\n".join(lines), content_type="text/plain")
    address = site.url("/cdx/search/cdx?url=alt.example")
    late = newskeep("backfill", "--cdx", address, "--json", "--from", "2019-06")
    all_, again = newskeep("backfill", "--cdx", address, "--json"), newskeep("backfill", "--cdx", address, "--json")

    assert late.code == 0, late.err
    assert [(line["url"], line["relation"]) for line in late.records[:-1]] == [("https://alt.example/b", "new")]
    assert [(line["url"], line["relation"]) for line in all_.records[:-1]] == [("https://alt.example/a", "new")]
    assert again.records[-1]["records"] == 0
    with engine.connect() as conn:
        times = conn.execute(text("select first_captured_at::text from v_articles order by url")).scalars().all()
    assert [time[:10] for time in times] == ["2019-05-01", "2019-06-01"]


def test_a_list_that_cannot_be_had_says_so(home: Home, newskeep: Run) -> None:
    outcome = newskeep("backfill", "--cdx", "missing.cdx")

    assert outcome.code == 5
    assert "missing.cdx cannot be read" in outcome.err
