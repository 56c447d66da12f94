import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.revisions import KINDS, Wording, changes

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
        (edited(1, "Wir wissen noch nicht", "Wir ahnen jetzt"), ("quote", "text")),
        (edited(2, "Bergung", "Berggung"), ("typo",)),
        (edited(2, "bis Montag früh", "noch Tage"), ("text",)),
        (Wording(OLD.headline, OLD.lead, (*BODY, "Ein Nachtrag mit eigenen Worten.")), ("paragraph_added",)),
        (Wording(OLD.headline, OLD.lead, BODY[:2]), ("paragraph_removed",)),
        (Wording(OLD.headline, OLD.lead, (BODY[0], BODY[1].replace("„", '"').replace("“", '"'), BODY[2])), ()),
    ],
)
def test_change_is_named(new: Wording, kinds: tuple[str, ...]) -> None:
    assert changes(OLD, new) == kinds


def test_number_in_the_headline_is_told_too() -> None:
    assert changes(Wording("2 Tote", None, ()), Wording("11 Tote", None, ())) == ("headline", "number")


def test_very_long_paragraphs_are_compared_in_reasonable_time() -> None:
    long = " ".join(f"wort{number % 977}" for number in range(20_000))

    assert changes(Wording(None, None, (long,)), Wording(None, None, (long + " mehr",))) == ("text",)


TEXTS = st.lists(st.text(alphabet="ab 1'„", max_size=30), max_size=4)


@given(TEXTS, TEXTS)
def test_kinds_are_known_ordered_and_none_for_the_same(one: list[str], other: list[str]) -> None:
    old, new = Wording("h", None, tuple(one)), Wording("h", None, tuple(other))
    found = changes(old, new)

    assert list(found) == [kind for kind in KINDS if kind in found]
    assert changes(old, old) == ()
