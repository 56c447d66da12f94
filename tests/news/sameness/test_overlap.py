import random

from hypothesis import given
from hypothesis import strategies as st

from news.sameness.normal_forms import Compared
from news.sameness.overlap import (
    MOST,
    SEQUENCE,
    SEQUENCES_IN_WINDOW,
    boilerplate_words,
    compare,
    fingerprints,
    headline_fingerprints,
)
from tests.texts import headline, paragraphs, text, word

TEXTS = st.text(alphabet='ab \n"“”«»12.é', max_size=200)


def read(body: str, title: str = "Zug bei Linz entgleist") -> Compared:
    return Compared.of(title, body)


def test_words_in_quotation_marks_do_not_count_as_the_outlets_own() -> None:
    quotation = "„" + " ".join(paragraphs(3)[1].split()) + "“"
    first, second = read(f"{text(1)}\n\n{quotation}"), read(f"{text(2)}\n\n{quotation}")
    overlap = compare(first, second)

    assert overlap.words == 0
    assert overlap.quoted > 30


def test_words_without_quotation_marks_count() -> None:
    overlap = compare(read(f"{text(1)}\n\n{paragraphs(3)[1]}"), read(f"{text(2)}\n\n{paragraphs(3)[1]}"))

    assert overlap.words > 30
    assert overlap.quoted == 0


def test_a_name_in_quotation_marks_is_no_quotation() -> None:
    assert read("Der „Spiegel“ schreibt das.").quoted_words == 0


def test_share_is_of_the_text_of_which_it_is_more() -> None:
    overlap = compare(read(text(1)), read("\n\n".join(paragraphs(1)[:2])))

    assert overlap.share > 0.99
    assert 0.2 < overlap.both < 0.3


def test_boilerplate_of_the_first_text_counts_for_neither() -> None:
    first, second = read(text(1)), read(text(1))

    assert compare(first, second, b"\1" * len(first.words)).words == 0


def test_numbers_filled_in_between_the_same_words_are_counted() -> None:
    form = "Die Temperatur liegt am Morgen in allen Orten bei {} Grad und am Abend überall bei {} Grad im Schatten."
    overlap = compare(read(form.format(3, 11)), read(form.format(5, 14)))

    assert (overlap.numbers_kept, overlap.numbers_changed) == (0, 2)


def test_numbers_filled_in_between_lines_of_boilerplate_are_counted_as_well() -> None:
    form = "Die Temperatur liegt am Morgen in allen Orten bei {} Grad und am Abend überall bei {} Grad im Schatten."
    first, second = read(form.format(3, 11)), read(form.format(5, 14))

    assert compare(first, second, b"\1" * 10 + b"\0" * (len(first.words) - 10)).numbers_changed == 2


def test_a_number_written_as_a_word_is_no_other_number() -> None:
    form = "Bei dem schweren Unfall auf der Autobahn sind am Morgen {} Menschen verletzt worden, wie die Polizei sagt."

    assert compare(read(form.format("3")), read(form.format("drei"))).numbers_changed == 0


def test_each_text_is_asked_for_the_others_headline() -> None:
    first, second = read(text(1), headline(1)), read(text(2), headline(1))
    overlap = compare(first, second)

    assert (overlap.headline, overlap.mentions, overlap.mentioned) == (1, 1, 1)
    assert compare(read(text(1), headline(1)), read(text(2), headline(2))).about < 0.3


def test_scripts_without_spaces_are_compared_by_characters() -> None:
    body = "東京で行われた会議で首相は新しい計画について説明し来年の春までに実施すると述べた"

    assert compare(read(body), read("これは別の記事です。" + body)).share > 0.9


@given(TEXTS, TEXTS)
def test_any_two_texts_can_be_compared(first: str, second: str) -> None:
    overlap = compare(read(first), read(second))

    assert 0 <= overlap.both <= overlap.share <= 1
    assert all(0 <= start < end <= len(read(first).words) for start, end in overlap.passages)


WORDS = st.lists(st.text(st.characters(categories=("L", "N")), min_size=1, max_size=6), max_size=60)


def some_words(seed: int, number: int) -> list[str]:
    chance = random.Random(seed)
    return [word(chance) for _ in range(number)]


@given(st.integers(0, 500), st.integers(0, 40), st.integers(0, 40))
def test_passage_in_common_is_always_noticed(seed: int, before: int, after: int) -> None:
    passage = some_words(seed, SEQUENCES_IN_WINDOW + SEQUENCE - 1)
    first = some_words(seed + 1000, before) + passage + some_words(seed + 2000, 30)
    second = some_words(seed + 3000, 30) + passage + some_words(seed + 4000, after)

    assert fingerprints(first).keys() & fingerprints(second).keys()


def test_texts_without_a_passage_in_common_share_nothing() -> None:
    assert not fingerprints(some_words(1, 500)).keys() & fingerprints(some_words(2, 500)).keys()


def test_about_twelve_of_a_hundred_words_are_chosen_and_never_very_many() -> None:
    assert 90 <= len(fingerprints(some_words(1, 1000))) <= 150
    assert len(fingerprints(some_words(1, 20_000))) == MOST


def test_fingerprints_are_the_same_in_every_process() -> None:
    assert fingerprints(["der", "zug", "ist", "entgleist"]) == {2049455744: 0}


@given(WORDS)
def test_a_sequence_has_one_fingerprint_wherever_it_stands(words: list[str]) -> None:
    for value, place in fingerprints(words).items():
        assert fingerprints(words[place : place + SEQUENCE]) == {value: 0}


@given(WORDS)
def test_any_words_have_fingerprints_at_their_places(words: list[str]) -> None:
    chosen = fingerprints(words)

    assert bool(chosen) == (len(words) >= SEQUENCE)
    assert all(0 <= value < 2**32 and 0 <= place <= len(words) - SEQUENCE for value, place in chosen.items())


@given(WORDS, st.integers(0, 10))
def test_boilerplate_is_marked_word_by_word(words: list[str], number: int) -> None:
    chosen = fingerprints(words)

    assert len(boilerplate_words(chosen, frozenset(list(chosen)[:number]), len(words))) == len(words)


def test_a_passage_of_boilerplate_is_marked_and_what_stands_beside_it_is_not() -> None:
    own, notice = some_words(1, 60), some_words(2, 60)
    mask = boilerplate_words(fingerprints(own + notice), frozenset(fingerprints(notice)), 120)

    assert sum(mask[75:105]) == 30
    assert sum(mask[:50]) == 0


def test_headline_with_a_word_put_in_has_a_fingerprint_of_the_one_without() -> None:
    heading = ["zug", "entgle", "linz", "elf", "verlet", "streck", "gesper"]
    first, second = headline_fingerprints(heading), headline_fingerprints(["update", *heading])

    assert len(first) == 3
    assert set(first) & set(second)


def test_headline_is_recognised_by_its_order_and_only_with_enough_words() -> None:
    heading = ["zug", "entgle", "linz", "elf"]

    assert not set(headline_fingerprints(heading)) & set(headline_fingerprints(heading[::-1]))
    assert headline_fingerprints(heading[:3]) == []
