"""A text as texts are compared: its words in order, and which of them stand in quotation marks."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cached_property

from news.fingerprints import plain_words, words_of

# Scripts without spaces: there each character counts as a word.
_OF_UNSPACED = r"\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff"
UNSPACED = re.compile(f"[{_OF_UNSPACED}]")
WORD = re.compile(rf"[{_OF_UNSPACED}]|[^\W_{_OF_UNSPACED}]+")
QUOTATION_MARK = re.compile(r"[\"“”„‟«»＂]")
_LEAST_QUOTED = 4  # fewer words between marks are a name or a title
_STEM = 6  # letters: enough to join most inflected forms of a word, in headlines


class Compared:
    """`words` in lower case; `quoted` has a byte for each of them, 1 inside quotation marks.

    `heading` are the beginnings of the headline's longer words in order, `topic` the same in none.
    """

    def __init__(self, words: tuple[str, ...], quoted: bytes, heading: tuple[str, ...]) -> None:
        self.words = words
        self.quoted = quoted
        self.heading = heading
        self.topic = frozenset(heading)

    @classmethod
    def of(cls, headline: str | None, body: str) -> "Compared":
        """The text of an article as it is compared."""
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
        """Whether any word of the headline occurs in the text itself; walls and notices never do. True without one."""
        return not self.topic or not self.topic.isdisjoint(self._own_stems)

    def mentions(self, topic: frozenset[str]) -> float:
        """The share (0 to 1) of a headline's words that occur anywhere here."""
        return len(topic & self.stems) / len(topic) if topic else 0.0

    @cached_property
    def _own_stems(self) -> frozenset[str]:
        return frozenset(_stems(set(self.words)))


def _words_in(text: str) -> list[str]:
    """What WORD finds."""
    words = plain_words(text)
    return words if words and (text.isascii() or not UNSPACED.search(text)) else WORD.findall(text)


def stems_of(text: str) -> list[str]:
    """The beginnings of a text's longer words, in order."""
    return [word[:_STEM] for word in words_of(text) if len(word) > 3]


def _stems(words: Iterable[str]) -> list[str]:
    return [word[:_STEM] for word in words if len(word) > 3 or (word < ":" and word.isdigit())]
