"""A text as texts are compared: its words in order, and which of them stand in quotation marks."""

import re
import unicodedata
from dataclasses import dataclass

from news.fingerprints import words_of

# Scripts without spaces: there each character counts as a word.
_WORD = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]|[^\W_\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]+")
_QUOTATION_MARK = re.compile(r"[\"“”„‟«»＂]")
_LEAST_QUOTED = 4  # fewer words between marks are a name or a title
_STEM = 6  # letters: enough to join most inflected forms of a word, in headlines


@dataclass(frozen=True, slots=True)
class Compared:
    """`words` in lower case; `quoted` has a byte for each of them, 1 inside quotation marks.

    `topic` are the beginnings of the headline's longer words, `stems` those of all words, headline included.
    """

    words: tuple[str, ...]
    quoted: bytes
    topic: frozenset[str]
    stems: frozenset[str]
    has_headline: bool

    @classmethod
    def of(cls, headline: str | None, body: str) -> "Compared":
        """The text of an article as it is compared."""
        words: list[str] = []
        quoted = bytearray()
        for paragraph in unicodedata.normalize("NFKC", body).casefold().split("\n\n"):
            for inside, piece in enumerate(_QUOTATION_MARK.split(paragraph)):
                found = _WORD.findall(piece)
                words += found
                quoted += bytes([inside % 2 if len(found) >= _LEAST_QUOTED else 0]) * len(found)
        topic = frozenset(_stems(words_of(headline)))
        return cls(tuple(words), bytes(quoted), topic, topic | _stems(words), bool(topic))

    def mentions(self, topic: frozenset[str]) -> float:
        """The share (0 to 1) of a headline's words that occur anywhere here."""
        return len(topic & self.stems) / len(topic) if topic else 0.0

    @property
    def speaks_of_its_headline(self) -> bool:
        """Whether any word of the headline occurs in the text itself; walls and notices never do. True without one."""
        return not self.topic or not self.topic.isdisjoint(_stems(self.words))


def _stems(words: "list[str] | tuple[str, ...]") -> set[str]:
    return {word[:_STEM] for word in words if len(word) > 3 or word.isdigit()}
