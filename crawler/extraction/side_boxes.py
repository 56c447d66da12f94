"""Boxes with a little text beside the text's own: cards, calls and notes, whatever their names are.

Most texts lie as paragraphs side by side in one box, the holder. A box within or behind it is known by its place, by
how little it holds and by what else is in it; the numbers were found with a decision tree and tried on halves of the
sites.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

from crawler.extraction.markup import Hint
from crawler.extraction.scripted_text import paragraphs_of
from crawler.extraction.walk import Box, ParsedPage, Piece
from news.article import Block, Label
from news.edit_words import CORRECTION
from news.teasers.rules import QUOTED
from news.text import fold

WITH_LINKS = "box with links beside the text"  # the rule of the surest kind
_BEHIND, _AT_END, _AMONG = "box behind the text", "box at the text's end", "box among the text"
_UNCLAIMED = "box that the claimed text lacks"
_BODY = Label.BODY
_PARAGRAPHS = frozenset(("p", "ul", "ol", "blockquote", "pre", "table", "h2", "h3", "h4", "h5", "h6"))
_LINES = frozenset(("p", "li", "div", "blockquote", "h2", "h3", "h4", "h5", "h6"))
_ROWS, _FEWEST_ROWS = frozenset(("li", "td", "th", "dd")), 3
_LITTLE = 300.0  # characters of prose
_TENTH = 0.1  # of the prose
_ALIKE = 0.08  # share of the prose in other boxes of that name which makes it one of the text's own
_LEAST, _WITH_MANY_LINKS, _MOST, _ALMOST_ALL = 0.23, 0.38, 0.5, 0.7  # share of the prose that the holder has
_LINKED = 0.23  # share of the characters
_NEAR_END = 800.0  # characters of prose that follow
_LONG_CLAIM, _AGREES, _BEGINNING = 600, 0.9, 40  # characters, share of the holder's prose, letters
_DIGITS = re.compile(r"\d+")


@dataclass(slots=True, eq=False)
class _Branch:
    """What stands side by side with the holder's paragraphs, or with the holder."""

    top: Box
    prose: float = 0.0
    places: list[int] = field(default_factory=list)


class _Text:
    """The text of one page, as far as the markup tells, and the box that holds most of it."""

    def __init__(self, blocks: Sequence[Block], page: ParsedPage, container: Box, claim: str) -> None:
        self.blocks = blocks
        self.claim = claim
        self.pieces = page.pieces
        self.body = [n for n in range(container.first, container.last) if blocks[n].label is _BODY]
        held: dict[Box, float] = {}
        for n in self.body:
            piece = self.pieces[n]
            if piece.prose:
                box = _holder_of(piece)
                held[box] = held.get(box, 0.0) + piece.prose
        self.holder = max(held, key=held.__getitem__, default=container)
        self.total = sum(held.values())
        self.share = held[self.holder] / self.total if held else 0.0

    def branches(self) -> list[_Branch]:
        """One for each box with text that is no paragraph of the holder."""
        found: dict[Box, _Branch] = {}
        for n in self.body:
            piece = self.pieces[n]
            if piece.box.parent is not self.holder or piece.box.tag not in _PARAGRAPHS:
                top = self._below(piece.box)
                if top is not None:
                    branch = found.setdefault(top, _Branch(top))
                    branch.prose += piece.prose
                    branch.places.append(n)
        return list(found.values())

    def _below(self, box: Box) -> Box | None:
        """The outermost box around *box*, itself included, that does not hold the holder; None in the holder itself."""
        first, last = self.holder.first, self.holder.last
        top = None
        up: Box | None = box
        while up is not None and not (up.first <= first and last <= up.last):
            top, up = up, up.parent
        return top

    def before(self, box: Box) -> bool:
        """Whether prose of the holder stands before the box."""
        return self.holder.first < box.first and self._prose(self.holder.first, box.first) > 0

    def after(self, box: Box) -> float:
        """The holder's prose behind the box, in characters."""
        return self._prose(box.last, self.holder.last)

    @cached_property
    def claimed(self) -> str:
        """The letters of the text that JSON-LD claims; empty when it is short or another text than the holder's."""
        letters = fold(" ".join(paragraphs_of(self.claim))) if len(self.claim) > _LONG_CLAIM else ""
        own = [p for p in map(self.pieces.__getitem__, self.body) if p.prose and _holder_of(p) is self.holder]
        agrees = sum(piece.prose for piece in own if letters and _begins(piece.text) in letters)
        return letters if agrees >= _AGREES * sum(piece.prose for piece in own) else ""

    def _prose(self, first: int, last: int) -> float:
        return self._sums[last] - self._sums[first] if first < last else 0.0

    @cached_property
    def _sums(self) -> list[float]:
        """Running sums of the text's prose: a page may have as many boxes as paragraphs."""
        proses = [0.0] * len(self.pieces)
        for n in self.body:
            proses[n] = self.pieces[n].prose
        return list(accumulate(proses, initial=0.0))


def _begins(text: str) -> str:
    return fold(text[: 2 * _BEGINNING])[:_BEGINNING]


def without_strays(blocks: tuple[Block, ...], page: ParsedPage, container: Box, claim: str) -> tuple[Block, ...]:
    """*blocks*, one for each piece of *page*, without the text in boxes that are none of the text's own.

    `claim` is the whole text as JSON-LD has it, or empty."""
    text = _Text(blocks, page, container, claim)
    strays = dict(_strays(text)) if text.share > _LEAST else {}
    if not strays:
        return blocks
    return tuple(_aside(block, strays[n]) if n in strays else block for n, block in enumerate(blocks))


def _aside(block: Block, rule: str) -> Block:
    return block.relabelled(Label.TEASER if rule is WITH_LINKS else Label.OTHER, rule, 0.6)


def _holder_of(piece: Piece) -> Box:
    box = piece.box
    return box.parent if box.tag in _LINES and box.parent is not None else box


def _strays(text: _Text) -> Iterator[tuple[int, str]]:
    branches = text.branches()
    alike: dict[tuple[str, str], float] = {}
    for branch in branches:
        alike[_kind(branch.top)] = alike.get(_kind(branch.top), 0.0) + branch.prose
    for branch in branches:
        if alike[_kind(branch.top)] - branch.prose <= _ALIKE * text.total and _may_be_stray(text, branch):
            rule = _rule(text, branch)
            if rule:
                yield from ((n, rule) for n in branch.places)


def _kind(box: Box) -> tuple[str, str]:
    return box.tag, _DIGITS.sub("", box.names) if box.names else ""


def _may_be_stray(text: _Text, branch: _Branch) -> bool:
    """False for lists and quotations of the holder, tables in a figure, and what the page or the outlet calls text."""
    top = branch.top
    if (top.tag in _PARAGRAPHS and text.holder.first <= top.first < text.holder.last) or top.tag == "figure":
        return False
    return not (top.hints & Hint.ARTICLE or text.pieces[branch.places[0]].box.settled & Hint.KEPT)


def _rule(text: _Text, branch: _Branch) -> str:
    """The rule that tells the branch from text; empty when none does."""
    little, others = branch.prose <= _LITTLE, branch.top.last - branch.top.first - len(branch.places)
    if text.share > _ALMOST_ALL and branch.top.first >= text.holder.last:
        return _BEHIND if little or others else ""
    if not little or CORRECTION.search(text.blocks[branch.places[0]].text):
        return ""
    if text.claim and text.before(branch.top) and _is_unclaimed(text, branch):
        return _UNCLAIMED
    if text.share > _WITH_MANY_LINKS and _linked(text.blocks[branch.top.first : branch.top.last]) > _LINKED:
        return WITH_LINKS
    after = text.after(branch.top)
    if others and after <= _NEAR_END:
        return _AT_END
    return _rule_in(text, branch, others, after) if text.share > _MOST and text.before(branch.top) else ""


def _rule_in(text: _Text, branch: _Branch, others: int, after: float) -> str:
    """The rule for a little box below paragraphs of the holder, which has most of the text."""
    if not after and branch.prose < _TENTH * text.total:
        return "" if _is_list(text, branch) else _AT_END
    return _AMONG if others >= len(branch.places) and _is_no_text(text, branch) else ""


def _is_unclaimed(text: _Text, branch: _Branch) -> bool:
    """True when the claimed text, which agrees with the holder's, has no part of the box."""
    texts = [text.blocks[n].text for n in branch.places]
    return bool(text.claimed) and not any(_begins(line) in text.claimed for line in texts)


def _is_list(text: _Text, branch: _Branch) -> bool:
    """True for a recipe's ingredients, results and the like: rows of a list or a table, and no links in them."""
    rows = [text.blocks[n] for n in branch.places if text.blocks[n].tag in _ROWS]
    return len(rows) >= _FEWEST_ROWS and not any(row.link_share for row in rows)


def _linked(blocks: Sequence[Block]) -> float:
    """The share of characters that stand in links."""
    return sum(block.link_share * len(block.text) for block in blocks) / sum(len(block.text) for block in blocks)


def _is_no_text(text: _Text, branch: _Branch) -> bool:
    """False for a quotation, a list and a table, which stand in boxes among the text, too."""
    blocks = [text.blocks[n] for n in branch.places]
    return not QUOTED.search(blocks[0].text) and all(block.tag not in ("li", "td", "th") for block in blocks)
