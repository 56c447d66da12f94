"""The headline, from every place where a page states it."""

# ruff: noqa: E501 (sentences and markup stay whole)

import pytest

from tests.crawler.extraction.small_pages import BODY, TEXT, claims, meta, read


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
def test_the_outlets_name_is_recognised_by_its_domain_and_a_short_ending_is_no_name(title: str, expected: str) -> None:
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
def test_a_line_above_the_headline_is_recognised_by_a_dash_that_the_page_does_not_show(
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
def test_a_heading_of_level_two_is_the_headline_where_the_title_names_no_article(
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
    assert any(evidence.field == "headline" and evidence.value.endswith(" (cut)") for evidence in article.evidence)


def test_a_headline_has_no_invisible_characters() -> None:
    assert read(BODY.replace("bridge", "brid\u00adge")).headline == "The bridge will be mended"


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
