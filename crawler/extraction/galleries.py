"""Pages of pictures, whose captions are the text."""

from collections.abc import Sequence

from crawler.extraction.blocks import Box, Page
from crawler.extraction.container import SET_ASIDE
from crawler.extraction.hints import Hint
from crawler.extraction.surroundings import CREDIT
from news.article import Block, Label

_FEWEST = 4  # captions that make a gallery
_SHORTEST = 35  # characters; shorter lines say who made the picture
_LITTLE = 900  # characters; a page with more text has pictures beside it
_TIMES = 2  # as much in captions as in paragraphs
_BODY = Label.BODY
_OTHERS = SET_ASIDE & ~(Hint.CAPTION | Hint.MEDIA)


def with_told_pictures(blocks: tuple[Block, ...], page: Page, container: Box) -> tuple[Block, ...]:
    """*blocks*, one for each piece of *page*, the captions in the container as text where they tell most of it."""
    shown = 0
    for n in range(container.last - 1, container.first - 1, -1):
        if blocks[n].label is _BODY:
            shown += len(blocks[n].text)
            start = n
            if shown > _LITTLE:  # most pages
                return blocks
    if not shown:
        return blocks
    told = _captions(blocks, page, range(start, container.last))
    if len(told) < _FEWEST or sum(map(len, told)) < _TIMES * shown:
        return blocks
    return tuple(
        block.relabelled(Label.BODY, "tells a picture", 0.6) if told.get(block.text) == n else block
        for n, block in enumerate(blocks)
    )


def _captions(blocks: Sequence[Block], page: Page, places: range) -> dict[str, int]:
    """The captions at *places* that tell something, each where it stands first: galleries write them twice."""
    told: dict[str, int] = {}
    for n in places:
        block, hints = blocks[n], page.pieces[n].box.settled | page.pieces[n].hints
        own = block.label is Label.CAPTION and not hints & _OTHERS and block.link_share < 0.5
        if own and len(block.text) >= _SHORTEST and not CREDIT.match(block.text):
            told.setdefault(block.text, n)
    return told
