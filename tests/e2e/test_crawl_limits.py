"""Long lists: a crawl takes the newest of them up to its limit, counts the rest, and the next crawls work it off."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from archive.home import Home
from crawler.results import CrawlResult
from crawler.runner import crawl
from news.settings import Settings
from tests.e2e.test_whole_crawls import QUICK, counts, page_of_links, reasons, rows
from tests.site import Site, story

SUBJECTS = ("bridge", "budget", "school", "harbour", "museum", "library", "station", "market")
PATHS = [f"/town/the-{subject}-opens-today" for subject in SUBJECTS]


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        for subject, path in zip(SUBJECTS, PATHS, strict=True):
            site.article(path, f"The {subject} opens today", *story(subject))
        site.put("/", page_of_links())
        yield site


def sitemap(site: Site, *paths: str, dated: bool = True) -> str:
    """A sitemap of *paths*, an hour apart, the newest last."""
    now = datetime.now(UTC) - timedelta(days=1)
    times = [f"<lastmod>{(now + timedelta(hours=n)).isoformat()}</lastmod>" * dated for n in range(len(paths))]
    urls = "".join(f"<url><loc>{site.url(path)}</loc>{time}</url>" for path, time in zip(paths, times, strict=True))
    return f"<?xml version='1.0'?><urlset>{urls}</urlset>"


def crawl_town(home: Home, engine: Engine, site: Site, *sitemaps: str, limit: int = 3) -> CrawlResult:
    entry = f'[[outlet]]\nname = "town"\nurl = "{site.url("/")}"\nlinks_per_crawl = {limit}\nfeeds = []\n'
    home.outlets_file.write_text(entry + f"sitemaps = {[site.url(path) for path in sitemaps]}\n")
    [result] = crawl(home, engine, ["town"], QUICK)
    assert result.balanced
    return result


def fetched(site: Site) -> list[str]:
    """Articles that were requested since the last call."""
    paths = [seen.path for seen in site.seen if seen.path in PATHS]
    site.seen.clear()
    return paths


def test_the_newest_are_fetched_and_the_rest_waits_and_is_counted(home: Home, engine: Engine, site: Site) -> None:
    site.put("/map.xml", sitemap(site, *PATHS), content_type="text/xml", etag=False)
    result = crawl_town(home, engine, site, "/map.xml")
    assert (counts(result), reasons(result)) == ({"new": 3, "skipped": 5}, {"limit": 5})
    assert set(fetched(site)) == set(PATHS[-3:])
    assert counts(crawl_town(home, engine, site, "/map.xml"))["new"] == 2  # one place is for pages that are known
    assert counts(crawl_town(home, engine, site, "/map.xml"))["new"] == 2
    assert counts(crawl_town(home, engine, site, "/map.xml"))["new"] == 1
    assert rows(engine, "select count(*) from v_articles") == [(8,)]


def test_the_rest_is_worked_off_when_nothing_lists_it_any_more(home: Home, engine: Engine, site: Site) -> None:
    site.put("/map.xml", sitemap(site, *PATHS), content_type="text/xml")
    crawl_town(home, engine, site, "/map.xml")
    site.put("/map.xml", sitemap(site), content_type="text/xml")
    assert counts(crawl_town(home, engine, site, "/map.xml")) == {"new": 3, "skipped": 2}
    assert counts(crawl_town(home, engine, site, "/map.xml")) == {"new": 2}


def test_what_the_home_page_shows_now_comes_before_a_long_list_without_times(
    home: Home, engine: Engine, site: Site
) -> None:
    site.put("/map.xml", sitemap(site, *PATHS[1:], dated=False), content_type="text/xml", etag=False)
    crawl_town(home, engine, site, "/map.xml")
    site.put("/", page_of_links(PATHS[0]))
    fetched(site)
    crawl_town(home, engine, site, "/map.xml")
    assert PATHS[0] in fetched(site)  # one of two new ones; the others of the list wait


def test_a_sitemap_that_is_too_large_is_refused_and_its_siblings_are_read(
    home: Home, engine: Engine, site: Site
) -> None:
    small = Home(home.path, Settings({**home.settings.values, "FETCH_MAX_BYTES": 50_000}))
    huge = sitemap(site, *(f"/town/old-page-{number}" for number in range(1000)))
    site.put("/huge.xml", huge, content_type="text/xml")
    site.put("/packed.xml", huge * 5, content_type="text/xml", packed=True)
    site.put("/map.xml", sitemap(site, *PATHS[:2]), content_type="text/xml")
    result = crawl_town(small, engine, site, "/huge.xml", "/packed.xml", "/map.xml")
    assert counts(result) == {"new": 2}
    assert result.unread == {site.url("/huge.xml"): "too_large", site.url("/packed.xml"): "too_large"}


def test_more_links_than_one_crawl_takes_in_are_left_with_a_reason(
    home: Home, engine: Engine, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.spiders.discovery.MAX_BULK_LINKS", 5)
    site.put("/map.xml", sitemap(site, *PATHS), content_type="text/xml")
    result = crawl_town(home, engine, site, "/map.xml")
    assert counts(result) == {"new": 3, "skipped": 2}
    assert result.unread == {site.url("/map.xml"): "too_many_links"}
    assert set(fetched(site)) == set(PATHS[-3:])


def test_long_lists_that_are_read_at_once_share_the_room_of_one_crawl(
    home: Home, engine: Engine, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.spiders.discovery.MAX_BULK_LINKS", 6)
    maps = [f"/map-{number}.xml" for number in range(4)]
    for number, path in enumerate(maps):
        paths = [f"/town/old-page-{number}-{page}-of-the-town" for page in range(5)]
        site.put(path, sitemap(site, *paths), content_type="text/xml")
    result = crawl_town(home, engine, site, *maps)
    assert result.ledger
    assert result.ledger.links == 6
    assert sorted(result.unread.values()) == ["too_many_links"] * 3


@pytest.mark.parametrize("link", ["{path}?sid={id}", "{path}?PHPSESSID={id}", "{path};sid={id}", "{path}?session={id}"])
def test_a_new_session_id_in_every_link_is_no_new_page(home: Home, engine: Engine, site: Site, link: str) -> None:
    for session in ("f3a91c07", "0b77d2e9"):
        path = link.format(path=PATHS[0], id=session)
        site.put("/", page_of_links(path))
        site.put(path, site.answers[PATHS[0]].body)
        result = crawl_town(home, engine, site)
        assert sum(counts(result).values()) == 1
    assert rows(engine, "select count(*) from v_articles") == [(1,)]
    assert rows(engine, "select count(*) from links") == [(1,)]
