"""The lead that stands by itself below the headline, outside the box of the text."""

from collections.abc import Iterable, Sequence

from crawler.extraction.labels import OUTSIDE
from crawler.extraction.names import BY
from crawler.extraction.surroundings import CREDIT
from crawler.extraction.text import ends_sentence, key
from news.article import Block, Label
from news.dates import parse_date
from news.phrases import STOCK
from news.teasers import is_promo

_SHORTEST, _LONGEST = 35, 600  # characters
_LINE = 90  # characters; a byline or a date is shorter
_NEAR = 4  # blocks below the headline
_TAGS = frozenset(("h2", "h3", "h4", "p", "div", "span"))
_LINES = frozenset("|·•@©")  # what bylines and credits are cut with


def with_deck(blocks: tuple[Block, ...], descriptions: Iterable[str]) -> tuple[Block, ...]:
    """*blocks* with the lead labelled when none is: what the page gives as its description, or what stands directly
    below the headline, between it and the text."""
    if any(block.label is Label.LEAD for block in blocks):
        return blocks
    below = _below_headline(blocks)
    described = {key(text) for text in descriptions if len(text) >= _SHORTEST}
    for position in below:
        if key(blocks[position].text) in described and blocks[position].label is not Label.HEADLINE:
            return _relabelled(blocks, position, "equals the page's description", 0.9)
    if below and _stands_alone(blocks[below[0]]):
        return _relabelled(blocks, below[0], "directly below the headline", 0.7)
    return blocks


def _below_headline(blocks: Sequence[Block]) -> range:
    """The places between the last headline above the text and the text."""
    text = next((n for n, block in enumerate(blocks) if block.label is Label.BODY), 0)
    above = [n for n in range(text) if blocks[n].label is Label.HEADLINE]
    return range(above[-1] + 1, min(text, above[-1] + 1 + _NEAR)) if above else range(0)


def _stands_alone(block: Block) -> bool:
    text = block.text
    if block.rule != OUTSIDE or block.tag not in _TAGS or block.link_share > 0.2:
        return False
    if not _SHORTEST <= len(text) <= _LONGEST or not _LINES.isdisjoint(text):
        return False
    if STOCK.match(text.lower()) or is_promo(text) or CREDIT.search(text):
        return False
    return len(text) >= _LINE or ends_sentence(text) or not (BY.match(text) or parse_date(text))


def _relabelled(blocks: tuple[Block, ...], at: int, rule: str, score: float) -> tuple[Block, ...]:
    return (*blocks[:at], blocks[at].relabelled(Label.LEAD, rule, score), *blocks[at + 1 :])
