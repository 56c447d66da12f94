"""What WARC files hold of a crawl's exchanges, as another tool (warcio) reads them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from archive.home import Home
from tests.cli.conftest import Newskeep
from tests.e2e.test_whole_crawls import counts, crawl_site, page_of_links
from tests.raw_server import RawServer
from tests.site import Site, article_page, story

PATH = "/town/bridge-opens-today"


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        site.article(PATH, "The bridge opens today", *story("bridge"))
        site.put("/", page_of_links(PATH))
        yield site


def records(home: Home) -> list[tuple[str, str, str, ArcWarcRecord]]:
    """(type, URL, status or request line, record) of all records about the town's pages."""
    found = []
    for path in sorted(home.captures.glob("*.warc.gz"), key=lambda path: path.stat().st_mtime_ns):  # one a crawl
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                url = record.rec_headers.get_header("WARC-Target-URI") or ""
                status = record.http_headers.get_statuscode() if record.rec_type in ("response", "revisit") else ""
                if "/town/" in url:
                    found.append((record.rec_type, url, status, record))
    return found


def test_a_redirect_and_its_target_are_records_and_the_target_is_stored_once(
    home: Home, engine: Engine, site: Site
) -> None:
    site.redirect("/town/old-address-of-it", PATH, status=301)
    site.put(PATH, site.answers[PATH].body, etag=False)
    for _ in range(2):
        crawl_site(home, engine, site, "/town/old-address-of-it")
    assert [record[:3] for record in records(home) if record[0] != "request"] == [
        ("response", site.url("/town/old-address-of-it"), "301"),
        ("response", site.url(PATH), "200"),
        ("response", site.url("/town/old-address-of-it"), "301"),
        ("revisit", site.url(PATH), "200"),
    ]


def test_a_conditional_answer_is_a_revisit_of_the_page(home: Home, engine: Engine, site: Site) -> None:
    crawl_site(home, engine, site)
    assert counts(crawl_site(home, engine, site)) == {"unchanged": 1}
    response, revisit = (record for record in records(home) if record[0] != "request")
    assert revisit[:3] == ("revisit", site.url(PATH), "304")
    given = revisit[3].rec_headers
    assert given.get_header("WARC-Profile").endswith("server-not-modified")
    assert given.get_header("WARC-Refers-To-Date") == response[3].rec_headers.get_header("WARC-Date")


def test_heads_are_recorded_as_sent_and_received(home: Home, engine: Engine) -> None:
    with RawServer() as server:
        body = article_page("The bridge opens today", *story("bridge")).encode()
        head = b"server: tiny\r\nX-b: 2\r\nset-COOKIE: a=1\r\nX-a: 1\r\nSet-Cookie: b=2\r\nContent-Type: text/html\r\n"
        length = b"content-length: %d" % len(body)
        server.put(PATH, b"HTTP/1.0 200 Fine\r\n" + head + length + b"\r\n\r\n" + body)
        [result] = [crawl_site(home, engine, server, PATH)]  # type: ignore[arg-type]
        assert counts(result) == {"new": 1}
        response, request = (record[3] for record in records(home))
        assert response.http_headers.protocol == "HTTP/1.0"
        assert response.http_headers.statusline == "200 Fine"
        names = [line.partition(b":")[0].decode() for line in (head + length).split(b"\r\n")]
        assert [name for name, _ in response.http_headers.headers] == names
        sent = server.heads[-1].decode().split("\r\n")
        assert request.http_headers.statusline == sent[0].partition(" ")[2]
        assert [f"{name}: {value}" for name, value in request.http_headers.headers] == sent[1:-1]
        assert request.http_headers.get_header("Host") == f"127.0.0.1:{server.port}"


def test_a_file_names_the_operator_of_outlets_toml(
    home: Home, engine: Engine, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    from archive.home import open_home

    monkeypatch.delenv("NEWSKEEP_CONTACT")
    home.outlets_file.write_text('contact = "archive@example.org"\n')
    crawl_site(open_home(), engine, site)
    (path,) = home.captures.glob("*.warc.gz")
    with path.open("rb") as file:
        info = next(iter(ArchiveIterator(file)))
        assert b"operator: archive@example.org\r\n" in info.content_stream().read()


def test_explain_names_the_redirect_and_the_last_time_that_nothing_was_modified(
    home: Home, engine: Engine, site: Site, newskeep: Newskeep
) -> None:
    site.redirect("/town/old-address-of-it", PATH, status=301)
    crawl_site(home, engine, site, "/town/old-address-of-it")
    first = newskeep("explain", site.url("/town/old-address-of-it")).out
    assert f"HTTP 200 after a redirect to {site.url(PATH)}" in first
    assert "not modified" not in first

    with engine.begin() as conn:
        conn.execute(text("update captures set captured_at = captured_at - interval '1 hour'"))
    crawl_site(home, engine, site, "/town/old-address-of-it")
    assert "; not modified at " in newskeep("explain", site.url("/town/old-address-of-it")).out


@pytest.mark.slow
def test_redirects_of_all_crawls_have_rows_of_which_equal_ones_in_a_row_are_one(
    home: Home, engine: Engine, site: Site, newskeep: Newskeep
) -> None:
    old, middle, other = "/town/old-address-of-it", "/town/middle-address-of-it", "/town/other-address-of-it"
    site.redirect(old, middle, status=301)
    site.redirect(middle, PATH, status=307)
    for _ in range(2):
        crawl_site(home, engine, site, old)
    site.redirect(old, other, status=308)
    crawl_site(home, engine, site, old)

    [explained] = newskeep("explain", site.url(old), "--json").records
    assert [(step["status"], step["location"], step["crawl_id"]) for step in explained["redirects"]] == [
        (308, site.url(other), 3), (301, site.url(middle), 1)
    ]  # fmt: skip
    shown = newskeep("explain", site.url(old)).out
    assert f"; HTTP 308 to {site.url(other)} since " in shown
    assert f"({explained['redirects'][0]['file']} at {explained['redirects'][0]['record_offset']})" in shown
    hop = newskeep("explain", site.url(middle)).out
    assert f"{site.url(middle)}: HTTP 307 to {site.url(PATH)} since " in hop

    site.put(old, f"<html><meta http-equiv=refresh content='0; url={PATH}'></html>")
    crawl_site(home, engine, site, old)
    assert f"; the page itself leads to {site.url(PATH)} since " in newskeep("explain", site.url(old)).out
