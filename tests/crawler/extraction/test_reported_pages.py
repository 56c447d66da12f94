"""Pages as public bug reports of other readers describe them, each with a twin that must stay as it is."""

# ruff: noqa: E501 (sentences and markup stay whole)

import json
from datetime import UTC, datetime

import pytest

from crawler.extraction.page import read_page
from news.article import Article, Label
from news.errors import NotAnArticle
from news.teasers import remove_teasers

TITLE = "Old swing bridge closes for nine months"
PARAGRAPHS = (
    "The council of Harrow Bay voted on Tuesday evening to close the old swing bridge for at least nine months, after cracks were found.",
    "Drivers will have to take the long way round, which adds about twenty minutes to the trip, the road office of the county said.",
    "The owner of a bakery told the meeting that a third of her morning trade comes from people who walk over the bridge to the ferry.",
    "The bridge was opened in 1911 and carried trams until the line was given up after the war; it has been repaired four times since.",
)
TEXT = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
URL = "https://outlet.example/town/bridge-10001"


def read(body: str, head: str = "", url: str = URL) -> Article:
    return remove_teasers(read_page(f"<html lang=en><head>{head}</head><body>{body}</body></html>", url))


def article(byline: str = "", head: str = "", behind: str = "", text: str = TEXT) -> Article:
    page = f"<main><article><h1>{TITLE}</h1>{byline}{text}</article>{behind}</main>"
    return read(page, f"<title>{TITLE} - The Outlet</title>{head}")


# Headlines ----------------------------------------------------------------------------------------------------------

_MENU = "".join(f"<li><a href=/{n}>Topic {n}</a></li>" for n in range(14))


def test_a_headline_that_another_tag_calls_the_application_is_the_headline() -> None:
    head = f'<title>{TITLE}</title><meta name="application-name" content="{TITLE}">'
    assert read(f"<ul>{_MENU}</ul><article><h1>{TITLE}</h1>{TEXT}</article>", head).headline == TITLE


def test_the_name_of_the_site_is_no_headline_although_a_heading_says_it() -> None:
    head = f'<title>{TITLE} - The Outlet</title><meta name="application-name" content="The Outlet">'
    assert read(f"<h1>The Outlet</h1><article><h2>{TITLE}</h2>{TEXT}</article>", head).headline == TITLE


# Dates --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tag", ["abbr", "span"])
def test_the_title_of_a_microformat_is_the_time(tag: str) -> None:
    found = article(
        f'<p>Posted at <a href=/x><{tag} class="published" title="2011-04-25T00:23:00-04:00">12:23 AM</{tag}></a></p>'
    )
    assert found.date_published is not None
    assert found.date_published.isoformat() == "2011-04-25T00:23:00-04:00"


def test_the_title_of_an_abbreviation_is_no_time() -> None:
    assert article('<p><abbr class="published" title="European Union">EU</abbr></p>').date_published is None


# Authors ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "head",
    [
        '<meta name=author content="Nest &amp; Co"><meta property="article:author" content="Jane Miller"><meta name=copyright content="(c) Nest &amp; Co 2022">',
        '<meta name=author content="Jane Miller"><meta name=dc.creator content="Nest Media"><meta name=publisher content="Nest Media">',
    ],
)
def test_the_house_that_publishes_is_no_author(head: str) -> None:
    assert article(head=head).authors == ("Jane Miller",)


def test_a_person_who_publishes_alone_is_the_author() -> None:
    assert article(
        head='<meta name=author content="Jane Miller"><meta name=copyright content="Jane Miller">'
    ).authors == ("Jane Miller",)


@pytest.mark.parametrize(
    "byline",
    [
        '<p class="byline"><a href="/jm"><span class="byline__name">Jane Miller</span></a> <span class="byline__title">Tidings News Fellow</span></p>',
        '<div class="author">Jane Miller <em class="author-role">Bureau Chief North</em></div>',
        "<p class=byline>Monday August 27, 2018 10:05 am PDT by Jane Miller</p>",
    ],
)
def test_what_is_beside_the_name_in_a_byline_is_no_person(byline: str) -> None:
    assert article(byline).authors == ("Jane Miller",)


def test_a_name_in_an_element_called_title_is_a_name() -> None:
    assert article('<div class="author">By <span class="author-title">Jane Miller</span></div>').authors == (
        "Jane Miller",
    )


def test_the_byline_is_at_the_heading_when_a_list_below_repeats_the_headline() -> None:
    bar = f"<div class=sticky><ul><li><span>{TITLE}</span></li><li><span>Divers come first</span></li></ul></div>"
    found = article(
        f'<div class=byline><a href="/author/jane">Jane Miller</a> / <span>Updated: Oct 9, 2019</span></div>{bar}'
    )
    assert found.authors == ("Jane Miller",)
    assert found.date_published is not None


def test_a_list_below_the_text_names_no_author_of_it() -> None:
    item = '<li><h2><a href="/x{0}">Stanmoor decides on the train {0}</a></h2><span class=byline>By <a class=byline href="/author/ed">Ed Ito</a></span></li>'
    others = f"<ul>{''.join(item.format(n) for n in range(3))}</ul>"
    assert article('<div><span>By <a href="/author/jane">Jane Miller</a></span></div>', behind=others).authors == (
        "Jane Miller",
    )


def test_a_byline_below_the_text_counts_when_there_is_no_other() -> None:
    assert article(behind='<div class=byline>By <a href="/author/jane">Jane Miller</a></div>').authors == (
        "Jane Miller",
    )


# Charset ------------------------------------------------------------------------------------------------------------


def encoded(head: str) -> str:
    page = f"<html><head>{head}</head><body><h1>Gemeinderat kauft die Mühle</h1><p>Bürgermeisterin Resch sprach über die alte Mühle am Wehr, die für Schüler geöffnet wird.</p></body></html>"
    return read_page(page.encode("cp1252"), URL).body


@pytest.mark.parametrize(
    "other",
    [
        '<meta name="description" content="What charset=gbk means">',
        '<!-- <meta charset="gbk"> -->',
        "<script>var a = '<meta charset=gbk>'</script>",
        "<title>How <meta charset=gbk> works</title>",
        '<meta data-x="a > b" content="text/html; charset=gbk">',
    ],
)
def test_only_a_declaration_says_the_charset(other: str) -> None:
    assert "Bürgermeisterin" in encoded(f"{other}<meta charset=windows-1252>")
    assert "Bürgermeisterin" in encoded(other)


@pytest.mark.parametrize(
    "declaration",
    [
        "<meta charset=windows-1251>",
        "<META CHARSET='windows-1251'/>",
        '<meta content="text/html; charset=windows-1251" http-equiv=Content-Type>',
    ],
)
def test_a_declaration_in_any_form_says_the_charset(declaration: str) -> None:
    page = f"<html><head>{declaration}</head><body><h1>Мост закрыт</h1><p>Совет решил закрыть старый мост на девять месяцев, сообщили в управлении дорог.</p></body></html>"
    assert "старый мост" in read_page(page.encode("cp1251"), URL).body


# The date in the feed -----------------------------------------------------------------------------------------------

ANNOUNCED_AT = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


def announced(head: str = "", timezone: str | None = None) -> Article:
    page = f"<html><head>{head}</head><body><article><h1>{TITLE}</h1>{TEXT}</article></body></html>"
    return read_page(page, URL, timezone=timezone, announced=ANNOUNCED_AT)


def test_the_date_in_the_feed_counts_where_the_page_has_none() -> None:
    found = announced(timezone="Europe/Vienna")
    assert found.date_published is not None
    assert found.date_published.isoformat() == "2026-11-20T09:30:00+01:00"
    assert [(item.source, item.value) for item in found.evidence if item.field == "date_published"] == [
        ("feed", "2026-11-20T08:30:00+00:00")
    ]


def test_the_date_in_the_feed_is_kept_beside_that_of_the_page() -> None:
    found = announced('<meta property="article:published_time" content="2026-11-19T10:00:00Z">')
    assert found.date_published == datetime(2026, 11, 19, 10, tzinfo=UTC)
    assert [item.source for item in found.evidence if item.field == "date_published"] == ["meta", "feed"]


# Texts --------------------------------------------------------------------------------------------------------------


def test_a_picture_credit_in_a_paragraph_is_a_caption_and_the_rest_is_text() -> None:
    picture = '<span class=image><img src=a.img> <span class="caption"><span>© Photos/Agency</span> <span>The bridge in May</span></span></span>'
    found = article(text=f"<p>{picture} {PARAGRAPHS[0]}</p>" + "".join(f"<p>{text}</p>" for text in PARAGRAPHS[1:]))
    assert found.paragraphs == PARAGRAPHS
    assert [block.text for block in found.removed if block.label is Label.CAPTION] == [
        "© Photos/Agency The bridge in May"
    ]


def test_a_credit_without_a_mark_removes_no_paragraph() -> None:
    assert PARAGRAPHS[0] in article(text=TEXT.replace("<p>", "<p><small>© Photos/Agency</small> ", 1)).body


@pytest.mark.parametrize(
    "line",
    [
        "© Photos/Agency",
        "© 2024 The Agency. All rights reserved. This material may not be published, broadcast, rewritten or redistributed by anybody, be it in part or as a whole.",
    ],
)
def test_a_line_on_rights_is_still_set_aside(line: str) -> None:
    assert article(text=f"{TEXT}<p>{line}</p>").paragraphs == PARAGRAPHS


SENTENCES = tuple(f"{text[:-1]}, and number {n} of the drawings shows it." for n, text in enumerate(PARAGRAPHS))


def posts(sentences: tuple[str, ...]) -> str:
    post = '<div class="post-embed"><h2 class="post__title">{}</h2><figure><img src=a.jpg><figcaption>Photo: Agency</figcaption></figure></div>'
    return "".join(post.format(text) for text in sentences)


def test_sentences_in_the_headings_of_embedded_posts_are_the_text_where_there_is_no_other() -> None:
    assert article(text=posts(SENTENCES)).paragraphs == SENTENCES


def test_headings_of_other_articles_are_no_text_where_there_is_some() -> None:
    assert article(behind=posts(SENTENCES)).paragraphs == PARAGRAPHS


CONSENT = (
    "<p>We and our 743 partners store and access information on your device, such as cookies, and process personal data, such as unique identifiers, to measure content.</p>"
    "<p>With your permission we and our partners may use precise location data. You may click to consent to our processing as described above, or change your preferences.</p>"
    "<p>Strictly necessary cookies are required for the site to work and cannot be switched off. They are usually set in response to actions made by you in this browser.</p>"
)
STATEMENT = f"<div class=page><h1>{TITLE}</h1><div class=content><p>{PARAGRAPHS[0]}</p><p>Holders of permits will be told by letter what they get back.</p></div></div>"


@pytest.mark.parametrize(
    "dialog",
    [
        f'<div class="modal gdpr-dialog" role="dialog">{CONSENT}</div>',
        f'<div id="consent" class="overlay">{CONSENT}</div>',
        f'<div class="modal" aria-hidden="true">{CONSENT}</div>',
        f"<div hidden>{CONSENT}</div>",
        f'<div style="display: none">{CONSENT}</div>',
        f"<dialog aria-hidden=true>{CONSENT}</dialog>",
    ],
)
def test_a_short_text_beside_a_longer_dialog_or_hidden_box_is_the_text(dialog: str) -> None:
    for body in (f"{dialog}{STATEMENT}", f"{STATEMENT}{dialog}"):
        found = read(body).body
        assert PARAGRAPHS[0] in found
        assert "permission" not in found


def test_a_consent_dialog_alone_is_no_article() -> None:
    with pytest.raises(NotAnArticle):
        read(f'<div class="modal gdpr-dialog" role="dialog">{CONSENT}</div>')


@pytest.mark.parametrize(
    "box", ["<div hidden>", '<div style="display:none">', '<div class="article-body" style="display:none">']
)
def test_a_text_that_only_a_script_would_show_is_read(box: str) -> None:
    assert read(f"<h1>{TITLE}</h1>{box}{TEXT}</div>").paragraphs == PARAGRAPHS


def streamed(*rows: str) -> str:
    whole = "\n".join(f"{n:x}:{row}" for n, row in enumerate(rows, 3)) + "\n"
    cuts = range(0, len(whole), 300)  # the stream is cut anywhere
    scripts = (f"<script>self.__next_f.push([1,{json.dumps(whole[at : at + 300])}])</script>" for at in cuts)
    return f"<h1>{TITLE}</h1><main><p>Loading...</p></main>{''.join(scripts)}"


def test_a_text_in_streamed_parts_of_a_script_is_read() -> None:
    rows = (json.dumps(["$", "p", None, {"className": "body", "children": text}]) for text in PARAGRAPHS)
    assert read(streamed(*rows), f"<title>{TITLE}</title>").paragraphs == PARAGRAPHS


def test_a_text_in_the_properties_of_a_streamed_component_is_read() -> None:
    rows = json.dumps(["$", "$L5", None, {"article": {"title": TITLE, "body": TEXT}}])
    assert read(streamed(rows), f"<title>{TITLE}</title>").paragraphs == PARAGRAPHS


@pytest.mark.parametrize(
    "line", ["Loading...", "Loading…", "Please wait …", "Artikel wird geladen", "Chargement en cours…", "読み込み中"]
)
def test_a_page_that_is_still_loading_has_no_text(line: str) -> None:
    with pytest.raises(NotAnArticle):
        read(
            f"<h1>{TITLE}</h1><main><p>{line}</p></main>",
            '<meta property="article:published_time" content="2024-03-05T08:00:00Z">',
        )


@pytest.mark.parametrize(
    "note",
    [
        "When you purchase through links on our site, we may earn an affiliate commission. Here’s how it works.",
        "This article contains affiliate links; if you click such a link and make a purchase we may earn a commission.",
        "As an Amazon Associate, we earn from qualifying purchases made through links.",
        "Dieser Artikel enthält Affiliate-Links. Wenn Sie darüber einkaufen, erhalten wir eine Provision.",
        "Die mit * gekennzeichneten Links sind Affiliate-Links. Kaufst du darüber ein, bekommen wir eine kleine Provision.",
        "Cet article contient des liens affiliés : nous pouvons percevoir une commission sur vos achats.",
        "Este artículo contiene enlaces de afiliados, por los que podemos recibir una comisión.",
    ],
)
def test_a_note_on_earnings_by_links_is_set_aside(note: str) -> None:
    assert article(text=f"<p>{note}</p>{TEXT}").paragraphs == PARAGRAPHS


@pytest.mark.parametrize(
    "report",
    [
        "The commission links the closure of the bridge to a crack in the pier, and has asked the county for money.",
        "Outlets earn a commission by affiliate links in their guides, which readers hardly notice, a study of 40 sites found.",
        "“We earn a commission when you buy through our links,” the shop wrote below its guide to bridges.",
        "The owner of the agency said we get no commission from partner links on the page.",
        "No affiliate links and no paid promotion: I have used each of these tools on the bridge for more than a year.",
        "We ask the commission of the county to purchase the bridge, and our members will meet again to get an answer from it.",
    ],
)
def test_a_report_on_earnings_by_links_stays(report: str) -> None:
    assert report in article(text=f"{TEXT}<p>{report}</p>").body
