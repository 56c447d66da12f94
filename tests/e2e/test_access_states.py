"""What stands before an outlet's pages is kept as a history: walls, opt-outs and limits, from when to when."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine

from archive.home import Home
from crawler.runner import crawl
from crawler.targets import CrawlOptions
from tests.e2e.test_whole_crawls import QUICK, crawl_site, page_of_links, rows
from tests.site import Site, article_page, story

PATHS = ("/town/bridge-opens-today", "/town/council-votes-late", "/town/mayor-leaves-office")
STATES = "select state, source, until is null, pages from v_access order by state, source, since"
CHECK = "<title>Just a moment...</title><h1>example.org</h1><p>Checking your browser before you can read the page.</p>"
LOGIN = "<title>Log in</title><h1>Log in</h1><p>Enter your name and password to read the news of the town.</p>"
COOKIES = (
    "<h1>Before you go on</h1><p>We use cookies and similar methods on your device, and we ask for your consent to "
    "share personal data with our 812 partners.</p><button>Accept all</button>"
)
PAYWALL = "<p>Subscribe to continue reading.</p>"


@pytest.fixture
def site() -> Iterator[Site]:
    with new_site() as site:
        yield site


def new_site() -> Site:
    """Make a site of three open articles."""
    site = Site()
    site.put("/", page_of_links(*PATHS))
    open_pages(site)
    return site


def open_pages(site: Site, **more: object) -> None:
    """Serve the articles; other bytes than before, so that they are read again."""
    for number, path in enumerate(PATHS):
        extra = f"<!-- {len(site.seen)} -->"
        site.put(path, article_page(f"The council of town {number}", *story(f"town {number}"), extra=extra), **more)


def put_pages(site: Site, body: str, **more: object) -> None:
    for path in PATHS:
        site.put(path, f"<html><body>{body}</body></html>", **more)


def robots(site: Site, text: str) -> None:
    site.put("/robots.txt", text, content_type="text/plain")


@contextmanager
def sites(cases: Mapping[str, Callable[[Site], None]]) -> Iterator[dict[str, Site]]:
    """One site for each case."""
    with ExitStack() as stack:
        served = {name: stack.enter_context(new_site()) for name in cases}
        for name, put in cases.items():
            put(served[name])
        yield served


def crawl_all(home: Home, engine: Engine, served: Mapping[str, Site]) -> None:
    for result in crawl(home, engine, [site.url("/") for site in served.values()], QUICK):
        assert (result.problem, result.balanced, result.ledger and result.ledger.links) == (None, True, 3)


def states(engine: Engine, served: Mapping[str, Site]) -> dict[str, list[tuple[object, ...]]]:
    """The states of each site: (state, source, whether it lasts)."""
    query = "select state, source, until is null from v_access where outlet = '127.0.0.1:{}' order by since"
    return {name: rows(engine, query.format(site.port)) for name, site in served.items()}


WALLS: dict[str, Callable[[Site], None]] = {
    "challenge, page": lambda site: put_pages(site, CHECK),
    "challenge, status": lambda site: put_pages(site, CHECK, status=403),
    "login, page": lambda site: put_pages(site, LOGIN),
    "consent, page": lambda site: put_pages(site, COOKIES),
    "geo_block, page": lambda site: put_pages(site, "<h1>Sorry</h1><p>Not available in your country.</p>"),
    "geo_block, status": lambda site: put_pages(site, "", status=451),
    "refused, status": lambda site: put_pages(site, "no", status=403),
    "rate_limit, status": lambda site: put_pages(site, "", status=429),
}


def test_a_wall_is_a_state_from_the_crawl_that_meets_it_to_the_one_that_does_not(home: Home, engine: Engine) -> None:
    with sites(WALLS) as served:
        crawl_all(home, engine, served)
        assert states(engine, served) == {name: [(*name.split(", "), True)] for name in WALLS}
        [(evidence, pages)] = rows(engine, "select evidence, pages from v_access where state = 'login'")
        assert (evidence in [served["login, page"].url(path) for path in PATHS], pages) == (True, 3)
        for site in served.values():
            open_pages(site)
        crawl_all(home, engine, served)
    assert states(engine, served) == {name: [(*name.split(", "), False)] for name in WALLS}


def test_a_paywall_on_some_pages_lasts_until_many_pages_show_none(home: Home, engine: Engine, site: Site) -> None:
    site.put(PATHS[0], article_page("The council of town", story("town")[0], extra=PAYWALL))
    crawl_site(home, engine, site)
    open_pages(site)
    crawl_site(home, engine, site)
    assert rows(engine, STATES) == [("paywall", "page", True, 1)]
    for _ in range(6):
        open_pages(site)
        crawl_site(home, engine, site, options=CrawlOptions(delay=0, recheck=True))
    assert rows(engine, STATES) == [("paywall", "page", False, 1)]


def test_one_page_that_is_refused_is_no_state(home: Home, engine: Engine, site: Site) -> None:
    site.put(PATHS[0], "no", status=403)
    crawl_site(home, engine, site)
    assert rows(engine, STATES) == []


OPT_OUTS: dict[str, Callable[[Site], None]] = {
    "header": lambda site: open_pages(site, headers={"TDM-Reservation": "1"}),
    "header, noai": lambda site: open_pages(site, headers={"X-Robots-Tag": "noai, noimageai"}),
    "meta": lambda site: site.put(PATHS[0], "<meta name=tdm-reservation content=1>" + article_page("A", "B")),
    "meta, noai": lambda site: site.put(PATHS[0], '<meta content="noai" name="robots">' + article_page("A", "B")),
    "robots.txt, agents": lambda site: robots(site, "User-agent: CCBot\nUser-agent: GPTBot\nDisallow: /\n"),
    "robots.txt, comment": lambda site: robots(site, "# No text and data mining (44b UrhG).\nUser-agent: *\n"),
    "robots.txt, signal": lambda site: robots(site, "User-agent: *\nContent-Signal: search=yes, ai-train=no\n"),
    "tdmrep.json": lambda site: site.put(
        "/.well-known/tdmrep.json", '[{"location": "/", "tdm-reservation": 1}]', content_type="application/json"
    ),
}
NO_OPT_OUTS: dict[str, Callable[[Site], None]] = {
    "headers": lambda site: open_pages(site, headers={"TDM-Reservation": "0", "X-Robots-Tag": "noarchive"}),
    "meta": lambda site: site.put(PATHS[0], '<meta name="robots" content="noindex, max-ai">' + article_page("A", "B")),
    "a path": lambda site: robots(site, "User-agent: *\nDisallow: /archive/\n"),
    "a path for agents": lambda site: robots(site, "User-agent: CCBot\nDisallow: /images/\n"),
    "agents welcome": lambda site: robots(site, "# What crawlers may fetch.\nUser-agent: GPTBot\nAllow: /\n"),
    "signal": lambda site: robots(site, "User-agent: *\nContent-Signal: search=yes, ai-train=yes\n"),
    "tdmrep.json": lambda site: site.put("/.well-known/tdmrep.json", '[{"location": "/img/", "tdm-reservation": 1}]'),
}


def test_an_opt_out_is_a_state_and_changes_nothing_else(home: Home, engine: Engine) -> None:
    with sites(OPT_OUTS) as served:
        crawl_all(home, engine, served)
    assert states(engine, served) == {name: [("opt_out", name.split(", ")[0], True)] for name in OPT_OUTS}


def test_what_reserves_nothing_is_no_opt_out(home: Home, engine: Engine) -> None:
    with sites(NO_OPT_OUTS) as served:
        crawl_all(home, engine, served)
    assert states(engine, served) == {name: [] for name in NO_OPT_OUTS}


def test_a_limit_and_an_unreadable_robots_txt_are_states(home: Home, engine: Engine, site: Site) -> None:
    home.outlets_file.write_text(f'[[outlet]]\nname = "town"\nurl = "{site.url("/")}"\nlinks_per_crawl = 2\n')
    crawl_site(home, engine, site)
    assert rows(engine, STATES) == [("limit", "crawl", True, 0)]
    site.put("/robots.txt", "", status=503, etag=False, times=9)
    crawl_site(home, engine, site)
    assert rows(engine, STATES)[1] == ("robots_closed", "robots.txt", True, 1)


def test_a_change_of_access_is_shown_with_the_outlet_and_noted_in_health(
    home: Home, engine: Engine, site: Site, newskeep: Callable[..., Any]
) -> None:
    home.outlets_file.write_text(f'[[outlet]]\nname = "town"\nurl = "{site.url("/")}"\n')
    crawl_site(home, engine, site)
    assert "access has changed" not in newskeep("health").out
    robots(site, "User-agent: CCBot\nDisallow: /\n")
    crawl_site(home, engine, site)
    shown = newskeep("outlets", "show", "town")
    assert "opt out since" in shown.out
    assert f"Disallow: / for CCBot: {site.url('/robots.txt')}" in shown.out
    [record] = newskeep("outlets", "show", "town", "--json").records
    assert [(one["state"], one["source"], one["until"]) for one in record["access"]] == [
        ("opt_out", "robots.txt", None)
    ]
    health = newskeep("health")
    assert (health.code, "town: access has changed, the publisher reserves text and data mining" in health.out) == (
        0,
        True,
    )
