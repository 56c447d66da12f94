"""Redirects that a page asks for itself, and those that want a cookie."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from archive.home import Home
from crawler.runner import crawl
from tests.crawler.test_fetch import fetch_one, home_at
from tests.e2e.test_whole_crawls import QUICK, counts, crawl_site, page_of_links, reasons, rows
from tests.raw_server import RawServer
from tests.site import Site, story


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        site.article("/town/bridge-opens-today", "The bridge opens today", *story("bridge"))
        yield site


def refreshing(to: str, seconds: str = "0") -> str:
    return f"<html><head><title>Wait</title><meta http-equiv='refresh' content='{seconds};URL={to}'></head></html>"


def test_a_page_that_refreshes_to_an_article_is_that_article(home: Home, engine: Engine, site: Site) -> None:
    site.put("/count/10001-bridge-opens", refreshing("/town/bridge-opens-today"))
    site.put("/", page_of_links("/count/10001-bridge-opens"))
    assert counts(crawl_site(home, engine, site)) == {"new": 1}
    assert rows(engine, "select headline from v_articles") == [("The bridge opens today",)]


def test_a_feed_that_refreshes_to_another_address_is_read(home: Home, engine: Engine, site: Site) -> None:
    site.put("/feed", refreshing("/real/feed.xml"))
    site.feed("/real/feed.xml", "/town/bridge-opens-today")
    home.outlets_file.write_text(
        f'[[outlet]]\nname = "town"\nurl = "{site.url("/")}"\nfeeds = ["{site.url("/feed")}"]\nlistings = []\n'
    )
    [result] = crawl(home, engine, ["town"], QUICK)
    assert counts(result) == {"new": 1}


def test_a_refresh_header_is_followed(tmp_path: Path, site: Site) -> None:
    site.put("/a", "wait", headers={"Refresh": "1; url=/town/bridge-opens-today"})
    assert fetch_one(home_at(tmp_path), site.url("/a")).final_url == site.url("/town/bridge-opens-today")


@pytest.mark.parametrize(
    ("to", "seconds"), [("/b", "300"), ("/a", "0"), ("", "0"), ("http://[", "0"), ("ftp://b", "0")]
)
def test_a_page_that_renews_itself_or_leads_nowhere_stays(tmp_path: Path, site: Site, to: str, seconds: str) -> None:
    site.put("/a", refreshing(to, seconds))
    page = fetch_one(home_at(tmp_path), site.url("/a"))
    assert (page.error, page.final_url) == (None, site.url("/a"))


def test_refreshes_and_redirects_share_one_limit(tmp_path: Path, site: Site) -> None:
    for number in range(0, 20, 2):
        site.put(f"/{number}", refreshing(f"/{number + 1}"))
        site.redirect(f"/{number + 1}", f"/{number + 2}")
    assert fetch_one(home_at(tmp_path), site.url("/0")).error == "too_many_redirects"
    assert len(site.seen) <= 7


def test_a_refresh_passes_robots_txt_and_the_guard(tmp_path: Path, site: Site) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /secret\n", content_type="text/plain")
    site.put("/a", refreshing("/secret/b"))
    site.put("/c", refreshing("http://192.168.0.1/"))
    assert fetch_one(home_at(tmp_path), site.url("/a")).error == "robots_txt"
    assert fetch_one(home_at(tmp_path), site.url("/c")).error == "forbidden_address"


def test_a_redirect_to_itself_gets_its_cookie_back(tmp_path: Path) -> None:
    with RawServer() as server:

        def answer() -> Iterator[bytes]:
            if b"Cookie: seen=1; b=2\r\n" in server.heads[-1]:
                yield b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
            else:
                cookies = b"Set-Cookie: seen=1; Path=/; HttpOnly\r\nSet-Cookie: b=2\r\n"
                yield b"HTTP/1.1 302 Found\r\nLocation: /a\r\n" + cookies + b"Content-Length: 0\r\n\r\n"

        server.answers["/a"] = answer
        assert fetch_one(home_at(tmp_path), server.url("/a")).body == b"hello"
        assert server.asked == ["/robots.txt", "/a", "/a"]


def test_no_cookie_goes_to_another_address(tmp_path: Path, site: Site) -> None:
    with Site(host="127.0.0.2") as other:
        site.put("/a", "", status=302, headers={"Location": other.url("/b"), "Set-Cookie": "a=1"}, etag=False)
        other.redirect("/b", other.url("/b"))
        assert fetch_one(home_at(tmp_path), site.url("/a")).error == "too_many_redirects"
        assert not any("Cookie" in seen.headers for seen in [*site.seen, *other.seen])


@pytest.mark.parametrize("missing", [1, 8])
def test_a_packed_page_without_its_checksum_is_whole(home: Home, engine: Engine, site: Site, missing: int) -> None:
    path = "/town/bridge-opens-today"
    body = gzip.compress(site.answers[path].body)[:-missing]
    site.put(path, body, headers={"Content-Encoding": "gzip"})
    site.put("/", page_of_links(path))
    assert counts(crawl_site(home, engine, site)) == {"new": 1}
    site.put("/town/half-a-page-of-it", body[:-200], headers={"Content-Encoding": "gzip"})
    assert reasons(crawl_site(home, engine, site, "/town/half-a-page-of-it")) == {"cut_off": 1}
