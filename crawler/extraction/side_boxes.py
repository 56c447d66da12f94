"""Find side boxes: cards, calls and notes with a little text beside the article's own, whatever their names are.

The paragraphs of most texts are children of one box, the holder. A side box within or behind it is recognised by its
place, by how little text it has and by what else is in it. The numbers come from a decision tree and were checked on
halves of the sites.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

from crawler.extraction.class_hints import Hint
from crawler.extraction.jsonld import paragraphs_of
from crawler.extraction.walk import Box, ParsedPage, Piece
from news.article import Block, Label
from news.edit_kind_words import CORRECTION
from news.rule_ids import RuleId
from news.teasers.rules import QUOTED
from news.text import fold


class SideBoxRule(RuleId):
    WITH_LINKS = "side_box_with_links", "A small box with many links in it."
    BEHIND_TEXT = "side_box_behind_text", "A small box behind the box that has most of the text."
    AT_END = "side_box_at_end", "A small box near the end of the text."
    IN_TEXT = "side_box_in_text", "A small box between paragraphs, with little else than links and buttons."
    NOT_IN_JSONLD = "side_box_not_in_jsonld", "A small box that the article's text in JSON-LD does not contain."


_BODY = Label.BODY
_PARAGRAPHS = frozenset(("p", "ul", "ol", "blockquote", "pre", "table", "h2", "h3", "h4", "h5", "h6"))
_LINES = frozenset(("p", "li", "div", "blockquote", "h2", "h3", "h4", "h5", "h6"))
_ROWS, _FEWEST_ROWS = frozenset(("li", "td", "th", "dd")), 3
_LITTLE = 300.0  # characters of prose
_TENTH = 0.1  # of the prose
_NAMESAKES = 0.08  # share of the prose in other boxes of that name; with more, the box belongs to the text
_LEAST, _WITH_MANY_LINKS, _MOST, _ALMOST_ALL = 0.23, 0.38, 0.5, 0.7  # the holder's share of the prose
_LINKED = 0.23  # share of the characters
_NEAR_END = 800.0  # characters of prose behind the box
_LONG_CLAIM, _AGREES, _BEGINNING = 600, 0.9, 40  # characters, share of the holder's prose, letters
_DIGITS = re.compile(r"\d+")


@dataclass(slots=True, eq=False)
class _Branch:
    """A box on the level of the holder's paragraphs, or of the holder."""

    top: Box
    prose: float = 0.0
    positions: list[int] = field(default_factory=list)  # of its pieces


class _Text:
    """The text of one page as the markup gives it, and the holder: the box that has most of it."""

    def __init__(self, blocks: Sequence[Block], page: ParsedPage, container: Box, claim: str) -> None:
        self.blocks = blocks
        self.claim = claim
        self.pieces = page.pieces
        self.body = [n for n in range(container.first, container.last) if blocks[n].label is _BODY]
        prose_of: dict[Box, float] = {}
        for n in self.body:
            piece = self.pieces[n]
            if piece.prose:
                box = _holder_of(piece)
                prose_of[box] = prose_of.get(box, 0.0) + piece.prose
        self.holder = max(prose_of, key=prose_of.__getitem__, default=container)
        self.total = sum(prose_of.values())
        self.share = prose_of[self.holder] / self.total if prose_of else 0.0

    def branches(self) -> list[_Branch]:
        """Return a branch for each box with text that is no paragraph of the holder."""
        found: dict[Box, _Branch] = {}
        for n in self.body:
            piece = self.pieces[n]
            if piece.box.parent is not self.holder or piece.box.tag not in _PARAGRAPHS:
                top = self._below(piece.box)
                if top is not None:
                    branch = found.setdefault(top, _Branch(top))
                    branch.prose += piece.prose
                    branch.positions.append(n)
        return list(found.values())

    def _below(self, box: Box) -> Box | None:
        """Return the outermost box around *box*, or itself, that does not contain the holder; None in the holder."""
        first, last = self.holder.first, self.holder.last
        top = None
        up: Box | None = box
        while up is not None and not (up.first <= first and last <= up.last):
            top, up = up, up.parent
        return top

    def before(self, box: Box) -> bool:
        """Return whether the holder has prose before the box."""
        return self.holder.first < box.first and self._prose(self.holder.first, box.first) > 0

    def after(self, box: Box) -> float:
        """Return the holder's prose behind the box, in characters."""
        return self._prose(box.last, self.holder.last)

    @cached_property
    def claimed(self) -> str:
        """The letters of the text in JSON-LD; empty when it is short or differs from the holder's text."""
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


def without_side_boxes(blocks: tuple[Block, ...], page: ParsedPage, container: Box, claim: str) -> tuple[Block, ...]:
    """Return *blocks*, one for each piece of *page*, with the text in side boxes relabelled.

    `claim` is the whole text as JSON-LD has it, or empty.
    """
    text = _Text(blocks, page, container, claim)
    rules = dict(_side_boxes(text)) if text.share > _LEAST else {}
    if not rules:
        return blocks
    return tuple(_relabelled(block, rules[n]) if n in rules else block for n, block in enumerate(blocks))


def _relabelled(block: Block, rule: SideBoxRule) -> Block:
    return block.relabelled(Label.TEASER if rule is SideBoxRule.WITH_LINKS else Label.OTHER, rule, 0.6)


def _holder_of(piece: Piece) -> Box:
    box = piece.box
    return box.parent if box.tag in _LINES and box.parent is not None else box


def _side_boxes(text: _Text) -> Iterator[tuple[int, SideBoxRule]]:
    """Yield the positions of the pieces in side boxes, with the rule that recognised the box."""
    branches = text.branches()
    prose_of: dict[tuple[str, str], float] = {}
    for branch in branches:
        prose_of[_kind(branch.top)] = prose_of.get(_kind(branch.top), 0.0) + branch.prose
    for branch in branches:
        namesakes = prose_of[_kind(branch.top)] - branch.prose
        if namesakes <= _NAMESAKES * text.total and _may_be_side_box(text, branch):
            rule = _rule(text, branch)
            if rule:
                yield from ((n, rule) for n in branch.positions)


def _kind(box: Box) -> tuple[str, str]:
    return box.tag, _DIGITS.sub("", box.names) if box.names else ""


def _may_be_side_box(text: _Text, branch: _Branch) -> bool:
    """Return False for the holder's lists and quotations, tables in a figure, and what page or outlet call the text."""
    top = branch.top
    if (top.tag in _PARAGRAPHS and text.holder.first <= top.first < text.holder.last) or top.tag == "figure":
        return False
    return not (top.hints & Hint.ARTICLE or text.pieces[branch.positions[0]].box.effective_hints & Hint.KEPT)


def _rule(text: _Text, branch: _Branch) -> SideBoxRule | None:
    """Return the rule by which the branch is a side box; None when it is text."""
    little, others = branch.prose <= _LITTLE, branch.top.last - branch.top.first - len(branch.positions)
    if text.share > _ALMOST_ALL and branch.top.first >= text.holder.last:
        return SideBoxRule.BEHIND_TEXT if little or others else None
    if not little or CORRECTION.search(text.blocks[branch.positions[0]].text):
        return None
    if text.claim and text.before(branch.top) and _is_unclaimed(text, branch):
        return SideBoxRule.NOT_IN_JSONLD
    if text.share > _WITH_MANY_LINKS and _linked(text.blocks[branch.top.first : branch.top.last]) > _LINKED:
        return SideBoxRule.WITH_LINKS
    after = text.after(branch.top)
    if others and after <= _NEAR_END:
        return SideBoxRule.AT_END
    return _rule_in_holder(text, branch, others, after) if text.share > _MOST and text.before(branch.top) else None


def _rule_in_holder(text: _Text, branch: _Branch, others: int, after: float) -> SideBoxRule | None:
    """Return the rule for a small box below paragraphs of the holder, which has most of the text."""
    if not after and branch.prose < _TENTH * text.total:
        return None if _is_list(text, branch) else SideBoxRule.AT_END
    return SideBoxRule.IN_TEXT if others >= len(branch.positions) and _is_no_text(text, branch) else None


def _is_unclaimed(text: _Text, branch: _Branch) -> bool:
    """Return whether the text in JSON-LD, which agrees with the holder's, contains no part of the box."""
    texts = [text.blocks[n].text for n in branch.positions]
    return bool(text.claimed) and not any(_begins(line) in text.claimed for line in texts)


def _is_list(text: _Text, branch: _Branch) -> bool:
    """Return whether the box has rows of a list or a table without links: ingredients of a recipe, results."""
    rows = [text.blocks[n] for n in branch.positions if text.blocks[n].tag in _ROWS]
    return len(rows) >= _FEWEST_ROWS and not any(row.link_share for row in rows)


def _linked(blocks: Sequence[Block]) -> float:
    """Return the share of characters (0 to 1) in links."""
    return sum(block.link_share * len(block.text) for block in blocks) / sum(len(block.text) for block in blocks)


def _is_no_text(text: _Text, branch: _Branch) -> bool:
    """Return False for a quotation, a list and a table, which may be in boxes between paragraphs."""
    blocks = [text.blocks[n] for n in branch.positions]
    return not QUOTED.search(blocks[0].text) and all(block.tag not in ("li", "td", "th") for block in blocks)
