"""An outlet's entry comes back from its row as it was."""

from datetime import timedelta

import pytest

from crawler.outlets.file import parse_outlets
from crawler.outlets.options import from_row, to_row
from news.outlets import Outlet

FULL = """
[defaults]
every = "20m"
[[outlet]]
name = "krone"
url = "https://www.krone.at"
title = "Kronen Zeitung"
language = "de-AT"
timezone = "Europe/Vienna"
every = "auto"
delay = 0.5
feeds = ["https://www.krone.at/rss.xml"]
sitemaps = []
listings = [{ url = "https://www.krone.at/", links = "article a[href]" }]
article_url = '/\\d{7}$'
skip_url = ["/sport/live/"]
revisit = ["1h", "6h"]
teasers = { remove = [".c_related"], keep = [".fact-box"] }
on_paywall = "skip"
enabled = false
note = "a note"
"""


def test_a_full_entry_comes_back() -> None:
    [outlet] = parse_outlets(FULL).outlets
    assert outlet.budget == timedelta(minutes=20)
    assert from_row(outlet.name, outlet.url, to_row(outlet)) == outlet


def test_the_smallest_entry_is_an_empty_row() -> None:
    assert to_row(Outlet("krone", "https://krone.example")) == {}


@pytest.mark.parametrize("value", ["soon", -1e300, None, [], {"a": 1}, True])
@pytest.mark.parametrize("key", ["every", "budget", "listings", "delay", "on_paywall", "revisit", "unknown"])
def test_a_value_in_another_form_is_left_out(key: str, value: object) -> None:
    read = from_row("krone", "https://krone.example", {key: value, "title": "Kronen Zeitung"})
    assert (read.name, read.title, read.feeds) == ("krone", "Kronen Zeitung", None)
