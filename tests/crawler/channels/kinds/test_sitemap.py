"""Sitemaps: plain, news, index, packed, text, broken."""

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.channels.kinds.sitemap import read_sitemap
from crawler.channels.xml_input import unpacked
from news.errors import FeedUnreadable
from news.outlets import FoundLink

URL = "https://a.example/sitemap.xml"


def urlset(*entries: str) -> bytes:
    spaces = "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'"
    return f"<?xml version='1.0'?><urlset {spaces} xmlns:image='i'>{''.join(entries)}</urlset>".encode()


def entry(loc: str, more: str = "") -> str:
    return f"<url><loc>{loc}</loc>{more}</url>"


def urls(body: bytes) -> list[str]:
    return [link.url for link in read_sitemap(body, URL).links]


def test_a_news_sitemap_gives_title_and_time_of_publication() -> None:
    news = (
        "<lastmod>2026-11-21</lastmod><image:image><image:loc>/i.jpg</image:loc></image:image><news:news><news:publication>"
        "<news:name>A</news:name></news:publication><news:publication_date>2026-11-22T10:00+01:00</news:publication_date>"
        "<news:title>T &amp; U</news:title></news:news>"
    )
    found = read_sitemap(urlset(entry("https://a.example/1?a=1&amp;b=2", news), entry(" /2 ")), URL)
    assert found.links == (
        FoundLink("https://a.example/1?a=1&b=2", "T & U", datetime(2026, 11, 22, 9, tzinfo=UTC)),
        FoundLink("https://a.example/2"),
    )


def test_a_day_without_a_time_is_that_day() -> None:
    (link,) = read_sitemap(urlset(entry("/1", "<lastmod>2026-11-22</lastmod>")), URL).links
    assert link.announced_at == datetime(2026, 11, 22, tzinfo=UTC)


def test_an_index_gives_its_children_and_no_pages() -> None:
    body = b"<sitemapindex><sitemap><loc>/a.xml.gz</loc><lastmod>2026-11-22</lastmod></sitemap></sitemapindex>"
    found = read_sitemap(body, URL)
    assert [child.url for child in found.children] == ["https://a.example/a.xml.gz"]
    assert found.links == ()


def test_packed_sitemaps_are_unpacked_whatever_they_are_called() -> None:
    assert urls(gzip.compress(urlset(entry("/1")))) == ["https://a.example/1"]


def test_a_damaged_archive_gives_its_good_part() -> None:
    packed = gzip.compress(urlset(*(entry(f"/{number}") for number in range(2000))))
    assert urls(packed[:-2000])[:2] == ["https://a.example/0", "https://a.example/1"]


def test_broken_xml_gives_what_could_be_read() -> None:
    body = urlset(entry("/1"), "<url><loc>/2</lok></url>", entry("/3"), "<url><loc>/4")
    assert urls(body)[:3] == [f"https://a.example/{number}" for number in (1, 2, 3)]


def test_an_address_that_was_cut_off_is_no_address() -> None:
    whole = urlset(entry("/1"), entry("https://a.example/a-long-address"))
    assert urls(whole[: whole.index(b"-address")]) == ["https://a.example/1"]


def test_a_text_file_has_one_address_a_line() -> None:
    assert urls(b"\xef\xbb\xbfhttps://a.example/1\r\nhttps://a.example/2\nnonsense\n") == [
        "https://a.example/1",
        "https://a.example/2",
    ]


def test_a_feed_may_stand_for_a_sitemap() -> None:
    assert urls(b"<rss><channel><item><title>t</title><link>/1</link></item></channel></rss>") == [
        "https://a.example/1"
    ]


@pytest.mark.parametrize("body", [b"", b"   ", b"<html><title>404</title></html>", b"not found", gzip.compress(b"")])
def test_what_is_no_sitemap_says_so(body: bytes) -> None:
    with pytest.raises(FeedUnreadable, match="is not a sitemap"):
        read_sitemap(body, URL)


def test_a_sitemap_without_entries_is_a_sitemap() -> None:
    assert read_sitemap(urlset(), URL).links == ()


def test_a_bomb_is_unpacked_only_so_far() -> None:
    assert len(unpacked(gzip.compress(b" " * 3_000_000), 1_000_000)) == 1_000_000


def test_a_sitemap_has_an_end() -> None:
    assert (
        len(urls(("https://a.example/%d\n" * 1).join(f"https://a.example/{n}\n" for n in range(60_000)).encode()))
        <= 50_000
    )


@given(st.binary(max_size=300) | st.lists(st.sampled_from([
    b"<urlset>", b"<url>", b"<loc>", b"http://a/", b"</loc>", b"</url>", b"<sitemap>", b"<lastmod>2026-13-40",
    b"&x;", b"<", b"\x00", b"\x1f\x8b",
])).map(b"".join))  # fmt: skip
def test_no_bytes_end_otherwise_than_in_a_sitemap_or_a_reason(body: bytes) -> None:
    try:
        found = read_sitemap(body, URL)
    except FeedUnreadable:
        return
    assert all(link.url.startswith("http") for link in (*found.links, *found.children))
