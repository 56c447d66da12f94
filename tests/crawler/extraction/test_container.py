"""Pages in the markup of known systems that were once read wrongly, each with a twin that must stay the same."""

# ruff: noqa: E501 (sentences and markup stay whole)

import pytest

from crawler.extraction.page import read_page
from news.article import Article, Flag
from news.teasers import remove_teasers

TITLE = "Swing bridge to close for 18 months"
TEXTS = (
    "The council of Harrow Bay voted on Tuesday evening to close the old swing bridge for at least eighteen months, after engineers found cracks.",
    "Drivers will have to take the long way round through Millfield, which adds about twenty minutes to the trip, the road office said.",
    "“We looked at every option, and none of them was cheap,” said Maureen Tillerman, who chairs the works committee of the council.",
    "A temporary footbridge is to be put up by August. Its cost, put at 1.2 million, will be shared by the town and the county.",
)
OTHERS = (
    "Storm warning for the coast: what to know",
    "Mayor's brother charged over missing funds",
    "Five recipes for the last asparagus",
)
CAPTIONS = (
    "Workers look at the first of the two cracked girders on Monday morning.",
    "The bridge keeper’s house, empty since 1988, is to be used as an office.",
    "Children wave from the last bus that crossed the bridge on Tuesday night.",
    "A model of the footbridge that is to be put up by August.",
)


def read(body: str, url: str = "https://outlet.example/town/bridge") -> Article:
    return remove_teasers(read_page(f"<html lang=en><body>{body}</body></html>", url))


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def columns(*parts: str, name: str = "StoryBodyColumn") -> str:
    return "".join(f'<div class="css-1 {name}"><div>{part}</div></div>' for part in parts)


def test_a_short_text_that_an_advert_cuts_in_two_is_read_whole() -> None:
    cut = f"{columns(paragraphs(*TEXTS[:3]))}<div class=ad>Advertisement</div>{columns(paragraphs(TEXTS[3]))}"

    assert read(f"<article><h1>{TITLE}</h1><section>{cut}</section></article>").paragraphs == TEXTS


def test_boxes_called_like_a_short_text_that_lead_elsewhere_are_not_its_parts() -> None:
    cards = (f"<h3><a href=/x>{title}</a></h3><p>{title}, and what else they told us of it.</p>" for title in OTHERS)
    page = f"<main><h1>{TITLE}</h1>{columns(paragraphs(*TEXTS))}</main>{columns(*cards)}"

    assert read(page).paragraphs == TEXTS


@pytest.mark.parametrize(("rest", "stays"), [(", which did not happen.", True), ("", False)])
def test_a_sentence_that_is_mostly_a_link_stays_and_a_sentence_that_is_only_a_link_goes(rest: str, stays: bool) -> None:
    linked = f"<p><a href=/x>The council had promised repairs within a year, at no cost</a>{rest}"
    article = read(f"<article><h1>{TITLE}</h1>{paragraphs(*TEXTS[:2])}{linked}</p>{paragraphs(*TEXTS[2:])}</article>")

    assert any("had promised" in text for text in article.paragraphs) is stays


def test_a_linked_question_behind_a_pointer_goes() -> None:
    pointer = "<p>Tip: <a href=/x>Who had promised repairs within a year?</a></p>"

    assert read(f"<h1>{TITLE}</h1>{paragraphs(*TEXTS[:2])}{pointer}{paragraphs(*TEXTS[2:])}").paragraphs == TEXTS


def cards(titles: tuple[str, ...]) -> str:
    shown = (
        f"<div class=row><span><a href=/x>{title}</a></span><div class=sum>{title}, our reporter heard on the day from people who asked not to be named.</div></div>"
        for title in titles
    )
    return f"<div class=view>{''.join(shown)}</div>"


def test_first_sentences_below_linked_titles_are_not_taken_for_the_rest_of_the_text() -> None:
    page = f"<div><article><h1>{TITLE}</h1><div class=field>{paragraphs(*TEXTS)}</div></article>{cards(OTHERS)}</div>"

    assert read(page).paragraphs == TEXTS


def test_a_text_in_one_box_with_its_linked_titles_stays_whole() -> None:
    roundup = "".join(
        f"<p><b><a href=/x>{title}</a></b></p><p>{text}</p>" for title, text in zip(OTHERS, TEXTS, strict=False)
    )

    assert read(f"<article><h1>{TITLE}</h1><div>{roundup}</div></article>").paragraphs == TEXTS[:3]


def test_soft_hyphens_and_empty_lines_made_of_unseen_signs_are_left_out() -> None:
    article = read(
        f"<h1>Swing&shy;bridge</h1><p>\u200d</p><p>\ufeff</p>{paragraphs(*TEXTS).replace('engineers', 'engi&shy;neers')}"
    )

    assert article.paragraphs == TEXTS


def test_signs_that_persian_words_need_stay() -> None:
    text = "شورای شهر دوشنبه شب پس از سه ساعت بحث تصمیم گرفت پل قدیمی روی رودخانه را تعمیر کند و می\u200cخواهد کار را بهار آینده آغاز کند."

    assert read(f"<h1>{TITLE}</h1><p>{text}</p>").paragraphs == (text,)


def figure(inside: str) -> str:
    return f"<article><h1>{TITLE}</h1>{paragraphs(*TEXTS[:2])}<figure class=block>{inside}</figure>{paragraphs(*TEXTS[2:])}</article>"


def test_a_table_in_a_figure_is_text_and_a_pictures_words_are_not() -> None:
    table = "<table><tr><td>Vehicles a day in 2019</td><td>8,400</td></tr></table>"

    assert "8,400" in read(figure(f"{table}<figcaption>Counted in May</figcaption>")).paragraphs
    assert read(figure("<img src=/b.jpg><div>The bridge in May</div>")).paragraphs == TEXTS


def gallery(*captions: str) -> str:
    return "".join(
        f"<figure><img src=/{n}.jpg><figcaption>{text}</figcaption></figure>" for n, text in enumerate(captions)
    )


def test_the_captions_of_a_page_of_pictures_are_its_text() -> None:
    page = f"<article><h1>{TITLE}</h1><p>On Tuesday the last cars crossed. Our photographer was there.</p>{gallery(*CAPTIONS)}</article>"

    assert read(page).paragraphs[1:] == CAPTIONS


def test_captions_beside_a_text_and_those_of_other_articles_are_no_text() -> None:
    beside = f"<article><h1>{TITLE}</h1>{paragraphs(*TEXTS)}{gallery(*CAPTIONS)}</article>"
    below = f"<article><h1>{TITLE}</h1>{paragraphs(TEXTS[0])}<div class=related>{gallery(*CAPTIONS)}</div></article>"

    assert read(beside).paragraphs == TEXTS
    assert read(below).paragraphs == TEXTS[:1]


@pytest.mark.parametrize(("name", "stays"), [("related-links", False), ("text-block", True)])
def test_names_for_tests_of_the_site_say_what_a_box_is(name: str, stays: bool) -> None:
    box = f'<div class=css-9 data-testid="{name}"><p>Nobody had thought of the ferry before.</p></div>'

    article = read(f"<main><h1>{TITLE}</h1>{paragraphs(*TEXTS[:2])}{box}{paragraphs(*TEXTS[2:])}</main>")

    assert ("Nobody had thought of the ferry before." in article.paragraphs) is stays


def test_a_line_at_the_top_that_the_title_ends_with_is_the_headline() -> None:
    page = f"<title>Harrow Echo: {TITLE}</title><body><b>{TITLE}</b><br>By Jane Piper<br><br>{'<br><br>'.join(TEXTS)}"
    article = read_page(page, "https://outlet.example/a")

    assert article.headline == TITLE
    assert remove_teasers(article).paragraphs == TEXTS


def test_a_title_that_no_line_repeats_stays_whole() -> None:
    page = f"<title>Harrow Bay: {TITLE}</title><body><b>The town today</b><br>{'<br><br>'.join(TEXTS)}"

    assert read_page(page, "https://outlet.example/a").headline == f"Harrow Bay: {TITLE}"


@pytest.mark.parametrize(
    ("following", "partial"),
    [("/a/story.html?page=2", True), ("/a/story.html?ref=2", False), ("/a/other.html?page=2", False)],
)
def test_a_second_page_named_by_a_query_is_seen(following: str, partial: bool) -> None:
    article = read(
        f"<link rel=next href={following}><h1>{TITLE}</h1>{paragraphs(*TEXTS)}", "https://outlet.example/a/story.html"
    )

    assert (Flag.PARTIAL in article.flags) is partial
