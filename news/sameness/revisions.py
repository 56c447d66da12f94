"""The kinds of change between two texts of one article."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from news.article import Article
from news.edit_kind_words import CORRECTION, NEGATION, OPENERS, OPPOSITE, PARTICLES
from news.sameness.normal_forms import plain

# The weightiest first: what turns a statement round or corrects it, what can be checked, what was merely put otherwise.
KINDS = (
    "reversal",
    "correction",
    "number",
    "quote",
    "headline",
    "name",
    "lead",
    "paragraph_added",
    "paragraph_removed",
    "text",
    "typo",
)

_MOST_PARAGRAPHS = 1000  # comparing costs the square of it
_MOST_WORDS = 2000  # in one paragraph
_MOST_LETTERS = 10_000  # of a paragraph whose sentences are compared with each other
_SAME_PARAGRAPH = 0.5  # share of words that two states of one paragraph have in common
_TYPO = 0.7  # share of letters that a word and its correction have in common
_NUMBER = re.compile(r"(?<![^\W\d_])\d+(?:[.,:]\d+)*")  # not the one in A320
_SENTENCE_END = re.compile(r"(?<=[.!?…])['»]?\s+(?=\S)")
_NAME_WORDS = 5  # in a row; more are a heading
_TOKEN = re.compile(r"[\w'-]+|[^\w\s]")
_SAME_SENTENCE = 0.6  # share of words; with less in common it is another sentence, and not this one turned round
_QUOTE = re.compile(r"(?<!\w)'([^']{8,400})'(?!\w)")  # quotation marks are one kind after `plain`


@dataclass(frozen=True, slots=True)
class Wording:
    """Headline, lead and paragraphs of an article at one time."""

    headline: str | None
    lead: str | None
    paragraphs: tuple[str, ...]

    @classmethod
    def of(cls, article: Article) -> "Wording":
        """Return the wording of a page."""
        return cls(article.headline, article.lead, article.paragraphs)

    @classmethod
    def from_body(cls, headline: str | None, lead: str | None, body: str) -> "Wording":
        """Return the wording of an archived text, whose paragraphs are separated by blank lines."""
        return cls(headline, lead, tuple(body.split("\n\n")) if body else ())


def changes(old: Wording, new: Wording) -> tuple[str, ...]:
    """Return the kinds of change, the weightiest first (see KINDS); empty when both read the same."""
    kinds = set(_field_changes("headline", old.headline, new.headline))
    kinds.update(_field_changes("lead", old.lead, new.lead))
    before, after = _plain_all(old.paragraphs), _plain_all(new.paragraphs)
    kinds.update(_body_changes(before, after))
    if before != after and len(_corrections(after)) > len(_corrections(before)):
        kinds.add("correction")
    return tuple(kind for kind in KINDS if kind in kinds)


def whole_paragraphs(old: Wording, new: Wording) -> list[str] | None:
    """Return the paragraphs that only one text has; None if anything else differs."""
    if plain(old.headline) != plain(new.headline) or plain(old.lead) != plain(new.lead):
        return None
    before, after = _plain_all(old.paragraphs), _plain_all(new.paragraphs)
    gone, come = Counter(before) - Counter(after), Counter(after) - Counter(before)
    if [text for text in before if text not in gone] != [text for text in after if text not in come]:
        return None
    edited = any(_overlap(paragraph, other) >= _SAME_PARAGRAPH for paragraph in gone for other in come)
    return None if edited else [*gone, *come]


def weight(kinds: Sequence[str]) -> int:
    """Return the rank of the weightiest kind, 0 for the most substantial; unknown kinds come last."""
    return min((KINDS.index(kind) for kind in kinds if kind in KINDS), default=len(KINDS))


def is_silent(old_dates: Sequence[object], new_dates: Sequence[object], kinds: Sequence[str]) -> bool:
    """Whether an outlet changed more than a slip and left every date that it states as it was; False without a date."""
    return any(new_dates) and tuple(old_dates) == tuple(new_dates) and bool(set(kinds) - {"typo"})


def _corrections(paragraphs: Sequence[str]) -> list[str]:
    return CORRECTION.findall("\n".join(paragraphs))


def _plain_all(paragraphs: Sequence[str]) -> list[str]:
    return [text for paragraph in paragraphs if (text := plain(paragraph))]


def _field_changes(kind: str, old: str | None, new: str | None) -> Iterator[str]:
    before, after = plain(old), plain(new)
    if before != after:
        yield kind
        if before and after and _numbers(before) != _numbers(after):
            yield "number"
        if before and after and _is_turned_round(before, after):
            yield "reversal"


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
    rest = list(old)
    for paragraph in new:
        before = next((candidate for candidate in rest if _overlap(candidate, paragraph) >= _SAME_PARAGRAPH), None)
        if before is None:
            yield "paragraph_added"
        else:
            rest.remove(before)
            yield from _paragraph_changes(before, paragraph)
    if rest:
        yield "paragraph_removed"


def _overlap(old: str, new: str) -> float:
    first, second = Counter(old.split()), Counter(new.split())
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
    if _turned_sentences(old, new):
        yield "reversal"
    if _names(old) - _names(new) and _names(new) - _names(old):
        yield "name"
    yield "typo" if _is_typo(old.split(), new.split()) else "text"


def _turned_sentences(old: str, new: str) -> bool:
    """Return whether a sentence stayed and its statement did not."""
    if max(len(old), len(new)) > _MOST_LETTERS:
        return False
    before, after = _SENTENCE_END.split(old), _SENTENCE_END.split(new)
    gone, come = (
        [sentence for sentence in before if sentence not in after],
        [sentence for sentence in after if sentence not in before],
    )
    return any(_is_turned_round(sentence, other) for sentence in gone for other in come)


def _is_turned_round(old: str, new: str) -> bool:
    """Return whether a negation came or went, or a word became its opposite, and most of the rest stayed."""
    before, after = _words(old), _words(new)
    gone, come = before - after, after - before
    if not gone and not come:
        return False
    if (before & after).total() < _SAME_SENTENCE * max(before.total(), after.total()) and len(gone) + len(come) > 4:
        return False
    turned = abs(_negations(gone) - _negations(come)) % 2 == 1
    return turned or any(_are_opposites(word, counterpart) for word in gone for counterpart in come)


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[\w']+", text.casefold()))


def _negations(words: Counter[str]) -> int:
    return sum(count for word, count in words.items() if NEGATION.fullmatch(word))


def _are_opposites(word: str, counterpart: str) -> bool:
    short, long = sorted((word, counterpart), key=len)
    return len(short) > 4 and any(long == prefix + short for prefix in OPPOSITE)


def _names(text: str) -> set[str]:
    """Two and more capitalised words in a row; one alone is any noun in German."""
    runs: list[list[str]] = [[]]
    for token in _TOKEN.findall(text):
        if token[0].isupper():
            runs[-1].append(token)
        elif token not in PARTICLES and runs[-1]:
            runs.append([])
    kept = (run[1:] if run and run[0].casefold() in OPENERS else run for run in runs)
    return {" ".join(run) for run in kept if 1 < len(run) <= _NAME_WORDS}


def _numbers(text: str) -> Counter[str]:
    return Counter(_NUMBER.findall(text))


def _is_typo(old: list[str], new: list[str]) -> bool:
    """Return whether only a few words were exchanged, each for one written almost like it, and no number."""
    if max(len(old), len(new)) > _MOST_WORDS:
        return False
    codes = [code for code in SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if code[0] != "equal"]
    return len(codes) <= 3 and all(_alike(" ".join(old[a:b]), " ".join(new[c:d])) for _, a, b, c, d in codes)


def _alike(old: str, new: str) -> bool:
    if not old or not new or len(old) > 80 or _numbers(old) != _numbers(new):
        return False
    return SequenceMatcher(None, old, new, autojunk=False).ratio() >= _TYPO
