"""The lead below the headline, outside the box of the text."""

import pytest

from crawler.extraction.page import read_page
from news.article import Article

# ruff: noqa: E501 (sentences and markup stay whole)


URL = "https://outlet.example/town/bridge"
TEXT = "<p>" + "The council met on Monday evening and decided to repair the old bridge over the river. " * 3 + "</p>"
DECK = "The council has decided after years of debate, and the mayor is glad"


def read(between: str, above: str = "", head: str = "") -> Article:
    body = (
        f"{above}<header><h1>The bridge will be mended</h1>{between}</header><div class=article-body>{TEXT * 5}</div>"
    )
    return read_page(f"<html lang=en><head>{head}</head><body>{body}</body></html>", URL)


@pytest.mark.parametrize("tag", ["p", "h2", "h3", "div"])
def test_what_stands_alone_between_headline_and_text_is_the_lead(tag: str) -> None:
    article = read(f"<{tag}>{DECK}</{tag}>")

    assert (article.lead, len(article.paragraphs)) == (DECK, 5)


def test_what_equals_the_pages_description_is_the_lead_below_other_lines_too() -> None:
    head = f'<meta name=description content="{DECK}">'

    assert read(f"<p>Town and river</p><p>Monday, 4 March 2024</p><p>{DECK}</p>", head=head).lead == DECK
    assert read(f"<div class=article-meta><p>By Jane Miller</p><p>{DECK}</p></div>", head=head).lead == DECK
    assert read(f"<div class=article-meta><p>By Jane Miller</p><p>{DECK}</p></div>").lead is None


@pytest.mark.parametrize(
    "line",
    ["By Jane Miller, our reporter at the river bank", "Monday, 4 March 2024, 10:15 o'clock, town hall", "Town | River | Bridges and tunnels of the region", "Town and river",
     "Photo: Jane Miller for the agency of the town", "Sign up for our newsletter and never miss a story.", "© 2024 The Outlet, all of its rights reserved",
     "<a href=/t>Everything about the bridges of the town</a>"],
)  # fmt: skip
def test_other_lines_below_the_headline_are_no_lead(line: str) -> None:
    assert read(f"<p>{line}</p>").lead is None


def test_what_stands_above_the_headline_is_not_its_lead() -> None:
    series = "<p class=summary>All about the river, its bridges and those who live from it.</p>"

    assert read("", above=f"<div><p>Series</p>{series}</div>").lead is None


def test_what_the_outlet_calls_a_lead_wins() -> None:
    article = read(f"<p>{DECK}</p><p class=standfirst>This is what the outlet itself calls its standfirst here.</p>")

    assert article.lead == "This is what the outlet itself calls its standfirst here."
