"""Which language the article is in: what the page says, checked against the text where the two may disagree."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from crawler.extraction.blocks import Page
from crawler.extraction.headline import meta_value
from crawler.extraction.structured import Claims
from news.article import Evidence

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_CODE = re.compile(r"^([a-z]{2,3})(?:[-_]|$)")
_OLD = {"iw": "he", "in": "id", "ji": "yi", "no": "nb"}
# The commonest words tell most pages' language apart, which saves loading a model; only languages whose words do not mix.
_COMMON = {
    "en": "the and of to in that is for was with",
    "de": "der die und das nicht mit ist den von ein",
    "fr": "les des est une dans que pour pas sur qui",
    "es": "los del las una que por con para se el",
    "it": "che della non una il per sono gli con di",
    "nl": "het een van niet dat zijn met voor ook op",
    "pl": "nie się jest na że do jak przez oraz są",
    "pt": "não uma que dos com para por mais os do",
    "sv": "och att det som är en på inte med för",
}
_WORDS = {code: frozenset(words.split()) for code, words in _COMMON.items()}
_SAMPLE = 1500  # characters of text looked at


def find_language(page: Page, claims: Claims, text: str) -> tuple[str | None, list[Evidence]]:
    """The two-letter code, and what the page says itself."""
    said = {
        "html": page.language,
        "json-ld": claims.language,
        "meta": meta_value(page, "content-language", "og:locale", "language", "dc.language"),
    }
    evidence = [Evidence("language", source, value[:20]) for source, value in said.items() if value]
    codes = [code for code in map(_code, said.values()) if code]
    sample = text[:_SAMPLE]
    if len(sample) < 60:
        return (codes[0] if codes else None), evidence
    heard = _by_common_words(sample)
    if heard is None or (codes and heard != codes[0] and heard not in codes):
        heard = _identifier().classify(sample)[0]
    return str(heard), evidence


def _code(value: str) -> str | None:
    found = _CODE.match(value.strip().lower())
    return _OLD.get(found[1], found[1])[:2] if found else None


def _by_common_words(sample: str) -> str | None:
    """The language with most of its common words here, when it is clearly ahead."""
    words = sample.lower().split()
    counts = sorted(((sum(word in common for word in words), code) for code, common in _WORDS.items()), reverse=True)
    best, second = counts[0], counts[1]
    return best[1] if best[0] >= 0.12 * len(words) and best[0] > 2 * second[0] else None


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    """Loaded when first needed: it brings numpy along."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE)
