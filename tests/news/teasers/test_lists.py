"""Lists of other articles: each rule that removes has a twin that keeps."""

# ruff: noqa: E501 (sentences and markup stay whole)

import pytest

from news.article import Block, Label
from news.teasers import remove_teasers
from tests.news.teasers.blocks import MORE, PROSE, article, heading, linked, paragraphs_left


def test_sidebar_is_cut_and_kept_as_evidence() -> None:
    cleaned = remove_teasers(article(PROSE, "OTHER NEWS", "3 hrs ago", "Cola trick", "3 hrs ago", "Goat wins prize"))

    assert cleaned.paragraphs == (PROSE,)
    assert [block.text for block in cleaned.removed] == [
        "OTHER NEWS",
        "3 hrs ago",
        "Cola trick",
        "3 hrs ago",
        "Goat wins prize",
    ]
    assert all(block.rule and 0 < block.score <= 1 for block in cleaned.removed)


@pytest.mark.parametrize(
    "sentence", ["In other news he said nothing.", "Other news had to wait until the evening, the editor said."]
)
def test_sidebar_heading_inside_a_sentence_stays(sentence: str) -> None:
    body = article(sentence, PROSE)

    assert remove_teasers(body) == body


@pytest.mark.parametrize(
    "age", ["3 hrs ago", "vor 3 Std.", "il y a 3 heures", "hace 3 horas", "3 ore fa", "3 uur geleden", "há 3 horas", "3時間前", "3小时前",
            "3시간 전", "för 3 timmar sedan", "منذ 3 ساعات", "3 giờ trước", "3 ชั่วโมงที่แล้ว", "לפני 3 שעות", "3 घंटे पहले", "3 години тому"],
)  # fmt: skip
def test_titles_under_ages_are_a_list_in_any_language(age: str) -> None:
    assert paragraphs_left(PROSE, age, "Goat wins prize", age, "Bridge still closed", age, "Will it rain?") == (PROSE,)


def test_titles_and_ages_in_one_block_are_a_list() -> None:
    assert paragraphs_left(PROSE, *(f"{n} hrs ago A title of some other article" for n in (1, 2, 3))) == (PROSE,)


def test_a_live_blog_whose_entries_are_paragraphs_stays() -> None:
    assert paragraphs_left("3 hrs ago", PROSE * 2, "2 hrs ago", MORE * 2, "1 hr ago", PROSE * 2) == (
        PROSE * 2,
        MORE * 2,
        PROSE * 2,
    )


def test_a_sentence_that_says_how_long_ago_stays() -> None:
    sentences = (
        PROSE,
        "The first bridge was built 300 years ago by the monks.",
        "It burnt down 3 hours ago, the fire brigade said.",
    )

    assert paragraphs_left(*sentences) == sentences


def test_a_timeline_of_sentences_stays_and_a_list_of_titles_goes() -> None:
    sentences = (
        "3 hours ago the first cracks were seen.",
        "2 hours ago police closed the road.",
        "1 hour ago divers came.",
    )
    titles = ("3 hours ago Cola trick", "2 hours ago Goat wins prize", "1 hour ago Will it rain?")

    assert paragraphs_left(PROSE, *sentences, MORE) == (PROSE, *sentences, MORE)
    assert paragraphs_left(PROSE, *titles, MORE) == (PROSE, MORE)


def test_titles_below_a_list_heading_go_until_the_text_goes_on() -> None:
    assert paragraphs_left(PROSE, "Lesen Sie auch", linked("Ein anderer Titel"), "Noch ein Titel ohne Punkt", MORE) == (
        PROSE,
        MORE,
    )


def test_a_subheading_of_the_text_stays() -> None:
    assert paragraphs_left(PROSE, heading("The long way to the bridge"), MORE) == (
        PROSE,
        "The long way to the bridge",
        MORE,
    )


def test_a_heading_among_the_titles_that_has_text_below_it_stays() -> None:
    heading, head = Block("Latest news", tag="h2"), Block("How the bridge was built", tag="h2")

    assert paragraphs_left(PROSE, heading, "Goat wins prize", head, MORE) == (PROSE, head.text, MORE)


def test_a_sentence_that_ends_in_a_colon_ends_a_list_of_titles() -> None:
    opening = "These are the parts of the bridge that the council wants to have repaired first:"

    assert paragraphs_left(PROSE, heading("More information"), linked("A title that is a link"), opening, MORE) == (
        PROSE,
        opening,
        MORE,
    )


def boxed(text: str, hints: str) -> Block:
    return Block(text, tag="div", hints=hints)


def titled(text: str) -> Block:
    return Block(text, Label.RELATED, "only_a_link", tag="h3", link_share=1.0)


CARDS = tuple(
    block for n in range(5) for block in (titled(f"The {n}th bridge of the town falls"), boxed(f"Nobody was hurt at bridge {n}, the mayor said on Monday.", "card-text"))
)  # fmt: skip


def test_first_sentences_of_other_articles_below_linked_titles_go() -> None:
    assert paragraphs_left(PROSE, MORE, *CARDS) == (PROSE, MORE)


def test_the_parts_of_a_text_below_linked_titles_stay() -> None:
    parts = tuple(boxed(block.text, "text") if block.label is Label.BODY else block for block in CARDS)

    assert len(paragraphs_left(boxed(PROSE, "text"), *parts)) == 6
