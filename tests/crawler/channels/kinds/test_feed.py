"""Feeds of every kind, broken and hostile ones: which links are announced, and when."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.channels.kinds import feed
from crawler.channels.kinds.feed import read_feed
from news.errors import FeedUnreadable
from news.outlets import FoundLink

URL = "https://a.example/feed.xml"


def rss(*items: str, head: str = "") -> bytes:
    return f"<rss version='2.0'><channel>{head}{''.join(items)}</channel></rss>".encode()


def item(link: str, more: str = "") -> str:
    return f"<item><title>T</title><link>{link}</link>{more}</item>"


def urls(body: bytes) -> list[str]:
    return [link.url for link in read_feed(body, URL).links]


def test_rss_gives_its_name_language_home_and_links_in_order() -> None:
    head = "<title>Die &amp; Zeit</title><link>https://a.example/</link><language>de-at</language>"
    feed = read_feed(rss(item("/1", "<pubDate>Sun, 22 Nov 2026 10:00:00 +0100</pubDate>"), item("/2"), head=head), URL)
    assert (feed.title, feed.language, feed.site) == ("Die & Zeit", "de-AT", "https://a.example/")
    assert feed.links == (
        FoundLink("https://a.example/1", "T", datetime(2026, 11, 22, 9, tzinfo=UTC)),
        FoundLink("https://a.example/2", "T"),
    )


def test_atom_gives_the_alternate_link_and_not_the_picture() -> None:
    feed = read_feed(
        b"<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='de'><title>N</title><link rel='self' href='/f'/>"
        b"<link href='/'/><entry><title type='html'>a &lt;b&gt;b&lt;/b&gt;</title><link rel='enclosure' href='/p.mp3'/>"
        b"<link href='/1'/><updated>2026-11-22T10:00:00Z</updated></entry></feed>",
        URL,
    )
    assert (feed.title, feed.language, feed.site) == ("N", "de", "https://a.example/")
    assert feed.links == (FoundLink("https://a.example/1", "a b", datetime(2026, 11, 22, 10, tzinfo=UTC)),)


def test_rdf_keeps_its_items_beside_the_channel() -> None:
    body = (
        "<?xml version='1.0' encoding='ISO-8859-1'?><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
        "xmlns='http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>ÜRF</title>"
        "</channel><image><title>Bild</title><link>/i</link></image><item><title>eins</title><link>/1</link>"
        "<dc:date>2026-11-22T10:00:00+01:00</dc:date></item></rdf:RDF>"
    )
    feed = read_feed(body.encode("latin-1"), URL)
    assert feed.title == "ÜRF"
    assert feed.links == (FoundLink("https://a.example/1", "eins", datetime(2026, 11, 22, 9, tzinfo=UTC)),)


def test_json_feed_is_read_like_the_others() -> None:
    given = {
        "version": "https://jsonfeed.org/version/1.1", "title": "J", "language": "en", "home_page_url": "https://a.example/",
        "items": [
            {"id": "1", "url": "/1", "title": "T < U", "date_published": "2026-11-22T10:00:00Z"},
            {"id": "https://a.example/2"}, 7,
        ],
    }  # fmt: skip
    feed = read_feed(json.dumps(given).encode(), URL)
    assert (feed.title, feed.language, feed.site) == ("J", "en", "https://a.example/")
    assert feed.links == (
        FoundLink("https://a.example/1", "T < U", datetime(2026, 11, 22, 10, tzinfo=UTC)),
        FoundLink("https://a.example/2"),
    )


def test_the_address_behind_a_counting_redirect_is_preferred() -> None:
    body = rss(item("https://feeds.example/~r/1", "<f:origLink xmlns:f='x'>https://a.example/1</f:origLink>"))
    assert urls(body) == ["https://a.example/1"]


def test_a_feed_at_which_feedparser_breaks_gives_what_lxml_reads() -> None:
    body = "<rss xmlns:a='x\u00a0y'><a:item><link>/1</link></a:item><item></item><item></item></rss>"
    assert urls(body.encode()) == ["https://a.example/1"]


def test_a_permanent_id_stands_for_a_missing_link() -> None:
    assert urls(rss("<item><guid>https://a.example/1</guid></item>")) == ["https://a.example/1"]


def test_an_id_that_is_no_address_is_no_link() -> None:
    assert urls(rss("<item><guid isPermaLink='false'>https://a.example/1</guid></item>", item("/2"))) == [
        "https://a.example/2"
    ]


def test_the_name_of_a_picture_is_not_the_title() -> None:
    media = "<m:title xmlns:m='http://search.yahoo.com/mrss/'>Foto: dpa</m:title>"
    (link,) = read_feed(rss(f"<item>{media}<title>Zug entgleist</title><link>/1</link></item>"), URL).links
    assert link.title == "Zug entgleist"


@pytest.mark.parametrize(
    ("escaped", "plain"),
    [
        ("&lt;b&gt;A&lt;/b&gt; &amp;amp; B", "A & B"),
        ("<![CDATA[Hello <i>x</i>]]>", "Hello x"),
        ("a&nbsp;&uuml;", "a ü"),
        ("1 &lt; 2", "1 < 2"),
        ("bare & amp", "bare & amp"),
        ("a\x00b\u202ec", "abc"),
    ],
)
def test_titles_are_plain_text(escaped: str, plain: str) -> None:
    (link,) = read_feed(rss(f"<item><title>{escaped}</title><link>/1</link></item>"), URL).links
    assert link.title == plain


@pytest.mark.parametrize(
    "body",
    [
        rss("<item><title>a < b <3</title><link>https://a.example/1</link></item>", item("https://a.example/2")),
        b"\nWarning: <br/> on line 3\n<?xml version='1.0'?>" + rss(item("/1"), item("/2")),
        rss(item("/1"), item("/2")).replace(b"T</title>", b"T\xff</titel>"),
        rss(item("/1"), item("/2"), "<item><title>c</title><link>https://a.exa")[:-30],
        ("<?xml version='1.0' encoding='utf-16'?>" + rss(item("/1"), item("/2")).decode()).encode("utf-16"),
        rss("<x>" * 300 + item("/1") + item("/2") + "</x>" * 300),
        rss(item("/1"), item("/2"), "<item><title><![CDATA[never closed"),
    ],
)
def test_a_broken_feed_gives_what_can_be_read(body: bytes) -> None:
    assert urls(body) == ["https://a.example/1", "https://a.example/2"]


def test_an_ampersand_in_an_address_stays_one() -> None:
    assert urls(rss(item("/?a=1&b=2&copy=3"), item("/?a=1&amp;b=3"))) == [
        "https://a.example/?a=1&b=2&copy=3",
        "https://a.example/?a=1&b=3",
    ]


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "mailto:a@b.c", "ftp://a/b", "http://[", "//", "http://a:99999/"]
)
def test_what_is_no_web_address_is_no_link(link: str) -> None:
    assert urls(rss(item(link), item("/good"))) == ["https://a.example/good"]


@pytest.mark.parametrize(
    "body",
    [b"", b"<html><body>not found</body></html>", b"hello", b"{}", b'{"items": 1}', b"{" * 100_000, b"\x00\xff" * 50],
)
def test_what_is_no_feed_says_so(body: bytes) -> None:
    with pytest.raises(FeedUnreadable, match=r"https://a\.example/feed\.xml is"):
        read_feed(body, URL)


def test_a_feed_without_items_is_a_feed() -> None:
    assert read_feed(rss(head="<title>empty</title>"), URL).title == "empty"


@pytest.mark.parametrize(
    "body",
    [
        rss("<item><title>No address</title></item>"),
        rss("<a>" * 40_000 + item("/deeper-than-any-reader-goes")),
        b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"title": "No address"}]}',
    ],
)
def test_a_feed_whose_items_cannot_be_read_says_so(body: bytes) -> None:
    with pytest.raises(FeedUnreadable, match="none with an address"):
        read_feed(body, URL)


def test_a_feed_with_one_item_that_can_be_read_is_a_feed() -> None:
    assert len(urls(rss("<item><title>No address</title></item>", item("/a-town")))) == 1


def test_a_feed_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "_MAX_ITEMS", 10)
    assert len(urls(rss(*(item(f"/{number}") for number in range(12))))) == 10


def test_entities_of_a_document_type_are_not_expanded() -> None:
    bomb = "<!DOCTYPE rss [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'><!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
    (link,) = read_feed(bomb.encode() + rss("<item><title>x&b;&f;</title><link>/1</link></item>"), URL).links
    assert "aaaa" not in (link.title or "")
    assert "root" not in (link.title or "")


@given(st.binary(max_size=400) | st.lists(st.sampled_from([
    b"<rss>", b"<item>", b"</item>", b"<link>", b"http://a/", b"<![CDATA[", b"]]>", b"&",
    b"<", b"<title>", b"</", b"\x00", b"\xff", b"'",
    b"<entry>", b"<feed xmlns='x'>", b"</title>", b"<pubDate>Sun, 99 Nov 2026", b"{", b'"items":[', b"]}",
])).map(b"".join))  # fmt: skip
def test_no_bytes_end_otherwise_than_in_a_feed_or_a_reason(body: bytes) -> None:
    try:
        feed = read_feed(body, URL)
    except FeedUnreadable:
        return
    assert all(link.url.startswith("http") and "\x00" not in (link.title or "") for link in feed.links)


def test_a_tag_with_very_many_attributes_does_not_hold_up_a_feed() -> None:
    # in a list of all attributes lxml takes ten minutes for these
    many = " ".join(f"a{number}='x'" for number in range(150_000))
    (link,) = read_feed(rss(f"<item {many}><title>The bridge</title><link>/1</link></item>"), URL).links
    assert link.title == "The bridge"


@pytest.mark.parametrize("odd", ["&#xD800;", "&#55357;", "&#0;", "&#x1b;", "&#99999999;", "&#xFFFFFF;"])
def test_a_character_that_cannot_be_costs_no_neighbour(odd: str) -> None:
    items = (f"<item><title>a{odd}b</title><link>/{number}</link></item>" for number in range(3))
    links = read_feed(rss("".join(items)), URL).links
    assert [link.title for link in links] == ["ab"] * 3


def test_a_character_by_number_is_kept() -> None:
    (link,) = read_feed(
        rss("<item><title>Z&#252;rich &#x1F600; &#38; R&amp;D</title><link>/1</link></item>"), URL
    ).links
    assert link.title == "Zürich 😀 & R&D"


@pytest.mark.parametrize(("zone", "hour"), [("-0000", 10), ("+0000", 10), ("-0100", 11), ("GMT", 10)])
def test_a_time_of_a_writer_who_says_not_where_is_utc(zone: str, hour: int) -> None:
    (link,) = read_feed(rss(item("/1", f"<pubDate>Sun, 22 Nov 2026 10:00:00 {zone}</pubDate>")), URL).links
    assert link.announced_at == datetime(2026, 11, 22, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "timezone", "hour"),
    [(URL, None, 10), ("https://a.at/feed", None, 9), ("https://a.at/feed", "America/New_York", 15)],
)
def test_a_time_without_a_zone_is_in_that_of_the_outlet(url: str, timezone: str | None, hour: int) -> None:
    (link,) = read_feed(rss(item("/1", "<pubDate>Sun, 22 Nov 2026 10:00:00</pubDate>")), url, None, timezone).links
    assert link.announced_at == datetime(2026, 11, 22, hour, tzinfo=UTC)


@pytest.mark.parametrize(("language", "month"), [("en-US", 3), ("en-GB", 4), ("de", 4)])
def test_the_language_decides_which_number_is_the_month(language: str, month: int) -> None:
    head = f"<language>{language}</language>"
    (link,) = read_feed(rss(item("/1", "<pubDate>03/04/2026 10:00 GMT</pubDate>"), head=head), URL).links
    assert link.announced_at is not None
    assert link.announced_at.month == month


@pytest.mark.parametrize(
    ("feed", "entry", "link", "expected"),
    [
        ("https://b.example/x/", "", "1", "https://b.example/x/1"),
        ("/x/", "y/", "1", "https://a.example/x/y/1"),
        ("/x/", "y/", "/1", "https://a.example/1"),
        ("", "https://b.example/x/", "1", "https://b.example/x/1"),
        ("javascript:x", "y/", "1", "https://a.example/y/1"),
    ],
)
def test_relative_links_refer_to_each_base_around_them(feed: str, entry: str, link: str, expected: str) -> None:
    atom = (
        f"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='{feed}'><entry xml:base='{entry}'>"
        f"<link href='{link}'/><content xml:base='https://c.example/'>x</content></entry></feed>"
    )
    assert [found.url for found in read_feed(atom.encode(), URL).links] == [expected]


def test_the_base_may_be_on_rss_channel_and_link() -> None:
    body = "<rss xml:base='/x/'><channel xml:base='y/'><item><link xml:base='z/'>1</link></item></channel></rss>"
    assert [found.url for found in read_feed(body.encode(), URL).links] == ["https://a.example/x/y/z/1"]


@pytest.mark.parametrize(
    "links",
    [
        "<link rel='enclosure'>/1.mp3</link><link rel='alternate' href='/1'/>",
        "<link rel='enclosure' href='/1.mp3' type='audio/mpeg'/><link href='/1'/>",
        "<enclosure url='/1.mp3'/><link>/1.mp3</link><guid>https://a.example/1</guid>",
    ],
)
def test_what_is_enclosed_never_beats_the_article(links: str) -> None:
    assert [link.url for link in read_feed(rss(f"<item>{links}</item>"), URL).links] == ["https://a.example/1"]


def test_what_is_enclosed_is_the_link_when_there_is_no_other() -> None:
    body = rss("<item><enclosure url='/1.mp3'/><link>/1.mp3</link></item>")
    assert [link.url for link in read_feed(body, URL).links] == ["https://a.example/1.mp3"]
