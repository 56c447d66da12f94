from hypothesis import given
from hypothesis import strategies as st

from news.sameness.events import ALIKE, similarities, telling_words
from tests.texts import headline, text

EVENT = "Zugunglück Westbahn Entgleisung Rettungskräfte Bahnstrecke Feuerwehr Lokführer Schienenbruch Sankt Valentin"


def test_text_on_the_same_event_comes_before_all_others() -> None:
    others = {number: (headline(number), text(number)) for number in range(2, 30)}
    others[1] = ("Westbahn gesperrt", f"{text(1, 1)} {EVENT}")
    found = similarities("Entgleisung bei Linz", f"{text(99, 1)} {EVENT}", others)

    assert next(iter(found)) == 1
    assert found[1] >= ALIKE > found[2]


def test_words_that_every_text_has_say_nothing() -> None:
    others = {number: (headline(number), f"{text(number)} {EVENT}") for number in range(1, 10)}

    assert max(similarities("Etwas anderes", f"{text(99)} {EVENT}", others).values()) < ALIKE


def test_headline_gives_the_words_to_look_for() -> None:
    assert telling_words("Zug entgleist bei Linz", "Feuerwehr Feuerwehr") == ["entgle", "linz", "feuerw"]


@given(st.text(), st.text(), st.dictionaries(st.integers(), st.tuples(st.none() | st.text(), st.text()), max_size=4))
def test_any_texts_have_a_likeness(title: str, body: str, others: dict[int, tuple[str | None, str]]) -> None:
    assert all(-1e-9 <= value <= 1 + 1e-9 for value in similarities(title, body, others).values())
