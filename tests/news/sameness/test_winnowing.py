import random

from hypothesis import given
from hypothesis import strategies as st

from news.sameness.overlap import (
    MOST,
    SEQUENCE,
    SEQUENCES_IN_WINDOW,
    fingerprints,
    headline_fingerprints,
    standing_words,
)
from tests.texts import word

WORDS = st.lists(st.text(st.characters(categories=("L", "N")), min_size=1, max_size=6), max_size=60)


def some_words(seed: int, number: int) -> list[str]:
    chance = random.Random(seed)
    return [word(chance) for _ in range(number)]


@given(st.integers(0, 500), st.integers(0, 40), st.integers(0, 40))
def test_passage_in_common_is_always_noticed(seed: int, before: int, after: int) -> None:
    passage = some_words(seed, SEQUENCES_IN_WINDOW + SEQUENCE - 1)
    one = some_words(seed + 1000, before) + passage + some_words(seed + 2000, 30)
    other = some_words(seed + 3000, 30) + passage + some_words(seed + 4000, after)

    assert fingerprints(one).keys() & fingerprints(other).keys()


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

    assert len(standing_words(chosen, frozenset(list(chosen)[:number]), len(words))) == len(words)


def test_a_passage_of_boilerplate_is_marked_and_what_stands_beside_it_is_not() -> None:
    own, notice = some_words(1, 60), some_words(2, 60)
    mask = standing_words(fingerprints(own + notice), frozenset(fingerprints(notice)), 120)

    assert sum(mask[75:105]) == 30
    assert sum(mask[:50]) == 0


def test_headline_with_a_word_put_in_has_a_fingerprint_of_the_one_without() -> None:
    heading = ["zug", "entgle", "linz", "elf", "verlet", "streck", "gesper"]
    one, other = headline_fingerprints(heading), headline_fingerprints(["update", *heading])

    assert len(one) == 3
    assert set(one) & set(other)


def test_headline_is_known_by_its_order_and_only_with_enough_words() -> None:
    heading = ["zug", "entgle", "linz", "elf"]

    assert not set(headline_fingerprints(heading)) & set(headline_fingerprints(heading[::-1]))
    assert headline_fingerprints(heading[:3]) == []
