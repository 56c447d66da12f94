"""Winnowing: a few of a text's word sequences; texts with a passage in common have the same ones chosen there.

After Schleimer, Wilkerson and Aiken, "Winnowing: Local Algorithms for Document Fingerprinting" (SIGMOD 2003).
"""

import sys
from array import array
from collections.abc import Sequence
from zlib import crc32

SEQUENCE = 4  # words
WINDOW = 16  # sequences, of which one is chosen: a passage of 19 words in common is always noticed
_ODD = (0x9E3779B185EB, 0xC2B2AE3D27D5, 0x165667B19E37, 0x85EBCA77C2B3)  # large and odd: every word counts by its place
_ROOM = 3  # of 32 bits each, for a word's checksum and a product of it
_LEAST_HEADING, _OF_HEADLINE = 4, 3  # words, and fingerprints
MOST = 400  # of a text; what comes after the first 3,400 words tells nothing new


def fingerprints(words: Sequence[str]) -> dict[int, int]:
    """The chosen sequences: 32-bit fingerprint to the position of its first word. About 12 for 100 words."""
    hashes = _hashes(words)
    if len(hashes) <= WINDOW:
        return {min(hashes): hashes.index(min(hashes))} if hashes else {}
    chosen: dict[int, int] = {}
    leaves, least = 0, 0  # where the window no longer holds the least sequence
    for last, value in enumerate(hashes[WINDOW - 1 :], WINDOW - 1):
        if last >= leaves:
            window = hashes[last - WINDOW + 1 : last + 1]
            least = min(window)
            place = last - window[::-1].index(least)  # the rightmost, so that it serves longest
        elif value <= least:
            place, least = last, value
        else:
            continue
        leaves = place + WINDOW
        chosen.setdefault(least, place)
        if len(chosen) >= MOST:
            break
    return chosen


def standing_words(chosen: dict[int, int], standing: frozenset[int], length: int) -> bytes:
    """A byte for each of *length* words, 1 where only *standing* fingerprints are chosen: a passage of boilerplate."""
    mask = bytearray(length)
    before: int | None = None
    for fingerprint, place in sorted(chosen.items(), key=lambda item: item[1]):
        if fingerprint not in standing:
            before = None
            continue
        start = place if before is None else before
        mask[start : place + SEQUENCE] = b"\1" * (min(place + SEQUENCE, length) - start)
        before = place
    return bytes(mask)


def headline_fingerprints(heading: Sequence[str]) -> list[int]:
    """Of a headline's longer words: of all three in a row the least three, so that with one word more some stay.

    None of a headline that is too short to tell articles apart.
    """
    if len(set(heading)) < _LEAST_HEADING:
        return []
    rows = zip(heading, heading[1:], heading[2:], strict=False)
    return sorted({crc32(" ".join(row).encode("utf-8", "replace")) for row in rows})[:_OF_HEADLINE]


def _hashes(words: Sequence[str]) -> list[int]:
    """Of each sequence of words."""
    each = list(map(crc32, " ".join(words).encode("utf-8", "replace").split(b" "))) if words else []
    if len(each) < SEQUENCE:
        return []
    all_words = _pack(each)  # one number of all of them: a product is one step in C, half the time
    sums = 0
    for place, odd in enumerate(_ODD):
        sums ^= all_words * odd >> 32 * _ROOM * place
    return _unpack(sums >> 16, len(each))[: 1 - SEQUENCE]


def _pack(numbers: Sequence[int]) -> int:
    """Numbers of 32 bits in one, each with room above it for its product with one of 48."""
    places = array("I", bytes(4 * _ROOM * len(numbers)))
    places[::_ROOM] = array("I", numbers)
    return int.from_bytes(_little(places), "little")


def _unpack(packed: int, length: int) -> list[int]:
    """The lowest 32 bits of each of so many places."""
    places = _little(array("I", packed.to_bytes(4 * _ROOM * length, "little")))
    return memoryview(places)[::_ROOM].tolist()


def _little(numbers: "array[int]") -> "array[int]":
    """Numbers in this machine's order of bytes, in that with the lowest first; and the other way round."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
