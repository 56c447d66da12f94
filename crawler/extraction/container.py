"""Which box of the page holds the article's text: paragraphs vote for the boxes around them, by their length."""

from crawler.extraction.blocks import Box, Page, Piece
from crawler.extraction.hints import Hint
from crawler.extraction.text import ends_sentence, size

# Text under one of these is not the article's, unless the box holds most of the page's prose.
SET_ASIDE = (
    Hint.NAVIGATION | Hint.RELATED | Hint.PROMO | Hint.COMMENT | Hint.AD | Hint.SHARE | Hint.CAPTION | Hint.LEGAL
    | Hint.HIDDEN | Hint.TAGS | Hint.BYLINE | Hint.DATE | Hint.MEDIA | Hint.REMOVED
)  # fmt: skip
_MOST = 0.4  # share of the page's prose that makes a box too large to be set aside for its name
_DECAY = (1.0, 0.55, 0.3, 0.15, 0.08)
_PARAGRAPHS = frozenset(
    ("p", "li", "blockquote", "pre", "td", "th", "dd", "dt", "ul", "ol", "tr", "tbody", "table", "dl")
)


def prose(piece: Piece) -> float:
    """How much running text a piece is, in characters; 0 for headings, links and fragments."""
    if piece.linked and piece.link_share > 0.35:
        return 0.0
    length = size(piece.text)
    if piece.tag[0] == "h" and piece.tag[1:].isdigit():
        return 0.0
    if length < 80 and not (length >= 35 and ends_sentence(piece.text)):
        return 0.0
    return min(length, 800.0)


def weigh(page: Page) -> list[float]:
    """The running sum of prose over the pieces (one entry more than pieces); sets each box's `prose`."""
    sums = [0.0]
    for piece in page.pieces:
        sums.append(sums[-1] + prose(piece))
    for box in page.boxes:
        box.prose = sums[box.last] - sums[box.first]
    return sums


def settle_hints(page: Page, relaxed: bool = False) -> None:
    """Give every box, in `settled`, the hints of its ancestors too, those left out that would set most of the text aside."""
    total = page.boxes[0].prose
    for box in page.boxes:
        own = box.hints
        if own & SET_ASIDE:
            own = _believed(box, own, total, relaxed)
        if box.parent is not None:
            inherited = box.parent.settled & ~Hint.ARTICLE
            own |= inherited & ~SET_ASIDE if own & Hint.KEPT else inherited
        box.settled = own


def _believed(box: Box, own: int, total: float, relaxed: bool) -> int:
    if own & Hint.REMOVED:
        return own
    if own & Hint.KEPT:
        return own & ~SET_ASIDE
    if box.tag in ("article", "main", "body", "html") or (own & Hint.ARTICLE and box.prose > 0.2 * total):
        return own & ~SET_ASIDE
    limit = _MOST if not own & Hint.COMMENT else 0.7
    if box.prose > limit * total and not (own & Hint.NAVIGATION and box.tag in ("nav", "footer")):
        return own & ~SET_ASIDE
    return own & ~SET_ASIDE if relaxed and not own & (Hint.NAVIGATION | Hint.COMMENT) else own


def find_container(page: Page) -> Box:
    """The box around the article's text; the whole page when nothing on it is prose."""
    for piece in page.pieces:
        if not (piece.box.settled | piece.hints) & SET_ASIDE:
            _vote(piece)
    best = max(page.boxes, key=lambda box: box.score)
    return _climb(best) if best.score > 0 else page.boxes[0]


def _vote(piece: Piece) -> None:
    weight = prose(piece)
    if not weight:
        return
    box: Box | None = piece.box
    while box is not None and box.parent is not None and box.tag in _PARAGRAPHS:
        box = box.parent
    for share in _DECAY:
        if box is None:
            return
        box.score += weight * share
        box = box.parent


def _climb(box: Box) -> Box:
    """A parent that holds much more of the prose, and little else, holds the rest of the text too."""
    best = box
    current = box
    while (
        current.parent is not None
        and current.tag not in ("article", "main", "body")
        and not current.hints & Hint.ARTICLE
    ):
        parent = current.parent
        if parent.prose > 1.1 * best.prose and parent.score > 0.3 * best.score:
            best = parent
        current = parent
    return best
