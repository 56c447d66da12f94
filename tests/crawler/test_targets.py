"""Targets of `newskeep crawl`: names and addresses."""

import pytest

from crawler.outlets.file import OutletsFile
from crawler.targets import UnknownTarget, resolve


@pytest.mark.parametrize(
    "text", ["http://[2001:db\x008::1]:80/x", "http://[200\x0b:db8::1]]]/x", "https://a.example:port/"]
)
def test_an_address_that_cannot_be_fetched_is_no_target(text: str) -> None:
    with pytest.raises(UnknownTarget, match="no address that can be fetched"):
        resolve(text, OutletsFile(), {})
