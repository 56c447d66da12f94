"""What the rules of the second look share: their types, and what a block looks like by itself."""

import re
from collections.abc import Callable, Iterator, Sequence

from news.article import Article, Block, Label

Verdict = tuple[int, Label, str, float]
Rule = Callable[[Sequence[Block], Sequence[int], Article], Iterator[Verdict]]
BODY = Label.BODY  # every rule asks every block: looking the name up in the enum takes longer than comparing
FRAGMENT = "fragment outside a paragraph"  # the rule that reading the markup gives such blocks
MIN_RUN = 3  # items that make a timed list
TITLE_CHARS = 220  # a longer text is no headline
END = re.compile(r"[.!?…。！？؟।■●◆▪][\s'\"”“’»«)\]›」』*†]*$")
QUOTED = re.compile(r"[\"“”„«»‹›]")
HEADING = re.compile(r"h[1-6]$")
LETTERS = re.compile(r"[^\W\d_]{2,}")
DIGIT = re.compile(r"\d")


def is_title(block: Block) -> bool:
    """True for a short text that need not be a sentence."""
    return len(block.text) <= TITLE_CHARS


def is_prose(block: Block) -> bool:
    return (
        len(block.text) > 80
        and bool(END.search(block.text[-8:]))
        and block.link_share < 0.5
        and not HEADING.match(block.tag)
    )
