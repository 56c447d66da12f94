"""Targets of `newskeep crawl`: names and addresses."""

import pytest

from crawler.outlets.file import OutletsFile
from crawler.targets import UnknownTarget, resolve
from news.outlets import Outlet


@pytest.mark.parametrize(
    "text", ["http://[2001:db\x008::1]:80/x", "http://[200\x0b:db8::1]]]/x", "https://a.example:port/"]
)
def test_an_address_that_cannot_be_fetched_is_no_target(text: str) -> None:
    with pytest.raises(UnknownTarget, match="no address that can be fetched"):
        resolve(text, OutletsFile(), {})


@pytest.mark.parametrize(
    ("text", "home"),
    [("https://a.example:443\\x/", "https://a.example:443/"), ("https://a.example\\", "https://a.example/")],
)
def test_a_backslash_in_an_address_is_read_as_browsers_read_it(text: str, home: str) -> None:
    outlet = Outlet("town", "https://a.example/")

    assert resolve(text, OutletsFile(outlets=(outlet,)), {}).outlet == outlet
    assert resolve(text, OutletsFile(), {}).outlet.url == home
