"""States of an article that a reader of the archive must know: behind a wall, cut short, a live blog, an agency's text."""

# ruff: noqa: E501 (tables of words and patterns, one thought a line)

import re
from collections.abc import Sequence

from crawler.extraction.blocks import Page
from crawler.extraction.headline import meta_value
from crawler.extraction.structured import Claims
from crawler.extraction.surroundings import absolute
from news.article import Article, Flag
from news.phrases import REPORTED

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
# Parts of words without which no text can match _WALL: a cheap look before the dear one.
_WALL_WORDS = ("subscri", "members", "reading", "limit", "lesen", "bonn", "reste", "suscr", "bbona", " dla", "assin")
_OTHER_WALL_WORDS = ("会員", "残り", "订阅", "訂閱", "付费", "付費", "기사", "للمشتركين", "למנויים")
_OTHER_SCRIPT = re.compile("[\u0590-\u0eff\u3040-\ud7af]")
_QUOTED = re.compile(r"\W*[“”„«»\"]")
_LONGEST = 250  # characters of a wall
_SHORT = 1_200  # characters; a whole text behind a wall is not cut short
_AS_IT_HAPPENS = r"(?:en direct|en vivo|(?:en )?directo|(?:in )?diretta|na żywo|ao vivo)\b"  # concerts are so, too
_LIVE = re.compile(
    r"\blive[-\s]?(?:blog|ticker|updates?)\b|\bnewsblog\b|\bnewsticker\b|\b(?:im|der) ticker\b|minuto a minuto|(?-i:\bLIVE\b\s?[:–-])|^\W*live\s?[:|–]"
    rf"|^\W*{_AS_IT_HAPPENS}(?:\s*[:|,–—.-]|$)|(?:[:|,–—.(-]|\b(?:hora|siga|segui|suivez|sigue|acompanhe|relacja))\s*(?:\w+\s)?{_AS_IT_HAPPENS}",
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


# What the address of the second page has behind that of the first, and the line that counts them.
_SECOND = re.compile(
    r"[?&](?:page|p|seite|s|pagina|pag|paged|strona)=[2-9]|/(?:(?:page|seite|p|pagina)[-/]?)?[2-9]/?|[-_,](?:page|seite|p)?[-_]?[2-9](?:\.\w{3,5})?",
    re.IGNORECASE,
)
_FIRST_OF = re.compile(
    r"(?:page|seite|página|pagina|strona|sida|side) 1 (?:of|von|de|sur|di|van|z|av|af|/) \d{1,2}", re.IGNORECASE
)
_SUFFIX = re.compile(r"(?:\.\w{3,5}|/)$")


def find_flags(page: Page, claims: Claims, read: Article, authors: Sequence[str]) -> frozenset[Flag]:
    """The states that hold for the article as *read* so far, written by *authors*."""
    flags = set()
    paragraphs = read.paragraphs
    if _paywalled(page, claims, read.headline or ""):
        flags.add(Flag.PAYWALLED)
        if sum(map(len, paragraphs)) < _SHORT or 0 < sum(map(len, paragraphs)) < 0.4 * len(claims.body):
            flags.add(Flag.PARTIAL)
    if _goes_on(page, read.url):
        flags.add(Flag.PARTIAL)
    if claims.live_blog or _LIVE.search(read.headline or "") or _LIVE_ADDRESS.search(read.url):
        flags.add(Flag.LIVE_BLOG)
    if _from_agency(paragraphs, authors):
        flags.add(Flag.AGENCY)
    return frozenset(flags)


def _paywalled(page: Page, claims: Claims, headline: str) -> bool:
    if claims.paywalled is not None:
        return claims.paywalled
    if meta_value(page, *_TIERS).lower() in _LOCKED:
        return True
    words, shortest = (_OTHER_WALL_WORDS, 5) if _OTHER_SCRIPT.search(headline) else (_WALL_WORDS, 15)
    short = [piece.text for piece in page.pieces if shortest < len(piece.text) < _LONGEST]
    together = "\n".join(short).lower()  # one look at all of them costs a tenth of a look at each
    said = [word for word in words if word in together]
    return bool(said) and any(any(map(text.__contains__, said)) and _is_wall(text) for text in together.split("\n"))


def _is_wall(text: str) -> bool:
    """True for a line, in small letters, that asks for money; one that a report quotes does not."""
    return _WALL.search(text) is not None and not _QUOTED.match(text) and REPORTED.search(text) is None


def _goes_on(page: Page, url: str) -> bool:
    """True for the first of several pages: it names the second, or counts them."""
    following = next((href for rel, href in page.links if rel == "next"), None)
    if following is not None and _is_second(absolute(following, url) or "", url):
        return True
    return any(
        piece.text[-1].isdigit() and _FIRST_OF.fullmatch(piece.text) for piece in page.pieces if len(piece.text) < 24
    )


def _is_second(following: str, url: str) -> bool:
    address = url.partition("?")[0]
    stem = address if following.startswith(f"{address}?") else _SUFFIX.sub("", address)
    return following.startswith(stem) and _SECOND.fullmatch(_SUFFIX.sub("", following[len(stem) :]) or "") is not None


def _from_agency(paragraphs: Sequence[str], authors: Sequence[str]) -> bool:
    if any(_AGENCY_NAME.match(author) for author in authors):
        return True
    return bool(paragraphs) and bool(
        _AGENCY_START.match(paragraphs[0][:120]) or _AGENCY_END.search(paragraphs[-1][-120:])
    )
