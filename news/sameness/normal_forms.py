"""The forms in which texts are compared: one style, only letters, words, and digests of them (all sha256)."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cached_property
from hashlib import sha256

from news.article import Article

# Marks that outlets' systems exchange without anybody having edited the text.
_ONE_STYLE = str.maketrans(
    {
        **dict.fromkeys("„“”‟«»‹›〝〞＂\"‘’‚‛`´ʼ′″'", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f", None),  # invisible
    }
)
_OTHER_STYLES = re.compile(f"[{re.escape(''.join(map(chr, _ONE_STYLE)))}]")  # looking is quicker than translating
_LETTERS = re.compile(r"[^\W_]+")
_ASCII_LETTERS = bytes(code if code > 127 or chr(code).isalnum() else 32 for code in range(256))
_COMMON_MARKS = "„“”»«’‘‚–—"
# Scripts without spaces: there each character counts as a word.
_OF_UNSPACED = r"\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff"


UNSPACED = re.compile(f"[{_OF_UNSPACED}]")


WORD = re.compile(rf"[{_OF_UNSPACED}]|[^\W_{_OF_UNSPACED}]+")


QUOTATION_MARK = re.compile(r"[\"“”„‟«»＂]")


_LEAST_QUOTED = 4  # fewer words between marks are a name or a title


_STEM = 6  # letters: enough to join most inflected forms of a word, in headlines


def plain(text: str | None) -> str:
    """Return the text with one kind of quotation mark, dash and space, nothing invisible. None is an empty text."""
    composed = unicodedata.normalize("NFKC", _in_one_style(text or ""))
    return " ".join(_in_one_style(composed).replace("''", "'").split())


def _in_one_style(text: str) -> str:
    return text.translate(_ONE_STYLE) if _OTHER_STYLES.search(text) else text


def body_digest(body: str) -> bytes:
    """Return the digest of the exact text: the key of the `texts` table."""
    return sha256(body.encode("utf-8", "replace")).digest()


def wording_digest(article: Article) -> bytes:
    """Return the digest of headline, lead and body; white space, style of quotes and dashes do not count."""
    parts = (plain(article.headline), plain(article.lead), plain(article.body))
    return sha256("\x00".join(parts).encode("utf-8", "replace")).digest()


def letters_digest(text: str) -> bytes:
    """Return the digest of the letters and digits of *text* alone, in lower case."""
    return sha256(letters_of(text).encode("utf-8", "replace")).digest()


def letters_of(text: str) -> str:
    """Return only the letters and digits of *text*, in lower case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(plain_words(folded) or _LETTERS.findall(folded))  # quicker than cutting the rest


def words_of(text: str | None) -> list[str]:
    """Return the words of *text* in lower case and in order, as two texts are compared."""
    folded = unicodedata.normalize("NFKC", text or "").casefold()
    return plain_words(folded) or _LETTERS.findall(folded)


def plain_words(text: str) -> list[str] | None:
    """Return the runs of letters and digits, faster than a regular expression; None if rare marks separate them."""
    spaced = text.encode("utf-8", "surrogatepass").translate(_ASCII_LETTERS).decode("utf-8", "surrogatepass")
    if not spaced.isascii():
        for mark in _COMMON_MARKS:
            spaced = spaced.replace(mark, " ")
    words = spaced.split()
    return words if "".join(words).isalnum() else None


class Compared:
    """A text prepared for comparison.

    `words` are in lower case; `quoted` has a byte for each of them, 1 inside quotation marks.
    `heading` are the beginnings of the headline's longer words in order, `topic` is the set of them.
    """

    def __init__(self, words: tuple[str, ...], quoted: bytes, heading: tuple[str, ...]) -> None:
        self.words = words
        self.quoted = quoted
        self.heading = heading
        self.topic = frozenset(heading)

    @classmethod
    def of(cls, headline: str | None, body: str) -> "Compared":
        """Return the text of an article in the form for comparisons."""
        words: list[str] = []
        quoted = bytearray()
        for paragraph in unicodedata.normalize("NFKC", body).casefold().split("\n\n"):
            for inside, piece in enumerate(QUOTATION_MARK.split(paragraph)):
                found = _words_in(piece)
                words += found
                quoted += (b"\1" if inside % 2 and len(found) >= _LEAST_QUOTED else b"\0") * len(found)
        return cls(tuple(words), bytes(quoted), tuple(_stems(words_of(headline))))

    @cached_property
    def stems(self) -> frozenset[str]:
        """The beginnings of all longer words, headline included."""
        return self.topic | self._own_stems

    @cached_property
    def sequences(self) -> tuple[tuple[str, ...], ...]:
        """Each three words in a row."""
        return tuple(zip(self.words, self.words[1:], self.words[2:], strict=False))

    @cached_property
    def number_places(self) -> tuple[int, ...]:
        """Where numbers stand."""
        return tuple(place for place, word in enumerate(self.words) if word < ":" and word.isdigit())

    @cached_property
    def quoted_words(self) -> int:
        """How many words stand in quotation marks."""
        return self.quoted.count(1)

    @property
    def speaks_of_its_headline(self) -> bool:
        """Whether a headline word occurs in the text; True if there is no headline."""
        return not self.topic or not self.topic.isdisjoint(self._own_stems)

    def mentions(self, topic: frozenset[str]) -> float:
        """Return the share (0 to 1) of a headline's words that occur anywhere here."""
        return len(topic & self.stems) / len(topic) if topic else 0.0

    @cached_property
    def _own_stems(self) -> frozenset[str]:
        return frozenset(_stems(set(self.words)))


def stems_of(text: str) -> list[str]:
    """Return the stems of a text's longer words, in order."""
    return [word[:_STEM] for word in words_of(text) if len(word) > 3]


def _words_in(text: str) -> list[str]:
    """Return what WORD finds."""
    words = plain_words(text)
    return words if words and (text.isascii() or not UNSPACED.search(text)) else WORD.findall(text)


def _stems(words: Iterable[str]) -> list[str]:
    return [word[:_STEM] for word in words if len(word) > 3 or (word < ":" and word.isdigit())]
