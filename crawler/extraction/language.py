"""The article's language: what the page says, checked against the text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from crawler.extraction.jsonld import Claims
from crawler.extraction.walk import ParsedPage
from news.article import Evidence

if TYPE_CHECKING:
    from gcld3 import NNetLanguageIdentifier

_CODE = re.compile(r"^([a-z]{2,3})(?:[-_]|$)")
_OLD = {"iw": "he", "in": "id", "ji": "yi", "no": "nb"}
# The most common words identify the language of most texts; a model decides the rest.
_COMMON = {
    "en": "the and of to in that is for was with on as at by from",
    "de": "der die und das nicht mit ist den von ein auf für im sich dem",
    "fr": "les des est une dans que pour pas sur qui le et la du au",
    "es": "los del las una que por con para se el en y la su al",
    "it": "che della non una il per sono gli con di la nel più dei è",
    "nl": "het een van niet dat zijn met voor ook op de en aan bij te",
    "pl": "nie się jest na że do jak przez oraz są w z od po o",
    "pt": "não uma que com para os do da em no ao o a e de na",
    "sv": "och att det som är en på inte med för av till den har ett",
    "da": "og at det som er en på ikke med for af til den har de",
    "nb": "og at det som er en på ikke med for av til den har seg",
    "fi": "ja on ei että se oli myös mutta kun ovat hän mukaan ole joka sen",
    "cs": "se na je že v a do pro ale jsou jako by podle z ve",
    "tr": "ve bir bu için ile olarak da de olan daha çok gibi sonra kadar en",
    "id": "yang dan di dari untuk dengan ini tidak pada dalam itu akan juga oleh ke",
    "ro": "și de în la cu pe care nu este din o pentru a că mai",
    "hu": "a az és hogy nem is egy meg de már csak ez volt azt mint",
    "lt": "ir kad į su iš tai yra buvo ne bet o taip dėl apie nuo",
    "ru": "и в не на что с по как это из он за его к для",
    "uk": "і в на що з не у за до та як про його від для",
    "bg": "и на да се в за от с че не по са като до при",
}
_SCRIPTS = (
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("bn", re.compile("[\u0980-\u09ff]")),
    ("pa", re.compile("[\u0a00-\u0a7f]")),
    ("gu", re.compile("[\u0a80-\u0aff]")),
    ("or", re.compile("[\u0b00-\u0b7f]")),
    ("ta", re.compile("[\u0b80-\u0bff]")),
    ("te", re.compile("[\u0c00-\u0c7f]")),
    ("kn", re.compile("[\u0c80-\u0cff]")),
    ("ml", re.compile("[\u0d00-\u0d7f]")),
    ("si", re.compile("[\u0d80-\u0dff]")),
    ("km", re.compile("[\u1780-\u17ff]")),
    ("my", re.compile("[\u1000-\u109f]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
    ("hy", re.compile("[\u0530-\u058f]")),
    ("am", re.compile("[\u1200-\u137f]")),
)
_WORDS = {code: frozenset(words.split()) for code, words in _COMMON.items()}
_CLEAR = 0.2  # share of common words that no other language reaches (Danish and Norwegian apart)
_FEW, _NEAR = 0.03, 0.75  # shares that confirm, without the model, what the page says
_SAMPLE = 1500  # characters of text


def find_language(page: ParsedPage, claims: Claims, text: str) -> tuple[str | None, list[Evidence]]:
    """Return the two-letter code of the language of *text*, and what the page says as evidence."""
    declared = {
        "html": page.language,
        "json-ld": claims.language,
        "meta": page.meta_value("content-language", "og:locale", "language", "dc.language"),
    }
    evidence = [Evidence("language", source, value[:20]) for source, value in declared.items() if value]
    return language_of_text(text, declared.values()), evidence


def language_of_text(text: str, declared: Iterable[str] = ()) -> str | None:
    """Return the two-letter code of the language of *text*; what is *declared* counts where the text agrees."""
    codes = [code for code in map(_code, declared) if code]
    sample = text[:_SAMPLE]
    if len(sample) < 60:
        return codes[0] if codes else None
    words = sample.lower().split()
    if codes and codes[0] in _WORDS and _share(words, codes[0]) > _CLEAR:
        return codes[0]
    language = _by_script(sample, codes) or _by_common_words(words)
    if language is None and codes and (codes[0] not in _WORDS or _may_be(words, codes[0])):
        language = codes[0]
    return language or _by_model(sample, codes)


def _by_script(sample: str, codes: list[str]) -> str | None:
    """Return the only news language in this script; what the page says where several use it."""
    if sample.isascii():
        return None
    for code, letters in _SCRIPTS:
        if len(letters.findall(sample)) > 0.2 * len(sample):
            return codes[0] if codes and code in ("zh", "ar", "hi") and codes[0] not in _WORDS else code
    return None


def _code(value: str) -> str | None:
    found = _CODE.match(value.strip().lower())
    return _OLD.get(found[1], found[1])[:2] if found else None


def _share(words: list[str], code: str) -> float:
    common = _WORDS[code]
    return sum(map(common.__contains__, words)) / max(1, len(words))


def _by_common_words(words: list[str]) -> str | None:
    """Return the language with the largest share of common words, when no other is close."""
    shares = sorted(((_share(words, code), code) for code in _WORDS), reverse=True)
    (best, code), (second, _) = shares[:2]
    return code if best >= 0.12 and best > 1.4 * second else None


def _may_be(words: list[str], code: str) -> bool:
    """Return whether hardly any other language has a larger share of common words: enough to trust what a page says."""
    share = _share(words, code)
    return share >= _FEW and share >= _NEAR * max(_share(words, other) for other in _WORDS)


def _by_model(sample: str, codes: list[str]) -> str | None:
    """Return the language by the model; what the page says where the model is not sure."""
    guess = _identifier().FindLanguage(text=sample.encode("utf-8", "replace").decode())
    return codes[0] if codes and not guess.is_reliable else _code(guess.language)


@lru_cache(maxsize=1)
def _identifier() -> NNetLanguageIdentifier:
    """Return the model; loading takes two milliseconds."""
    from gcld3 import NNetLanguageIdentifier

    return NNetLanguageIdentifier(min_num_bytes=0, max_num_bytes=4 * _SAMPLE)
