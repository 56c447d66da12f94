import re
import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from news.article import Article, Block, Label
from news.sameness.normal_forms import WORD, Compared, body_digest, letters_digest, letters_of, wording_digest, words_of


def page(body: str, headline: str = "Zug entgleist", lead: str = "Bei Linz.", *teasers: str) -> Article:
    blocks = [Block(part) for part in body.split("\n\n")] + [Block(text, Label.TEASER) for text in teasers]
    return Article("https://example.org/a", headline=headline, lead=lead, blocks=tuple(blocks))


def test_teasers_do_not_count() -> None:
    assert wording_digest(page("Text.")) == wording_digest(page("Text.", "Zug entgleist", "Bei Linz.", "OTHER NEWS"))


def test_spacing_quotes_dashes_and_invisible_characters_do_not_count() -> None:
    first = page('Er sagte: "Nein" - und ging.\n\nDann kam\u00a0sie.')
    second = page("Er sagte: „Nein“ – und\u00ad ging.  Dann kam sie.\u200b")

    assert wording_digest(first) == wording_digest(second)


def test_headline_lead_and_every_word_count() -> None:
    original = page("Elf Tote.")
    edited = [page("Zwei Tote."), page("Elf Tote.", "Zug entgleist!"), page("Elf Tote.", lead="Bei Wels.")]

    assert wording_digest(original) not in {wording_digest(edit) for edit in edited}


def test_text_does_not_slip_from_headline_to_lead_unseen() -> None:
    assert wording_digest(page("c", "a", "b")) != wording_digest(page("c", "a b", ""))


def test_letters_are_all_that_counts_between_outlets() -> None:
    assert letters_digest("Das „Nein“ –\n\n2,5 Mio.") == letters_digest('das "NEIN" 2.5 mio')
    assert letters_digest("2,5 Mio.") != letters_digest("2,6 Mio.")


@given(st.text())
def test_any_text_has_digests_of_32_bytes(text: str) -> None:
    assert {len(body_digest(text)), len(letters_digest(text)), len(wording_digest(page(text, text)))} == {32}


@given(st.text(st.one_of(st.characters(), st.sampled_from("aZß1_ \n„“–—’.,-\u00a0東かก"))))
@example("Das „Nein“ – ein Wort_mit 2,5 °C · 東京で")
def test_words_are_the_runs_of_letters_and_digits_whatever_stands_between(text: str) -> None:
    folded = unicodedata.normalize("NFKC", text).casefold()

    assert words_of(text) == re.findall(r"[^\W_]+", folded)
    assert letters_of(text) == "".join(words_of(text))
    assert Compared.of(None, text).words == tuple(WORD.findall(folded))
