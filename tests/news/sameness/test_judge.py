from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from news.dispositions import Disposition
from news.sameness.judge import Address, JudgedArticle, JudgedPage, Sameness, judge

LONG = " ".join(f"wort{number}" for number in range(40))
OTHER = " ".join(f"word{number}" for number in range(40))
KRONE, KURIER = 1, 2


def digest(text: str) -> bytes:
    return sha256(text.encode()).digest()


def page(body: str = LONG, **fields: object) -> JudgedPage:
    given_fields = {"headline": "Zug entgleist", "outlet_id": KRONE, "own_key": 10, "canonical_key": 10} | fields
    return JudgedPage(wording_digest=digest(body), body=body, words=len(body.split()), **given_fields)


def known(*bodies: str, **fields: object) -> JudgedArticle:
    wordings = {number: digest(body) for number, body in enumerate(bodies, 1)}
    given_fields = {"id": 7, "outlet_id": KRONE, "url_key": 10, "headline": "Zug entgleist"} | fields
    return JudgedArticle(wording_digests=wordings, body=bodies[-1], words=len(bodies[-1].split()), **given_fields)


def shown(article: JudgedArticle, revision: int) -> Address:
    return Address(article, article.wording_digests[revision], revision)


def test_page_that_nothing_resembles_is_new() -> None:
    assert judge(page(), Address(), None, []).verdict is Disposition.NEW


def test_same_text_at_its_address_is_unchanged() -> None:
    article = known(LONG)

    assert judge(page(), shown(article, 1), article, [article]).verdict is Disposition.UNCHANGED


def test_other_text_at_its_address_is_the_next_revision() -> None:
    article = known(LONG)
    sameness = judge(page(LONG + " mehr"), shown(article, 1), article, [])

    assert (sameness.verdict, sameness.article_id, sameness.revision) == (Disposition.REVISED, 7, 2)


def test_second_address_that_shows_what_it_showed_is_unchanged_though_the_article_moved_on() -> None:
    article = known(LONG, LONG + " mehr")

    assert judge(page(own_key=11), shown(article, 1), article, []).verdict is Disposition.UNCHANGED


def test_address_that_catches_up_with_an_earlier_revision_is_unchanged() -> None:
    article = known(LONG, LONG + " mehr", LONG + " noch mehr")
    sameness = judge(page(LONG + " mehr", own_key=11), shown(article, 1), article, [])

    assert (sameness.verdict, sameness.revision) == (Disposition.UNCHANGED, 2)


def test_return_to_an_earlier_text_is_a_revision() -> None:
    article = known(LONG, LONG + " mehr")

    assert judge(page(), shown(article, 2), article, [article]).verdict is Disposition.REVISED


def test_first_look_at_a_second_address_is_moved() -> None:
    article = known(LONG)

    assert judge(page(own_key=11), Address(), article, []).verdict is Disposition.MOVED


def test_second_address_under_another_headline_is_moved_and_with_another_text_revised() -> None:
    article = known(LONG)
    other_layout = replace(page(LONG, own_key=11), wording_digest=digest("its headline is shorter"))
    edited = page(LONG + " mehr", own_key=11)

    assert judge(other_layout, Address(), article, []).verdict is Disposition.MOVED
    assert judge(edited, Address(), article, []).verdict is Disposition.REVISED


def test_other_headline_at_the_address_itself_is_a_revision() -> None:
    article = known(LONG)
    edited = replace(page(LONG), wording_digest=digest("another headline"))

    assert judge(edited, shown(article, 1), article, []).verdict is Disposition.REVISED


def test_same_letters_elsewhere_in_the_outlet_are_moved() -> None:
    article = known(LONG)
    sameness = judge(page(own_key=11, canonical_key=11), Address(), None, [article])

    assert (sameness.verdict, sameness.evidence["rule"]) == (Disposition.MOVED, "same_letters")


def test_short_text_under_another_headline_of_the_outlet_is_new() -> None:
    twin = known(LONG, headline="Wetter in Wien")

    assert judge(page(own_key=11, canonical_key=11), Address(), None, [twin]).verdict is Disposition.NEW


def test_long_text_under_another_headline_of_the_outlet_is_moved() -> None:
    long = "Ein Zug entgleist. " + " ".join(f"wort{number}" for number in range(100))
    twin = known(long, headline="Unglück bei Linz")

    assert judge(page(long, own_key=11, canonical_key=11), Address(), None, [twin]).verdict is Disposition.MOVED


def test_long_text_that_says_nothing_of_either_headline_is_a_notice_and_new() -> None:
    notice = " ".join(f"wort{number}" for number in range(100))
    twins = [known(notice, headline="Wetter in Wien"), known(notice, id=8, outlet_id=KURIER, headline="Wetter in Wien")]

    assert judge(page(notice, own_key=11, canonical_key=11), Address(), None, twins).verdict is Disposition.NEW


def test_same_letters_in_another_outlet_are_a_copy() -> None:
    article = known(LONG)
    sameness = judge(page(outlet_id=KURIER, own_key=11, canonical_key=11), Address(), None, [article])

    assert (sameness.verdict, sameness.article_id) == (Disposition.COPY, 7)


def test_own_outlet_comes_before_another() -> None:
    twins = [known(LONG, id=1, outlet_id=KURIER), known(LONG, id=2)]

    assert judge(page(own_key=11, canonical_key=11), Address(), None, twins).article_id == 2


@pytest.mark.parametrize("stub", [page("wort " * 29, own_key=11), page(LONG, own_key=11, walled=True)])
def test_short_and_walled_texts_are_never_joined_by_text(stub: JudgedPage) -> None:
    stub = replace(stub, canonical_key=11)
    twins = [known(stub.body), known(stub.body, id=8, outlet_id=KURIER)]

    assert judge(stub, Address(), None, twins).verdict is Disposition.NEW


def test_paywall_stub_never_replaces_a_full_text() -> None:
    article = known(LONG)
    sameness = judge(page("wort0 wort1", walled=True), shown(article, 1), article, [])

    assert (sameness.verdict, sameness.evidence["rule"]) == (Disposition.UNCHANGED, "paywalled_later")


def test_stub_of_a_stub_is_revised_like_any_text() -> None:
    article = known(LONG, walled=True)

    assert judge(page("wort0", walled=True), shown(article, 1), article, []).verdict is Disposition.REVISED


def test_full_text_shorter_than_before_is_a_revision() -> None:
    article = known(LONG)

    assert judge(page("Dieser Artikel wurde gelöscht."), shown(article, 1), article, []).verdict is Disposition.REVISED


def test_declared_address_of_an_unrelated_article_does_not_count() -> None:
    article = known(LONG, url_key=99)
    stranger = page(OTHER, headline="Something else", canonical_key=99)

    assert judge(stranger, Address(), article, []).verdict is Disposition.NEW


def test_declared_address_of_a_related_article_counts() -> None:
    article = known(LONG, url_key=99)

    assert judge(page(LONG + " mehr", canonical_key=99), Address(), article, []).verdict is Disposition.REVISED


class Outlet:
    """One article at three addresses, with its archived state."""

    def __init__(self, text: str) -> None:
        self.texts = dict.fromkeys((10, 11, 12), text)
        self.memory: dict[int, tuple[bytes, int | None]] = {}
        self.article: JudgedArticle | None = None

    def look(self, key: int) -> Sameness:
        text = self.texts[key]
        seen = page(text, own_key=key, canonical_key=10)
        wording, revision = self.memory.get(key, (None, None))
        sameness = judge(seen, Address(self.article if wording else None, wording, revision), self.article, [])
        self.keep(seen, sameness)
        return sameness

    def keep(self, seen: JudgedPage, sameness: Sameness) -> None:
        revision = sameness.revision
        if sameness.verdict is Disposition.NEW:
            self.article, revision = known(seen.body), 1
        elif sameness.verdict is Disposition.REVISED and self.article:
            wordings = {**self.article.wording_digests, self.article.latest + 1: seen.wording_digest}
            self.article = replace(self.article, wording_digests=wordings, body=seen.body, words=seen.words)
            revision = self.article.latest
        self.memory[seen.own_key] = (seen.wording_digest, revision)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("look"), st.sampled_from([10, 11, 12]), st.just(0)),
        st.tuples(st.just("edit"), st.sampled_from([10, 11, 12]), st.integers(0, 3)),
    ),
    max_size=30,
)


@settings(max_examples=40)
@given(STEPS)
def test_looking_never_makes_more_revisions_than_there_were_edits(steps: list[tuple[str, int, int]]) -> None:
    outlet = Outlet(f"{LONG} 0")
    outlet.look(10)
    edits = 0
    for action, key, number in steps:
        if action == "edit":
            edits += outlet.texts[key] != f"{LONG} {number}"
            outlet.texts[key] = f"{LONG} {number}"
        else:
            outlet.look(key)
        assert outlet.article
        assert outlet.article.latest <= 1 + edits


@settings(max_examples=40)
@given(STEPS)
def test_second_look_without_an_edit_finds_everything_unchanged(steps: list[tuple[str, int, int]]) -> None:
    outlet = Outlet(f"{LONG} 0")
    for action, key, number in [("look", 10, 0), *steps]:
        if action == "edit":
            outlet.texts[key] = f"{LONG} {number}"
        else:
            outlet.look(key)
    for key in (10, 11, 12):
        outlet.look(key)

    assert {outlet.look(key).verdict for key in (12, 10, 11, 12)} == {Disposition.UNCHANGED}
