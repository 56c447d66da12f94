"""Which links on home pages and listings are articles, and which are sections, menus and other things."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.channels.kinds.listing import article_links
from crawler.channels.page_links import Shape, shape_of
from news.errors import PageTooCostly, SettingError

SITE = "https://www.a.example/"
HEADLINE = "Zug bei Linz entgleist: zwölf Verletzte"


def urls(html: str, selector: str | None = None) -> list[str]:
    return [link.url.removeprefix("https://www.a.example") for link in article_links(html.encode(), SITE, selector)]


def link(href: str, text: str = HEADLINE) -> str:
    return f'<a href="{href}">{text}</a>'


@pytest.mark.parametrize(
    "path",
    [
        "/politik/zug-bei-linz-entgleist-a-4711.html",
        "/2026/11/22/zug-entgleist",
        "/stories/3280011/",
        "/artikel?id=47110",
        "/news/articles/clymn8zyrp9o",
        "/archiv/zug-bei-linz-entgleist-r00001.html",
        "/thema/zuege/zug-bei-linz-entgleist-zwoelf-verletzte-im-krankenhaus",
        "/zug-entgleist/",
    ],
)
def test_an_article_is_found(path: str) -> None:
    html = f"<div><a href='{path}'><img src=x></a><h2>{link(path)}</h2></div>"
    (found,) = article_links(html.encode(), SITE)
    assert (found.url, found.title) == ("https://www.a.example" + path, HEADLINE)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/", "Startseite"),
        ("/politik/", "Politik"),
        ("/politik/inland/", "Inland"),
        ("/thema/ukraine-krieg/", "Alles zum Krieg in der Ukraine"),
        ("/autor/anna-berger-4711/", "Von unserer Autorin Anna Berger"),
        ("/login?next=/a-1", "Melden Sie sich jetzt hier an"),
        ("/impressum.html", "Das Impressum dieser Seite hier"),
        ("/bilder/foto-12345.jpg", HEADLINE),
        ("/report-2026-11-22.pdf", HEADLINE),
        ("/2026/11/22/", "Alle Artikel vom 22. November"),
        ("/politik/seite-2", "Weiter"),
        ("javascript:void(0)", HEADLINE),
        ("mailto:redaktion@a.example", HEADLINE),
        ("https://other.example/zug-bei-linz-entgleist-4711.html", HEADLINE),
        ("https://twitter.com/share?id=47110", HEADLINE),
    ],
)
def test_what_is_no_article_is_left_out(path: str, text: str) -> None:
    assert urls(f"<ul><li>{link(path, text)}</li></ul>") == []


def test_the_menu_is_left_out_and_a_headline_in_it_is_not() -> None:
    menu = link("/abc-12345", "Abo") + link("/zug-bei-linz-entgleist")
    html = f"<nav>{menu}</nav><div class='main-menu'>{link('/x-1-2-3-4', 'Mehr')}</div>"
    assert urls(html) == ["/zug-bei-linz-entgleist"]


def test_mobile_hosts_and_subdomains_are_the_same_site() -> None:
    hosts = ["https://m.a.example/a-12345", "https://sport.a.example/b-12345"]
    assert urls("".join(map(link, hosts))) == hosts


def test_relative_links_start_from_the_base() -> None:
    assert urls(f"<base href='/de/'>{link('zug-bei-linz-entgleist-1')}") == ["/de/zug-bei-linz-entgleist-1"]


def test_a_selector_chooses_links_or_what_holds_them() -> None:
    html = f"<div class=x>{link('/about')}</div><article>{link('/zug-bei-linz-entgleist-1')}</article>"
    assert urls(html, "div.x") == urls(html, "div.x a") == ["/about"]


@pytest.mark.parametrize(
    "bad", ["http://a&b.example/x", "http://www.a.example.1/x", "//[::1", f"//{'a.' * 200}example/"]
)
def test_an_address_without_a_host_costs_its_link_alone(bad: str) -> None:
    assert urls(f"<article>{link(bad)}{link('/x')}</article>", "article a") == ["/x"]


def test_an_invalid_selector_is_a_setting_to_change() -> None:
    with pytest.raises(SettingError, match=r"'a\[\[' is not a CSS selector"):
        urls("<a href=/>", "a[[")


def test_a_page_that_would_stop_the_parser_is_refused() -> None:
    with pytest.raises(PageTooCostly):
        urls("<div " + " ".join(f"a{number}=1" for number in range(20_000)) + ">")


def test_an_archive_page_is_a_section_and_an_article_below_it_is_one() -> None:
    assert shape_of(SITE + "archiv/", SITE) is Shape.SECTION
    assert shape_of(SITE + "archiv/zug-bei-linz-entgleist-1.html", SITE) is Shape.ARTICLE


@given(st.lists(st.sampled_from([
    "<a href='", "<a href=/x-12345>", "http://[", "'>", "</a>", "<h2>", "<nav>", "<base href='",
    "//", "\x00", "&#xD800;", "<table>", "é", "?id=1",
])).map("".join) | st.text(max_size=200))  # fmt: skip
def test_no_page_ends_otherwise_than_in_links_or_a_reason(html: str) -> None:
    try:
        found = article_links(html.encode("utf-8", "surrogatepass"), SITE)
    except PageTooCostly:
        return
    assert all(link.url.startswith("http") for link in found)


@given(st.text(max_size=100))
def test_every_address_has_a_shape(path: str) -> None:
    assert shape_of(SITE + path, SITE) in Shape
