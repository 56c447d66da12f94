"""What both benchmarks of reading count: agreement with the true text, and lines about other pages that leaked."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from crawler.extraction.page_bytes import affordable
from crawler.extraction.walk import parse_page

_WORD = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]|[^\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]+")
_SIZE = 4  # words of a shingle
_LINKED = 0.5  # share of a line's characters in links that makes it a line about another page
_MOST = 0.6  # share of a line's shingles that makes it leaked


def words(text: str | None) -> list[str]:
    return _WORD.findall(text or "")


def shingles(tokens: Sequence[str], size: int = _SIZE) -> Counter[tuple[str, ...]]:
    parts = zip(*(tokens[n:] for n in range(size)), strict=False)
    return Counter(parts) if len(tokens) >= size else Counter([tuple(tokens)] if tokens else [])


def overlap(true: str, found: str) -> tuple[float, float]:
    """Precision and recall of the text *found*."""
    one, two = shingles(words(true)), shingles(words(found))
    both = (one & two).total()
    return (both / two.total() if two else 0.0), (both / one.total() if one else 1.0)


def linked_lines(page: bytes) -> Iterator[list[str]]:
    """The words of each line of *page* (UTF-8) that is mostly a link and long enough to be told from others."""
    for piece in parse_page(affordable(page)).pieces:
        tokens = words(piece.text) if piece.link_share >= _LINKED else []
        if len(tokens) >= _SIZE:
            yield tokens


def leaks(true: str | None, found: str, lines: Sequence[Sequence[str]]) -> int:
    """How many of the *lines* (words) stand in the text *found*, for the most part, and not in the true one."""
    known, shown = shingles(words(true)), shingles(words(found))
    foreign = ([part for part in shingles(line) if part not in known] for line in lines)
    return sum(sum(part in shown for part in parts) >= _MOST * len(parts) for parts in foreign if parts)
