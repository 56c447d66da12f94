"""Servers that are dead, slow, endless or absurd: each costs a crawl a bounded time and number of requests."""

import gzip
from collections.abc import Callable, Iterator
from os import urandom
from time import monotonic

import pytest
from sqlalchemy import Engine

from archive.home import Home
from crawler.results import CrawlResult
from crawler.runner import crawl
from crawler.safety.guard import MAX_TIMEOUTS
from crawler.targets import CrawlOptions
from news.schedule.backoff import AT_ONCE
from news.settings import Settings
from tests.e2e.test_whole_crawls import counts, page_of_links, reasons, rows
from tests.raw_server import RawServer
from tests.site import Site, story

DEADLINE = 1.0  # of one fetch, in seconds
MOST_TRIED = AT_ONCE + MAX_TIMEOUTS - 1  # each timeout but the last frees a place for another request
PAGE_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n"


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        site.article("/town/bridge-opens-today", "The bridge opens today", *story("bridge"))
        site.article("/town/council-votes-late", "The council votes late", *story("budget"))
        yield site


@pytest.fixture
def server() -> Iterator[RawServer]:
    with RawServer() as server:
        yield server


def crawl_in_time(home: Home, engine: Engine, url: str, **options: float) -> tuple[CrawlResult, float]:
    """Crawl with a short deadline; return (result, seconds)."""
    hasty = Home(home.path, Settings({**home.settings.values, "FETCH_TIMEOUT_SECONDS": DEADLINE}))
    began = monotonic()
    [result] = crawl(hasty, engine, [url], CrawlOptions(delay=0, **options))  # type: ignore[arg-type]
    assert result.problem is None
    assert result.balanced
    return result, monotonic() - began


HANGING: dict[str, Callable[[RawServer, str], None]] = {
    "body": lambda server, path: server.trickle(path, PAGE_HEAD),
    "headers": lambda server, path: server.trickle(path, b"HTTP/1.1 200 OK\r\nX-Slow: "),
    "nothing": lambda server, path: server.stay_silent(path),
}


@pytest.mark.parametrize("part", HANGING)
def test_a_page_that_never_ends_costs_one_deadline(
    home: Home, engine: Engine, site: Site, server: RawServer, part: str
) -> None:
    HANGING[part](server, "/town/a-page-that-hangs")
    site.feed("/feed.xml", server.url("/town/a-page-that-hangs"), "/town/bridge-opens-today")
    result, seconds = crawl_in_time(home, engine, site.url("/feed.xml"))
    assert (counts(result), reasons(result)) == ({"new": 1, "failed": 1}, {"timeout": 1})
    assert server.asked == ["/robots.txt", "/town/a-page-that-hangs"]
    assert seconds < DEADLINE + 4


def test_a_host_that_lets_two_requests_run_out_is_left_and_comes_back_last(
    home: Home, engine: Engine, server: RawServer
) -> None:
    hanging = [f"/town/a-page-that-hangs-{number}" for number in range(40)]
    for path in hanging:
        server.stay_silent(path)
    server.put_page("/", page_of_links(*hanging))
    result, seconds = crawl_in_time(home, engine, server.url("/"))
    assert reasons(result).keys() == {"timeout", "host_silent"}
    assert sum(reasons(result).values()) == 40
    tried = set(hanging).intersection(server.asked)
    assert len(tried) <= MOST_TRIED
    assert seconds < 2 * DEADLINE + 4

    server.asked.clear()
    result, _ = crawl_in_time(home, engine, server.url("/"))
    assert AT_ONCE <= reasons(result)["timeout"] <= MOST_TRIED  # the server may notice a request after we gave it up
    assert not tried.intersection(server.asked)


def test_resets_are_bounded(home: Home, engine: Engine, server: RawServer) -> None:
    paths = [f"/town/a-page-that-breaks-{number}" for number in range(40)]
    for path in paths:
        server.put(path, PAGE_HEAD, b"<p>half")
    server.put_page("/", page_of_links(*paths))
    result, _ = crawl_in_time(home, engine, server.url("/"))
    assert counts(result) == {"failed": 40}
    assert reasons(result).keys() == {"cut_off", "host_silent"}
    assert len(set(paths).intersection(server.asked)) <= AT_ONCE
    assert len(server.asked) < 40


def test_a_robots_txt_that_never_comes_is_a_gap_with_a_reason(home: Home, engine: Engine, server: RawServer) -> None:
    server.trickle("/robots.txt", b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 9999\r\n\r\n#")
    server.put_page("/", page_of_links("/town/bridge-opens-today"))
    result, seconds = crawl_in_time(home, engine, server.url("/"))
    assert not result.looked
    assert set(result.unread.values()) == {"robots_timeout"}
    assert rows(engine, "select reason from v_coverage") == [("robots_timeout",)]
    assert seconds < DEADLINE + 4


def test_of_an_endless_robots_txt_the_beginning_counts(home: Home, engine: Engine, server: RawServer) -> None:
    def endless() -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nUser-agent: *\nDisallow: /secret/\n"
        while not server.closing.is_set():
            yield b"# nothing\n" * 1000

    server.answers["/robots.txt"] = endless
    server.put_page("/", page_of_links("/secret/a-page-of-the-town", "/town/a-page-that-is-missing"))
    result, _ = crawl_in_time(home, engine, server.url("/"))
    assert reasons(result) == {"robots_txt": 1, "http_404": 1}


def test_of_a_packed_robots_txt_of_several_megabytes_the_beginning_counts(
    home: Home, engine: Engine, server: RawServer
) -> None:
    rules = b"User-agent: *\nDisallow: /secret/\n# " + urandom(1_000_000).hex().encode()
    server.put_page("/robots.txt", gzip.compress(rules), b"Content-Type: text/plain\r\nContent-Encoding: gzip\r\n")
    server.put_page("/", page_of_links("/secret/a-page-of-the-town", "/town/a-page-that-is-missing"))
    result, _ = crawl_in_time(home, engine, server.url("/"))
    assert reasons(result) == {"robots_txt": 1, "http_404": 1}


@pytest.mark.parametrize("delay", ["36000", "99999999999999999999"])
def test_an_absurd_crawl_delay_closes_the_outlet_with_a_reason(
    home: Home, engine: Engine, site: Site, delay: str
) -> None:
    site.put("/robots.txt", f"User-agent: *\nCrawl-delay: {delay}\n", content_type="text/plain")
    site.put("/", page_of_links("/town/bridge-opens-today"))
    result, seconds = crawl_in_time(home, engine, site.url("/"))
    assert set(result.unread.values()) == {"robots_crawl_delay"}
    assert [seen.path for seen in site.seen] == ["/robots.txt"]
    assert seconds < 5


def test_waits_that_a_server_asks_for_share_one_limit(
    home: Home, engine: Engine, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.middlewares.LONGEST_WAIT", 1.5)
    site.put("/", page_of_links("/town/busy-page-of-today"))
    site.put("/town/busy-page-of-today", "", status=503, headers={"Retry-After": "1"})
    result, _ = crawl_in_time(home, engine, site.url("/"))
    assert reasons(result) == {"http_503": 1}
    assert len(site.requests("/town/busy-page-of-today")) == 2


def test_a_host_that_asks_for_an_hour_ends_its_links_at_once(home: Home, engine: Engine, site: Site) -> None:
    paths = [f"/town/a-busy-page-{number}" for number in range(20)]
    for path in paths:
        site.put(path, "", status=429, headers={"Retry-After": "3600"}, etag=False)
    site.feed("/feed.xml", *paths)
    began = monotonic()
    [result] = crawl(home, engine, [site.url("/feed.xml")], CrawlOptions(delay=1))
    assert reasons(result) == {"http_429": 1, "retry_after": 19}
    assert monotonic() - began < 12  # twenty turns would take twenty seconds
