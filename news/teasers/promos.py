"""Lines that speak to the reader instead of reporting: pointers, promos, sign-in walls, notices, stock phrases."""

from collections.abc import Iterator, Sequence
from itertools import takewhile

from news.article import Article, Block, Label
from news.notices import asks_consent, explains_cookies, is_promo, may_be_notice, speaks_of_own_cookies
from news.phrases import GIFT, MAY_EARN, POINTER, REPORTED, RIGHTS, STOCK, WALL, notes_affiliates
from news.rule_ids import RuleId
from news.teasers.rules import QUOTED, TITLE_CHARS, Verdict, is_prose, is_title, teaser_rule
from news.text import lowercase


class PromoRule(RuleId):
    POINTER = "pointer", "A pointer at another article, such as “Read more: ...”."
    CALL_TO_READER = "call_to_reader", "A call to the reader that names something the outlet offers."
    SIGN_IN_WALL = "sign_in_wall", "A request to sign in or to subscribe."
    SIGN_IN_OFFER = "sign_in_offer", "Below such a request, what the reader gets for it."
    STOCK_PHRASE = "stock_phrase", "A phrase that outlets put around every text: rights, credits, share prompts."
    AFFILIATE_NOTE = "affiliate_note", "A note that the outlet earns by links in the text."
    COOKIE_NOTICE = "cookie_notice", "A notice of the site about its own cookies."


_PROMO_CHARS = 420
_CREDIT_CHARS = 110  # a credit is shorter
_SIGNS = ("©", "(c)")
_ABOUT_RIGHTS = (
    "right",
    "reserv",
    "copyright",
    "may not",
    "recht",
    "vorbehalt",
    "droits",
    "derechos",
    "diritti",
    "permission",
)
_RESERVED = ("eserv", "ESERV", "orbehalten", "ORBEHALTEN", "éserv", "ÉSERV")


@teaser_rule(40)
def pointers(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """Find "Read more: ..." as a paragraph of its own."""
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
            yield position, Label.RELATED, PromoRule.POINTER, 0.9


@teaser_rule(50)
def promos(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """Find calls to the reader that name an offer of the outlet. Quotations and reports about newsletters stay."""
    for position in body:
        text = blocks[position].text
        if len(text) <= _PROMO_CHARS and is_promo(text):
            yield position, Label.PROMO, PromoRule.CALL_TO_READER, 0.9


@teaser_rule(70)
def sign_in_walls(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """Find a line that asks to sign in or to subscribe, and the lines below it that say what the reader gets."""
    for n, position in enumerate(body):
        if len(blocks[position].text) <= TITLE_CHARS and WALL.match(blocks[position].text.lower()):
            yield position, Label.PROMO, PromoRule.SIGN_IN_WALL, 0.9
            for item in takewhile(lambda p: _is_gift(blocks[p]), body[n + 1 :]):
                yield item, Label.PROMO, PromoRule.SIGN_IN_OFFER, 0.8


def _is_gift(block: Block) -> bool:
    return is_title(block) and (block.tag == "li" or GIFT.search(block.text.lower()) is not None)


@teaser_rule(80)
def stock_phrases(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """Find lines that outlets put around every text: rights, credits, share prompts."""
    for position in body:
        text = blocks[position].text
        if (len(text) <= _PROMO_CHARS and _is_stock(text.lower())) or _ends_in_rights(text[-80:]):
            legal = "©" in text or "right" in text.lower()
            yield position, Label.LEGAL if legal else Label.OTHER, PromoRule.STOCK_PHRASE, 0.8


def _is_stock(text: str) -> bool:
    if STOCK.match(text) is None or REPORTED.search(text) is not None:
        return False
    is_credit = len(text) > _CREDIT_CHARS and text.startswith(_SIGNS) and not any(map(text.__contains__, _ABOUT_RIGHTS))
    return not is_credit  # a credit with no mark of its own, in front of a paragraph


@teaser_rule(65)
def affiliate_notes(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """Find paragraphs that say that the outlet earns by its links. Quotations and reports about that stay."""
    whole = "\n".join([blocks[position].text for position in body])
    signs = [sign for sign in MAY_EARN if sign in whole]
    for position in body if signs else ():
        text = blocks[position].text
        may = len(text) <= _PROMO_CHARS and any(map(text.__contains__, signs)) and not QUOTED.search(text)
        if may and notes_affiliates(text.lower()):
            yield position, Label.PROMO, PromoRule.AFFILIATE_NOTE, 0.9


def _ends_in_rights(end: str) -> bool:
    return any(map(end.__contains__, _RESERVED)) and RIGHTS.search(end.lower()) is not None


@teaser_rule(60)
def cookie_notices(blocks: Sequence[Block], body: Sequence[int], _: Article) -> Iterator[Verdict]:
    """Find notices of the site about its own cookies. A report about cookies stays."""
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
    yield from ((body[n], Label.LEGAL, PromoRule.COOKIE_NOTICE, 0.9) for n in sorted(found))


def _says_cookie(block: Block) -> bool:
    return "cookie" in block.text.lower()
