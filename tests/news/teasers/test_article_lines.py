"""Headline, lead, date, byline, caption and notes on the author: each rule that removes has a twin that keeps."""

# ruff: noqa: E501 (sentences and markup stay whole)

import pytest

from news.article import Block, Label
from news.teasers import remove_teasers
from tests.news.teasers.blocks import MORE, PROSE, article, paragraphs_left


def test_the_headline_again_is_a_headline_and_what_stands_between_is_the_lead() -> None:
    cleaned = remove_teasers(
        article("A bridge is mended", PROSE, "a bridge is mended", MORE, headline="A bridge is mended")
    )

    assert (cleaned.lead, cleaned.paragraphs) == (PROSE, (MORE,))
    assert [block.label for block in cleaned.blocks] == [Label.HEADLINE, Label.LEAD, Label.HEADLINE, Label.BODY]


def test_a_sentence_with_the_headlines_words_stays() -> None:
    assert paragraphs_left(PROSE, "A bridge is mended, they said, and that was that.", headline="A bridge is mended")[
        1:
    ]


def test_the_lead_once_more_goes_and_a_lead_that_is_all_there_is_stays() -> None:
    lead = Block(PROSE, Label.LEAD, "called a lead")

    assert paragraphs_left(lead, PROSE, MORE) == (MORE,)
    assert paragraphs_left(lead, PROSE) == (PROSE,)


def test_a_date_above_the_text_goes() -> None:
    assert paragraphs_left("5 March 2024, 10:15", PROSE) == (PROSE,)


def test_a_sentence_with_a_date_above_the_text_stays() -> None:
    assert paragraphs_left("On 5 March 2024 the bridge fell.", PROSE) == ("On 5 March 2024 the bridge fell.", PROSE)


@pytest.mark.parametrize(
    "line",
    ["By Jane Miller", "JANE MILLER, Staff Writer", "Von Jane Miller und Ed Ito", "Photos and story by Jane Miller"],
)
def test_a_line_above_the_text_that_names_the_authors_is_a_byline(line: str) -> None:
    authors = ("JANE MILLER" if line.isupper() or line.startswith("JANE") else "Jane Miller", "Ed Ito")

    assert paragraphs_left(line, PROSE, MORE, authors=authors) == (PROSE, MORE)


@pytest.mark.parametrize(
    "line",
    ["Jane Miller:", "Who is Jane Miller?", "“I am Jane Miller”", "Jane Miller took the first boat to the island"],
)
def test_a_line_that_says_more_of_an_author_stays(line: str) -> None:
    assert paragraphs_left(line, PROSE, MORE, authors=("Jane Miller",)) == (line, PROSE, MORE)


@pytest.mark.parametrize(
    "line",
    [
        "The bridge in May. Credit: Jane Miller",
        "Photo credit: Jane Miller/Agency",
        "Nobody crosses it now. Foto: dpa",
        "The bridge in May (Image: Getty)",
        "The mayor crosses it (AP Photo/Jane Miller)",
        "The river at noon (Jane Miller/Getty Images)",
    ],
)
def test_a_line_that_ends_in_a_credit_is_a_caption(line: str) -> None:
    cleaned = remove_teasers(article(PROSE, line, MORE))

    assert cleaned.paragraphs == (PROSE, MORE)


@pytest.mark.parametrize(
    "line",
    [
        "He gave her the credit: it was her bridge.",
        "The town had no credit. The bank gave it none.",
        "It was one photo: hers.",
        "She called it a picture of the bridge (and of the river)",
        "The town has not heard of it since, he said. (dpa)",
    ],
)
def test_a_sentence_about_credit_stays(line: str) -> None:
    assert paragraphs_left(PROSE, line, MORE) == (PROSE, line, MORE)


def test_an_authors_name_alone_and_a_note_that_begins_with_the_first_name_go_below_the_text() -> None:
    assert paragraphs_left(PROSE, MORE, "Jane Miller", "Jane is a farmer at the river.", authors=("Jane Miller",)) == (
        PROSE,
        MORE,
    )
    assert paragraphs_left(PROSE, "Jane Miller", MORE, "Janet is a farmer.", authors=("Jane Miller",))[-2:] == (
        MORE,
        "Janet is a farmer.",
    )


def test_a_note_on_the_author_goes_above_the_text_and_with_an_address_too() -> None:
    note, mail = (
        "Jane Miller is our reporter at the river.",
        "Jane Miller: jane@outlet.example; she writes about bridges.",
    )

    assert paragraphs_left(note, *[PROSE] * 4, MORE, mail, authors=("Jane Miller",)) == (*[PROSE] * 4, MORE)
    assert paragraphs_left(note, *[PROSE] * 4, authors=("Ed Ito",))[0] == note
    assert (
        paragraphs_left("Jane was first to cross.", *[PROSE] * 4, authors=("Jane Miller",))[0]
        == "Jane was first to cross."
    )


def test_a_note_on_the_author_below_the_text_goes() -> None:
    assert paragraphs_left(PROSE, MORE, "Jane Miller is our bridge reporter.", authors=("Jane Miller",)) == (
        PROSE,
        MORE,
    )


def test_a_sentence_about_another_person_below_the_text_stays() -> None:
    assert paragraphs_left(PROSE, MORE, "Joan Miller is the mayor.", authors=("Jane Miller",))[2:] == (
        "Joan Miller is the mayor.",
    )


@pytest.mark.parametrize(
    "line",
    ["Jane Miller contributed to this report.", "Reuters and Joe van Dyke contributed reporting from Leeds.", "Contributing: Jane Miller, Joe van Dyke",
     "Jane Miller can be reached at jane.miller@outlet.example.", "Includes information from the news agency"],
)  # fmt: skip
def test_who_else_worked_on_it_goes_below_the_text(line: str) -> None:
    cleaned = remove_teasers(article(PROSE, MORE, line))

    assert cleaned.paragraphs == (PROSE, MORE)
    assert cleaned.removed[0].label is Label.BYLINE


@pytest.mark.parametrize(
    "line",
    ["The rain contributed to the fall of the bridge, the engineers said.", "“She contributed to this report,” the mayor said.",
     "The office can be reached at noon, the mayor said.", "Contributing factors were the rain. The bridge was old."],
)  # fmt: skip
def test_what_contributed_to_the_event_stays(line: str) -> None:
    assert paragraphs_left(PROSE, MORE, line) == (PROSE, MORE, line)
