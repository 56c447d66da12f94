"""Find the box of the page that contains the article's text: paragraphs vote for the boxes around them."""

from collections.abc import Iterable
from itertools import accumulate, pairwise

from crawler.extraction.class_hints import HEADINGS, Hint
from crawler.extraction.walk import Box, ParsedPage, Piece
from news.text import ends_sentence, fold, weighted_length

# Text with one of these hints is not the article's, unless the box contains most of the page's prose.
SET_ASIDE = (
    Hint.NAVIGATION | Hint.RELATED | Hint.PROMO | Hint.COMMENT | Hint.AD | Hint.SHARE | Hint.CAPTION | Hint.LEGAL
    | Hint.HIDDEN | Hint.TAGS | Hint.BYLINE | Hint.DATE | Hint.MEDIA | Hint.REMOVED | Hint.EMBED
)  # fmt: skip
_CHANCE = Hint.NAVIGATION | Hint.TAGS  # "menu ideas" and a tag's own name: such boxes contain no box of the text
_NO_MENU = 1200.0  # characters of prose
_MOST = 0.4  # share of the page's prose; a larger box is not set aside for its name
_MOST_COMMENTS = 0.7  # readers may write more than the author
_NO_POST = 1200.0  # characters of prose; no post from elsewhere is longer
_MUCH_BESIDE_PICTURES = 0.25  # share of the page's prose; so much text is no caption
_SHORTEST_CAPTION = 25  # characters; shorter lines count little
_NO_FORM = 300.0  # characters of prose; some pages are a form as a whole
_NO_BIO, _GOES_ON = 400.0, 1000.0  # characters of prose in a box and behind it; then it is no note on the author
_LITTLE = 1200.0  # characters of prose on the page; with less, the name of a box counts more than its prose
_STORY = 600.0  # characters of prose between the headlines of two articles on one page
_WORTH = 0.08  # share of prose that a larger box must add to be considered
_LINKED = 0.4  # linked characters for each character of prose, in what a larger box adds
_LINKED_BELOW, _BEGUN = 1.0, 1000.0  # the same, with so many characters of prose above the box
_NEARLY_NONE, _FEWEST_HEADINGS = 300.0, 3  # characters of prose; sentences that are headings
# Characters of prose, and their share of what is hidden and no legal text: with so much, the article is what is shown.
_SEEN, _MOST_UNSEEN = 150.0, 0.25
_FEWEST = 14  # characters; no sentence is shorter in any script
_IN_SENTENCE, _LONG = 0.6, 120  # share of links and length of a paragraph that has links in it
_MUCH = 0.5  # share of added prose; so much may be a list, a table or a live blog, with many short pieces
_LISTED, _MOST_LISTED = 3, 0.6  # excerpts that make a list, and their share of the prose
_SHORT = 60  # characters
_FRAGMENT = -0.67  # three short pieces outweigh two paragraphs
_DECAY = (1.0, 0.55, 0.3, 0.15, 0.08)
_PARAGRAPHS = frozenset(
    ("p", "li", "blockquote", "pre", "td", "th", "dd", "dt", "ul", "ol", "tr", "tbody", "table", "dl")
)


def prose_of(piece: Piece) -> float:
    """Return how much running text a piece is, in characters; 0 for headings, links and fragments."""
    if len(piece.text) < _FEWEST or piece.tag in HEADINGS or (piece.linked and piece.link_share > 0.35):
        return 0.0
    length = weighted_length(piece.text)
    if length < 80 and not (length >= 35 and ends_sentence(piece.text)):
        return 0.0
    return min(length, 800.0)


def weigh(page: ParsedPage) -> list[float]:
    """Set `prose` of pieces and boxes. Return its running sum over the pieces, with one entry more than pieces."""
    sums = [0.0]
    for piece in page.pieces:
        piece.prose = prose_of(piece)
        sums.append(sums[-1] + piece.prose)
    if sums[-1] < _NEARLY_NONE and _weigh_headings(page):
        sums = list(accumulate((piece.prose for piece in page.pieces), initial=0.0))
    for box in page.boxes:
        box.prose = sums[box.last] - sums[box.first]
    return sums


def _weigh_headings(page: ParsedPage) -> bool:
    """Take sentences that are marked up as headings for running text. Return whether there are enough of them."""
    sentences = [piece for piece in page.pieces if piece.tag in HEADINGS and _is_whole_sentence(piece)]
    if len(sentences) < _FEWEST_HEADINGS:
        return False
    for piece in sentences:
        piece.prose = min(weighted_length(piece.text), 800.0)
    return True


def _is_whole_sentence(piece: Piece) -> bool:
    return weighted_length(piece.text) >= _SHORT and ends_sentence(piece.text) and piece.link_share < 0.35


def resolve_hints(page: ParsedPage, sums: list[float]) -> None:
    """Set the effective hints of every box: its own and its ancestors', without those that would hide the text.

    `sums` is the result of `weigh`.
    """
    named = _prose_by_name(page)
    unseen, legal = _unseen_prose(page)
    has_seen = sums[-1] - unseen >= max(_SEEN, _MOST_UNSEEN * (unseen - legal))
    for box in page.boxes:
        own = box.hints
        if own & SET_ASIDE and not (has_seen and own & Hint.UNSEEN and not own & (Hint.KEPT | Hint.ARTICLE)):
            if own & Hint.OPENING and own & Hint.RELATED and named.get(box.names) == box.prose:
                own &= ~Hint.RELATED  # "teaser text" may be a lead, when there is only one
            own = _believed(box, own, max(box.prose, named.get(box.names, 0.0)) / (page.boxes[0].prose or 1.0))
            if box.prose > _NO_BIO and own & (Hint.BYLINE | Hint.EMBED):
                own = _without_text(box, own, sums[-1] - sums[box.last])
        inherited = box.parent.effective_hints & ~Hint.ARTICLE if box.parent is not None else 0
        if inherited & _CHANCE and box.hints & Hint.ARTICLE and box.prose > _NO_MENU:
            inherited &= ~_CHANCE
        if inherited:
            own |= inherited & ~SET_ASIDE if own & Hint.KEPT else inherited
        if own:
            box.effective_hints = own


def _unseen_prose(page: ParsedPage) -> tuple[float, float]:
    """Return the prose in boxes that readers do not see, and of it that about consent, without boxes of the article."""
    prose, legal, end = 0.0, 0.0, 0
    for box in page.unseen:  # in page order, the outer ones first
        if box.first >= end and not box.hints & (Hint.KEPT | Hint.ARTICLE):
            prose, end = prose + box.prose, box.last
            legal += box.prose if box.hints & Hint.LEGAL else 0.0
    return prose, legal


def call_captions(page: ParsedPage, container: Box) -> None:
    """Mark paragraphs that are alone with a picture as captions, unless much of the text is beside pictures."""
    pieces = page.pieces[container.first : container.last] if container.pictured else []
    beside = [piece for piece in pieces if _beside_picture(piece.box) and _may_be_caption(piece)]
    if sum(piece.prose for piece in beside) < _MUCH_BESIDE_PICTURES * page.boxes[0].prose:
        for piece in beside:
            piece.hints |= Hint.CAPTION


def _may_be_caption(piece: Piece) -> bool:
    if len(piece.text) < _SHORTEST_CAPTION or piece.tag in HEADINGS or piece.link_share > 0.5:
        return False
    return not piece.box.effective_hints & SET_ASIDE


def _beside_picture(box: Box) -> bool:
    if box.tag == "p" and box.pictured:
        return False
    while box.parent is not None and box.last - box.first == 1:
        if box.pictured:
            return True
        box = box.parent
    return False


def _prose_by_name(page: ParsedPage) -> dict[str, float]:
    """Return the prose in all boxes of the same class and id: a text is often split over many boxes of one name."""
    named: dict[str, float] = {}
    for box in page.boxes:
        if box.hints & SET_ASIDE and box.prose and box.names:
            named[box.names] = named.get(box.names, 0.0) + box.prose
    return named


def _believed(box: Box, own: int, share: float) -> int:
    """Return the hints that count when the box (or all boxes of its name) contains *share* of the page's prose."""
    if own & Hint.REMOVED:
        return own
    if box.tag in HEADINGS or (box.tag == "form" and box.prose > _NO_FORM):
        own &= ~Hint.SHARE
    if own & Hint.KEPT or box.tag in ("article", "main", "body", "html"):
        return own & ~SET_ASIDE
    if own & Hint.ARTICLE and share > 0.2:
        return own & ~SET_ASIDE
    if own & Hint.MEDIA and box.tag != "figure" and share > 0.15:  # a gallery whose captions are the text
        own &= ~Hint.MEDIA
    if share > (_MOST_COMMENTS if own & Hint.COMMENT else _MOST) and not (
        own & Hint.NAVIGATION and box.tag in ("nav", "footer")
    ):
        return own & ~SET_ASIDE
    return own


def _without_text(box: Box, own: int, behind: float) -> int:
    """Return the hints of a box that is too long for a post or a note on the author, with so much prose *behind* it."""
    if box.prose > _NO_POST:
        own &= ~Hint.EMBED
    if behind > _GOES_ON:
        own &= ~Hint.BYLINE
    return own


def story_end(page: ParsedPage, headline: str | None) -> int:
    """Return the position where another article begins below this one; the number of pieces when none does.

    A first-level heading between the paragraphs is a subheading, and one in a box between them belongs to a fact box.
    """
    folded = fold(headline or "")
    heads = [n for n, piece in enumerate(page.pieces) if piece.tag == "h1"]
    first = next((n for n in heads if folded and fold(page.pieces[n].text) == folded), None)
    if first is None or first == heads[-1]:
        return len(page.pieces)
    holders: dict[Box | None, list[int]] = {}  # boxes with paragraphs directly in them
    for n, piece in enumerate(page.pieces):
        if piece.prose:
            holders.setdefault(piece.box.parent, []).append(n)
    running = list(accumulate(piece.prose for piece in page.pieces))
    for n in heads:
        piece = page.pieces[n]
        apart = piece.box.parent not in holders and not piece.box.effective_hints & SET_ASIDE
        apart = apart and fold(piece.text) != folded
        if n > first and apart and running[n] - running[first] > _STORY and not _among(piece.box, holders):
            return n
    return len(page.pieces)


def _among(box: Box, holders: dict[Box | None, list[int]]) -> bool:
    """Return whether *box* or a box around it has paragraphs before and behind it on the same level."""
    while box.parent is not None:
        beside = holders.get(box.parent)
        if beside and beside[0] < box.first and beside[-1] >= box.last:
            return True
        box = box.parent
    return False


def find_container(page: ParsedPage, end: int) -> Box:
    """Return the box around the article's text, which ends before position *end*; the page when it has no prose."""
    voters = _voters(page)
    for piece in page.pieces[:end]:
        if piece.prose and not (piece.box.effective_hints | piece.hints) & SET_ASIDE:
            _vote(voters[piece.box], piece.prose)
    best = max(page.boxes, key=lambda box: box.score)
    if page.boxes[0].prose < _LITTLE:
        named = [box for box in page.boxes if box.hints & Hint.ARTICLE and box.last - box.first > 2]
        if named:
            return _around_namesakes(page, max(named, key=lambda box: box.last - box.first))
        if not best.score:
            return page.boxes[0]
    return _climb(page, best, end)


def _around_namesakes(page: ParsedPage, box: Box) -> Box:
    """Return the box around *box* and all boxes of its name with prose: a text may be split into several boxes."""
    namesakes = [
        other
        for other in page.boxes
        if other.prose and other.names == box.names and not other.effective_hints & SET_ASIDE
    ]
    first, last = (namesakes[0].first, namesakes[-1].last) if namesakes else (box.first, box.last)
    around = box
    while around.parent is not None and not (around.first <= first and last <= around.last):
        around = around.parent
    linked = sum(piece.linked for piece in page.pieces[around.first : around.last] if not piece.prose)
    others = linked > _LINKED * around.prose or _lists_others(page, box, around, around.prose - box.prose)
    return box if others else around


def _voters(page: ParsedPage) -> dict[Box, Box]:
    """For each box the nearest box around it, or itself, that is more than a paragraph or a list."""
    voters: dict[Box, Box] = {}
    for box in page.boxes:  # parents come before their children
        voters[box] = voters[box.parent] if box.parent is not None and box.tag in _PARAGRAPHS else box
    return voters


def _vote(voter: Box, weight: float) -> None:
    box: Box | None = voter
    for share in _DECAY:
        if box is None:
            return
        box.score += weight * share
        box = box.parent


def _climb(page: ParsedPage, box: Box, end: int) -> Box:
    """Return the ancestor that contains the rest of the text: it adds prose to the box, but no links or comments."""
    sums = _running_sums(page, end)
    best = current = box
    while current.parent is not None:
        current = current.parent
        prose_more, linked_more, more_paragraphs = (_between(run, current) - _between(run, best) for run in sums)
        worth = prose_more / (_between(sums[0], best) or 1.0)
        above = sums[0][best.first] - sums[0][current.first]  # a text stands above what its readers wrote
        if worth < _WORTH:
            continue
        if _lists_others(page, best, current, prose_more):
            break
        links = _LINKED_BELOW if above >= _BEGUN else _LINKED
        if linked_more > links * prose_more or (more_paragraphs < 0 and worth < _MUCH and above < _STORY):
            break
        best = current
    return _named_text(page, best, sums) or best


def _named_text(page: ParsedPage, box: Box, sums: Iterable[list[float]]) -> Box | None:
    """Return the nearest box around *box* whose name says that it has the text, when it adds more prose than links."""
    around = None if box.hints & Hint.ARTICLE else box.parent
    while around is not None and not around.hints & Hint.ARTICLE:
        around = around.parent
    if around is None:
        return None
    proses, links, _ = sums
    prose, linked = (_between(run, around) - _between(run, box) for run in (proses, links))
    worth = prose > _WORTH * _between(proses, box) and linked < prose
    return around if worth and not _lists_others(page, box, around, prose) else None


def _lists_others(page: ParsedPage, inner: Box, outer: Box, prose: float) -> bool:
    """Return whether most of the *prose* that the outer box adds are excerpts, each right below a linked title."""
    pieces = [*page.pieces[outer.first : inner.first], *page.pieces[inner.last : outer.last]]
    excerpts = [piece.prose for title, piece in pairwise(pieces) if piece.prose and _is_linked_title(title)]
    return len(excerpts) >= _LISTED and sum(excerpts) >= _MOST_LISTED * prose


def _is_linked_title(piece: Piece) -> bool:
    return 15 < len(piece.text) < 200 and piece.link_share >= 0.75


def _running_sums(page: ParsedPage, end: int) -> tuple[list[float], list[float], list[float]]:
    """Return running sums of prose, linked characters and paragraphs over the pieces that are not set aside.

    Links in sentences do not count. Names, dates and buttons, which stand between comments and teasers, count against
    the paragraphs.
    """
    proses, links, paragraphs = [0.0], [0.0], [0.0]
    for n, piece in enumerate(page.pieces):
        aside = n >= end or (piece.box.effective_hints | piece.hints) & SET_ASIDE
        proses.append(proses[-1] + (0.0 if aside else piece.prose))
        links.append(links[-1] + (0.0 if aside or _is_sentence(piece) else piece.linked))
        paragraphs.append(paragraphs[-1] + (0.0 if aside else _paragraphs_in(piece)))
    return proses, links, paragraphs


def _paragraphs_in(piece: Piece) -> float:
    if piece.prose:
        return 1.0
    return 0.0 if len(piece.text) > _SHORT or piece.tag in HEADINGS else _FRAGMENT


def _is_sentence(piece: Piece) -> bool:
    """Return whether the piece is a paragraph, so that the links in it are no list of links."""
    return piece.prose > 0 or (piece.linked < _IN_SENTENCE * len(piece.text) and len(piece.text) >= _LONG)


def _between(sums: list[float], box: Box) -> float:
    return sums[box.last] - sums[box.first]
