"""Label every piece of the page by its markup: where it stands, what its boxes call themselves, how it is linked."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from crawler.extraction.blocks import Box, Page, Piece
from crawler.extraction.container import SET_ASIDE
from crawler.extraction.hints import Hint
from crawler.extraction.text import ends_sentence, key, size
from news.article import Block, Label
from news.teasers import FRAGMENT

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

    def __init__(self, page: Page, container: Box, end: int, headline: str | None) -> None:
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
            and size(piece.text) < 60
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
        length = size(piece.text)
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
            short = size(piece.text) < 20
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
    wanted, shortest, longest = key(headline), len(headline) - 12, len(headline) + 12
    if not wanted:
        return frozenset()
    near = [n for n, piece in enumerate(pieces) if shortest <= len(piece.text) <= longest]
    return frozenset(n for n in near if key(pieces[n].text) == wanted)


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
