"""States of an article that a reader of the archive must know: behind a wall, cut short, a live blog, an agency's text."""

# ruff: noqa: E501 (tables of words and patterns, one thought a line)

import re
from collections.abc import Sequence

from crawler.extraction.blocks import Page
from crawler.extraction.headline import meta_value
from crawler.extraction.structured import Claims
from crawler.extraction.surroundings import absolute
from news.article import Article, Flag

_TIERS = ("article:content_tier", "content_tier", "access", "article:access", "paywall", "premium")
_LOCKED = frozenset(("locked", "metered-locked", "premium", "paid", "subscriber", "yes", "true", "1"))
_WALL = re.compile(
    r"subscribe (?:now )?to (?:continue|keep) reading|to continue reading|this (?:article|content|story) is (?:for|only for|available (?:only )?to|reserved for|exclusive to) (?:our )?(?:subscribers|members)"
    r"|already a subscriber\?|you(?:'ve| have) reached your (?:article )?limit|(?:jetzt|weiter)lesen mit |diesen artikel (?:jetzt )?(?:weiter)?lesen|bereits abonnent|sie sind bereits abonnent|nur für abonnenten"
    r"|article réservé (?:à nos|aux) abonnés|il vous reste \d+|réservé aux abonnés|contenido exclusivo para suscriptores|suscríbete para (?:seguir|continuar)|contenuto riservato agli abbonati"
    r"|alleen voor abonnees|dostęp tylko dla|treść (?:dostępna|tylko) dla|conteúdo exclusivo para assinantes|exclusivo para assinantes",
    re.IGNORECASE,
)
# Parts of words without which no text can match _WALL: a cheap look before the dear one.
_WALL_WORDS = ("ubscri", "reading", "limit", "lesen", "abonn", "reste", "suscri", "dostęp", "assinan")
_SHORT = 1_200  # characters; a whole text behind a wall is not cut short
_LIVE = re.compile(
    r"\blive[-\s]?(?:blog|ticker|updates?)\b|\bnewsblog\b|\bnewsticker\b|\ben direct\b|\ben vivo\b|minuto a minuto|\bin diretta\b|(?-i:\bLIVE\b\s?[:–-])|^\W*live\s?[:|–]",
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
    rf"\((?:{_AGENCIES})(?:[/,]\s?[\w.-]+)*\)\W*$|^\W*(?:{_AGENCIES})(?:/[\w.-]+)*\W*$", re.IGNORECASE
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
    if _paywalled(page, claims):
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


def _paywalled(page: Page, claims: Claims) -> bool:
    if claims.paywalled is not None:
        return claims.paywalled
    if meta_value(page, *_TIERS).lower() in _LOCKED:
        return True
    short = [piece.text for piece in page.pieces if 15 < len(piece.text) < 250]
    together = "\n".join(short)  # one look at all of them costs a tenth of a look at each
    if not any(word in together for word in _WALL_WORDS):
        return False
    return any(any(word in text for word in _WALL_WORDS) and _WALL.search(text) for text in short)


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
