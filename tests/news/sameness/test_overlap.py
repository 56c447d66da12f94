from hypothesis import given
from hypothesis import strategies as st

from news.sameness.normal_forms import Compared
from news.sameness.overlap import compare
from tests.texts import headline, paragraphs, text

TEXTS = st.text(alphabet='ab \n"“”«»12.é', max_size=200)


def read(body: str, title: str = "Zug bei Linz entgleist") -> Compared:
    return Compared.of(title, body)


def test_words_in_quotation_marks_do_not_count_as_the_outlets_own() -> None:
    quotation = "„" + " ".join(paragraphs(3)[1].split()) + "“"
    one, other = read(f"{text(1)}\n\n{quotation}"), read(f"{text(2)}\n\n{quotation}")
    overlap = compare(one, other)

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
    one, other = read(text(1)), read(text(1))

    assert compare(one, other, b"\1" * len(one.words)).words == 0


def test_numbers_filled_in_between_the_same_words_are_counted() -> None:
    form = "Die Temperatur liegt am Morgen in allen Orten bei {} Grad und am Abend überall bei {} Grad im Schatten."
    overlap = compare(read(form.format(3, 11)), read(form.format(5, 14)))

    assert (overlap.numbers_kept, overlap.numbers_changed) == (0, 2)


def test_numbers_filled_in_between_lines_of_boilerplate_are_counted_as_well() -> None:
    form = "Die Temperatur liegt am Morgen in allen Orten bei {} Grad und am Abend überall bei {} Grad im Schatten."
    one, other = read(form.format(3, 11)), read(form.format(5, 14))

    assert compare(one, other, b"\1" * 10 + b"\0" * (len(one.words) - 10)).numbers_changed == 2


def test_a_number_written_as_a_word_is_no_other_number() -> None:
    form = "Bei dem schweren Unfall auf der Autobahn sind am Morgen {} Menschen verletzt worden, wie die Polizei sagt."

    assert compare(read(form.format("3")), read(form.format("drei"))).numbers_changed == 0


def test_each_text_is_asked_for_the_others_headline() -> None:
    one, other = read(text(1), headline(1)), read(text(2), headline(1))
    overlap = compare(one, other)

    assert (overlap.headline, overlap.mentions, overlap.mentioned) == (1, 1, 1)
    assert compare(read(text(1), headline(1)), read(text(2), headline(2))).about < 0.3


def test_scripts_without_spaces_are_compared_by_characters() -> None:
    body = "東京で行われた会議で首相は新しい計画について説明し来年の春までに実施すると述べた"

    assert compare(read(body), read("これは別の記事です。" + body)).share > 0.9


@given(TEXTS, TEXTS)
def test_any_two_texts_can_be_compared(one: str, other: str) -> None:
    overlap = compare(read(one), read(other))

    assert 0 <= overlap.both <= overlap.share <= 1
    assert all(0 <= start < end <= len(read(one).words) for start, end in overlap.passages)
