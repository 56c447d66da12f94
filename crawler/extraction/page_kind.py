"""What kind of page it is: refuse what is no article, flag what is paywalled, partial, a live blog or an agency's text."""

import re
from collections.abc import Sequence
from itertools import pairwise
from urllib.parse import urlsplit

from crawler.extraction.headline import SEPARATOR, without_site
from crawler.extraction.jsonld import Claims
from crawler.extraction.walk import ParsedPage
from news.access import AccessState
from news.article import Block, Flag, Label
from news.errors import NotAnArticle
from news.notices import (
    checks_browser,
    explains_cookies,
    is_challenge,
    is_consent_wall,
    is_error_title,
    is_geo_block,
    is_login_title,
    is_waiting,
    speaks_of_own_cookies,
    wall_in,
)
from news.phrases import REPORTED, STOCK
from news.text import ends_sentence, weighted_length, word_similarity

# ruff: noqa: E501 (tables of words and patterns, one thought a line)


_TIERS = ("article:content_tier", "content_tier", "access", "article:access", "paywall", "premium")
_LOCKED = frozenset(("locked", "metered-locked", "premium", "paid", "subscriber", "yes", "true", "1"))
_WALL = re.compile(
    r"subscribe (?:now )?to (?:continue|keep) reading|to continue reading|this (?:article|content|story) is (?:only |exclusively )?(?:for|only for|available (?:only )?to|reserved for|exclusive to) (?:our |paying )?(?:subscribers|members)"
    r"|already a subscriber\?|you(?:'ve| have) reached your (?:article )?limit|(?:jetzt|weiter)lesen mit |diesen artikel (?:jetzt )?(?:weiter)?lesen|bereits abonnent|sie sind bereits abonnent|nur für abonnenten"
    r"|article réservé (?:à nos|aux) abonnés|il vous reste \d+|réservée? aux abonnés|contenido exclusivo para suscriptores|suscríbete para (?:seguir|continuar)|riservato (?:solo )?agli abbonati"
    r"|per continuare a leggere,? (?:abbonati|accedi|registrati)|abbonati per (?:continuare|leggere)|alleen voor abonnees|lees (?:verder|dit artikel) met een abonnement"
    r"|dostęp tylko dla|(?:treść|artykuł)(?: jest)? (?:dostępn\w |tylko |wyłącznie ){1,2}dla|exclusivo para assinantes|assine para (?:continuar|ler)"
    r"|この記事は(?:有料)?会員|有料会員限定(?:記事)?です|残り\s?[\d,]+\s?文字|(?:订阅|訂閱|付费|付費)(?:后|後)(?:可|即可)?(?:继续|繼續)?(?:阅读|閱讀)|본? ?기사는 .{0,12}(?:유료|구독)|구독자 전용 (?:기사|콘텐츠)"
    r"|(?:المحتوى|المقال) (?:\w+ )?للمشتركين|(?:הכתבה|הידיעה|התוכן|המאמר)(?: ה\w+)? (?:\w+ )?למנויים"
)
# Every text that matches _WALL contains one of these: a cheap test before the pattern.
_WALL_WORDS = ("subscri", "members", "reading", "limit", "lesen", "bonn", "reste", "suscr", "bbona", " dla", "assin")
_OTHER_WALL_WORDS = ("会員", "残り", "订阅", "訂閱", "付费", "付費", "기사", "للمشتركين", "למנויים")
_OTHER_SCRIPT = re.compile("[\u0590-\u0eff\u3040-\ud7af]")
_QUOTED = re.compile(r"\W*[“”„«»\"]")
_LONGEST_WALL = 250  # characters of a wall
_SHORT_TEXT = 1_200  # characters; a longer text behind a wall is not partial
_LIVE_WORDS = r"(?:en direct|en vivo|(?:en )?directo|(?:in )?diretta|na żywo|ao vivo)\b"  # concerts are so, too
_LIVE = re.compile(
    r"\blive[-\s]?(?:blog|ticker|updates?)\b|\bnewsblog\b|\bnewsticker\b|\b(?:im|der) ticker\b|minuto a minuto|(?-i:\bLIVE\b\s?[:–-])|^\W*live\s?[:|–]"
    rf"|^\W*{_LIVE_WORDS}(?:\s*[:|,–—.-]|$)|(?:[:|,–—.(-]|\b(?:hora|siga|segui|suivez|sigue|acompanhe|relacja))\s*(?:\w+\s)?{_LIVE_WORDS}",
    re.IGNORECASE,
)
_LIVE_ADDRESS = re.compile(
    r"/(?:live|newsblog|minuto-a-minuto|en-direct)/|/live-?(?:blog|ticker)(?:[/-]|$)", re.IGNORECASE
)
_AGENCIES = "ap|afp|dpa|apa|reuters|ansa|efe|lusa|pap|anp|belga|sda|keystone-sda|tass|upi|pti|ani|xinhua|bloomberg|epd|kna|sid|dts|aap|pa media|press association|associated press|agence france-presse|agencia efe|europa press|deutsche presse-agentur|austria presse agentur|anadolu ajansı|canadian press|ritzau|tt|ntb|stt|ctk|čtk|mti|agerpres|yonhap|kyodo|jiji"
_AGENCY_START = re.compile(
    rf"^.{{0,60}}?[(\[/]\s?(?:{_AGENCIES})(?:[/,]\s?[\w-]+)*\s?[)\]/]|^.{{0,40}}\((?:{_AGENCIES})\)", re.IGNORECASE
)
_AGENCY_END = re.compile(
    rf"\((?:{_AGENCIES})(?:[/,]\s?[\w.-]+)*\)\W*$|^\W*(?:(?:quelle|source|fuente|fonte|bron|źródło|copyright)\W+(?:\d{{4}}\W+)?(?:the )?)?"
    rf"(?:{_AGENCIES})(?:/[\w.-]+)*(?:\W+all rights reserved)?\W*$|^\W*dpa-infocom\b",
    re.IGNORECASE,
)
_AGENCY_NAME = re.compile(rf"^(?:the )?(?:{_AGENCIES})(?: staff| news agency)?$", re.IGNORECASE)


# What the address of the second page adds to that of the first.
_SECOND_PAGE = re.compile(
    r"[?&](?:page|p|seite|s|pagina|pag|paged|strona)=[2-9]|/(?:(?:page|seite|p|pagina)[-/]?)?[2-9]/?|[-_,](?:page|seite|p)?[-_]?[2-9](?:\.\w{3,5})?",
    re.IGNORECASE,
)
_FIRST_OF = re.compile(
    r"(?:page|seite|página|pagina|strona|sida|side) 1 (?:of|von|de|sur|di|van|z|av|af|/) \d{1,2}", re.IGNORECASE
)
_SUFFIX = re.compile(r"(?:\.\w{3,5}|/)$")


def find_flags(
    page: ParsedPage, claims: Claims, headline: str, paragraphs: Sequence[str], authors: Sequence[str]
) -> frozenset[Flag]:
    """Return whether the article is paywalled, partial, a live blog, or an agency's text."""
    flags = set()
    if _is_paywalled(page, claims, headline):
        flags.add(Flag.PAYWALLED)
        if sum(map(len, paragraphs)) < _SHORT_TEXT or 0 < sum(map(len, paragraphs)) < 0.4 * len(claims.body):
            flags.add(Flag.PARTIAL)
    if _has_more_pages(page):
        flags.add(Flag.PARTIAL)
    if claims.live_blog or _LIVE.search(headline) or _LIVE_ADDRESS.search(page.url):
        flags.add(Flag.LIVE_BLOG)
    if _is_from_agency(paragraphs, authors):
        flags.add(Flag.AGENCY)
    return frozenset(flags)


def _is_paywalled(page: ParsedPage, claims: Claims, headline: str) -> bool:
    if claims.paywalled is not None:
        return claims.paywalled
    if page.meta_value(*_TIERS).lower() in _LOCKED:
        return True
    words, shortest = (_OTHER_WALL_WORDS, 5) if _OTHER_SCRIPT.search(headline) else (_WALL_WORDS, 15)
    short = [piece.text for piece in page.pieces if shortest < len(piece.text) < _LONGEST_WALL]
    together = "\n".join(short).lower()  # one search in all of them costs a tenth of a search in each
    found = [word for word in words if word in together]
    return bool(found) and any(
        any(map(text.__contains__, found)) and _asks_to_pay(text) for text in together.split("\n")
    )


def _asks_to_pay(text: str) -> bool:
    """Return whether the line, in lower case, asks the reader to pay; a quotation in a report does not."""
    return _WALL.search(text) is not None and not _QUOTED.match(text) and REPORTED.search(text) is None


def _has_more_pages(page: ParsedPage) -> bool:
    """Return whether the page is the first of several: it links to the second, or counts them."""
    following = next((href for rel, href in page.links if rel == "next"), None)
    if following is not None and _is_second_page(page.absolute(following) or "", page.url):
        return True
    return any(
        piece.text[-1].isdigit() and _FIRST_OF.fullmatch(piece.text) for piece in page.pieces if len(piece.text) < 24
    )


def _is_second_page(following: str, url: str) -> bool:
    address = url.partition("?")[0]
    stem = address if following.startswith(f"{address}?") else _SUFFIX.sub("", address)
    return (
        following.startswith(stem) and _SECOND_PAGE.fullmatch(_SUFFIX.sub("", following[len(stem) :]) or "") is not None
    )


def _is_from_agency(paragraphs: Sequence[str], authors: Sequence[str]) -> bool:
    if any(_AGENCY_NAME.match(author) for author in authors):
        return True
    return bool(paragraphs) and bool(
        _AGENCY_START.match(paragraphs[0][:120]) or _AGENCY_END.search(paragraphs[-1][-120:])
    )


_SHORT_PAGE = 700  # characters; an error page or a form says no more than this
_FEWEST_EXCERPTS = 5  # titles with an excerpt, in a list of articles
_MOSTLY_EXCERPTS = 0.7  # share of the paragraphs
_CROWDED = 10  # titles of other articles; a front page has more, a site of one page hardly any
_SAME_HEADLINE = 0.4  # share of the words that two forms of one headline have in common
_HOME_PATHS = frozenset(("", "/", "/index.html", "/index.php", "/home"))


def refuse_non_articles(page: ParsedPage, claims: Claims, headline: str | None, blocks: Sequence[Block]) -> None:
    """Raise NotAnArticle, with what the page is instead, when it is no article.

    A page whose head gives a date of publication is taken for an article, unless it has no text.
    """
    text = [block for block in blocks if block.label is Label.BODY]
    dated = _is_dated(page, claims, headline)
    url, name = page.url, page.url or "the page"
    if text and all(_is_notice(block.text) for block in text):
        wall = wall_in([block.text for block in text])
        raise NotAnArticle(f"{name} has no text but a notice: {text[0].text[:60]!r}", wall)
    if dated and not _is_home(url):  # most are
        return
    crowded = _count_links(blocks) >= _CROWDED
    if not text and not dated and not _has_lead_or_captions(blocks, crowded):
        raise NotAnArticle(f"{name} has no text", _wall_by_title(page, headline, text))
    if _is_home(url) and (_is_short(text) or crowded):
        raise NotAnArticle(f"{name} is a home page")
    if dated:
        return
    if (_is_short(text) or crowded) and _is_error(page, headline):
        raise NotAnArticle(f"{name} says that there is no such page: {(headline or page.title)[:60]!r}")
    if wall := _wall_by_title(page, headline, text):
        raise NotAnArticle(f"{name}: {wall.words}", wall)
    if is_consent_wall([block.text for block in text], [block.text for block in blocks]):
        raise NotAnArticle(f"{name} asks for consent and shows nothing else", AccessState.CONSENT)
    if _is_list(page, claims, headline, blocks):
        raise NotAnArticle(f"{name} is a list of articles")


def _is_dated(page: ParsedPage, claims: Claims, headline: str | None) -> bool:
    """Return whether the page's head dates this article; lists of articles date the articles in them."""
    if page.meta_value("article:published_time"):
        return True
    return bool(claims.published) and (
        not claims.headline or word_similarity(claims.headline, headline or "") >= _SAME_HEADLINE
    )


def _has_lead_or_captions(blocks: Sequence[Block], crowded: bool) -> bool:
    """Return whether there is a lead, or captions that do not belong to a list of articles."""
    labels = [block.label for block in blocks]
    return Label.LEAD in labels or (Label.CAPTION in labels and not crowded)


def _is_notice(text: str) -> bool:
    return (
        is_challenge(text)
        or is_waiting(text)
        or speaks_of_own_cookies(text)
        or explains_cookies(text)
        or is_geo_block(text)
        or (len(text) <= 300 and bool(STOCK.match(text.lower())))
    )


def _wall_by_title(page: ParsedPage, headline: str | None, text: Sequence[Block]) -> AccessState | None:
    """Return what a short page asks for by its title; None when it asks for nothing."""
    if not _is_short(text):
        return None
    if checks_browser(_titles(page, headline), [block.text for block in text]):
        return AccessState.CHALLENGE
    return AccessState.LOGIN if is_login_title(without_site(headline or page.title, frozenset())) else None


def _is_short(text: Sequence[Block]) -> bool:
    return sum(weighted_length(block.text) for block in text) < _SHORT_PAGE


def _is_error(page: ParsedPage, headline: str | None) -> bool:
    return any(is_error_title(title) for title in _titles(page, headline))


def _titles(page: ParsedPage, headline: str | None) -> tuple[str, ...]:
    return headline or "", page.title, *SEPARATOR.split(page.title)


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.netloc) and parts.path in _HOME_PATHS and not parts.query and not parts.fragment


def _count_links(blocks: Sequence[Block]) -> int:
    return sum(block.label in (Label.TEASER, Label.RELATED) and len(block.text) > 25 for block in blocks)


def _is_list(page: ParsedPage, claims: Claims, headline: str | None, blocks: Sequence[Block]) -> bool:
    """Return whether most of the text are excerpts, each right below a linked title."""
    if (
        page.meta_value("og:type").lower() == "article"
        or word_similarity(claims.headline, headline or "") >= _SAME_HEADLINE
    ):
        return False
    content = [
        block for block in blocks if block.label not in (Label.NAVIGATION, Label.DATE, Label.BYLINE, Label.CAPTION)
    ]
    text = excerpts = 0
    for before, block in pairwise(content):
        if block.label is Label.BODY and len(block.text) > 60 and ends_sentence(block.text):
            text += 1
            excerpts += before.link_share >= 0.75 and 15 < len(before.text) < 200
    return excerpts >= _FEWEST_EXCERPTS and excerpts >= _MOSTLY_EXCERPTS * text
