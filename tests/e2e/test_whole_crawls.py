"""Whole crawls of a site on loopback into a real database: what is found, stored, revised, left out, and why."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from archive.captures import read_record
from archive.channels import FoundChannel, ensure_channels
from archive.crash_markers import ReadingMark, count_deaths
from archive.crawls import close_crawl, open_crawl
from archive.embedded import EmbeddedServer
from archive.frontier import add_links
from archive.home import Home
from archive.outlets import ensure_outlet
from crawler.results import CrawlResult, exit_code
from crawler.runner import crawl
from crawler.targets import CrawlOptions, UnknownTarget
from news.errors import ArchiveUnavailable, Busy
from news.outlets import FoundLink
from news.settings import Settings
from tests.conftest import run_sql
from tests.site import Site, article_page, story

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


def test_a_second_crawl_asks_conditionally_and_stores_nothing(home: Home, engine: Engine, site: Site) -> None:
    crawl_site(home, engine, site)
    assert counts(crawl_site(home, engine, site)) == {"unchanged": 2}
    assert [seen.status for seen in site.requests("/town/bridge-opens-today")] == [200, 304]
    assert [seen.status for seen in site.requests("/")] == [200, 304]
    assert rows(engine, "select count(*) from v_revisions") == [(2,)]


def test_an_edit_is_one_revision(home: Home, engine: Engine, site: Site) -> None:
    crawl_site(home, engine, site)
    site.article("/town/bridge-opens-today", "The bridge opens tomorrow", *story("bridge"))
    assert counts(crawl_site(home, engine, site)) == {"revised": 1, "unchanged": 1}
    assert rows(engine, "select max(number) from v_revisions") == [(2,)]


def test_other_teasers_around_the_same_text_are_no_revision(home: Home, engine: Engine, site: Site) -> None:
    crawl_site(home, engine, site)
    more = "<aside><h3>Other news</h3><ul><li><a href='/x'>Cola trick</a> 3 hrs ago</li></ul></aside>"
    site.article("/town/bridge-opens-today", "The bridge opens today", *story("bridge"), extra=more)
    assert counts(crawl_site(home, engine, site)) == {"unchanged": 2}


def test_reading_a_page_otherwise_is_no_edit_of_the_outlet(home: Home, engine: Engine, site: Site) -> None:
    entry = f'[[outlet]]\nname = "town"\nurl = "{site.url("/")}"\n'
    first, *rest = story("bridge")
    boxed = article_page("The bridge opens today", *rest).replace("</h1>", f"</h1><div class='x'><p>{first}</p></div>")
    site.put("/town/bridge-opens-today", boxed)
    home.outlets_file.write_text(entry)
    crawl(home, engine, ["town"], QUICK)
    home.outlets_file.write_text(entry + 'teasers = { remove = [".x"] }\n')
    site.put("/town/bridge-opens-today", boxed + "<!-- other bytes -->")
    [result] = crawl(home, engine, ["town"], QUICK)

    assert counts(result) == {"unchanged": 2}
    assert rows(engine, "select position('session 1' in body) > 0 from v_revisions where headline ~ 'bridge'") == [
        (True,)
    ]
    bodies = """select position('session 1' in body) > 0 from readings join texts on digest = text_digest
        where body like '%bridge%' order by id"""
    assert rows(engine, bodies) == [(True,), (False,)]


def test_a_server_that_ignores_conditions_is_recognised_by_its_bytes(home: Home, engine: Engine, site: Site) -> None:
    for path in ("/town/bridge-opens-today", "/town/council-votes-late"):
        site.put(path, site.answers[path].body, etag=False)
    crawl_site(home, engine, site)
    assert counts(crawl_site(home, engine, site)) == {"unchanged": 2}
    assert rows(engine, "select count(*) from captures where revisit_of is not null") == [(2,)]


def test_an_article_that_is_gone_stays_as_it_was_and_may_come_back(home: Home, engine: Engine, site: Site) -> None:
    crawl_site(home, engine, site)
    before = site.answers["/town/bridge-opens-today"]
    site.put("/town/bridge-opens-today", "gone", status=410, etag=False)
    result = crawl_site(home, engine, site)
    assert counts(result) == {"unchanged": 1, "skipped": 1}
    assert reasons(result) == {"gone_410": 1}
    flags = "select count(*) from v_articles where 'withdrawn' = any(flags)"
    assert rows(engine, flags) == [(1,)]
    site.answers["/town/bridge-opens-today"] = before  # with the same ETag and bytes
    assert counts(crawl_site(home, engine, site)) == {"unchanged": 2}
    assert rows(engine, flags) == [(0,)]
    assert rows(engine, "select count(*) from v_revisions") == [(2,)]


def test_each_way_to_fail_has_its_name_and_costs_no_other_page(home: Home, engine: Engine, site: Site) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /private/\n", content_type="text/plain")
    site.put("/town/missing-since-today", "", status=404, etag=False)
    site.put("/town/server-is-broken-today", "", status=500, etag=False, headers={"Retry-After": "0"})
    site.put("/town/brochure-of-the-year", b"%PDF-1.4", content_type="application/pdf")
    site.put("/town/bomb-in-the-town-hall", b"0" * 20_000_000, packed=True)
    site.redirect("/town/road-without-an-end", "/town/road-without-an-end")
    site.redirect("/town/looks-inside-the-house", "http://10.0.0.1/secret")
    paths = [path for path in site.answers if path.startswith("/town/")] + ["/private/diary-of-the-mayor"]
    site.put("/", page_of_links(*paths))
    result = crawl_site(home, engine, site)
    assert counts(result) == {"new": 2, "skipped": 2, "failed": 5}
    assert reasons(result) == {
        "robots_txt": 1, "http_404": 1, "http_500": 1, "not_html": 1, "too_large": 1, "too_many_redirects": 1,
        "forbidden_address": 1,
    }  # fmt: skip
    assert not site.requests("/private/diary-of-the-mayor")


def test_a_feed_alone_can_be_crawled(home: Home, engine: Engine, site: Site) -> None:
    site.feed("/feed.xml", "/town/bridge-opens-today?utm_source=rss")
    assert counts(crawl_site(home, engine, site, "/feed.xml")) == {"new": 1}
    assert not site.requests("/")


def test_an_article_alone_can_be_crawled(home: Home, engine: Engine, site: Site) -> None:
    assert counts(crawl_site(home, engine, site, "/town/bridge-opens-today")) == {"new": 1}
    assert not site.requests("/")


def test_a_sitemap_index_is_read_two_levels_deep(home: Home, engine: Engine, site: Site) -> None:
    def sitemap(kind: str, url: str) -> str:
        item = "sitemap" if kind == "sitemapindex" else "url"
        spaces = "http://www.sitemaps.org/schemas/sitemap/0.9"
        return f'<?xml version="1.0"?><{kind} xmlns="{spaces}"><{item}><loc>{url}</loc></{item}></{kind}>'

    site.put("/index.xml", sitemap("sitemapindex", site.url("/years.xml")), content_type="text/xml")
    site.put("/years.xml", sitemap("sitemapindex", site.url("/2026.xml")), content_type="text/xml", packed=True)
    site.put("/2026.xml", sitemap("urlset", site.url("/town/bridge-opens-today")), content_type="text/xml")
    assert counts(crawl_site(home, engine, site, "/index.xml")) == {"new": 1}


def test_channels_named_by_the_home_page_and_robots_txt_are_read(home: Home, engine: Engine, site: Site) -> None:
    site.article("/town/only-in-the-feed-today", "Only in the feed today", *story("feed"))
    site.feed("/news.rss", "/town/only-in-the-feed-today")
    site.article("/town/only-in-the-sitemap-today", "Only in the sitemap today", *story("sitemap"))
    site.put("/map.txt", site.url("/town/only-in-the-sitemap-today"), content_type="text/plain")
    site.put("/robots.txt", f"Sitemap: {site.url('/map.txt')}\n", content_type="text/plain")
    head = '<head><link rel="alternate" type="application/rss+xml" href="/news.rss"></head>'
    site.put("/", f"<html lang='en'>{head}<body></body></html>")
    assert counts(crawl_site(home, engine, site)) == {"new": 2}
    assert rows(engine, "select kind, disposition from channels order by 1") == [
        ("feed", "read"), ("listing", "read"), ("robots", "read"), ("sitemap", "read"),
    ]  # fmt: skip
    # every channel answers 304, and their links are fetched again all the same
    assert counts(crawl_site(home, engine, site)) == {"unchanged": 2}


def test_one_page_under_several_addresses_is_one_link(home: Home, engine: Engine, site: Site) -> None:
    path = "/town/bridge-opens-today"
    site.feed("/feed.xml", path, path + "?utm_source=rss", path + "#top", path)
    result = crawl_site(home, engine, site, "/feed.xml")
    assert result.ledger
    assert result.ledger.links == 1


def test_what_a_limit_leaves_out_comes_next_time(home: Home, engine: Engine, site: Site) -> None:
    result = crawl_site(home, engine, site, options=CrawlOptions(delay=0, limit=1))
    assert counts(result) == {"new": 1, "skipped": 1}
    assert reasons(result) == {"limit": 1}
    site.put("/", page_of_links())  # both have left the home page
    assert counts(crawl_site(home, engine, site)) == {"new": 1}


def test_failed_pages_of_a_crawl_can_be_fetched_again(home: Home, engine: Engine, site: Site) -> None:
    page = site.answers["/town/bridge-opens-today"]
    site.put("/town/bridge-opens-today", "", status=404, etag=False)
    first = crawl_site(home, engine, site)
    site.answers["/town/bridge-opens-today"] = page
    assert first.crawl_id
    [second] = crawl(home, engine, [], CrawlOptions(delay=0, retry=first.crawl_id))
    assert counts(second) == {"new": 1}


def test_a_page_that_timed_out_is_tried_by_the_next_crawl_though_it_is_listed_no_more(
    home: Home, engine: Engine, site: Site
) -> None:
    site.put("/town/bridge-opens-today", b"x", cut_off=True, times=3, after=site.answers["/town/bridge-opens-today"])
    assert reasons(crawl_site(home, engine, site)) == {"cut_off": 1}
    site.put("/", page_of_links())
    assert counts(crawl_site(home, engine, site)) == {"new": 1}


def test_a_page_that_stayed_busy_is_tried_by_the_next_crawl(home: Home, engine: Engine, site: Site) -> None:
    page = site.answers["/town/bridge-opens-today"]
    site.put("/town/bridge-opens-today", "", status=503, etag=False, headers={"Retry-After": "0"})
    assert reasons(crawl_site(home, engine, site)) == {"http_503": 1}
    site.answers["/town/bridge-opens-today"] = page
    site.put("/", page_of_links())
    assert counts(crawl_site(home, engine, site)) == {"new": 1}


def test_a_site_that_cannot_be_reached_was_not_looked_at(home: Home, engine: Engine) -> None:
    [result] = crawl(home, engine, ["http://127.0.0.1:9"], QUICK)
    assert not result.looked
    assert rows(engine, "select looked, reason from v_coverage") == [(False, "forbidden_port")]


def test_a_site_that_has_nothing_new_was_looked_at(home: Home, engine: Engine, site: Site) -> None:
    site.put("/", page_of_links())
    assert crawl_site(home, engine, site).looked
    assert rows(engine, "select looked, links from v_coverage") == [(True, 0)]


def test_a_site_that_never_gave_a_link_is_distinguished_from_a_site_with_nothing_new(
    home: Home, engine: Engine, site: Site
) -> None:
    site.put("/", "<!doctype html><html><body><div id='app'></div><script src='/app.js'></script></body></html>")
    for _ in range(2):
        nothing = crawl_site(home, engine, site)
        assert nothing.unread == {site.url("/"): "no_links"}
        assert exit_code([nothing]) == 5
    site.put("/", page_of_links("/town/bridge-opens-today"))
    crawl_site(home, engine, site)
    site.put("/", page_of_links())
    assert exit_code([crawl_site(home, engine, site)]) == 0


def test_an_outlet_that_has_moved_is_read_where_its_home_page_leads(home: Home, engine: Engine, site: Site) -> None:
    with Site("127.0.0.2") as old:
        old.put("/", b"", status=301, headers={"Location": site.url("/")})
        assert counts(crawl_site(home, engine, old)) == {"new": 2}


def test_links_of_a_front_page_to_other_sites_are_none_of_its_own(home: Home, engine: Engine, site: Site) -> None:
    with Site("127.0.0.2") as other:
        other.article("/town/a-story-of-another-site", "A story of another site", *story("other"))
        site.put("/", page_of_links("/town/bridge-opens-today", other.url("/town/a-story-of-another-site")))
        assert counts(crawl_site(home, engine, site)) == {"new": 1}


def test_a_front_page_that_is_unchanged_and_not_read_again_keeps_its_state(
    home: Home, engine: Engine, site: Site
) -> None:
    quickly = CrawlOptions(delay=0, recheck=False)  # as a worker crawls
    site.put("/", page_of_links(*(f"/town/story-of-the-day-{number}" for number in range(5))))
    crawl_site(home, engine, site)
    assert crawl_site(home, engine, site, options=quickly).unread == {}
    site.put("/", "<!doctype html><html><body><div id='app'></div><script src='/app.js'></script></body></html>")
    for _ in range(2):
        assert crawl_site(home, engine, site, options=quickly).unread == {site.url("/"): "layout_changed"}


def test_a_front_page_that_lost_its_links_is_reported(home: Home, engine: Engine, site: Site) -> None:
    site.put("/", page_of_links(*(f"/town/story-of-the-day-{number}" for number in range(5))))
    crawl_site(home, engine, site)
    site.put("/", "<!doctype html><html><body><div id='app'></div><script src='/app.js'></script></body></html>")
    for _ in range(2):  # it is reported until the links are back
        result = crawl_site(home, engine, site)
        assert result.looked
        assert result.unread == {site.url("/"): "layout_changed"}
        assert exit_code([result]) == 3
    site.put("/", page_of_links("/town/bridge-opens-today"))
    assert crawl_site(home, engine, site).unread == {}


def test_a_short_list_may_run_empty(home: Home, engine: Engine, site: Site) -> None:
    crawl_site(home, engine, site)
    site.put("/", "<!doctype html><html><body><p>Nothing today.</p></body></html>")
    assert crawl_site(home, engine, site).unread == {}


def test_every_stored_page_comes_back_from_its_capture_byte_for_byte(home: Home, engine: Engine, site: Site) -> None:
    site.put("/town/bridge-opens-today", site.answers["/town/bridge-opens-today"].body, packed=True)
    crawl_site(home, engine, site)
    captured = rows(engine, "select url, file, record_offset, record_length from captures")
    found = {url: read_record(home, str(file), int(str(at)), int(str(size))) for url, file, at, size in captured}
    page = found[site.url("/town/bridge-opens-today")]
    assert page.decoded_body() == site.answers["/town/bridge-opens-today"].body
    assert page.body != page.decoded_body()  # as it was received


def test_what_was_learnt_of_the_outlet_is_stored(home: Home, engine: Engine, site: Site) -> None:
    site.put("/robots.txt", "User-agent: *\nCrawl-delay: 0.01\n", content_type="text/plain")
    crawl_site(home, engine, site)
    [(found,)] = rows(engine, "select found from outlets")
    assert isinstance(found, dict)
    assert (found["title"], found["language"], found["delay"]) == ("The Site", "en", 0.01)


def test_a_slow_site_is_asked_for_one_page_at_a_time(home: Home, engine: Engine, site: Site) -> None:
    gate = threading.Event()
    for path in ("/town/bridge-opens-today", "/town/council-votes-late"):
        site.put(path, site.answers[path].body, gate=gate)
    waiting: list[int] = []

    def look() -> None:
        while not site.held:
            gate.wait(0.005)
        gate.wait(0.1)
        waiting.append(site.held)
        gate.set()

    thread = threading.Thread(target=look)
    thread.start()
    crawl_site(home, engine, site, options=CrawlOptions(delay=0.01))
    thread.join()
    assert waiting == [1]


def test_an_outlet_that_is_being_crawled_is_busy(home: Home, engine: Engine, site: Site) -> None:
    with engine.begin() as conn:
        outlet_id = ensure_outlet(conn, f"{site.host}:{site.port}", site.url("/"))
    running = open_crawl(engine, outlet_id, site.url("/"))
    [result] = crawl(home, engine, [site.url("/")], QUICK)
    assert isinstance(result.problem, Busy)
    assert site.seen == []
    close_crawl(engine, running)


def test_a_target_that_is_named_twice_is_crawled_once(home: Home, engine: Engine, site: Site) -> None:
    targets = [site.url("/"), site.url(""), site.url("/").replace("http:", "HTTP:"), site.url("/?utm_source=rss")]
    [result] = crawl(home, engine, targets, QUICK)
    assert counts(result) == {"new": 2}


def test_an_unknown_name_is_refused(home: Home, engine: Engine) -> None:
    home.outlets_file.write_text('[[outlet]]\nname = "spiegel"\nurl = "https://www.spiegel.de"\n')
    with pytest.raises(UnknownTarget, match="spiegl") as refused:
        crawl(home, engine, ["spiegl"], QUICK)
    assert refused.value.hint == "newskeep crawl spiegel"


def test_an_address_with_a_password_is_refused_before_anything_is_stored(home: Home, engine: Engine) -> None:
    with pytest.raises(UnknownTarget, match="user name or password") as refused:
        crawl(home, engine, ["https://eva:secret@www.example.org/a"], QUICK)
    assert "secret" not in f"{refused.value} {refused.value.hint}"
    assert refused.value.hint == "newskeep crawl https://www.example.org/a"


def test_an_outlets_own_entry_is_followed(home: Home, engine: Engine, site: Site) -> None:
    site.article("/live/ticker-of-the-evening", "Ticker of the evening", *story("ticker"))
    site.put("/", page_of_links("/town/bridge-opens-today", "/live/ticker-of-the-evening"))
    home.outlets_file.write_text(f'[[outlet]]\nname = "town"\nurl = "{site.url("/")}"\nskip_url = ["/live/"]\n')
    [result] = crawl(home, engine, ["town"], QUICK)
    assert counts(result) == {"new": 1, "skipped": 1}
    assert reasons(result) == {"skip_url": 1}


def test_a_redirected_article_is_one_link_and_one_article(home: Home, engine: Engine, site: Site) -> None:
    site.redirect("/town/bridge-old-address", "/town/bridge-opens-today")
    site.put("/", page_of_links("/town/bridge-old-address", "/town/bridge-opens-today"))
    result = crawl_site(home, engine, site)
    assert counts(result)["new"] == 1
    assert rows(engine, "select count(*) from v_articles") == [(1,)]


def test_the_database_going_away_loses_nothing(home: Home, engine: Engine, site: Site) -> None:
    """Its connections are cut while pages are on their way; the crawl goes on when it is back."""
    gate = threading.Event()
    site.put("/town/bridge-opens-today", site.answers["/town/bridge-opens-today"].body, gate=gate)

    def cut() -> None:
        while not site.held:
            gate.wait(0.005)
        with engine.begin() as conn:
            conn.execute(text("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
                              " and datname = current_database()"))  # fmt: skip
        gate.set()

    thread = threading.Thread(target=cut)
    thread.start()
    assert counts(crawl_site(home, engine, site)) == {"new": 2}
    thread.join()


def test_a_crawl_that_runs_out_of_time_leaves_the_rest_to_the_next(
    home: Home, engine: Engine, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.safety.guard._GRACE_SECONDS", 0.1)
    gate = threading.Event()
    site.put("/town/bridge-opens-today", site.answers["/town/bridge-opens-today"].body, gate=gate)
    short = Home(home.path, Settings({**home.settings.values, "CRAWL_TIMEOUT_SECONDS": 4}))
    try:
        result = crawl_site(short, engine, site)
    finally:
        gate.set()
    left = reasons(result)["crawl_timeout"]  # two on a machine that is too busy to store the other page in time
    assert reasons(result) == {"crawl_timeout": left}
    site.put("/", page_of_links())
    assert counts(crawl_site(home, engine, site)) == {"new": left}


def test_a_database_that_stays_away_stops_the_crawl_and_loses_nothing(
    home: Home, engine: Engine, site: Site, cluster: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.batch_writer._RETRY_WAITS", (0.05, 0.05))
    gate = threading.Event()
    site.put("/town/bridge-opens-today", site.answers["/town/bridge-opens-today"].body, gate=gate)
    name = home.settings["NEWSKEEP_DATABASE_URL"].rpartition("/")[2].partition("?")[0]

    def shut() -> None:
        while not site.held:
            gate.wait(0.005)
        run_sql(cluster, f"alter database {name} with allow_connections false")
        run_sql(cluster, f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")
        gate.set()

    thread = threading.Thread(target=shut)
    thread.start()
    [result] = crawl(home, engine, [site.url("/")], QUICK)
    thread.join()
    run_sql(cluster, f"alter database {name} with allow_connections true")
    assert isinstance(result.problem, ArchiveUnavailable)
    assert result.ledger is None

    site.put("/", page_of_links())  # the links have left the home page
    crawl_site(home, engine, site)
    assert rows(engine, "select count(*), count(distinct url) from v_articles") == [(2, 2)]


def test_a_brochure_that_claims_to_be_a_page_is_left_out(home: Home, engine: Engine, site: Site) -> None:
    site.put("/town/bridge-opens-today", b"%PDF-1.7\n" + bytes(range(256)) * 40)
    result = crawl_site(home, engine, site)
    assert reasons(result) == {"not_html": 1}
    assert counts(result) == {"new": 1, "skipped": 1}


def test_an_etag_that_no_request_can_carry_is_not_sent_back(home: Home, engine: Engine, site: Site) -> None:
    page = article_page("The bridge opens today", *story("bridge"))
    site.put("/town/bridge-opens-today", page, etag=False, headers={"ETag": '"a\x01\x7fb"'})
    crawl_site(home, engine, site)
    assert counts(crawl_site(home, engine, site)) == {"unchanged": 2}


def die_reading(home: Home, engine: Engine, site: Site, path: str) -> None:
    """Leave the same traces as a crawl that is killed while it reads the page."""
    with engine.begin() as conn:
        outlet_id = ensure_outlet(conn, site.url().split("/")[2], site.url())
    dead = open_crawl(engine, outlet_id, site.url())
    with engine.begin() as conn:
        for path_of_mark in count_deaths(conn, home, outlet_id):
            path_of_mark.unlink()
        (link,) = add_links(conn, outlet_id, dead.id, None, [FoundLink(site.url(path))])
    ReadingMark(home, dead.id).on(link.id)
    dead.locks.drop()


def test_a_page_that_killed_two_crawls_is_set_aside_for_good(home: Home, engine: Engine, site: Site) -> None:
    for _ in range(2):
        die_reading(home, engine, site, "/town/bridge-opens-today")
    for _ in range(2):
        result = crawl_site(home, engine, site)
        assert reasons(result) == {"killed_the_crawl": 1}
    assert not site.requests("/town/bridge-opens-today")
    assert rows(engine, "select disposition, reason from v_links where url like '%bridge%'") == [
        ("skipped", "killed_the_crawl")
    ]


def test_a_page_that_was_being_read_at_one_death_is_tried_again(home: Home, engine: Engine, site: Site) -> None:
    die_reading(home, engine, site, "/town/bridge-opens-today")
    assert counts(crawl_site(home, engine, site)) == {"new": 2}
    die_reading(home, engine, site, "/town/bridge-opens-today")
    assert counts(crawl_site(home, engine, site)) == {"unchanged": 2}


def test_a_crawl_that_ends_leaves_no_mark(home: Home, engine: Engine, site: Site) -> None:
    crawl_site(home, engine, site)
    assert not list((home.path / "reading").iterdir())


def test_a_named_article_is_asked_for_once_and_conditionally_the_next_time(
    home: Home, engine: Engine, site: Site
) -> None:
    path = "/town/bridge-opens-today"
    assert counts(crawl_site(home, engine, site, path)) == {"new": 1}
    assert counts(crawl_site(home, engine, site, path)) == {"unchanged": 1}
    assert [seen.status for seen in site.requests(path)] == [200, 304]
    (place,) = rows(engine, "select count(*) from captures where url like '%bridge%'")
    assert place == (1,)


def test_a_named_feed_is_asked_for_once(home: Home, engine: Engine, site: Site) -> None:
    site.feed("/feed.xml", "/town/bridge-opens-today")
    assert counts(crawl_site(home, engine, site, "/feed.xml")) == {"new": 1}
    assert counts(crawl_site(home, engine, site, "/feed.xml")) == {"unchanged": 1}
    assert [seen.status for seen in site.requests("/feed.xml")] == [200, 304]


def test_a_named_page_that_is_not_there_is_asked_for_once_and_failed(home: Home, engine: Engine, site: Site) -> None:
    result = crawl_site(home, engine, site, "/town/nothing-here")
    assert (counts(result), reasons(result)) == ({"failed": 1}, {"http_404": 1})
    assert len(site.requests("/town/nothing-here")) == 1


def test_a_named_page_that_breaks_off_is_tried_three_times_in_all(home: Home, engine: Engine, site: Site) -> None:
    site.put("/town/half", article_page("Half a story", *story("half")), cut_off=True)
    result = crawl_site(home, engine, site, "/town/half")
    assert (counts(result), reasons(result)) == ({"failed": 1}, {"cut_off": 1})
    assert len(site.requests("/town/half")) == 3


def test_half_a_page_without_a_stated_end_is_partial_until_the_whole_page_comes(
    home: Home, engine: Engine, site: Site
) -> None:
    path, whole = "/town/bridge-opens-today", site.answers["/town/bridge-opens-today"].body
    site.put(path, whole[: whole.index(b"session 3")], length=False)
    assert counts(crawl_site(home, engine, site))["new"] == 2
    flagged = "select flags from v_articles where url like '%bridge%'"
    assert rows(engine, flagged) == [(["partial"],)]
    site.put(path, whole, length=False)
    assert counts(crawl_site(home, engine, site))["revised"] == 1
    assert rows(engine, flagged) == [([],)]


def test_half_a_page_never_takes_the_place_of_a_whole_one(home: Home, engine: Engine, site: Site) -> None:
    crawl_site(home, engine, site)
    path = "/town/bridge-opens-today"
    whole = site.answers[path].body
    site.put(path, whole[: whole.index(b"session 3")], length=False)
    assert counts(crawl_site(home, engine, site)) == {"unchanged": 2}


def test_a_page_without_a_last_tag_but_with_a_length_is_whole(home: Home, engine: Engine, site: Site) -> None:
    path = "/town/bridge-opens-today"
    site.put(path, site.answers[path].body.replace(b"</body></html>", b""))
    crawl_site(home, engine, site)
    assert rows(engine, "select flags from v_articles where url like '%bridge%'") == [([],)]


def test_two_outlets_on_one_host_share_its_pause(home: Home, engine: Engine, site: Site) -> None:
    with Site() as other:
        for served in (site, other):
            name = f"bridge {served.port}"
            served.put("/", page_of_links("/town/bridge-opens-today"))
            served.article("/town/bridge-opens-today", f"The {name} opens", *story(name))
        crawl(home, engine, [site.url("/"), other.url("/")], CrawlOptions(delay=0.2))
    times = sorted(seen.at for seen in [*site.seen, *other.seen])
    assert len(times) >= 6
    assert times[-1] - times[0] > 0.18 * (len(times) - 1)  # apart from each other they would take half of it


def die_reading_feed(home: Home, engine: Engine, site: Site, path: str) -> None:
    """Leave the same traces as a crawl that is killed while it reads the feed."""
    with engine.begin() as conn:
        outlet_id = ensure_outlet(conn, site.url().split("/")[2], site.url())
    dead = open_crawl(engine, outlet_id, site.url())
    with engine.begin() as conn:
        for path_of_mark in count_deaths(conn, home, outlet_id):
            path_of_mark.unlink()
        (feed,) = ensure_channels(conn, outlet_id, [FoundChannel("feed", site.url(path))])
    ReadingMark(home, dead.id).on_channel(feed.id)
    dead.locks.drop()


def test_a_feed_that_killed_two_crawls_is_set_aside_and_the_rest_of_the_outlet_goes_on(
    home: Home, engine: Engine, site: Site
) -> None:
    site.feed("/feed.xml", "/town/bridge-opens-today", "/town/only-in-the-feed")
    for _ in range(2):
        die_reading_feed(home, engine, site, "/feed.xml")
    for _ in range(2):
        result = crawl_site(home, engine, site)
        assert result.unread == {site.url("/feed.xml"): "killed_the_crawl"}
        assert sum(counts(result).values()) == 2
    assert not site.requests("/feed.xml")
    assert rows(engine, "select disposition, reason from v_links where url like '%feed.xml'") == [
        ("skipped", "killed_the_crawl")
    ]


def test_a_feed_that_killed_one_crawl_is_read_by_the_next(home: Home, engine: Engine, site: Site) -> None:
    site.feed("/feed.xml", "/town/bridge-opens-today")
    die_reading_feed(home, engine, site, "/feed.xml")
    assert crawl_site(home, engine, site).unread == {}
    die_reading_feed(home, engine, site, "/feed.xml")  # it was read in between, so this counts as its first death
    assert crawl_site(home, engine, site).unread == {}


def test_a_feed_that_was_set_aside_is_read_again_when_it_is_named(home: Home, engine: Engine, site: Site) -> None:
    site.feed("/feed.xml", "/town/bridge-opens-today")
    for _ in range(2):
        die_reading_feed(home, engine, site, "/feed.xml")
    assert counts(crawl_site(home, engine, site, "/feed.xml")) == {"new": 1}
    assert crawl_site(home, engine, site).unread == {}
