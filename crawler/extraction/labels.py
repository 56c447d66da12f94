"""Label every piece of the page by its markup: where it stands, what its boxes are called, how much of it is linked."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from crawler.extraction.author_names import BY
from crawler.extraction.container import SET_ASIDE
from crawler.extraction.fields import CREDIT
from crawler.extraction.markup import Hint
from crawler.extraction.walk import Box, ParsedPage, Piece
from news.article import Block, Label
from news.dates import parse_date
from news.phrases import STOCK
from news.teasers import FRAGMENT, is_promo
from news.text import ends_sentence, fold, weighted_length

OUTSIDE = "outside the text"  # the rule that gives what stands in no box of a name beside the text
# The first hint that holds names the label.
_BY_HINT = (
    (Hint.REMOVED, Label.TEASER),
    (Hint.COMMENT, Label.COMMENT),
    (Hint.AD, Label.AD),
    (Hint.PROMO, Label.PROMO),
    (Hint.LEGAL, Label.LEGAL),
    (Hint.NAVIGATION, Label.NAVIGATION),
    (Hint.CAPTION, Label.CAPTION),
    (Hint.RELATED, Label.RELATED),
    (Hint.SHARE, Label.WIDGET),
    (Hint.EMBED, Label.WIDGET),
    (Hint.MEDIA, Label.CAPTION),
    (Hint.BYLINE, Label.BYLINE),
    (Hint.DATE, Label.DATE),
    (Hint.TAGS, Label.NAVIGATION),
    (Hint.HIDDEN, Label.OTHER),
)
_NAMES = {value: name.lower() for name, value in vars(Hint).items() if name.isupper()}
_LOOSE = frozenset(("div", "section", "span", "article", "main", "label", "form", "header"))
_LEVELS = 30  # boxes around a piece whose names are looked at
_LINKED = 0.75  # share of a short line's characters in links that makes it a link, not text
_WHOLLY, _PARTLY = 0.97, 0.6  # the same of a sentence, and of a title
_SENTENCE, _TITLE, _POINTER = 120, 60, 30  # characters
_BEGUN = 200.0  # characters of prose behind which a headline is a heading of the text
_COPYRIGHT = re.compile(
    r"^(?:©|\(c\)|copyright\b)|all rights reserved|alle rechte vorbehalten|tous droits réservés", re.IGNORECASE
)


class Labeller:
    """Labels the pieces of one page; `container` holds the text, `headline` is already known."""

    def __init__(self, page: ParsedPage, container: Box, end: int, headline: str | None) -> None:
        self.page = page
        self.container = container
        self.headlines = _equal_to(headline or "", page.pieces)
        self.end = end
        self.top = min(self.headlines, default=-1)
        self.start = self._start()
        self.alike = Counter(box.names for box in page.boxes if box.prose)  # boxes with text, by name
        self.begun = False  # has running text been met inside the container

    def label(self) -> list[Block]:
        """One block per piece, in page order."""
        return [self._block(position, piece) for position, piece in enumerate(self.page.pieces)]

    def _start(self) -> int:
        """Where the text can begin: after the last headline inside the container that stands before the prose."""
        start, prose = self.container.first, 0.0
        for position in range(self.container.first, self.container.last):
            piece = self.page.pieces[position]
            if position in self.headlines and not piece.box.settled & SET_ASIDE:
                return position
            if piece.prose and not (piece.box.settled | piece.hints) & SET_ASIDE:
                prose += piece.prose
                if prose > _BEGUN:
                    break
        return start

    def _block(self, position: int, piece: Piece) -> Block:
        label, rule, score = self._judge(position, piece)
        linked = round(piece.link_share, 3) if piece.linked else 0.0
        hints = _names_around(piece.box) if label is Label.BODY else ""
        return Block(piece.text, label, rule, score, piece.tag, linked, hints)

    def _judge(self, position: int, piece: Piece) -> tuple[Label, str, float]:
        if position in self.headlines:
            return Label.HEADLINE, "equals the headline", 1.0
        if not self.container.first <= position < self.container.last:
            return self._outside(position, piece)
        hints = piece.box.settled | piece.hints
        if hints & SET_ASIDE:
            return _hinted(hints)
        if position >= self.end:
            return Label.TEASER, "below another headline", 0.9
        if position < self.start:
            return Label.OTHER, "above the headline", 0.7
        return self._inside(piece)

    def _inside(self, piece: Piece) -> tuple[Label, str, float]:
        if piece.linked and piece.link_share >= _PARTLY and self._is_link(piece):
            return Label.RELATED, "nothing but a link", 0.8
        if not self.begun and self._called_lead(piece, Hint.LEAD):
            return Label.LEAD, "called a lead", 0.8
        if (
            piece.tag in _LOOSE
            and weighted_length(piece.text) < 60
            and not ends_sentence(piece.text)
            and not piece.box.prose
            and not piece.bold
        ):
            return Label.OTHER, FRAGMENT, 0.6
        self.begun = self.begun or piece.prose > 0
        return Label.BODY, "in the text's box", 0.9 if piece.prose else 0.6

    def _is_link(self, piece: Piece) -> bool:
        """True for a title or a short line that is mostly a link ("See also: Will it rain?" is one), and for a sentence
        that is nothing else, unless all of the text is long ones: somebody forgot to close a link."""
        length = weighted_length(piece.text)
        if ends_sentence(piece.text) and (length > _SENTENCE or ":" not in piece.text[:_POINTER]):
            return piece.link_share > _WHOLLY and (length <= _SENTENCE or self.container.prose > 0)
        return piece.link_share >= (_LINKED if length < _TITLE else _PARTLY)

    def _called_lead(self, piece: Piece, names: int) -> bool:
        """A short box of its own that calls itself a lead; several of one name are named for something else."""
        box: Box | None = piece.box
        while box is not None and not box.hints & names:
            box = box.parent
        if box is None or not 40 < box.prose < min(1000.0, 0.3 * self.page.boxes[0].prose):
            return False
        return self.alike[box.names] == 1

    def _outside(self, position: int, piece: Piece) -> tuple[Label, str, float]:
        hints = piece.box.settled | piece.hints
        if hints & SET_ASIDE:
            return _hinted(hints)
        before = position < self.container.first
        if before and piece.prose and self._called_lead(piece, Hint.LEAD | Hint.OPENING) and self._near_text(position):
            return Label.LEAD, "called a lead", 0.8
        if _COPYRIGHT.search(piece.text[:200]):
            return Label.LEGAL, "copyright line", 0.9
        if piece.link_share >= 0.5:
            short = weighted_length(piece.text) < 20
            return (
                (Label.NAVIGATION, "short link outside the text", 0.7)
                if short
                else (Label.TEASER, "link outside the text", 0.8)
            )
        return Label.OTHER, OUTSIDE, 0.7

    def _near_text(self, position: int) -> bool:
        """Near the text and not above its headline, where series and sections say what they are."""
        return self.container.first - position <= 30 and position > self.top


def _equal_to(headline: str, pieces: Sequence[Piece]) -> frozenset[int]:
    """Where on the page the headline stands."""
    wanted, shortest, longest = fold(headline), len(headline) - 12, len(headline) + 12
    if not wanted:
        return frozenset()
    near = [n for n, piece in enumerate(pieces) if shortest <= len(piece.text) <= longest]
    return frozenset(n for n in near if fold(pieces[n].text) == wanted)


@lru_cache(maxsize=4_000)
def _hinted(hints: int) -> tuple[Label, str, float]:
    for hint, label in _BY_HINT:
        if hints & hint:
            return label, f"box called {_NAMES[hint]}", 0.8
    return Label.OTHER, "set aside", 0.5


def _names_around(box: Box | None) -> str:
    """The class and id words of the nearest two boxes, the given one included, that have any."""
    names: list[str] = []
    for _ in range(_LEVELS):
        if box is None or len(names) == 2:
            break
        if box.names:
            names.append(box.names[:80])
        box = box.parent
    return " < ".join(names)


_FEWEST_CAPTIONS = 4  # captions that make a gallery
_SHORTEST_CAPTION = 35  # characters; shorter lines say who made the picture
_LITTLE_TEXT = 900  # characters; a page with more text has pictures beside it
_TIMES_THE_TEXT = 2  # as much in captions as in paragraphs
_BODY = Label.BODY
_NO_CAPTION = SET_ASIDE & ~(Hint.CAPTION | Hint.MEDIA)


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
    told = _gallery_captions(blocks, page, range(start, container.last))
    if len(told) < _FEWEST_CAPTIONS or sum(map(len, told)) < _TIMES_THE_TEXT * shown:
        return blocks
    return tuple(
        block.relabelled(Label.BODY, "tells a picture", 0.6) if told.get(block.text) == n else block
        for n, block in enumerate(blocks)
    )


def _gallery_captions(blocks: Sequence[Block], page: ParsedPage, places: range) -> dict[str, int]:
    """The captions at *places* that tell something, each where it stands first: galleries write them twice."""
    told: dict[str, int] = {}
    for n in places:
        block, hints = blocks[n], page.pieces[n].box.settled | page.pieces[n].hints
        own = block.label is Label.CAPTION and not hints & _NO_CAPTION and block.link_share < 0.5
        if own and len(block.text) >= _SHORTEST_CAPTION and not CREDIT.match(block.text):
            told.setdefault(block.text, n)
    return told


_SHORTEST_LEAD, _LONGEST_LEAD = 35, 600  # characters
_LONG_LEAD = 90  # characters; a byline or a date is shorter
_LEAD_WITHIN = 4  # blocks below the headline
_LEAD_TAGS = frozenset(("h2", "h3", "h4", "p", "div", "span"))
_BYLINE_SIGNS = frozenset("|·•@©")  # what bylines and credits are cut with


def with_lead(blocks: tuple[Block, ...], descriptions: Iterable[str]) -> tuple[Block, ...]:
    """*blocks* with the lead labelled when none is: what the page gives as its description, or what stands directly
    below the headline, between it and the text."""
    if any(block.label is Label.LEAD for block in blocks):
        return blocks
    below = _below_headline(blocks)
    described = {fold(text) for text in descriptions if len(text) >= _SHORTEST_LEAD}
    for position in below:
        if fold(blocks[position].text) in described and blocks[position].label is not Label.HEADLINE:
            return _as_lead(blocks, position, "equals the page's description", 0.9)
    if below and _stands_alone(blocks[below[0]]):
        return _as_lead(blocks, below[0], "directly below the headline", 0.7)
    return blocks


def _below_headline(blocks: Sequence[Block]) -> range:
    """The places between the last headline above the text and the text."""
    text = next((n for n, block in enumerate(blocks) if block.label is Label.BODY), 0)
    above = [n for n in range(text) if blocks[n].label is Label.HEADLINE]
    return range(above[-1] + 1, min(text, above[-1] + 1 + _LEAD_WITHIN)) if above else range(0)


def _stands_alone(block: Block) -> bool:
    text = block.text
    if block.rule != OUTSIDE or block.tag not in _LEAD_TAGS or block.link_share > 0.2:
        return False
    if not _SHORTEST_LEAD <= len(text) <= _LONGEST_LEAD or not _BYLINE_SIGNS.isdisjoint(text):
        return False
    if STOCK.match(text.lower()) or is_promo(text) or CREDIT.search(text):
        return False
    return len(text) >= _LONG_LEAD or ends_sentence(text) or not (BY.match(text) or parse_date(text))


def _as_lead(blocks: tuple[Block, ...], at: int, rule: str, score: float) -> tuple[Block, ...]:
    return (*blocks[:at], blocks[at].relabelled(Label.LEAD, rule, score), *blocks[at + 1 :])
