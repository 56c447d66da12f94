import pytest

from news.agencies import agency_named


@pytest.mark.parametrize(
    ("body", "agency"),
    [
        ("Berlin (dpa) - Die Regierung hat beschlossen.", "dpa"),
        ("Berlin (dpa/afp) - Die Regierung.", "dpa"),
        ("WASHINGTON (AP) — The court ruled.", "AP"),
        ("TOKIO (dpa-AFX) - Der Konzern.", "dpa-AFX"),
        ("Text.\n\n© AFP", "AFP"),
        ("Text.\n\nQuelle: APA", "APA"),
        ("Text.\n\nSource: Reuters", "Reuters"),
        ("Text.\n\nnordkurier/dpa", "dpa"),
        ("Text. (apa)", "APA"),
    ],
)
def test_agency_is_named_where_texts_name_it(body: str, agency: str) -> None:
    assert agency_named(body) == agency


@pytest.mark.parametrize("body", ["", "Die dpa hat einen neuen Chef.", "Er kam aus Apachen (USA).", "sapa/map"])
def test_agency_that_is_merely_spoken_of_is_no_source(body: str) -> None:
    assert agency_named(body) is None
