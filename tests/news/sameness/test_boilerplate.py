"""Each way in which memory removes a line has twins that keep it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.article import Article, Block, Label
from news.sameness.boilerplate import (
    HEADLINE,
    RECURS,
    RememberedPage,
    Sighting,
    is_rare,
    is_worth_keeping,
    line_key,
    may_recur,
    set_aside,
    tells_apart,
)

PROSE = "The council met on Monday evening and decided, after three hours of debate, to repair the old bridge."
MORE = "The works will take two years, the mayor said, and cost more than the town has set aside for its roads."
PROMO = "Das Wichtigste aus der Region, jeden Morgen frisch aus der Redaktion und ganz ohne Umwege zu Ihnen."
ELSEWHERE = (
    Sighting.of(1, "Goat wins village prize", (), ("Eva Berger",)),
    Sighting.of(2, "Cola trick amazes chemists", (), ("Jan Moser",)),
    Sighting.of(3, "Rain expected until Friday", (), ()),
    Sighting.of(4, "Kitchens burnt down again", (), ("Uwe Lang",)),
    Sighting.of(5, "Parliament counts itself", (), ("Ida Roth",)),
)


def page(
    *lines: str | Block,
    others: int | Sequence[Sighting] = 2,
    headline: str = "Old bridge repaired",
    authors: Sequence[str] = ("Max Huber",),
    **more: object,
) -> RememberedPage:
    """A page between two paragraphs of its own; each of the lines stood under so many other articles."""
    blocks = [Block(PROSE), *(Block(line) if isinstance(line, str) else line for line in lines), Block(MORE)]
    seen = ELSEWHERE[:others] if isinstance(others, int) else others
    article = Article("https://outlet.example/a", headline, blocks=tuple(blocks), authors=tuple(authors))
    own = Sighting.of(9, headline, (PROSE,), authors)
    known = {place: seen for place in range(1, len(blocks) - 1) if may_recur(blocks[place], own)}
    return RememberedPage(article, own, known, **more)  # type: ignore[arg-type]


def left(*lines: str | Block, **more: object) -> tuple[str, ...]:
    """Return the lines that stay."""
    return set_aside(page(*lines, **more)).paragraphs[1:-1]  # type: ignore[arg-type]


def test_line_that_recurs_under_two_other_articles_is_set_aside_as_evidence() -> None:
    (block,) = set_aside(page(PROMO)).removed

    assert (block.text, block.label, block.rule) == (PROMO, Label.OTHER, RECURS)
    assert 0.8 < block.score < 1


def test_line_of_one_other_article_stays() -> None:
    assert left(PROMO, others=1) == (PROMO,)


def test_line_of_the_same_article_at_other_addresses_stays() -> None:
    same = [Sighting.of(number, "Old  Bridge: repaired", (), ()) for number in range(1, 6)]

    assert left(PROMO, others=same) == (PROMO,)


def test_three_articles_without_a_headline_are_three() -> None:
    assert left(PROMO, others=[Sighting.of(1, None, (), ()), Sighting.of(2, None, (), ())]) == ()


def test_linked_line_that_recurs_is_related() -> None:
    (block,) = set_aside(page(Block("Das große Rätsel", link_share=1.0))).removed

    assert block.label is Label.RELATED


@pytest.mark.parametrize(
    "said",
    [
        "“We will repair this bridge and every other one, whatever it costs the town,” the mayor said.",
        "„Wir schaffen das“, sagte sie.",
        "'We shall not be moved,' said the driver.",
        "« Nous le ferons », a-t-il dit.",
        "— Nie wiem, co powiedzieć, odparł.",
        "「橋は直します」と市長は述べた。",
        'The mayor promised "to repair whatever can still be repaired" before spring.',
        Block("We will repair this bridge, and then the next one.", tag="blockquote"),
    ],
)
def test_quotation_stays_however_often_it_recurs(said: str | Block) -> None:
    assert len(left(said, others=5)) == 1


def test_name_in_quotation_marks_makes_no_quotation() -> None:
    assert left("Everything that matters, in the morning: our daily letter, the “Early Bird”, knows it.") == ()


def test_phrase_that_few_articles_have_stays() -> None:
    assert left("Verletzt wurde bei dem Vorfall niemand.", rare={1}) == ("Verletzt wurde bei dem Vorfall niemand.",)


@pytest.mark.parametrize(
    "line", [PROMO, "Abonnieren Sie jetzt unseren Newsletter!", Block("Das große Rätsel", link_share=1.0)]
)
def test_rare_line_that_speaks_to_the_reader_or_leads_on_goes(line: str | Block) -> None:
    assert left(line, rare={1}) == ()


def test_line_in_one_of_five_articles_is_not_rare() -> None:
    assert not is_rare(3, 15)
    assert is_rare(3, 16)


def test_refrain_stays() -> None:
    assert left("And the river runs on to the sea.", MORE, "And the river runs on to the sea.") == (
        "And the river runs on to the sea.",
        MORE,
        "And the river runs on to the sea.",
    )


def test_insert_that_comes_twice_under_many_articles_is_no_refrain() -> None:
    insert = "The story continues below this advertisement."

    assert left(insert, MORE, insert, others=5) == left(MORE, others=5) == ()


def test_sign_off_of_one_writer_stays() -> None:
    columns = [Sighting.of(number, f"Column number {'ABC'[number]}", (), ("Max Huber",)) for number in range(3)]

    assert left("Good night, and good luck to you all.", others=columns) == ("Good night, and good luck to you all.",)


def test_line_under_texts_of_several_writers_is_no_sign_off() -> None:
    assert left("Good night, and good luck to you all.") == ()


@pytest.mark.parametrize("name", ["dpa", "Redaktion"])
def test_agency_or_team_signs_off_nothing(name: str) -> None:
    same = [sighting._replace(authors=Sighting.of(1, "", (), (name,)).authors) for sighting in ELSEWHERE]

    assert left(PROMO, others=same, authors=(name,)) == ()


def test_background_in_all_articles_on_a_subject_stays() -> None:
    follow_ups = [
        Sighting.of(1, "Who pays for the bridge?", (), ()),
        Sighting.of(2, "The bridge and its enemies", (), ()),
    ]

    assert left("It was closed in March after a lorry had hit one of its pillars.", others=follow_ups) != ()


def test_paragraph_taken_over_from_one_report_to_the_next_stays() -> None:
    line = "Es war der dritte Unfall an dieser Stelle in diesem Jahr, und keiner der drei ist bisher aufgeklärt worden."
    first, second, third = (
        Sighting.of(number, headline, (opening,), ())
        for number, headline, opening in (
            (1, "Zug entgleist", "Ein Zug der Westbahn ist am Montag auf der Donaubrücke bei Steyregg entgleist."),
            (2, "Zahl der Opfer steigt", "Nach dem Unglück bei Steyregg sind Donaubrücke und Westbahn gesperrt."),
            (9, "Ermittler: Signal stand auf Rot", "Die Westbahn fuhr bei Steyregg bei Rot auf die Donaubrücke."),
        )
    )

    assert set_aside(replace(page(line, others=[first, second]), own=third)).paragraphs == (PROSE, line, MORE)


def test_line_with_which_all_articles_open_makes_them_no_reports_on_one_event() -> None:
    line = "Hören Sie diesen Artikel in der Talbote App mit der Stimme unserer Redaktion in Grünau, jeden Morgen neu."
    opening = Sighting.of(1, "", (line,), ()).names
    some = page(line, others=[sighting._replace(names=opening) for sighting in ELSEWHERE[:3]])

    assert set_aside(replace(some, own=some.own._replace(names=opening))).paragraphs == (PROSE, MORE)


def test_paragraph_that_names_the_subject_stays() -> None:
    text = "The old Bridge over the river was built in 1911 and has carried far more than was ever planned since."

    assert left(text) == (text,)


def test_promo_that_says_what_the_headline_says_in_passing_goes() -> None:
    assert left("Our letter has all from the region, what was repaired and what was not, every single morning.") == ()


@pytest.mark.parametrize("line", [Block("What we know", tag="h3"), "The background", "What is your greatest fault?"])
def test_line_that_announces_text_stays(line: str | Block) -> None:
    assert len(left(line)) == 1


def test_heading_of_what_is_set_aside_goes_with_it() -> None:
    assert left(Block("Our newsletter", tag="h3"), PROMO) == ()


def test_heading_of_what_was_set_aside_before_goes_with_it() -> None:
    assert left(Block("Read this too", tag="h3"), Block("Goat wins prize", Label.TEASER)) == ()


@pytest.mark.parametrize("line", ["Yes.", "Why not?", "Nein."])
def test_short_reply_stays(line: str) -> None:
    assert left(line) == (line,)


def test_cell_of_a_table_stays() -> None:
    assert left(Block("The price in dollars", tag="td")) == ("The price in dollars",)


def test_item_between_items_of_the_articles_own_stays() -> None:
    recipe = [Block("Two fresh eggs", tag="li"), Block("Salt and pepper", tag="li"), Block("A leek", tag="li")]
    some = page(*recipe, others=0)
    some = RememberedPage(some.article, some.own, {1: (), 2: ELSEWHERE, 3: ()})

    assert set_aside(some) is some.article


def test_list_that_recurs_as_a_whole_goes() -> None:
    offers = [Block("All articles without limits.", tag="li"), Block("To be ended at any time.", tag="li")]

    assert left(*offers) == ()


def test_page_of_which_nothing_would_be_left_stays_whole() -> None:
    wall = RememberedPage(
        Article("https://outlet.example/a", "Old bridge repaired", blocks=(Block(PROSE), Block(PROMO))),
        Sighting.of(9, "Old bridge repaired", (), ()),
        {0: ELSEWHERE, 1: ELSEWHERE},
    )

    assert set_aside(wall) is wall.article


def test_line_that_the_archived_text_has_stays() -> None:
    assert left(PROMO, settled={1}) == (PROMO,)


def test_link_that_is_the_headline_of_another_article_is_a_teaser() -> None:
    (block,) = set_aside(page(Block("Goat wins village prize", link_share=1.0), others=0, headlines={1})).removed

    assert (block.label, block.rule) == (Label.TEASER, HEADLINE)


@pytest.mark.parametrize(
    "block",
    [
        Block("Goat wins village prize", tag="h3"),
        Block("Goat wins village prize", link_share=0.2),
        Block("Kommentar", link_share=1.0),
        Block("Old bridge repaired", link_share=1.0),
    ],
)
def test_other_lines_that_are_headlines_stay(block: Block) -> None:
    assert left(block, others=0, headlines={1}) == (block.text,)


def test_nothing_known_changes_nothing() -> None:
    unknown = page(PROMO, others=0)

    assert set_aside(unknown) is unknown.article


def test_few_articles_are_kept_of_a_line() -> None:
    assert is_worth_keeping(ELSEWHERE[2], ELSEWHERE[:2])
    assert not is_worth_keeping(ELSEWHERE[0], ELSEWHERE[:1])
    assert not is_worth_keeping(ELSEWHERE[3], ELSEWHERE[:3])


def test_of_a_sign_off_articles_are_kept_until_another_writer_has_it() -> None:
    column = [Sighting.of(number, None, (), ("Max Huber",)) for number in range(20)]

    assert is_worth_keeping(column[5], column[:5])
    assert not is_worth_keeping(column[12], column[:12])
    assert is_worth_keeping(ELSEWHERE[0]._replace(article=99), column[:12])


@given(st.text(), st.integers(min_value=1))
def test_keys_fit_beside_the_period(text: str, outlet_id: int) -> None:
    assert 0 <= line_key(outlet_id, text) < 1 << 51
    assert line_key(outlet_id, text) != line_key(outlet_id, f"{text}a")


def test_outlets_have_keys_of_their_own() -> None:
    assert len({line_key(outlet_id, PROMO) for outlet_id in (None, 1, 2)}) == 3


@pytest.mark.parametrize(("headline", "tells"), [("kommentar", False), ("", False), ("橋の修理が始まる", True)])
def test_short_headlines_stand_for_no_article(headline: str, tells: bool) -> None:
    assert tells_apart(headline) is tells
