"""Two texts word by word: what stayed, what went, what came."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from news.fingerprints import plain

_MOST_TOKENS = 6000  # comparing costs the square of it; longer passages are shown as a whole
_PIECES = re.compile(r"\s+|\w+|[^\w\s]")


class Mark(StrEnum):
    """What became of a piece of text."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text with one mark."""

    mark: Mark
    text: str


def word_pieces(old: str, new: str) -> tuple[Piece, ...]:
    """Old and new text in one row of pieces, broken between words."""
    before, after = _PIECES.findall(old), _PIECES.findall(new)
    if old == new or max(len(before), len(after)) > _MOST_TOKENS:
        return _whole(old, new)
    pieces: list[Piece] = []
    for code, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if code == "equal":
            pieces.append(Piece(Mark.KEPT, "".join(before[a:b])))
        else:
            pieces += _whole("".join(before[a:b]), "".join(after[c:d]))
    return tuple(pieces)


def paragraph_pieces(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Piece, ...]]:
    """One row of pieces for each paragraph, in order; paragraphs that only differ in style are kept as they are now."""
    before, after = [plain(text) for text in old], [plain(text) for text in new]
    for code, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if code == "equal":
            yield from ((Piece(Mark.KEPT, text),) for text in new[c:d])
        else:
            yield from _passage(old[a:b], new[c:d])


def _passage(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Piece, ...]]:
    """Paragraphs one to one as far as they go; the rest was added or removed."""
    for before, after in zip(old, new, strict=False):
        yield word_pieces(before, after)
    yield from ((Piece(Mark.REMOVED, text),) for text in old[len(new) :])
    yield from ((Piece(Mark.ADDED, text),) for text in new[len(old) :])


def _whole(old: str, new: str) -> tuple[Piece, ...]:
    if old == new:
        return (Piece(Mark.KEPT, new),) if new else ()
    pieces = (Piece(Mark.REMOVED, old), Piece(Mark.ADDED, new))
    return tuple(piece for piece in pieces if piece.text)
