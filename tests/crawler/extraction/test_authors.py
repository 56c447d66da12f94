"""The authors, from every place where a page states them."""

# ruff: noqa: E501 (sentences and markup stay whole)

import pytest

from tests.crawler.extraction.small_pages import BODY, TEXT, claims, meta, read


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ({"@type": "Person", "name": "Jane Miller"}, ("Jane Miller",)),
        ([{"name": "Jane Miller"}, {"name": "Ed Ito"}], ("Jane Miller", "Ed Ito")),
        ("By Jane Miller and Joe van Dyke", ("Jane Miller", "Joe van Dyke")),
        (["Jane Miller", "Jane Miller"], ("Jane Miller",)),
        ({"name": "dpa"}, ("dpa",)),
        ({"name": "Redaktion folgen"}, ()),
        ([["https://outlet.example/jane"], None, 7], ()),
    ],
)
def test_authors_are_persons_and_agencies(author: object, expected: tuple[str, ...]) -> None:
    assert read(head=claims(author=author)).authors == expected


@pytest.mark.parametrize(
    "byline",
    ["<p class=byline>Von Jane Miller</p>", "<span class=author-name>Jane Miller</span>", "<a rel=author href=/j>Jane Miller</a>",
     "<div class=meta>By Jane Miller | 5 March 2024</div>", "<p>By Jane Miller</p>"],
)  # fmt: skip
def test_a_visible_byline_names_the_author(byline: str) -> None:
    assert read(f"<h1>The bridge will be mended</h1>{byline}{TEXT * 3}").authors == ("Jane Miller",)


@pytest.mark.parametrize(
    ("said", "expected"),
    [(["Jane Miller", "Columnist"], ("Jane Miller",)), ("No Author", ()), ("Wednesday", ()), ("outlet.example.de, Frankfurt, Germany", ()),
     ("Jane Miller Jane Miller", ("Jane Miller",)), (["Jane Miller", "Getty Images"], ("Jane Miller",)), ("Jane Miller, Ph.D", ("Jane Miller",)), ("Editorial", ())],
)  # fmt: skip
def test_what_stands_in_the_place_of_a_name_is_no_author(said: object, expected: tuple[str, ...]) -> None:
    names = [{"name": name} for name in said] if isinstance(said, list) else said

    assert read(head=claims(author=names)).authors == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "By Jane Miller and Joe van Dyke, Financial Times - Dec 20, 2023 3:06 pm UTC",
            ("Jane Miller", "Joe van Dyke"),
        ),
        ("posted on 2023-12-19 23:30 EST by Jane Miller", ("Jane Miller",)),
        ("Von Jane Miller, Ed Ito und Ann Date, Berlin", ("Jane Miller", "Ed Ito", "Ann Date")),
        ("Von Jane Miller (Text) und Ed Ito (Fotos)", ("Jane Miller",)),
        ("By Jane Miller, Dietitian", ("Jane Miller",)),
        ("Par Jane Miller le 7 mai 2020 - 12:38", ("Jane Miller",)),
        ("By Byron Bay", ("Byron Bay",)),
        ("Photo by Jane Miller/Getty Images", ()),
        ("By popular demand", ()),
    ],
)
def test_a_byline_is_taken_apart(line: str, expected: tuple[str, ...]) -> None:
    assert read(f"<h1>The bridge will be mended</h1><p>{line}</p>{TEXT * 3}").authors == expected


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("The Daily Outlet", ("The Daily Outlet",)), ("Outlet staff reporter", ("Outlet staff reporter",)), ("MM-Redaktion", ("MM-Redaktion",)),
        ("Redaktion", ("Redaktion",)), ("Redaktion folgen", ()), ("By", ()), ("updated at", ()), ("Staff Writer", ("Staff Writer",)),
        ([{"name": "The Daily Outlet"}, {"name": "Jane Miller"}], ("Jane Miller",)),
        ({"@type": "NewsMediaOrganization", "name": "Deutsche Presse-Agentur"}, ("Deutsche Presse-Agentur",)),
    ],
)  # fmt: skip
def test_a_team_or_the_outlet_is_the_author_where_no_person_is_named(author: object, expected: tuple[str, ...]) -> None:
    assert read(head=meta("og:site_name", "The Daily Outlet") + claims(author=author)).authors == expected


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("<p>By</p><p>Jane Miller</p><p>and</p><p>Ed Ito</p><p>Monday</p>", ("Jane Miller", "Ed Ito")),
        ("<dl><dt>von</dt><dd>Jane Miller</dd><div>,</div><dd>Deutsche Presse-Agentur</dd></dl>", ("Jane Miller",)),
        ("<p>News By Jane Miller published 23 December 2023</p>", ("Jane Miller",)),
        ("<p>By Jane Miller Fox News</p>", ("Jane Miller",)),
        ("<p>By Jane Miller The Associated Press</p>", ("Jane Miller",)),
        ("<p>Von Jane Miller Fr, 18. Oktober 2019</p>", ("Jane Miller",)),
        ("<p>Jane Miller - January 24, 2020</p>", ("Jane Miller",)),
        ("<p class=byline>By Jane Miller</p><p class=author>Ed Ito</p>", ("Jane Miller",)),
        ("<p>Written by</p><p>Jane Miller</p>", ("Jane Miller",)),
        ("<p>Ahoy! | By Jane Miller | April 13, 2020</p>", ("Jane Miller",)),
        ("<p>11.12.2019 - Jane Miller</p>", ("Jane Miller",)),
        ("<p>05.02.2020 - Redaktion: Jane Miller (Pressesprecherin)</p>", ("Jane Miller",)),
        ("<p>Posted in Rivers by freeman on August 3, 2019</p>", ("freeman",)),
        ("<p>Posted in Rivers by admin on August 3, 2019</p>", ()),
        ("<p>25.03.2019 Wissenschaft Klima</p>", ()),
        ("<p>By</p><p>the river of the old town there are three bridges that are older than it is</p>", ()),
    ],
)
def test_a_byline_in_several_pieces_is_put_together(byline: str, expected: tuple[str, ...]) -> None:
    assert read(BODY.replace("</h1>", f"</h1>{byline}")).authors == expected


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("<div class=entry-meta>3 May 2024 by <a rel=author href=/author/f>freeman1984</a></div>", ("freeman1984",)),
        ("<div class=meta-author><a href='/author/it'>it-crew Webteam</a></div>", ("it-crew Webteam",)),
        ("<div class=entry-meta><a rel=author href=/author/f>outlet.example.com</a></div>", ()),
        ("<div class=entry-meta><a rel=author href=/author/f>View all posts</a></div>", ()),
        ("<div class=entry-meta>In <a rel='category tag' href=/r>Home Rivers</a></div>", ()),
    ],
)
def test_a_link_to_an_authors_page_names_the_author_by_any_name(byline: str, expected: tuple[str, ...]) -> None:
    assert read(BODY.replace("</h1>", f"</h1>{byline}")).authors == expected


@pytest.mark.parametrize(
    ("behind", "expected"),
    [
        ("<p>Written by: Jane Miller</p>", ("Jane Miller",)),
        ("<p>Autorin: Jane Miller, Projektleiterin im Tal.</p>", ("Jane Miller",)),
        ("<div class=credits><div>Text: <span>Jane Miller</span></div></div>", ("Jane Miller",)),
        ("<h2>Published by</h2><h3>Jane Miller</h3>", ("Jane Miller",)),
        ("<h4>Über die Autorin</h4><p>Jane Miller</p>", ("Jane Miller",)),
        ("<p>Nobody was hurt in the end. (Jane Miller) +++</p>", ("Jane Miller",)),
        ("<p>Nobody was hurt in the end. (Free entry for all)</p>", ()),
        ("<div class=comments><p>Written by</p><p>Jane Miller</p></div>", ()),
        ("<table><tr><td>DI</td><td>MI</td></tr></table>", ()),
    ],
)
def test_who_wrote_it_stands_behind_the_text(behind: str, expected: tuple[str, ...]) -> None:
    assert read(f"{BODY}{TEXT * 9}{behind}").authors == expected


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("<p>By Ed Ito</p>", ("Ed Ito",)),  # Jane Miller only put it in
        ("<p>Jane Miller</p><p>By Ed Ito</p>", ("Ed Ito",)),
        ("<p>By Jane Miller and Ed Ito</p>", ("Jane Miller", "Ed Ito")),
        ("<p>By Jane Miller</p>", ("Jane Miller",)),
        ("<p>By JANE MILLER</p>", ("Jane Miller",)),
        ("<p>By The Outlet Staff</p>", ("Jane Miller",)),
        ("<p>Photo by Ed Ito</p>", ("Jane Miller",)),
        (f"{TEXT}<p>By Ed Ito</p>", ("Jane Miller",)),  # a teaser's or an embedded post's
    ],
)
def test_a_byline_below_the_headline_counts_more_than_one_declared_name(byline: str, expected: tuple[str, ...]) -> None:
    assert read(BODY.replace("</h1>", f"</h1>{byline}"), claims(author={"name": "Jane Miller"})).authors == expected


def test_the_meta_data_may_name_more_authors_than_json_ld() -> None:
    one_author = claims(author={"name": "Jane Miller"})

    assert read(head=one_author + meta("author", "Jane Miller, Ed Ito")).authors == ("Jane Miller", "Ed Ito")
    assert read(head=one_author + meta("author", "Ed Ito")).authors == ("Jane Miller",)


def test_an_association_is_the_author_where_no_person_is_named() -> None:
    head = meta("author", "Talfreunde e.V.")

    assert read(head=head).authors == ("Talfreunde e.V.",)
    assert read(f"{BODY}{TEXT * 9}<p>Autorin: Jane Miller</p>", head).authors == ("Jane Miller",)
    assert read(head=meta("author", "Center for Rivers and Lakes")).authors == ("Center for Rivers and Lakes",)


def test_of_the_declared_names_those_in_the_byline_are_the_authors() -> None:
    head = claims(author=[{"name": "Jane Miller"}, {"name": "Ed Ito"}])

    assert read(BODY.replace("</h1>", "</h1><p>By Jane Miller</p>"), head).authors == ("Jane Miller",)
    assert read(BODY.replace("</h1>", "</h1><p>By Nobody Else</p>"), head).authors == ("Jane Miller", "Ed Ito")


def test_a_name_alone_below_the_headline_is_the_author_and_a_menu_is_not() -> None:
    assert read(BODY.replace("</h1>", "</h1><p>Jane Miller</p><p>5 March 2024</p>")).authors == ("Jane Miller",)
    assert read(BODY.replace("</h1>", "</h1><p>Town News</p><p>Sport Live</p><p>5 March 2024</p>")).authors == ()
    assert read(BODY.replace("</h1>", "</h1><h2>Final Thoughts</h2>")).authors == ()


@pytest.mark.parametrize(
    "name", ["Welcome Nkosi", "Do Kim", "Wednesday Moore", "Jane Miller", "News Staff", "Ann Date"]
)
def test_a_name_that_begins_like_another_word_stays(name: str) -> None:
    assert read(head=claims(author=name)).authors == (name,)
