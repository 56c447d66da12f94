"""A kind of channel is one file: everything that handles channels finds it by its presence. A body decides its kind."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import Engine, text

from archive.home import Home
from crawler.channels import kinds
from crawler.channels.kind import Document, channel_kinds, read_channel, recognise
from crawler.runner import crawl
from crawler.targets import CrawlOptions
from news.errors import FeedUnreadable
from news.outlets import Outlet
from tests.site import Site, story

LINE_LIST = """
from crawler.channels.kind import Announced, ChannelKind
from news.outlets import FoundLink


class LineListKind(ChannelKind):
    name = "line_list"

    def guesses(self, url):
        return [url + "latest.lines"]

    def recognises(self, document):
        return document.body.startswith(b"LINES")

    def read(self, document, outlet, since=None):
        return Announced([FoundLink(line) for line in document.body.decode().split()[1:]], title="The lines")

    def problem(self, links_before, announced):
        return "no_lines" if links_before and not announced.links else None


KIND = LineListKind()
"""


@pytest.fixture
def line_list(tmp_path: Path) -> Iterator[None]:
    (tmp_path / "line_list.py").write_text(LINE_LIST)
    kinds.__path__.append(str(tmp_path))
    channel_kinds.cache_clear()
    yield
    kinds.__path__.remove(str(tmp_path))
    channel_kinds.cache_clear()


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as site:
        site.put("/", "<!doctype html><html><head><title>The Site</title></head><body><p>Welcome.</p></body></html>")
        site.article("/town/bridge-opens-today", "The bridge opens today", *story("bridge"))
        site.put("/latest.lines", f"LINES\n{site.url('/town/bridge-opens-today')}\n", content_type="text/x-lines")
        yield site


def test_the_kinds_are_read_in_their_order() -> None:
    assert list(channel_kinds()) == ["feed", "sitemap", "listing", "robots"]


def test_a_document_of_an_added_kind_is_recognised(line_list: None) -> None:
    kind = recognise(Document(b"LINES\n", "https://a.example/latest.lines"))
    assert kind is channel_kinds()["line_list"]


@pytest.mark.usefixtures("line_list")
def test_a_target_of_an_added_kind_is_crawled(home: Home, engine: Engine, site: Site) -> None:
    [result] = crawl(home, engine, [site.url("/latest.lines")], CrawlOptions(delay=0))
    assert result.ledger is not None
    assert dict(result.ledger.counts) == {"new": 1}
    query = "select kind, title, disposition, links_last from channels where kind <> 'robots'"
    with engine.connect() as conn:
        assert [tuple(row) for row in conn.execute(text(query))] == [("line_list", "The lines", "read", 1)]


@pytest.mark.usefixtures("line_list")
def test_an_outlets_channel_of_an_added_kind_is_guessed_remembered_and_judged(
    home: Home, engine: Engine, site: Site
) -> None:
    [result] = crawl(home, engine, [site.url("/")], CrawlOptions(delay=0))
    assert result.ledger is not None
    assert dict(result.ledger.counts) == {"new": 1}
    site.put("/latest.lines", "LINES\n", content_type="text/x-lines")
    [result] = crawl(home, engine, [site.url("/")], CrawlOptions(delay=0))
    assert result.unread == {site.url("/latest.lines"): "no_lines"}


PAGE = "<head><title>X</title></head><h2><a href=/2024/05/01/a-long-story-about-it>A long story about it</a></h2>"
RSS = '<rss version="2.0"><channel><title>X</title><item><link>https://x.example/a</link></item></channel></rss>'
SITEMAP = "<urlset><url><loc>https://x.example/a</loc></url></urlset>"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<!doctype html><html>" + PAGE, "listing"),
        ("\ufeff<!-- built today --><!DOCTYPE html><html>" + PAGE, "listing"),
        ('<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0"><html>' + PAGE, "listing"),
        (PAGE, "listing"),
        ('<?xml version="1.0"?>' + RSS, "feed"),
        ("<!-- built today -->" + RSS, "feed"),
        ('{"version": "https://jsonfeed.org/version/1", "items": [{"url": "https://x.example/a"}]}', "feed"),
        (SITEMAP, "sitemap"),
        ("https://x.example/a\nhttps://x.example/b\n", "sitemap"),
    ],
)
@pytest.mark.parametrize("expected", ["feed", "listing"])
def test_a_channel_is_read_as_what_its_body_is(body: str, kind: str, expected: str) -> None:
    document = Document(body.encode(), "https://x.example/")
    found, announced = read_channel(document, Outlet("x", "https://x.example/"), channel_kinds()[expected])
    assert (found.name, bool(announced.links)) == (kind, True)


@pytest.mark.parametrize("body", ["", "hello", '{"error": 500}', "<div>no page</div>"])
def test_a_body_of_no_kind_stays_what_was_expected(body: str) -> None:
    document, outlet = Document(body.encode(), "https://x.example/"), Outlet("x", "https://x.example/")
    assert read_channel(document, outlet, channel_kinds()["listing"])[0].name == "listing"
    with pytest.raises(FeedUnreadable):
        read_channel(document, outlet, channel_kinds()["feed"])


def test_a_web_page_in_place_of_a_proven_feed_is_a_fault() -> None:
    document = Document(("<!doctype html><html>" + PAGE).encode(), "https://x.example/feed")
    with pytest.raises(FeedUnreadable):
        read_channel(document, Outlet("x", "https://x.example/"), channel_kinds()["feed"], proven=True)


@pytest.mark.parametrize("part", ["<!--a-->", "<!--", "<?xml ", " ", "<!-- --"])
def test_no_beginning_of_a_body_takes_long_to_judge(part: str) -> None:
    start = monotonic()
    assert not Document(part.encode() * 4000, "https://x.example/").is_html
    assert monotonic() - start < 0.5
