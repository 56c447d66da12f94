"""OPML in and out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.outlets.opml import Subscription, read_opml, write_opml
from news.errors import SettingError


def test_folders_are_opened_and_feeds_of_one_site_joined() -> None:
    body = b"""<?xml version="1.0"?><opml version="1.0"><body><outline text="News">
      <outline text="A &amp; B" xmlUrl="https://a.example/1.xml" htmlUrl="https://a.example/" language="de"/>
      <outline text="more">
      <outline title="x" xmlUrl="https://a.example/2.xml" htmlUrl="https://a.example/"/></outline>
      <outline text="C" xmlUrl="http://c.example/rss"/></outline>
      <outline text="bad" xmlUrl="javascript:1"/></body></opml>"""
    assert read_opml(body) == (
        Subscription("https://a.example/", "A & B", "de", ("https://a.example/1.xml", "https://a.example/2.xml")),
        Subscription("http://c.example/", "C", None, ("http://c.example/rss",)),
    )


def test_what_is_written_is_read_back() -> None:
    sites = (
        Subscription(
            "https://a.example/?x=1&y=2", 'A "&" <B>', "de-AT", ("https://a.example/1", "https://a.example/2")
        ),
        Subscription("https://b.example/", "B"),
    )
    assert read_opml(write_opml(sites).encode()) == sites


def test_files_on_this_machine_are_not_read_by_an_opml() -> None:
    body = b"<!DOCTYPE opml [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
    body += b"<opml><outline text='&f;' xmlUrl='https://a.example/'/></opml>"
    assert all("root" not in (site.title or "") for site in read_opml(body))


def test_a_feed_without_a_home_page_belongs_to_the_root_of_its_host_and_port() -> None:
    body = (
        b"<opml><outline xmlUrl='http://127.0.0.1:8080/a/rss'/><outline xmlUrl='https://A.example:443/f?x=1'/></opml>"
    )
    assert [site.url for site in read_opml(body)] == ["http://127.0.0.1:8080/", "https://a.example/"]


def test_what_is_no_opml_says_so() -> None:
    with pytest.raises(SettingError, match="this is not OPML"):
        read_opml(b"<rss/>")


@given(st.binary(max_size=200))
def test_no_bytes_end_otherwise_than_in_sites_or_a_reason(body: bytes) -> None:
    assert isinstance(read_opml(b"<opml>" + body), tuple)
