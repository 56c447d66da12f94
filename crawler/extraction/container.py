"""Which box of the page holds the article's text: paragraphs vote for the boxes around them, by their length."""

from collections.abc import Iterable
from itertools import accumulate, pairwise

from crawler.extraction.markup import HEADINGS, Hint
from crawler.extraction.walk import Box, ParsedPage, Piece
from news.text import ends_sentence, fold, weighted_length

# Text under one of these is not the article's, unless the box holds most of the page's prose.
SET_ASIDE = (
    Hint.NAVIGATION | Hint.RELATED | Hint.PROMO | Hint.COMMENT | Hint.AD | Hint.SHARE | Hint.CAPTION | Hint.LEGAL
    | Hint.HIDDEN | Hint.TAGS | Hint.BYLINE | Hint.DATE | Hint.MEDIA | Hint.REMOVED | Hint.EMBED
)  # fmt: skip
_CHANCE = Hint.NAVIGATION | Hint.TAGS  # "menu ideas" and a tag's own name; no box of these has one of the text in it
_NO_MENU = 1200.0  # characters of prose
_MOST = 0.4  # share of the page's prose that makes a box too large to be set aside for its name
_MOST_COMMENTS = 0.7  # readers may write more than the author
_NO_POST = 1200.0  # characters of prose; no post from elsewhere is longer
_FEW = 0.25  # share of the page's prose beside pictures from which that is no caption
_SHORTEST_CAPTION = 25  # characters; shorter lines count little
_NO_FORM = 300.0  # characters of prose; some pages are a form as a whole
_NO_BIO, _GOES_ON = 400.0, 1000.0  # characters of prose in a box and behind it that make it no note on the author
_LITTLE = 1200.0  # characters of prose on the whole page below which a box is rather believed for what it calls itself
_STORY = 600.0  # characters of prose that stand between the headlines of two articles on one page
_WORTH = 0.08  # more prose than this share of what is there makes a larger box worth a look
_LINKED = 0.4  # linked characters for each character of prose, in what a larger box adds
_LINKED_BELOW, _BEGUN = 1.0, 1000.0  # the same when so many characters of prose stand above what was found
_FEWEST = 14  # characters; no sentence is shorter in any script
_IN_SENTENCE, _LONG = 0.6, 120  # share of links and length of a paragraph that has links in it
_MUCH = 0.5  # share from which what is added may be a list, a table or a live blog: as many short pieces as paragraphs
_LISTED, _MOST_LISTED = 3, 0.6  # excerpts that make a list, and their share of the prose
_SHORT = 60  # characters
_FRAGMENT = -0.67  # three short pieces outweigh two paragraphs
_DECAY = (1.0, 0.55, 0.3, 0.15, 0.08)
_PARAGRAPHS = frozenset(
    ("p", "li", "blockquote", "pre", "td", "th", "dd", "dt", "ul", "ol", "tr", "tbody", "table", "dl")
)


def prose_of(piece: Piece) -> float:
    """How much running text a piece is, in characters; 0 for headings, links and fragments."""
    if len(piece.text) < _FEWEST or piece.tag in HEADINGS or (piece.linked and piece.link_share > 0.35):
        return 0.0
    length = weighted_length(piece.text)
    if length < 80 and not (length >= 35 and ends_sentence(piece.text)):
        return 0.0
    return min(length, 800.0)


def weigh(page: ParsedPage) -> list[float]:
    """The running sum of prose over the pieces (one entry more than pieces); sets `prose` of pieces and boxes."""
    sums = [0.0]
    for piece in page.pieces:
        piece.prose = prose_of(piece)
        sums.append(sums[-1] + piece.prose)
    for box in page.boxes:
        box.prose = sums[box.last] - sums[box.first]
    return sums


def settle_hints(page: ParsedPage, sums: list[float]) -> None:
    """Give every box the hints of its ancestors too, those left out that would set most of the text aside.

    `sums` are what `weigh` gave.
    """
    named = _prose_by_name(page)
    for box in page.boxes:
        own = box.hints
        if own & SET_ASIDE:
            if own & Hint.OPENING and own & Hint.RELATED and named.get(box.names) == box.prose:
                own &= ~Hint.RELATED  # "teaser text" is a lead, too, when there is but one
            own = _believed(box, own, max(box.prose, named.get(box.names, 0.0)) / (page.boxes[0].prose or 1.0))
            if box.prose > _NO_BIO and own & (Hint.BYLINE | Hint.EMBED):
                own = _without_text(box, own, sums[-1] - sums[box.last])
        inherited = box.parent.settled & ~Hint.ARTICLE if box.parent is not None else 0
        if inherited & _CHANCE and box.hints & Hint.ARTICLE and box.prose > _NO_MENU:
            inherited &= ~_CHANCE
        if inherited:
            own |= inherited & ~SET_ASIDE if own & Hint.KEPT else inherited
        if own:
            box.settled = own


def call_captions(page: ParsedPage, container: Box) -> None:
    """A paragraph of the container that is alone with a picture is its caption, unless much of the text stands so."""
    pieces = page.pieces[container.first : container.last] if container.pictured else []
    beside = [piece for piece in pieces if _beside_picture(piece.box) and _may_be_caption(piece)]
    if sum(piece.prose for piece in beside) < _FEW * page.boxes[0].prose:
        for piece in beside:
            piece.hints |= Hint.CAPTION


def _may_be_caption(piece: Piece) -> bool:
    if len(piece.text) < _SHORTEST_CAPTION or piece.tag in HEADINGS or piece.link_share > 0.5:
        return False
    return not piece.box.settled & SET_ASIDE


def _beside_picture(box: Box) -> bool:
    if box.tag == "p" and box.pictured:
        return False
    while box.parent is not None and box.last - box.first == 1:
        if box.pictured:
            return True
        box = box.parent
    return False


def _prose_by_name(page: ParsedPage) -> dict[str, float]:
    """Prose in all boxes of the same class and id: a text is often cut into many boxes that are called alike."""
    named: dict[str, float] = {}
    for box in page.boxes:
        if box.hints & SET_ASIDE and box.prose and box.names:
            named[box.names] = named.get(box.names, 0.0) + box.prose
    return named


def _believed(box: Box, own: int, share: float) -> int:
    """The hints that count when the box (or all of its name) holds *share* of the page's prose."""
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
    """The hints of a box that holds more than a post or a note on the author, with so much prose *behind* it."""
    if box.prose > _NO_POST:
        own &= ~Hint.EMBED
    if behind > _GOES_ON:
        own &= ~Hint.BYLINE
    return own


def story_end(page: ParsedPage, headline: str | None) -> int:
    """The piece where another article begins below this one; the number of pieces when none does.

    A first-level heading among the paragraphs themselves is a subheading, whatever its level, and one in a box among
    them is a fact box's.
    """
    wanted = fold(headline or "")
    heads = [n for n, piece in enumerate(page.pieces) if piece.tag == "h1"]
    first = next((n for n in heads if wanted and fold(page.pieces[n].text) == wanted), None)
    if first is None or first == heads[-1]:
        return len(page.pieces)
    holders: dict[Box | None, list[int]] = {}  # boxes with paragraphs directly in them
    for n, piece in enumerate(page.pieces):
        if piece.prose:
            holders.setdefault(piece.box.parent, []).append(n)
    running = list(accumulate(piece.prose for piece in page.pieces))
    for n in heads:
        piece = page.pieces[n]
        apart = piece.box.parent not in holders and not piece.box.settled & SET_ASIDE and fold(piece.text) != wanted
        if n > first and apart and running[n] - running[first] > _STORY and not _among(piece.box, holders):
            return n
    return len(page.pieces)


def _among(box: Box, holders: dict[Box | None, list[int]]) -> bool:
    """True when paragraphs before and behind the box that holds *box* stand side by side with it."""
    while box.parent is not None:
        beside = holders.get(box.parent)
        if beside and beside[0] < box.first and beside[-1] >= box.last:
            return True
        box = box.parent
    return False


def find_container(page: ParsedPage, end: int) -> Box:
    """The box around the article's text, which ends before piece *end*; the whole page when nothing on it is prose."""
    voters = _voters(page)
    for piece in page.pieces[:end]:
        if piece.prose and not (piece.box.settled | piece.hints) & SET_ASIDE:
            _vote(voters[piece.box], piece.prose)
    best = max(page.boxes, key=lambda box: box.score)
    if page.boxes[0].prose < _LITTLE:
        called = [box for box in page.boxes if box.hints & Hint.ARTICLE and box.last - box.first > 2]
        if called:
            return _around_alike(page, max(called, key=lambda box: box.last - box.first))
        if not best.score:
            return page.boxes[0]
    return _climb(page, best, end)


def _around_alike(page: ParsedPage, box: Box) -> Box:
    """The box around *box* and all that are called like it and hold prose, since a text may be cut into several."""
    alike = [one for one in page.boxes if one.prose and one.names == box.names and not one.settled & SET_ASIDE]
    around = box
    while (
        alike and around.parent is not None and not (around.first <= alike[0].first and alike[-1].last <= around.last)
    ):
        around = around.parent
    linked = sum(piece.linked for piece in page.pieces[around.first : around.last] if not piece.prose)
    others = linked > _LINKED * around.prose or _lists_others(page, box, around, around.prose - box.prose)
    return box if others else around


def _voters(page: ParsedPage) -> dict[Box, Box]:
    """For each box the nearest one around it, itself included, that is more than a paragraph or a list."""
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
    """The ancestor that holds the rest of the text: what it adds to the box is prose, no links and no comments."""
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
    return _called_text(page, best, sums) or best


def _called_text(page: ParsedPage, box: Box, sums: Iterable[list[float]]) -> Box | None:
    """The nearest box around *box* that says it holds the text, when it adds more prose than links."""
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
    """Whether most of the *prose* that the outer box adds are first sentences of other articles, each right below a
    title that is a link."""
    pieces = [*page.pieces[outer.first : inner.first], *page.pieces[inner.last : outer.last]]
    excerpts = [piece.prose for title, piece in pairwise(pieces) if piece.prose and _is_linked_title(title)]
    return len(excerpts) >= _LISTED and sum(excerpts) >= _MOST_LISTED * prose


def _is_linked_title(piece: Piece) -> bool:
    return 15 < len(piece.text) < 200 and piece.link_share >= 0.75


def _running_sums(page: ParsedPage, end: int) -> tuple[list[float], list[float], list[float]]:
    """Running sums over the pieces that are not set aside: their prose, the linked characters outside sentences, and
    paragraphs less what is too short for one: names, dates and buttons, which stand between comments and teasers."""
    proses, links, paragraphs = [0.0], [0.0], [0.0]
    for n, piece in enumerate(page.pieces):
        aside = n >= end or (piece.box.settled | piece.hints) & SET_ASIDE
        proses.append(proses[-1] + (0.0 if aside else piece.prose))
        links.append(links[-1] + (0.0 if aside or _is_sentence(piece) else piece.linked))
        paragraphs.append(paragraphs[-1] + (0.0 if aside else _paragraphs_in(piece)))
    return proses, links, paragraphs


def _paragraphs_in(piece: Piece) -> float:
    if piece.prose:
        return 1.0
    return 0.0 if len(piece.text) > _SHORT or piece.tag in HEADINGS else _FRAGMENT


def _is_sentence(piece: Piece) -> bool:
    """True for a paragraph: links in it are no list of links."""
    return piece.prose > 0 or (piece.linked < _IN_SENTENCE * len(piece.text) and len(piece.text) >= _LONG)


def _between(sums: list[float], box: Box) -> float:
    return sums[box.last] - sums[box.first]
