import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.sameness.revisions import KINDS, Wording, changes, is_silent

BODY = (
    "Bei einem Zugunglück in der Nähe von Linz sind am Sonntag 2 Menschen verletzt worden.",
    "Ein Sprecher sagte: „Wir wissen noch nicht, wie es dazu kam.“ Die Strecke ist gesperrt.",
    "Die Bergung dauert voraussichtlich bis Montag früh an, hieß es weiter.",
)
OLD = Wording("Zugunglück bei Linz", "Zwei Verletzte.", BODY)


def edited(paragraph: int, before: str, after: str) -> Wording:
    body = list(BODY)
    assert before in body[paragraph]
    body[paragraph] = body[paragraph].replace(before, after)
    return Wording(OLD.headline, OLD.lead, tuple(body))


@pytest.mark.parametrize(
    ("new", "kinds"),
    [
        (OLD, ()),
        (Wording("Zugunglück bei Wels", OLD.lead, BODY), ("headline",)),
        (Wording(OLD.headline, "Elf Verletzte.", BODY), ("lead",)),
        (edited(0, "2 Menschen", "11 Menschen"), ("number",)),
        (edited(1, "Wir wissen noch nicht", "Wir ahnen noch nicht"), ("quote", "text")),
        (edited(2, "Bergung", "Berggung"), ("typo",)),
        (edited(2, "bis Montag früh", "noch Tage"), ("text",)),
        (Wording(OLD.headline, OLD.lead, (*BODY, "Ein Nachtrag mit eigenen Worten.")), ("paragraph_added",)),
        (Wording(OLD.headline, OLD.lead, BODY[:2]), ("paragraph_removed",)),
        (Wording(OLD.headline, OLD.lead, (BODY[0], BODY[1].replace("„", '"').replace("“", '"'), BODY[2])), ()),
    ],
)
def test_change_is_named(new: Wording, kinds: tuple[str, ...]) -> None:
    assert changes(OLD, new) == kinds


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Der Minister tritt zurück.", "Der Minister tritt nicht zurück."),
        ("The court found him guilty of fraud on Monday.", "The court found him not guilty of fraud on Monday."),
        ("Das Vorgehen ist nach dem Urteil zulässig.", "Das Vorgehen ist nach dem Urteil unzulässig."),
        ("Le ministre va démissionner lundi.", "Le ministre ne va pas démissionner lundi."),
    ],
)
def test_statement_that_was_turned_round_is_the_weightiest(before: str, after: str) -> None:
    rest = "Das teilte die Behörde am Montag in Wien mit, ohne weitere Einzelheiten zu nennen."

    assert changes(Wording("h", None, (f"{before} {rest}",)), Wording("h", None, (f"{after} {rest}",)))[0] == "reversal"
    assert changes(Wording(before, None, ()), Wording(after, None, ()))[0] == "reversal"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Der Minister tritt nicht zurück.", "Der Minister bleibt und tritt nicht zurück."),
        ("Der Minister tritt zurück.", "Niemand rechnete noch damit, dass es so weit kommt."),
        ("Er hat keinen Grund.", "Er hat nicht den geringsten Grund."),
    ],
)
def test_other_words_for_the_same_are_no_reversal(before: str, after: str) -> None:
    assert "reversal" not in changes(Wording("h", None, (before,)), Wording("h", None, (after,)))


def test_name_that_became_another_is_reported() -> None:
    old, new = (f"Das sagte die Bürgermeisterin {name} am Montag den Leuten." for name in ("Anna Berger", "Eva Huber"))

    assert changes(Wording("h", None, (old,)), Wording("h", None, (new,))) == ("name", "text")


def test_other_nouns_are_no_names() -> None:
    old, new = (f"Das sagte die Frau den Reportern am {day} im Rathaus." for day in ("Montag", "Dienstag"))

    assert changes(Wording("h", None, (old,)), Wording("h", None, (new,))) == ("text",)


@pytest.mark.parametrize(
    "note",
    [
        "Korrektur: In einer früheren Version hieß es, der Zug sei leer gewesen.",
        "An earlier version of this article misstated the number of passengers.",
        "Anmerkung: Die Zahl der Verletzten wurde nachträglich korrigiert.",
    ],
)
def test_note_of_a_correction_is_reported(note: str) -> None:
    found = changes(OLD, Wording(OLD.headline, OLD.lead, (*BODY, note)))

    assert found == ("correction", "paragraph_added")
    assert changes(Wording("h", None, (note,)), Wording("x", None, (note,))) == ("headline",)


def test_edit_is_silent_when_the_stated_dates_stay() -> None:
    assert is_silent((1, 2), (1, 2), ("number",))
    assert not is_silent((1, 2), (1, 3), ("number",))
    assert not is_silent((1, 2), (1, 2), ("typo",))
    assert not is_silent((None, None), (None, None), ("number",))


def test_number_in_the_headline_is_reported_too() -> None:
    assert changes(Wording("2 Tote", None, ()), Wording("11 Tote", None, ())) == ("number", "headline")


def test_very_long_paragraphs_are_compared_in_reasonable_time() -> None:
    long = " ".join(f"wort{number % 977}" for number in range(20_000))

    assert changes(Wording(None, None, (long,)), Wording(None, None, (long + " mehr",))) == ("text",)


TEXTS = st.lists(st.text(alphabet="ab 1'„", max_size=30), max_size=4)


@given(TEXTS, TEXTS)
def test_kinds_are_known_ordered_and_none_for_the_same(first: list[str], second: list[str]) -> None:
    old, new = Wording("h", None, tuple(first)), Wording("h", None, tuple(second))
    found = changes(old, new)

    assert list(found) == [kind for kind in KINDS if kind in found]
    assert changes(old, old) == ()
