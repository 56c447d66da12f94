"""Two texts word by word: what stayed, what went, what came."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from news.sameness.normal_forms import plain, words_of

_MOST_TOKENS = 6000  # comparing costs the square of it; longer passages are shown as a whole
_LEAST_KEPT = 0.3  # share of the words; with less in common the pieces would only be in the way
_PIECES = re.compile(r"\s+|\w+|[^\w\s]")


class Mark(StrEnum):
    """What became of a piece of text."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class DiffPiece:
    """A stretch of text with one mark."""

    mark: Mark
    text: str


def share_in_common(old: str, new: str) -> float:
    """Return the share (0 to 1) of each three words in a row that both texts have; 1 for two texts without words."""
    first, second = (_sequences(words_of(text)) for text in (old, new))
    return len(first & second) / len(first | second) if first or second else 1.0


def _sequences(words: Sequence[str]) -> set[tuple[str, ...]]:
    return set(zip(words, words[1:], words[2:], strict=False)) or {tuple(words)} - {()}


def word_pieces(old: str, new: str) -> tuple[DiffPiece, ...]:
    """Return old and new text in one row of pieces, broken between words; a text written anew is shown as a whole."""
    before, after = _PIECES.findall(old), _PIECES.findall(new)
    if old == new or max(len(before), len(after)) > _MOST_TOKENS:
        return _whole(old, new)
    stretches = _stretches(before, after)
    common = sum(_words(gone) for gone, come in stretches if gone == come)
    if common < _LEAST_KEPT * max(_words(old), _words(new)):
        return _whole(old, new)
    return tuple(piece for gone, come in stretches for piece in _whole(gone, come))


def _stretches(before: list[str], after: list[str]) -> list[tuple[str, str]]:
    """(old, new) stretches in turn alike and not; a lone word or a comma that stayed between two edits joins them."""
    stretches: list[tuple[str, str]] = []
    for _, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = "".join(before[a:b]), "".join(after[c:d])
        islet = len(stretches) > 1 and stretches[-1][0] == stretches[-1][1] and _words(stretches[-1][0]) < 2
        if islet and gone != come:
            (first_old, first_new), (islet_text, _) = stretches[-2:]
            stretches[-2:] = [(first_old + islet_text + gone, first_new + islet_text + come)]
        else:
            stretches.append((gone, come))
    return stretches


def _words(text: str) -> int:
    return len(re.findall(r"\w+", text))


def paragraph_pieces(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[DiffPiece, ...]]:
    """One row of pieces for each paragraph, in order; paragraphs that only differ in style are kept as they are now."""
    before, after = [plain(text) for text in old], [plain(text) for text in new]
    for code, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if code == "equal":
            yield from ((DiffPiece(Mark.KEPT, text),) for text in new[c:d])
        else:
            yield from _passage(old[a:b], new[c:d])


def _passage(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[DiffPiece, ...]]:
    """Yield paragraphs one to one as far as they go; the rest was added or removed."""
    for before, after in zip(old, new, strict=False):
        yield word_pieces(before, after)
    yield from ((DiffPiece(Mark.REMOVED, text),) for text in old[len(new) :])
    yield from ((DiffPiece(Mark.ADDED, text),) for text in new[len(old) :])


def _whole(old: str, new: str) -> tuple[DiffPiece, ...]:
    if old == new:
        return (DiffPiece(Mark.KEPT, new),) if new else ()
    pieces = (DiffPiece(Mark.REMOVED, old), DiffPiece(Mark.ADDED, new))
    return tuple(piece for piece in pieces if piece.text)
