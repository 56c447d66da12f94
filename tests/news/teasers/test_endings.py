"""The end of the text, and what stands below it: each rule that removes has a twin that keeps."""

# ruff: noqa: E501 (sentences and markup stay whole)

import pytest

from news.article import Article, Block, Label
from news.teasers import remove_teasers
from tests.news.teasers.blocks import MORE, PROSE, URL, heading, linked, paragraphs_left


def test_a_line_that_announces_what_is_shown_below_the_text_stays() -> None:
    line = "This is how the neighbours took the news of the bridge:"

    assert paragraphs_left(PROSE, MORE, line) == (PROSE, MORE, line)
    assert paragraphs_left(PROSE, MORE, "Share this:") == (PROSE, MORE)


def test_titles_after_the_text_has_ended_go() -> None:
    assert paragraphs_left(PROSE, "Goat wins prize", "Mayor to leave in autumn", "Where to swim this summer") == (
        PROSE,
    )


def test_a_list_that_ends_the_text_stays() -> None:
    items = tuple(
        Block(text, tag=tag) for text, tag in (("two bridges", "li"), ("one ferry", "ul"), ("no tunnel", "ol"))
    )

    assert paragraphs_left("The town has:", PROSE, *items) == (
        "The town has:",
        PROSE,
        "two bridges",
        "one ferry",
        "no tunnel",
    )


@pytest.mark.parametrize(
    "lines",
    [
        ("1. Smith (Harrow) 2:14", "2. Jones (Millfield) 2:15", "3. Brown 2:16"),
        ("• Smith (Harrow)", "• Jones (Millfield)", "• Brown"),
        ("The committee has three members:", "Maureen Tillerman", "Ashok Patel", "Lena Fors"),
        ("Oh, the bridge is falling down", "Falling down, falling down", "Oh, the bridge is falling down", "My fair lady"),
        ("Roses are red,", "violets are blue,", "the bridge is shut,", "and so are you"),
    ],
)  # fmt: skip
def test_lists_and_verses_at_the_end_of_a_text_stay(lines: tuple[str, ...]) -> None:
    assert paragraphs_left(PROSE, MORE, *lines) == (PROSE, MORE, *lines)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_titles_at_the_end_of_a_text_go_numbered_ones_too_when_they_are_links(share: float) -> None:
    number = ("1. ", "2. ", "3. ") if share else ("", "", "")
    titles = (
        f"{n}{title}" for n, title in zip(number, ("Goat wins prize", "Bridge shut", "Will it rain"), strict=True)
    )

    assert paragraphs_left(PROSE, MORE, *(Block(title, link_share=share) for title in titles)) == (
        PROSE,
        MORE,
    )


def test_dates_of_other_articles_at_the_end_are_no_numbered_list() -> None:
    assert paragraphs_left(PROSE, MORE, "27. Mai 2020", "5. Februar 2020", "24. Juni 2020") == (PROSE, MORE)


def test_a_quotation_of_short_lines_at_the_end_stays() -> None:
    assert paragraphs_left(PROSE, Block("Roses are red", tag="blockquote"))[-1] == "Roses are red"


def test_the_end_of_a_quotation_ends_the_text() -> None:
    end = "That is how it was with the bridge of our town»"

    assert paragraphs_left(PROSE, end) == (PROSE, end)


def test_a_quoted_title_after_the_text_goes() -> None:
    assert paragraphs_left(PROSE, "“The bridge is not for me and never was”, mayor says») - read it here")[0] == PROSE
    assert paragraphs_left(PROSE, "Mayor: «The bridge is not for me, and never was»") == (PROSE,)


@pytest.mark.parametrize(
    "end",
    [
        "We felt like heroes, and that is what counts 😉",
        "We felt like heroes, and that is what counts :-)",
        "We crossed it in the end! (Our reporters)",
        "正是有了英勇的你们，才有这座英雄的城，才有这座英雄的桥！（评论员 罗博 萧海川）",
    ],
)
def test_a_smile_or_the_writers_in_brackets_end_the_text(end: str) -> None:
    assert paragraphs_left(PROSE, end) == (PROSE, end)


def test_a_title_with_something_in_brackets_after_the_text_goes() -> None:
    assert paragraphs_left(PROSE, "The bridge as nobody has seen it before (video)") == (PROSE,)
    assert paragraphs_left(PROSE, "Share 😉") == (PROSE,)


def test_the_end_of_a_letter_stays_and_titles_below_a_text_go() -> None:
    assert paragraphs_left(PROSE, MORE, "Sincerely,", "Harold Finch", "Millfield")[2:] == (
        "Sincerely,",
        "Harold Finch",
        "Millfield",
    )
    assert paragraphs_left(PROSE, MORE, "Storm, sun and rain", "Goat wins prize", "Bridge still closed") == (
        PROSE,
        MORE,
    )
    assert paragraphs_left(
        PROSE, MORE, linked("Sincerely,"), linked("Goat wins prize"), linked("Bridge still closed")
    ) == (
        PROSE,
        MORE,
    )


@pytest.mark.parametrize(
    "head",
    ["10 thoughts on “A bridge is mended”", "3 Comments", "124 Reader Comments", "Kommentare (12)", "Leave a Reply"],
)
def test_what_readers_wrote_goes(head: str) -> None:
    assert paragraphs_left(
        PROSE, MORE, heading(head), "I never liked the bridge at all, and nobody asked me.", MORE
    ) == (
        PROSE,
        MORE,
    )


def test_a_number_and_the_headline_head_what_readers_wrote_and_another_heading_with_a_number_does_not() -> None:
    blocks = [Block("A bridge is mended", Label.HEADLINE, tag="h1"), Block(PROSE), Block(MORE)]
    for head, left in (("6 thoughts on A bridge is mended", 2), ("6 thoughts on the bridge", 4)):
        page = Article(URL, "A bridge is mended", blocks=(*blocks, heading(head), Block(MORE)))
        assert len(remove_teasers(page).paragraphs) == left


@pytest.mark.parametrize(
    "head", ["3 comments that moved the council", "Comments from the mayor", "A comment: leave the bridge alone"]
)
def test_what_stands_below_a_heading_about_comments_stays(head: str) -> None:
    assert paragraphs_left(PROSE, MORE, heading(head), PROSE) == (PROSE, MORE, head, PROSE)
    assert paragraphs_left(heading("3 Comments"), PROSE, MORE)[-2:] == (PROSE, MORE)


def test_a_heading_of_what_was_set_aside_goes_with_it() -> None:
    related = Block("A title", Label.TEASER, "link")

    assert paragraphs_left(PROSE, heading("From the region"), related, heading("The end"), MORE) == (
        PROSE,
        "The end",
        MORE,
    )
