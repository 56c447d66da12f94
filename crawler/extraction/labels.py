"""Label every piece of the page by its markup: where it stands, what its boxes are called, how much of it is linked."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from crawler.extraction.author_names import BY
from crawler.extraction.class_hints import Hint
from crawler.extraction.container import SET_ASIDE
from crawler.extraction.fields import CREDIT
from crawler.extraction.walk import Box, ParsedPage, Piece
from news.article import Block, Label
from news.dates import parse_date
from news.notices import is_promo
from news.phrases import STOCK
from news.rule_ids import RuleId
from news.teasers.rules import FRAGMENT
from news.text import ends_sentence, fold, weighted_length


class LabelRule(RuleId):
    EQUALS_HEADLINE = "equals_headline", "Equal to the headline."
    IN_CONTAINER = "in_container", "In the box that contains the article's text."
    NAMED_LEAD = "named_lead", "In a box whose name says that it is the lead."
    EQUALS_DESCRIPTION = "equals_description", "Below the headline, equal to the page's description: the lead."
    BELOW_HEADLINE = "below_headline", "Directly below the headline and outside the text's box: the lead."
    GALLERY_CAPTION = "gallery_caption", "The caption of a picture, on a page whose captions are the text."
    BELOW_ANOTHER_HEADLINE = "below_another_headline", "Below the headline of another article on the page."
    ABOVE_HEADLINE = "above_headline", "In the text's box, above the headline."
    ONLY_A_LINK = "only_a_link", "In the text's box, a line that is nothing but a link."
    COPYRIGHT_LINE = "copyright_line", "A copyright line outside the text's box."
    SHORT_LINK_OUTSIDE = "short_link_outside", "A short link outside the text's box."
    LINK_OUTSIDE = "link_outside", "A link outside the text's box."
    OUTSIDE_CONTAINER = "outside_container", "Outside the text's box, for no other reason."
    REMOVED_BOX = "removed_box", "In a box that the outlet's settings remove."
    COMMENT_BOX = "comment_box", "In a box for comments, by its tag or name."
    AD_BOX = "ad_box", "In a box for advertisements, by its tag or name."
    PROMO_BOX = "promo_box", "In a box for promos of the outlet, by its tag or name."
    LEGAL_BOX = "legal_box", "In a box for legal text, by its tag or name."
    NAVIGATION_BOX = "navigation_box", "In a menu or another box for navigation, by its tag or name."
    CAPTION_BOX = "caption_box", "In a caption, by its tag or name."
    RELATED_BOX = "related_box", "In a box for other articles, by its tag or name."
    SHARE_BOX = "share_box", "In a box for sharing, searching or signing in, by its tag or name."
    EMBED_BOX = "embed_box", "In a box with a post from elsewhere, by its tag or name."
    MEDIA_BOX = "media_box", "In a box for pictures or videos, by its tag or name."
    BYLINE_BOX = "byline_box", "In a box for the authors, by its tag or name."
    DATE_BOX = "date_box", "In a box for the date, by its tag or name."
    TAGS_BOX = "tags_box", "In a box for tags, by its tag or name."
    HIDDEN_BOX = "hidden_box", "In a box that readers do not see."


Verdict = tuple[Label, RuleId, float]
_BODY = Label.BODY
# The first hint that a box has decides. Verdicts are constants, since looking up enum members costs time in each block.
_BY_HINT: tuple[tuple[int, Verdict], ...] = (
    (Hint.REMOVED, (Label.TEASER, LabelRule.REMOVED_BOX, 0.8)),
    (Hint.COMMENT, (Label.COMMENT, LabelRule.COMMENT_BOX, 0.8)),
    (Hint.AD, (Label.AD, LabelRule.AD_BOX, 0.8)),
    (Hint.PROMO, (Label.PROMO, LabelRule.PROMO_BOX, 0.8)),
    (Hint.LEGAL, (Label.LEGAL, LabelRule.LEGAL_BOX, 0.8)),
    (Hint.NAVIGATION, (Label.NAVIGATION, LabelRule.NAVIGATION_BOX, 0.8)),
    (Hint.CAPTION, (Label.CAPTION, LabelRule.CAPTION_BOX, 0.8)),
    (Hint.RELATED, (Label.RELATED, LabelRule.RELATED_BOX, 0.8)),
    (Hint.SHARE, (Label.WIDGET, LabelRule.SHARE_BOX, 0.8)),
    (Hint.EMBED, (Label.WIDGET, LabelRule.EMBED_BOX, 0.8)),
    (Hint.MEDIA, (Label.CAPTION, LabelRule.MEDIA_BOX, 0.8)),
    (Hint.BYLINE, (Label.BYLINE, LabelRule.BYLINE_BOX, 0.8)),
    (Hint.DATE, (Label.DATE, LabelRule.DATE_BOX, 0.8)),
    (Hint.TAGS, (Label.NAVIGATION, LabelRule.TAGS_BOX, 0.8)),
    (Hint.HIDDEN, (Label.OTHER, LabelRule.HIDDEN_BOX, 0.8)),
)
_HEADLINE: Verdict = (Label.HEADLINE, LabelRule.EQUALS_HEADLINE, 1.0)
_BELOW_ANOTHER: Verdict = (Label.TEASER, LabelRule.BELOW_ANOTHER_HEADLINE, 0.9)
_ABOVE_HEADLINE: Verdict = (Label.OTHER, LabelRule.ABOVE_HEADLINE, 0.7)
_LINK: Verdict = (Label.RELATED, LabelRule.ONLY_A_LINK, 0.8)
_NAMED_LEAD: Verdict = (Label.LEAD, LabelRule.NAMED_LEAD, 0.8)
_FRAGMENT: Verdict = (Label.OTHER, FRAGMENT, 0.6)
_PROSE: Verdict = (Label.BODY, LabelRule.IN_CONTAINER, 0.9)
_OTHER_TEXT: Verdict = (Label.BODY, LabelRule.IN_CONTAINER, 0.6)
_COPYRIGHT_LINE: Verdict = (Label.LEGAL, LabelRule.COPYRIGHT_LINE, 0.9)
_SHORT_LINK_OUTSIDE: Verdict = (Label.NAVIGATION, LabelRule.SHORT_LINK_OUTSIDE, 0.7)
_LINK_OUTSIDE: Verdict = (Label.TEASER, LabelRule.LINK_OUTSIDE, 0.8)
_OUTSIDE: Verdict = (Label.OTHER, LabelRule.OUTSIDE_CONTAINER, 0.7)
_LOOSE_TAGS = frozenset(("div", "section", "span", "article", "main", "label", "form", "header"))
_LEVELS = 30  # boxes around a piece whose names are read
_LINKED = 0.75  # linked share of a short line; with more it is a link, not text
_WHOLLY, _PARTLY = 0.97, 0.6  # the same for a sentence and for a title
_SENTENCE, _TITLE, _POINTER = 120, 60, 30  # characters
_BEGUN = 200.0  # characters of prose; a headline behind them is a heading of the text
_COPYRIGHT = re.compile(
    r"^(?:©|\(c\)|copyright\b)|all rights reserved|alle rechte vorbehalten|tous droits réservés", re.IGNORECASE
)
_FEWEST_CAPTIONS = 4  # captions that make a gallery
_SHORTEST_CAPTION = 35  # characters; shorter lines say who made the picture
_LITTLE_TEXT = 900  # characters; a page with more text is no gallery
_TIMES_THE_TEXT = 2  # as much in captions as in paragraphs
_NO_CAPTION = SET_ASIDE & ~(Hint.CAPTION | Hint.MEDIA)
_SHORTEST_LEAD, _LONGEST_LEAD = 35, 600  # characters
_LONG_LEAD = 90  # characters; a byline or a date is shorter
_LEAD_WITHIN = 4  # blocks below the headline
_LEAD_TAGS = frozenset(("h2", "h3", "h4", "p", "div", "span"))
_BYLINE_SIGNS = frozenset("|·•@©")  # separate the parts of bylines and credits


class Labeller:
    """Labels the pieces of one page, whose text is in `container` and ends before position `end`."""

    def __init__(self, page: ParsedPage, container: Box, end: int, headline: str | None) -> None:
        self.page = page
        self.container = container
        self.headlines = _equal_to(headline or "", page.pieces)
        self.end = end
        self.top = min(self.headlines, default=-1)
        self.start = self._start()
        self.namesakes = Counter(box.names for box in page.boxes if box.prose)  # boxes with text, by name
        self.begun = False  # running text was found in the container

    def label(self) -> list[Block]:
        """Return one block per piece, in page order."""
        return [self._block(position, piece) for position, piece in enumerate(self.page.pieces)]

    def _start(self) -> int:
        """Return the position where the text can begin: the first headline in the container that is above the prose."""
        start, prose = self.container.first, 0.0
        for position in range(self.container.first, self.container.last):
            piece = self.page.pieces[position]
            if position in self.headlines and not piece.box.effective_hints & SET_ASIDE:
                return position
            if piece.prose and not (piece.box.effective_hints | piece.hints) & SET_ASIDE:
                prose += piece.prose
                if prose > _BEGUN:
                    break
        return start

    def _block(self, position: int, piece: Piece) -> Block:
        label, rule, score = self._judge(position, piece)
        linked = round(piece.link_share, 3) if piece.linked else 0.0
        hints = _names_around(piece.box) if label is _BODY else ""
        return Block(piece.text, label, rule, score, piece.tag, linked, hints)

    def _judge(self, position: int, piece: Piece) -> Verdict:
        if position in self.headlines:
            return _HEADLINE
        if not self.container.first <= position < self.container.last:
            return self._outside(position, piece)
        hints = piece.box.effective_hints | piece.hints
        if hints & SET_ASIDE:
            return _hinted(hints)
        if position >= self.end:
            return _BELOW_ANOTHER
        if position < self.start:
            return _ABOVE_HEADLINE
        return self._inside(piece)

    def _inside(self, piece: Piece) -> Verdict:
        if piece.linked and piece.link_share >= _PARTLY and self._is_link(piece):
            return _LINK
        if not self.begun and self._is_named_lead(piece, Hint.LEAD):
            return _NAMED_LEAD
        if piece.tag in _LOOSE_TAGS and _is_fragment(piece):
            return _FRAGMENT
        self.begun = self.begun or piece.prose > 0
        return _PROSE if piece.prose else _OTHER_TEXT

    def _is_link(self, piece: Piece) -> bool:
        """Return whether the piece is a link and no text.

        That is a title or a short line that is mostly linked ("See also: Will it rain?"), and a sentence that is wholly
        linked. It is not a long sentence in a text of linked sentences, where a link was never closed.
        """
        length = weighted_length(piece.text)
        if ends_sentence(piece.text) and (length > _SENTENCE or ":" not in piece.text[:_POINTER]):
            return piece.link_share > _WHOLLY and (length <= _SENTENCE or self.container.prose > 0)
        return piece.link_share >= (_LINKED if length < _TITLE else _PARTLY)

    def _is_named_lead(self, piece: Piece, hints: int) -> bool:
        """Whether the piece is in a short box with one of *hints*. The name of several boxes means something else."""
        box: Box | None = piece.box
        while box is not None and not box.hints & hints:
            box = box.parent
        if box is None or not 40 < box.prose < min(1000.0, 0.3 * self.page.boxes[0].prose):
            return False
        return self.namesakes[box.names] == 1

    def _outside(self, position: int, piece: Piece) -> Verdict:
        hints = piece.box.effective_hints | piece.hints
        if hints & SET_ASIDE:
            return _hinted(hints)
        before = position < self.container.first and piece.prose > 0
        if before and self._is_named_lead(piece, Hint.LEAD | Hint.OPENING) and self._is_near_text(position):
            return _NAMED_LEAD
        if _COPYRIGHT.search(piece.text[:200]):
            return _COPYRIGHT_LINE
        if piece.link_share >= 0.5:
            return _SHORT_LINK_OUTSIDE if weighted_length(piece.text) < 20 else _LINK_OUTSIDE
        return _OUTSIDE

    def _is_near_text(self, position: int) -> bool:
        """Whether the position is near the text and not above its headline, where series and sections are described."""
        return self.container.first - position <= 30 and position > self.top


def _is_fragment(piece: Piece) -> bool:
    """Return whether the piece is short, no sentence and not bold, in a box without prose."""
    if weighted_length(piece.text) >= 60 or ends_sentence(piece.text):
        return False
    return not piece.box.prose and not piece.bold


def _equal_to(headline: str, pieces: Sequence[Piece]) -> frozenset[int]:
    """Return the positions of the headline on the page."""
    folded, shortest, longest = fold(headline), len(headline) - 12, len(headline) + 12
    if not folded:
        return frozenset()
    near = [n for n, piece in enumerate(pieces) if shortest <= len(piece.text) <= longest]
    return frozenset(n for n in near if fold(pieces[n].text) == folded)


@lru_cache(maxsize=4_000)
def _hinted(hints: int) -> Verdict:
    """Return the verdict for hints of which SET_ASIDE has at least one."""
    return next(verdict for hint, verdict in _BY_HINT if hints & hint)


def _names_around(box: Box | None) -> str:
    """Return the class and id of the two nearest named boxes, searching from *box* up `_LEVELS` levels."""
    names: list[str] = []
    for _ in range(_LEVELS):
        if box is None or len(names) == 2:
            break
        if box.names:
            names.append(box.names[:80])
        box = box.parent
    return " < ".join(names)


def with_gallery_captions(blocks: tuple[Block, ...], page: ParsedPage, container: Box) -> tuple[Block, ...]:
    """*blocks*, one for each piece of *page*, the captions in the container as text where they tell most of it."""
    shown = 0
    for n in range(container.last - 1, container.first - 1, -1):
        if blocks[n].label is _BODY:
            shown += len(blocks[n].text)
            start = n
            if shown > _LITTLE_TEXT:  # most pages
                return blocks
    if not shown:
        return blocks
    captions = _gallery_captions(blocks, page, range(start, container.last))
    if len(captions) < _FEWEST_CAPTIONS or sum(map(len, captions)) < _TIMES_THE_TEXT * shown:
        return blocks
    return tuple(
        block.relabelled(Label.BODY, LabelRule.GALLERY_CAPTION, 0.6) if captions.get(block.text) == n else block
        for n, block in enumerate(blocks)
    )


def _gallery_captions(blocks: Sequence[Block], page: ParsedPage, positions: range) -> dict[str, int]:
    """Return the captions that are more than a credit, with their first positions: galleries repeat captions."""
    captions: dict[str, int] = {}
    for n in positions:
        block, hints = blocks[n], page.pieces[n].box.effective_hints | page.pieces[n].hints
        own = block.label is Label.CAPTION and not hints & _NO_CAPTION and block.link_share < 0.5
        if own and len(block.text) >= _SHORTEST_CAPTION and not CREDIT.match(block.text):
            captions.setdefault(block.text, n)
    return captions


def with_lead(blocks: tuple[Block, ...], descriptions: Iterable[str]) -> tuple[Block, ...]:
    """Return *blocks* with a lead, when none has that label yet.

    It is the block below the headline that equals one of the page's *descriptions*, or the one directly below it.
    """
    if any(block.label is Label.LEAD for block in blocks):
        return blocks
    below = _below_headline(blocks)
    described = {fold(text) for text in descriptions if len(text) >= _SHORTEST_LEAD}
    for position in below:
        if fold(blocks[position].text) in described and blocks[position].label is not Label.HEADLINE:
            return _as_lead(blocks, position, LabelRule.EQUALS_DESCRIPTION, 0.9)
    if below and _may_be_lead(blocks[below[0]]):
        return _as_lead(blocks, below[0], LabelRule.BELOW_HEADLINE, 0.7)
    return blocks


def _below_headline(blocks: Sequence[Block]) -> range:
    """Return the positions between the last headline above the text and the text."""
    text = next((n for n, block in enumerate(blocks) if block.label is Label.BODY), 0)
    above = [n for n in range(text) if blocks[n].label is Label.HEADLINE]
    return range(above[-1] + 1, min(text, above[-1] + 1 + _LEAD_WITHIN)) if above else range(0)


def _may_be_lead(block: Block) -> bool:
    text = block.text
    if block.rule != LabelRule.OUTSIDE_CONTAINER or block.tag not in _LEAD_TAGS or block.link_share > 0.2:
        return False
    if not _SHORTEST_LEAD <= len(text) <= _LONGEST_LEAD or not _BYLINE_SIGNS.isdisjoint(text):
        return False
    if STOCK.match(text.lower()) or is_promo(text) or CREDIT.search(text):
        return False
    return len(text) >= _LONG_LEAD or ends_sentence(text) or not (BY.match(text) or parse_date(text))


def _as_lead(blocks: tuple[Block, ...], position: int, rule: RuleId, score: float) -> tuple[Block, ...]:
    lead = blocks[position].relabelled(Label.LEAD, rule, score)
    return (*blocks[:position], lead, *blocks[position + 1 :])
