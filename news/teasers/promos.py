"""What speaks to the reader and not of the news: pointers at other articles, promos, walls, notices, stock phrases."""

from collections.abc import Iterator, Sequence
from itertools import takewhile

from news.article import Article, Block, Label
from news.notices import asks_consent, explains_cookies, may_be_notice, speaks_of_own_cookies
from news.phrases import ADDRESS, CALL, GIFT, MAY_CALL, OFFER, POINTER, REPORTED, RIGHTS, STOCK, WALL
from news.teasers.rules import QUOTED, TITLE_CHARS, Verdict, is_prose, is_title
from news.text import lowercase

_PROMO_CHARS = 420
_RESERVED = ("eserv", "ESERV", "orbehalten", "ORBEHALTEN", "éserv", "ÉSERV")


def pointers(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """ "Read more: ..." as a paragraph of its own."""
    for position in body:
        block = blocks[position]
        found = POINTER.match(lowercase(block.text)) if len(block.text) <= TITLE_CHARS else None
        if found is None:
            continue
        phrase = block.text[found.start("phrase") : found.end("phrase")]
        shouted = phrase.isupper() and len(phrase) > 3
        long_phrase = len(phrase.split()) > 1
        if (
            found["mark"] and (block.link_share > 0.25 or (long_phrase and not QUOTED.search(block.text)) or shouted)
        ) or (block.link_share > 0.5 or (shouted and long_phrase)):
            yield position, Label.RELATED, "points at another article", 0.9


def promos(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """A call upon the reader that names what the outlet offers; a quotation and a report about newsletters are text."""
    for position in body:
        text = blocks[position].text
        if len(text) <= _PROMO_CHARS and is_promo(text):
            yield position, Label.PROMO, "calls upon the reader", 0.9


def is_promo(text: str) -> bool:
    """True when *text* calls upon the reader to do something for the outlet."""
    low = lowercase(text)
    if not MAY_CALL.search(low) or QUOTED.match(text) or len(QUOTED.findall(text)) >= 2 or REPORTED.search(low):
        return False
    text = low
    calls = set(CALL.findall(text))
    if not calls:
        return False
    offers = set(OFFER.findall(text)) - calls
    spoken_to = ADDRESS.search(text) is not None
    return (bool(offers) and (spoken_to or len(text) < 160)) or (len(calls) >= 2 and spoken_to)


def walls(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """A line that asks to sign in or to subscribe, and what that brings: a list, or lines that say so."""
    for n, position in enumerate(body):
        if len(blocks[position].text) <= TITLE_CHARS and WALL.match(blocks[position].text.lower()):
            yield position, Label.PROMO, "asks to sign in", 0.9
            for item in takewhile(lambda p: _is_gift(blocks[p]), body[n + 1 :]):
                yield item, Label.PROMO, "offered for signing in", 0.8


def _is_gift(block: Block) -> bool:
    return is_title(block) and (block.tag == "li" or GIFT.search(block.text.lower()) is not None)


def boilerplate(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """Lines that outlets put around every text: rights, credits, share prompts."""
    for position in body:
        text = blocks[position].text
        if (len(text) <= _PROMO_CHARS and _is_stock(text.lower())) or _ends_in_rights(text[-80:]):
            legal = "©" in text or "right" in text.lower()
            yield position, Label.LEGAL if legal else Label.OTHER, "stock phrase", 0.8


def _is_stock(text: str) -> bool:
    return STOCK.match(text) is not None and REPORTED.search(text) is None


def _ends_in_rights(end: str) -> bool:
    return any(map(end.__contains__, _RESERVED)) and RIGHTS.search(end.lower()) is not None


def notices(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """What a site says of its own cookies, with what belongs to it; a report about cookies is text."""
    if not may_be_notice("\n".join([blocks[position].text for position in body])):
        return
    own = [n for n, position in enumerate(body) if speaks_of_own_cookies(blocks[position].text)]
    kinds = [n for n, position in enumerate(body) if explains_cookies(blocks[position].text)]
    found = {*own, *kinds} if own or len(kinds) > 1 else set()
    for n in sorted(found):
        found.update(takewhile(lambda k: asks_consent(blocks[body[k]].text), range(n + 1, len(body))))
    if len(kinds) > 1:
        found.update(
            n for n in range(min(found), max(found)) if not is_prose(blocks[body[n]]) or _says_cookie(blocks[body[n]])
        )
    yield from ((body[n], Label.LEGAL, "speaks of its own cookies", 0.9) for n in sorted(found))


def _says_cookie(block: Block) -> bool:
    return "cookie" in block.text.lower()
