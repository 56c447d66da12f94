"""What two texts have in common, apart from what many texts share: quotations, boilerplate, names.

Winnowing finds candidates: it chooses a few word sequences of a text, and texts with a common passage choose the same
ones there. After Schleimer, Wilkerson and Aiken, "Winnowing: Local Algorithms for Document Fingerprinting" (SIGMOD
2003).
"""

import sys
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

from news.sameness.normal_forms import WORD, Compared

_PASSAGE = 6  # words in a row that do not agree by chance
_GAP = 5  # words between two passages within which a number is "the same place with another number"
_FEWEST = 20  # own words that shares are taken of at least: a share of a handful says nothing
SEQUENCE = 4  # words


SEQUENCES_IN_WINDOW = 16  # sequences, of which one is chosen: a passage of 19 words in common is always noticed


_ODD = (0x9E3779B185EB, 0xC2B2AE3D27D5, 0x165667B19E37, 0x85EBCA77C2B3)  # large and odd: every word counts by its place


_ROOM = 3  # of 32 bits each, for a word's checksum and a product of it


_LEAST_HEADING, _OF_HEADLINE = 4, 3  # words, and fingerprints


MOST = 400  # of a text; words after the first 3,400 add nothing


@dataclass(frozen=True, slots=True)
class Overlap:
    """Words in common, in passages of six and more, outside quotation marks and boilerplate.

    Shares are 0 to 1: `share` of the text of which it is more, `both` of the other. `headline` is the share of words
    that both headlines have; `mentions` how much of the second's headline the first text mentions, `mentioned` the
    other way round. `passages` are (start, end) of the first text's words.
    """

    words: int
    share: float
    both: float
    quoted: int
    headline: float
    mentions: float
    mentioned: float
    unmatched: int  # words of each headline that the other text nowhere has, the fewer of the two
    numbers_kept: int
    numbers_changed: int
    passages: tuple[tuple[int, int], ...]

    @property
    def about(self) -> float:
        """How far both are about one thing: what each mentions of the other's headline, the lower of the two."""
        return min(self.mentions, self.mentioned)

    @property
    def longest(self) -> int:
        """Words of the longest passage."""
        return max((end - start for start, end in self.passages), default=0)

    def longest_passages(self, limit: int = 3) -> list[tuple[int, int]]:
        """Return the longest passages, in order."""
        return sorted(sorted(self.passages, key=lambda passage: passage[0] - passage[1])[:limit])


def compare(first: Compared, second: Compared, boilerplate: bytes = b"") -> Overlap:
    """Compare two texts. *boilerplate* marks words of the first that are boilerplate (see `boilerplate_words`)."""
    common = set(first.sequences) & set(second.sequences)
    here = _side(first, common, boilerplate)
    whole = there = _side(second, common, b"")
    if 1 in boilerplate:
        common &= {sequence for covered, sequence in zip(here.covered, first.sequences, strict=False) if covered}
        there = _side(second, common, b"")
    shares = sorted((here.share, there.share))
    return Overlap(
        words=max(here.own, there.own),
        share=shares[1],
        both=shares[0],
        quoted=here.quoted,
        headline=_headline_overlap(first, second),
        mentions=_mentions(first, second),
        mentioned=_mentions(second, first),
        unmatched=min(len(first.topic - second.stems), len(second.topic - first.stems)),
        numbers_kept=sum(here.covered[place] for place in first.number_places),
        numbers_changed=min(_changed_numbers(first, second, here), _changed_numbers(second, first, whole)),
        passages=here.passages,
    )


def passages_of(body: str, passages: Iterable[Sequence[int]]) -> list[str]:
    """Return the passages (first word, end) as they stand in *body*."""
    text = unicodedata.normalize("NFKC", body)
    places = [found.span() for found in WORD.finditer(text)]
    return [text[places[start][0] : places[end - 1][1]] for start, end in passages if start < end <= len(places)]


@dataclass(frozen=True, slots=True)
class _Side:
    """One text's part in the comparison: `own` words in common, `share` of all that could be.

    `runs` are of all words in common, boilerplate too: what is filled in between its lines makes a template as well.
    """

    covered: bytes
    runs: tuple[tuple[int, int], ...]
    passages: tuple[tuple[int, int], ...]
    own: int
    quoted: int
    share: float


def _side(text: Compared, common: set[tuple[str, ...]], boilerplate: bytes) -> _Side:
    everything = _covered(text, common)
    covered = _without(everything, boilerplate)
    runs = tuple(_runs(everything))
    own_runs = runs if covered is everything else _runs(covered)
    passages = tuple((start, end) for start, end in own_runs if end - start >= _PASSAGE)
    quoted = sum(text.quoted[start:end].count(1) for start, end in passages)
    own = sum(end - start for start, end in passages) - quoted
    possible = len(text.words) - text.quoted_words - boilerplate.count(1)
    return _Side(covered, runs, passages, own, quoted, own / max(_FEWEST, possible))


def _covered(text: Compared, common: set[tuple[str, ...]]) -> bytes:
    """Return a byte for each word, 1 inside a common sequence. One long integer is the fastest way."""
    if not common:
        return bytes(len(text.words))
    first = int.from_bytes(bytes([sequence in common for sequence in text.sequences]), "little")
    return (first | first << 8 | first << 16).to_bytes(len(text.words), "little")


def _without(covered: bytes, boilerplate: bytes) -> bytes:
    if 1 not in boilerplate:
        return covered
    kept = int.from_bytes(covered, "little") & ~int.from_bytes(boilerplate, "little")
    return kept.to_bytes(len(covered), "little")


def _runs(covered: bytes) -> Iterator[tuple[int, int]]:
    end = 0
    while (start := covered.find(1, end)) >= 0:
        end = covered.find(0, start)
        end = len(covered) if end < 0 else end
        yield start, end


def _changed_numbers(text: Compared, other: Compared, side: _Side) -> int:
    """Return numbers of a short gap between two passages which the other text has not: filled in, as templates are."""
    gaps = zip(side.runs, side.runs[1:], strict=False)
    near = (text.words[end:start] for (_, end), (start, _) in gaps if start - end <= _GAP)
    return sum(word.isdigit() and word[:6] not in other.stems for words in near for word in words)


def _mentions(text: Compared, other: Compared) -> float:
    return text.mentions(other.topic) if other.topic else 1.0


def _headline_overlap(first: Compared, second: Compared) -> float:
    union = first.topic | second.topic
    return len(first.topic & second.topic) / len(union) if union else 0.0


def fingerprints(words: Sequence[str]) -> dict[int, int]:
    """Return chosen fingerprints (32 bits), each with the position of its first word: about 12 for 100 words."""
    hashes = _hashes(words)
    if len(hashes) <= SEQUENCES_IN_WINDOW:
        return {min(hashes): hashes.index(min(hashes))} if hashes else {}
    chosen: dict[int, int] = {}
    leaves, least = 0, 0  # where the window no longer holds the least sequence
    for last, value in enumerate(hashes[SEQUENCES_IN_WINDOW - 1 :], SEQUENCES_IN_WINDOW - 1):
        if last >= leaves:
            window = hashes[last - SEQUENCES_IN_WINDOW + 1 : last + 1]
            least = min(window)
            place = last - window[::-1].index(least)  # the rightmost, so that it serves longest
        elif value <= least:
            place, least = last, value
        else:
            continue
        leaves = place + SEQUENCES_IN_WINDOW
        chosen.setdefault(least, place)
        if len(chosen) >= MOST:
            break
    return chosen


def boilerplate_words(chosen: dict[int, int], boilerplate: frozenset[int], length: int) -> bytes:
    """Return a byte for each of *length* words, 1 in passages of boilerplate, whose fingerprints are *boilerplate*."""
    mask = bytearray(length)
    before: int | None = None
    for fingerprint, place in sorted(chosen.items(), key=lambda item: item[1]):
        if fingerprint not in boilerplate:
            before = None
            continue
        start = place if before is None else before
        mask[start : place + SEQUENCE] = b"\1" * (min(place + SEQUENCE, length) - start)
        before = place
    return bytes(mask)


def headline_fingerprints(heading: Sequence[str]) -> list[int]:
    """Return a headline's three lowest fingerprints of three longer words in a row, so that an edit keeps some.

    None for a headline that is too short to identify an article.
    """
    if len(set(heading)) < _LEAST_HEADING:
        return []
    rows = zip(heading, heading[1:], heading[2:], strict=False)
    return sorted({crc32(" ".join(row).encode("utf-8", "replace")) for row in rows})[:_OF_HEADLINE]


def _hashes(words: Sequence[str]) -> list[int]:
    """Return the hash of each sequence of words."""
    each = list(map(crc32, " ".join(words).encode("utf-8", "replace").split(b" "))) if words else []
    if len(each) < SEQUENCE:
        return []
    all_words = _pack(each)  # one number of all of them: a product is one step in C, half the time
    sums = 0
    for place, odd in enumerate(_ODD):
        sums ^= all_words * odd >> 32 * _ROOM * place
    return _unpack(sums >> 16, len(each))[: 1 - SEQUENCE]


def _pack(numbers: Sequence[int]) -> int:
    """Return the 32-bit numbers as one large number, each with room above it for a product with 48 bits."""
    places = array("I", bytes(4 * _ROOM * len(numbers)))
    places[::_ROOM] = array("I", numbers)
    return int.from_bytes(_little(places), "little")


def _unpack(packed: int, length: int) -> list[int]:
    """Return the lowest 32 bits of each of *length* places."""
    places = _little(array("I", packed.to_bytes(4 * _ROOM * length, "little")))
    return memoryview(places)[::_ROOM].tolist()


def _little(numbers: "array[int]") -> "array[int]":
    """Return the numbers with their lowest byte first; on a machine that has them so, unchanged."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
