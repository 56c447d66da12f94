"""The fields around the text, from every place a page says them."""

# ruff: noqa: E501 (sentences and markup stay whole)

import json

import pytest

from crawler.extraction.page import read_page
from news.article import Flag, Image
from tests.crawler.extraction.small_pages import BODY, TEXT, URL, claims, meta, read


def test_the_visible_headline_wins_over_the_one_for_search_engines() -> None:
    head = "<title>Bridge mended: all you need to know | Outlet</title>" + meta(
        "og:title", "The bridge will be mended soon - Outlet"
    )

    assert read(head=head).headline == "The bridge will be mended"


def test_the_sites_name_is_no_headline() -> None:
    body = f"<h1>The Daily Outlet</h1><div>{TEXT * 3}</div>"
    head = meta("og:site_name", "The Daily Outlet") + "<title>The bridge will be mended - The Daily Outlet</title>"

    assert read(body, head).headline == "The bridge will be mended"


def test_a_dash_inside_a_headline_stays() -> None:
    head = "<title>Bridges – a love story of the river towns and of those who built them</title>"

    assert read(TEXT * 3, head).headline == "Bridges – a love story of the river towns and of those who built them"


def test_a_heading_in_a_trail_is_not_the_headline() -> None:
    trail = "<nav><ol><li>News</li><li><h1>Bridge repair: cost, time, detours</h1></li></ol></nav>"
    head = meta("og:title", "Bridge repair: cost, time, detours") + claims(headline="The bridge will be mended")

    assert read(trail + BODY.replace("h1", "h2"), head).headline == "The bridge will be mended"


@pytest.mark.parametrize(
    "box", ["<header class=page-header>{}</header>", "<div class=title-holder>{}</div>", "<div hidden>{}</div>"]
)
def test_a_heading_in_a_box_that_sounds_like_a_menu_is_the_headline(box: str) -> None:
    heading = "<h1>The bridge will be mended</h1>"
    page = box.format(heading) + BODY.replace(heading, "")

    assert read(page, meta("og:title", "The bridge will be mended")).headline == "The bridge will be mended"


def test_a_line_above_the_headline_is_left_out_when_the_page_names_the_rest_alone() -> None:
    body = BODY.replace("<h1>", "<h1><span>River towns </span>")
    article = read(body, meta("og:title", "The bridge will be mended"))

    assert article.headline == "The bridge will be mended"
    assert article.paragraphs[0].startswith("The council met")


def test_what_stands_before_a_colon_is_part_of_the_headline() -> None:
    body = BODY.replace("<h1>", "<h1>River towns: ")

    assert (
        read(body, meta("og:title", "The bridge will be mended")).headline == "River towns: The bridge will be mended"
    )


@pytest.mark.parametrize(
    ("title", "expected"),
    [("Office 365 – HBDI – the third", "Office 365 – HBDI – the third"), ("Ten bridges at a glance - My Outlet News", "Ten bridges at a glance"),
     ("OUTLET - Ten bridges at a glance", "Ten bridges at a glance")],
)  # fmt: skip
def test_the_outlets_name_is_told_by_its_domain_and_a_short_ending_is_not_one(title: str, expected: str) -> None:
    head = f"<title>{title} | The Daily Outlet</title>" + meta("og:title", title)

    assert read(TEXT * 3, head).headline == expected


def test_the_outlets_name_goes_where_the_script_sets_no_spaces() -> None:
    assert (
        read(TEXT * 3, "<title>大桥将要修复：市政府作出决定-新华网</title>").headline == "大桥将要修复：市政府作出决定"
    )


def test_a_heading_of_three_words_wins_over_a_headline_made_for_sharing() -> None:
    body = BODY.replace("The bridge will be mended", "The quantum phantom")

    assert (
        read(body, meta("og:title", "A century-old mystery could unlock the next computers")).headline
        == "The quantum phantom"
    )


@pytest.mark.parametrize(
    ("claim", "heading", "expected"),
    [
        ("River games - The bridge will be mended", "River games The bridge will be mended", "The bridge will be mended"),
        ("River games - The bridge will be mended", "River games - The bridge will be mended", "River games - The bridge will be mended"),
        ("A bridge – mended at last", "A bridge – mended at last", "A bridge – mended at last"),
        ("History", "Townhistory", "Townhistory"),
        ("A bridge is mended at last", "Bridges", "A bridge is mended at last"),
    ],
)  # fmt: skip
def test_a_line_above_the_headline_is_told_by_a_dash_that_the_page_does_not_show(
    claim: str, heading: str, expected: str
) -> None:
    assert read(f"<h1>{heading}</h1>{TEXT * 3}", meta("og:title", claim)).headline == expected


@pytest.mark.parametrize(
    ("title", "heading", "expected"),
    [
        ("News | The Outlet", "The bridge will be mended", "The bridge will be mended"),
        ("The Outlet » Blog Archiv » The bridge is mended", "What does it cost?", "The bridge is mended"),
        ("The bridge will be mended | Association of Bridges (AB) of the valley", "The bridge will be mended", "The bridge will be mended"),
        ("The council has mended the bridge", "What does it cost?", "The council has mended the bridge"),
    ],
)  # fmt: skip
def test_a_heading_of_level_two_is_the_headline_where_the_title_is_none(
    title: str, heading: str, expected: str
) -> None:
    page = f"<h2>Our good services</h2><ul><li>All of them</li></ul><p>Ahoy.</p><p>Ahoy.</p><p>Ahoy.</p><p>Ahoy.</p><h2>{heading}</h2>{TEXT * 3}"

    assert read(page, f"<title>{title}</title>" + meta("og:site_name", "The Outlet")).headline == expected


def test_an_endless_title_of_the_page_is_cut() -> None:
    assert len(read(TEXT * 3, meta("og:title", "bridge " * 200_000)).headline or "") <= 400


def test_an_endless_headline_is_cut_and_the_evidence_says_so() -> None:
    article = read(TEXT * 3, claims(headline="bridge " * 200_000))

    assert article.headline is not None
    assert len(article.headline) <= 400
    assert any(one.field == "headline" and one.value.endswith(" (cut)") for one in article.evidence)


def test_a_headline_has_no_characters_that_nobody_sees() -> None:
    assert read(BODY.replace("bridge", "brid\u00adge")).headline == "The bridge will be mended"


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


def test_the_text_decides_the_language_when_the_page_says_another() -> None:
    german = (
        "<p>"
        + "Der Rat hat am Montag beschlossen, die alte Brücke über den Fluss nicht zu schließen, sondern sie zu reparieren. "
        * 3
    )

    assert read(f"<h1>Die Brücke wird repariert</h1>{german}").language == "de"
    assert read().language == "en"


def test_portuguese_is_not_taken_for_romanian() -> None:
    text = "A câmara de Porto Claro decidiu na terça-feira à noite fechar a velha ponte, o que aumenta a viagem em vinte minutos."

    assert read_page(f"<html lang=pt><h1>A ponte</h1><p>{text}", URL).language == "pt"
    romanian = "Consiliul a decis marți seara să închidă vechiul pod, iar drumul va fi mai lung cu douăzeci de minute pentru că nu este altul."
    assert read_page(f"<h1>Podul</h1><p>{romanian}", URL).language == "ro"


def test_the_pages_word_counts_for_a_language_that_is_not_heard() -> None:
    assert (
        read_page("<html lang='ka'><h1>ხიდი</h1><p>" + "საბჭომ გადაწყვიტა ხიდის შეკეთება. " * 9, URL).language == "ka"
    )


def test_section_tags_picture_and_canonical_address_are_read() -> None:
    head = (
        claims(articleSection=["Politik", "Inland"], keywords="bridge, river,bridge")
        + meta("og:image", "/bridge.jpg")
        + "<link rel=canonical href='/politik/bridge?x=1'>"
    )
    figure = "<figure><img src=b.jpg><figcaption>The bridge in May. Photo: A. Smith</figcaption></figure>"
    article = read(BODY.replace("</h1>", f"</h1>{figure}"), head)

    assert (article.section, article.tags) == ("Politik", ("bridge", "river"))
    assert article.image == Image("https://outlet.example/bridge.jpg", "The bridge in May. Photo: A. Smith", "A. Smith")
    assert article.canonical_url == "https://outlet.example/politik/bridge?x=1"


def trail(*names: str) -> str:
    steps = [
        {"@type": "ListItem", "position": n, "item": {"name": name}} for n, name in reversed(list(enumerate(names)))
    ]
    return f'<script type="application/ld+json">{json.dumps({"@type": "BreadcrumbList", "itemListElement": steps})}</script>'


@pytest.mark.parametrize(
    ("steps", "expected"),
    [(("Home", "Town", "Bridges", "The bridge will be mended"), "Town"), (("The Outlet Home", "The bridge will be mended"), None),
     (("Startseite", "The bridge will be mended"), None), ((), None)],
)  # fmt: skip
def test_the_first_step_of_the_trail_is_the_section_when_none_is_named(
    steps: tuple[str, ...], expected: str | None
) -> None:
    site = meta("og:site_name", "The Outlet")

    assert read(head=trail(*steps) + site).section == expected
    assert read(head=trail(*steps) + site + meta("article:section", "News")).section == "News"


@pytest.mark.parametrize(
    ("figure", "caption", "credit"),
    [
        ("<figcaption>The bridge in May.</figcaption><figcaption>A. Smith/Agency</figcaption>", "The bridge in May.", "A. Smith/Agency"),
        ("<div class=image-credit>A. Smith</div><figcaption>The bridge in May.</figcaption>", "The bridge in May.", "A. Smith"),
        ("<figcaption>A. Smith/Agency</figcaption>", None, "A. Smith/Agency"),
        ("<figcaption>PHOTO: A view of the bridge in the old town, taken in late spring of 2023.</figcaption>",
         "PHOTO: A view of the bridge in the old town, taken in late spring of 2023.", None),
    ],
)  # fmt: skip
def test_a_credit_that_stands_by_itself_is_no_caption(figure: str, caption: str | None, credit: str | None) -> None:
    article = read(BODY.replace("</h1>", f"</h1><figure><img src=b.jpg>{figure}</figure>"), meta("og:image", "/b.jpg"))

    assert article.image == Image("https://outlet.example/b.jpg", caption, credit)


def test_the_credit_in_structured_data_counts_when_the_page_shows_none() -> None:
    picture = {"@type": "ImageObject", "url": "/b.jpg", "caption": "The bridge", "creditText": "A. Smith"}

    assert read(head=claims(image=[picture])).image == Image("https://outlet.example/b.jpg", "The bridge", "A. Smith")


def test_an_address_that_is_none_is_left_out() -> None:
    article = read(head="<link rel=canonical href='http://[::1'>" + meta("og:image", "javascript:alert(1)"))

    assert (article.canonical_url, article.image) == (None, None)


@pytest.mark.parametrize(
    ("following", "partial"),
    [("?page=2", True), (URL + "/2", True), ("/politik/bridge/page/2/", True), ("/politik/bridge,2.html", True), ("/politik/bridge-2", True),
     ("/politik/tunnel", False), ("/politik/bridge-20-years-later", False), ("/politik/bridge/photos", False), ("?page=1", False)],
)  # fmt: skip
def test_the_first_of_several_pages_is_partial(following: str, partial: bool) -> None:
    assert (Flag.PARTIAL in read(head=f'<link rel=next href="{following}">').flags) is partial


@pytest.mark.parametrize(
    ("line", "partial"),
    [("Page 1 of 3", True), ("Seite 1 von 2", True), ("Page 2 of 3", False), ("Page 1 of the book", False)],
)
def test_pages_that_are_counted_make_the_first_one_partial(line: str, partial: bool) -> None:
    assert (Flag.PARTIAL in read(f"{BODY}<p>{line}</p>").flags) is partial


def test_a_wall_is_flagged_and_a_short_text_behind_it_is_partial() -> None:
    stub = f"<h1>The bridge will be mended</h1>{TEXT}<div>Subscribe now to continue reading</div>"

    assert read(stub).flags == {Flag.PAYWALLED, Flag.PARTIAL}
    assert read(head=claims(isAccessibleForFree="False"), body=f"<h1>A bridge</h1>{TEXT * 9}").flags == {Flag.PAYWALLED}
    assert read().flags == frozenset()


@pytest.mark.parametrize(
    ("headline", "address", "flagged"),
    [("Storm LIVE: trees on the tracks", "a", True), ("Storm: live blog", "a", True), ("Live: storm on its way", "a", True), ("Storm over town", "news/live/storm-12", True),
     ("How to live with a storm", "how-to-live", False), ("Live music: a guide", "live-music-guide", False)],
)  # fmt: skip
def test_a_live_blog_is_told_by_its_headline_or_address(headline: str, address: str, flagged: bool) -> None:
    page = f"<html lang=en><body>{BODY.replace('The bridge will be mended', headline)}</body></html>"

    assert (Flag.LIVE_BLOG in read_page(page, f"https://outlet.example/{address}").flags) is flagged


def test_live_blogs_and_agency_texts_are_flagged() -> None:
    assert Flag.LIVE_BLOG in read(head=claims(**{"@type": "LiveBlogPosting"})).flags
    assert Flag.AGENCY in read(BODY.replace("<p>", "<p>LINZ (dpa) - ", 1)).flags
    assert Flag.AGENCY not in read(BODY.replace("<p>", "<p>The agency (once a bank) ", 1)).flags


@pytest.mark.parametrize(
    "script",
    ["{", "[[[[[]]]]]", "null", "[" * 50_000, '{"a":' * 50_000, '{"@type":["NewsArticle",5,null],"author":1e400,"headline":5,"image":[[1]]}',
     '{"@graph":[{"@type":"NewsArticle","@id":"x","author":{"@id":"x"}}]}', '{"@type":"NewsArticle","datePublished":' + "9" * 5000 + "}",
     '{"@type":"NewsArticle","headline":{"a":1},"keywords":{"b":[]},"articleBody":{"x":1},"isAccessibleForFree":[1],"inLanguage":5}'],
)  # fmt: skip
def test_broken_structured_data_does_no_harm(script: str) -> None:
    assert read(head=f'<script type="application/ld+json">{script}</script>').headline == "The bridge will be mended"


@pytest.mark.parametrize(
    "script",
    ['{"@type":"NewsArticle","author":"Jane Miller",}', '/*<![CDATA[*/{"@type":"NewsArticle","author":"Jane Miller"}'],
)
def test_slightly_broken_structured_data_is_mended(script: str) -> None:
    found = read(head=f'<script type="application/ld+json">{script}</script>').authors

    assert found == ("Jane Miller",)


def test_what_scripts_claim_is_cleaned_of_what_no_database_takes() -> None:
    head = claims(author="Jane\x00 Miller", articleBody="\ud800 The bridge\x00 fell. " * 60)
    article = read("<h1>The bridge will be mended</h1>", head)

    assert article.authors == ("Jane Miller",)
    assert "\x00" not in article.body
    assert article.body.encode()


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
def test_a_team_or_the_outlet_is_the_author_where_nobody_else_is(author: object, expected: tuple[str, ...]) -> None:
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
    one = claims(author={"name": "Jane Miller"})

    assert read(head=one + meta("author", "Jane Miller, Ed Ito")).authors == ("Jane Miller", "Ed Ito")
    assert read(head=one + meta("author", "Ed Ito")).authors == ("Jane Miller",)


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


@pytest.mark.parametrize(
    ("said", "expected"),
    [(["cce15240-c52a-4887-a61a-cd64701d6596", "Rivers"], ("Rivers",)), (["type_news", "/article", "105867721", "Rivers"], ("Rivers",)),
     (["Category: Rivers", "Page Type: Article", "Language: English"], ("Rivers",)), (["Avatar: The Last Airbender", "2024", "AC/DC"], ("Avatar: The Last Airbender", "2024", "AC/DC"))],
)  # fmt: skip
def test_what_systems_tell_each_other_is_no_tag(said: list[str], expected: tuple[str, ...]) -> None:
    assert read(head="".join(meta("article:tag", tag) for tag in said)).tags == expected


def test_several_tags_in_one_are_taken_apart_and_one_tag_with_commas_is_not() -> None:
    assert read(head=meta("article:tag", "Hong Kong,Protest,World news")).tags == ("Hong Kong", "Protest", "World news")
    assert read(head=meta("article:tag", "Business, Finance, and Economics")).tags == (
        "Business, Finance, and Economics",
    )


@pytest.mark.parametrize(
    ("said", "expected"), [("The Outlet", None), ("42", None), ("- Town", "Town"), ("Formula 1", "Formula 1")]
)
def test_a_section_is_a_word_and_not_the_sites_name(said: str, expected: str | None) -> None:
    assert read(head=meta("og:site_name", "The Outlet") + meta("article:section", said)).section == expected


@pytest.mark.parametrize(
    ("caption", "credit"),
    [
        ("The bridge in May (Photo: A. Smith)", "A. Smith"),
        ("The bridge. Photo: A. Smith (Agency)", "A. Smith (Agency)"),
    ],
)
def test_a_credit_ends_before_the_bracket_that_began_before_it(caption: str, credit: str) -> None:
    figure = f"<figure><img src=b.jpg><figcaption>{caption}</figcaption></figure>"
    image = read(BODY.replace("</h1>", f"</h1>{figure}"), meta("og:image", "/b.jpg")).image

    assert image is not None
    assert image.credit == credit


def test_a_headline_that_was_escaped_twice_is_read_as_it_was_meant() -> None:
    assert (
        read(f"<h1>The &amp;#039;mended&amp;#039; bridge of the town</h1>{TEXT * 3}").headline
        == "The 'mended' bridge of the town"
    )


def test_a_headline_with_an_ampersand_stays() -> None:
    assert (
        read(f"<h1>Bridges &amp; rivers: a town and its water</h1>{TEXT * 3}").headline
        == "Bridges & rivers: a town and its water"
    )
