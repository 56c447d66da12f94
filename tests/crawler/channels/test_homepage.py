"""What discovery reads from an outlet's home page."""

import pytest

from crawler.channels.homepage import HomePage, describe
from crawler.channels.kind import channel_kinds, read_home

SITE = "https://www.standard.example/"


def home(head: str = "", body: str = "", lang: str = "de") -> HomePage:
    return read_home(f"<!doctype html><html lang={lang}><head>{head}</head><body>{body}</body></html>".encode(), SITE)


def test_declared_feeds_are_found_and_those_of_comments_are_not() -> None:
    head = (
        "<link rel=alternate type=application/rss+xml href=/rss>"
        "<link rel=alternate type='application/atom+xml' href='//f.example/a'>"
        "<link rel=alternate type=application/feed+json href=/feed.json>"
        "<link rel=alternate hreflang=en href=/en>"
        "<link rel=alternate type=application/rss+xml href=/comments/feed/>"
        "<link rel=alternate type=application/json href=/wp-json>"
        "<link rel=sitemap href=/map.xml>"
    )
    found = home(head, "<a href=/politik/rss.xml>RSS</a><a href=/feedback>Feedback</a>")
    assert found.channels["feed"] == (
        SITE + "rss", "https://f.example/a", SITE + "feed.json", SITE + "politik/rss.xml",
    )  # fmt: skip
    assert found.channels["sitemap"] == (SITE + "map.xml",)


def test_sections_come_from_the_menu_first_and_articles_are_none() -> None:
    body = (
        "<ul><li><a href=/wetterkarte/>Karte</a></li></ul><nav><a href=/politik/>Politik</a><a href=/sport/>Sport</a>"
        "<a href=/login>Anmelden</a><a href=/>Start</a></nav>"
        "<article><h3>"
        "<a href=/politik/zug-bei-linz-entgleist-1.html>Zug bei Linz entgleist, zwölf Verletzte</a></h3></article>"
    )
    found = home(body=body)
    assert found.channels["listing"] == (SITE + "politik/", SITE + "sport/", SITE + "wetterkarte/")
    assert [link.url for link in found.links] == [SITE + "politik/zug-bei-linz-entgleist-1.html"]


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<meta property=og:site_name content='DER STANDARD'><title>Nachrichten</title>", "DER STANDARD"),
        ("<title>Aktuelle Nachrichten | Standard</title>", "Standard"),
        ("<title>The Standard - News and more</title>", "The Standard"),
        ("<title>Kronen Zeitung – alles, was zählt</title>", "Kronen Zeitung"),
        ("", None),
    ],
)
def test_the_outlets_name_is_found_in_the_head(head: str, title: str | None) -> None:
    assert home(head).title == title


def test_a_locale_adds_a_region_and_never_another_language() -> None:
    assert home("<meta property=og:locale content=de_AT>").language == "de-AT"
    assert home("<meta property=og:locale content=en_US>").language == "de"


def test_what_was_found_is_put_together() -> None:
    found = describe("https://a.example/", HomePage(language="de"), [("Die Zeitung - Politik", "de-AT")])
    assert (found.title, found.language, found.timezone) == ("Die Zeitung", "de-AT", "Europe/Vienna")


def test_the_usual_places_are_known() -> None:
    assert "https://a.example/feed" in channel_kinds()["feed"].guesses("https://a.example/news/?x=1")
    assert "https://a.example/sitemap.xml" in channel_kinds()["sitemap"].guesses("https://a.example/news/")
