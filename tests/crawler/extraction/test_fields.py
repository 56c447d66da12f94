"""The fields around the text, from every place where a page states them."""

# ruff: noqa: E501 (sentences and markup stay whole)

import json
from dataclasses import fields

import pytest

from crawler.extraction.fields import FIELDS
from news.article import Article, Image
from tests.crawler.extraction.small_pages import BODY, claims, meta, read, read_report


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


def test_an_invalid_address_is_left_out() -> None:
    article = read(head="<link rel=canonical href='http://[::1'>" + meta("og:image", "javascript:alert(1)"))

    assert (article.canonical_url, article.image) == (None, None)


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


CONTRACT = ["authors", "published_at", "language", "lead", "section"]  # keys that callers of `extract` rely on


def test_each_row_is_an_attribute_of_an_article_and_has_a_key_of_its_own() -> None:
    names = [field.name for field in FIELDS]

    assert set(names) < {field.name for field in fields(Article)}
    assert len(set(names)) == len(names)
    assert len({field.key for field in FIELDS}) == len(FIELDS)


def test_the_keys_of_the_contract_stay_in_their_order() -> None:
    assert [field.key for field in FIELDS if field.key in CONTRACT] == CONTRACT


TERMS = "<p>Filed in <a rel='category tag' href=/c/x>Uncategorized</a>, <a rel='category tag' href=/c/town>Town</a>: <a rel=tag href=/t/b>#Bridges</a> <a rel='tag' href=/t/c>Council</a></p>"


def test_links_to_tags_and_categories_are_what_their_rel_says() -> None:
    article = read_report(TERMS)

    assert (article.section, article.tags) == ("Town", ("Bridges", "Council"))


def test_what_the_head_names_counts_before_links_to_tags() -> None:
    article = read_report(
        TERMS, '<meta name=keywords content="ferry"><meta property="article:section" content="Traffic">'
    )

    assert (article.section, article.tags) == ("Traffic", ("ferry",))


def test_links_of_another_kind_are_no_tags() -> None:
    assert read_report("<p><a rel=nofollow href=/x>Bridges</a> <a rel='stage' href=/y>Council</a></p>").tags == ()


@pytest.mark.parametrize(
    ("picture", "address"),
    [("<figure><img src=/b.jpg><figcaption>The bridge in May.</figcaption></figure>", "https://outlet.example/b.jpg"),
     ("<figure><picture><img data-src=/b.jpg src='data:image/gif;base64,R0'></picture></figure>", "https://outlet.example/b.jpg"),
     ("<div><img src=/share.png></div>", None), ("<figure><img src='data:image/gif;base64,R0'></figure>", None), ("<figure><img src='javascript:1'></figure>", None)],
)  # fmt: skip
def test_the_first_picture_in_a_figure_is_the_articles_where_the_head_names_none(
    picture: str, address: str | None
) -> None:
    image = read_report(picture).image

    assert (image.url if image else None) == address


def test_the_picture_that_the_head_names_is_the_articles() -> None:
    image = read_report("<figure><img src=/b.jpg></figure>", '<meta property="og:image" content="/share.jpg">').image

    assert image == Image("https://outlet.example/share.jpg")
