"""What an outlet changed between two texts of one article."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from news.article import Article
from news.fingerprints import plain

# The weightiest first.
KINDS = ("headline", "number", "quote", "lead", "paragraph_added", "paragraph_removed", "text", "typo")

_MOST_PARAGRAPHS = 1000  # comparing costs the square of it
_MOST_WORDS = 2000  # in one paragraph
_SAME_PARAGRAPH = 0.5  # share of words that two states of one paragraph have in common
_TYPO = 0.7  # share of letters that a word and its correction have in common
_NUMBER = re.compile(r"(?<![^\W\d_])\d+(?:[.,:]\d+)*")  # not the one in A320
_QUOTE = re.compile(r"(?<!\w)'([^']{8,400})'(?!\w)")  # quotation marks are one kind after `plain`


@dataclass(frozen=True, slots=True)
class Wording:
    """What readers saw of an article."""

    headline: str | None
    lead: str | None
    paragraphs: tuple[str, ...]

    @classmethod
    def of(cls, article: Article) -> "Wording":
        """The wording of a page that was read."""
        return cls(article.headline, article.lead, article.paragraphs)

    @classmethod
    def from_body(cls, headline: str | None, lead: str | None, body: str) -> "Wording":
        """The wording as it is archived, paragraphs separated by a blank line."""
        return cls(headline, lead, tuple(body.split("\n\n")) if body else ())


def changes(old: Wording, new: Wording) -> tuple[str, ...]:
    """The kinds of change, the weightiest first (see KINDS); empty when both read the same."""
    found = set(_field_changes("headline", old.headline, new.headline))
    found.update(_field_changes("lead", old.lead, new.lead))
    found.update(_body_changes(_plain_all(old.paragraphs), _plain_all(new.paragraphs)))
    return tuple(kind for kind in KINDS if kind in found)


def _plain_all(paragraphs: Sequence[str]) -> list[str]:
    return [text for paragraph in paragraphs if (text := plain(paragraph))]


def _field_changes(kind: str, old: str | None, new: str | None) -> Iterator[str]:
    before, after = plain(old), plain(new)
    if before != after:
        yield kind
        if before and after and _numbers(before) != _numbers(after):
            yield "number"


def _body_changes(old: list[str], new: list[str]) -> Iterator[str]:
    if old == new:
        return
    if max(len(old), len(new)) > _MOST_PARAGRAPHS:
        yield "text"
        return
    for _, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if old[a:b] != new[c:d]:
            yield from _passage_changes(old[a:b], new[c:d])


def _passage_changes(old: list[str], new: list[str]) -> Iterator[str]:
    """Pair each new paragraph with the old one it is a state of; what is left was added or removed."""
    left = list(old)
    for paragraph in new:
        before = next((one for one in left if _overlap(one, paragraph) >= _SAME_PARAGRAPH), None)
        if before is None:
            yield "paragraph_added"
        else:
            left.remove(before)
            yield from _paragraph_changes(before, paragraph)
    if left:
        yield "paragraph_removed"


def _overlap(one: str, two: str) -> float:
    first, second = Counter(one.split()), Counter(two.split())
    return (first & second).total() / max(first.total(), second.total(), 1)


def _paragraph_changes(old: str, new: str) -> Iterator[str]:
    if old == new:  # only its place is another
        yield "text"
        return
    if _numbers(old) != _numbers(new):
        yield "number"
        if _NUMBER.sub("", old) == _NUMBER.sub("", new):
            return
    if _QUOTE.findall(old) != _QUOTE.findall(new):
        yield "quote"
    yield "typo" if _is_typo(old.split(), new.split()) else "text"


def _numbers(text: str) -> Counter[str]:
    return Counter(_NUMBER.findall(text))


def _is_typo(old: list[str], new: list[str]) -> bool:
    """Whether only a few words were exchanged, each for one written almost like it, and no number."""
    if max(len(old), len(new)) > _MOST_WORDS:
        return False
    codes = [code for code in SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if code[0] != "equal"]
    return len(codes) <= 3 and all(_alike(" ".join(old[a:b]), " ".join(new[c:d])) for _, a, b, c, d in codes)


def _alike(old: str, new: str) -> bool:
    if not old or not new or len(old) > 80 or _numbers(old) != _numbers(new):
        return False
    return SequenceMatcher(None, old, new, autojunk=False).ratio() >= _TYPO
