"""Pages with text that are no article: errors that answer 200, walls, lists of articles, the home page."""

from collections.abc import Sequence
from itertools import pairwise
from urllib.parse import urlsplit

from crawler.extraction.blocks import Page
from crawler.extraction.headline import SEPARATOR, meta_value, without_site
from crawler.extraction.structured import Claims
from crawler.extraction.text import ends_sentence, likeness, size
from news.article import Block, Label
from news.errors import NotAnArticle
from news.notices import (
    checks_browser,
    explains_cookies,
    is_challenge,
    is_consent_wall,
    is_error_title,
    is_login_title,
    speaks_of_own_cookies,
)
from news.phrases import STOCK

_SHORT = 700  # characters; an error page or a form says no more than this
_ITEMS = 5  # titles with an excerpt that make a list of articles
_MOST = 0.7
_FRONT = 10  # titles of other articles; a front page has more, a site of one page hardly any
_SAME = 0.4  # share of the words of two headlines that makes them one
_HOME = frozenset(("", "/", "/index.html", "/index.php", "/home"))


def refuse_others(page: Page, claims: Claims, headline: str | None, blocks: Sequence[Block], url: str) -> None:
    """Raise NotAnArticle, saying what the page is, when it is no article.

    A page that dates itself as an article in its head is believed, unless it has no text at all.
    """
    text = [block for block in blocks if block.label is Label.BODY]
    dated = _dated(page, claims, headline)
    name = url or "the page"
    if text and all(_is_notice(block.text) for block in text):
        raise NotAnArticle(f"{name} has no text but a notice: {text[0].text[:60]!r}")
    if dated and not _is_home(url):  # most are
        return
    crowded = _links(blocks) >= _FRONT
    if not text and not dated and not _shows(blocks, crowded):
        raise NotAnArticle(f"{name} has no text")
    if _is_home(url) and (_short(text) or crowded):
        raise NotAnArticle(f"{name} is a home page")
    if dated:
        return
    if (_short(text) or crowded) and _is_error(page, headline):
        raise NotAnArticle(f"{name} says that there is no such page: {(headline or page.title)[:60]!r}")
    if _short(text) and checks_browser(_titles(page, headline), [block.text for block in text]):
        raise NotAnArticle(f"{name} checks the browser and shows nothing else")
    if _short(text) and is_login_title(without_site(headline or page.title, frozenset())):
        raise NotAnArticle(f"{name} asks to log in")
    if is_consent_wall([block.text for block in text], [block.text for block in blocks]):
        raise NotAnArticle(f"{name} asks for consent and shows nothing else")
    if _is_list(page, claims, headline, blocks):
        raise NotAnArticle(f"{name} is a list of articles")


def _dated(page: Page, claims: Claims, headline: str | None) -> bool:
    """True when the page's head dates this article; lists of articles date those they list."""
    if meta_value(page, "article:published_time"):
        return True
    return bool(claims.published) and (not claims.headline or likeness(claims.headline, headline or "") >= _SAME)


def _shows(blocks: Sequence[Block], crowded: bool) -> bool:
    """True for a lead, and for pictures with captions that are not those of a list."""
    labels = [block.label for block in blocks]
    return Label.LEAD in labels or (Label.CAPTION in labels and not crowded)


def _is_notice(text: str) -> bool:
    return (
        is_challenge(text)
        or speaks_of_own_cookies(text)
        or explains_cookies(text)
        or (len(text) <= 300 and bool(STOCK.match(text.lower())))
    )


def _short(text: Sequence[Block]) -> bool:
    return sum(size(block.text) for block in text) < _SHORT


def _is_error(page: Page, headline: str | None) -> bool:
    return any(is_error_title(title) for title in _titles(page, headline))


def _titles(page: Page, headline: str | None) -> tuple[str, ...]:
    return headline or "", page.title, *SEPARATOR.split(page.title)


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.netloc) and parts.path in _HOME and not parts.query and not parts.fragment


def _links(blocks: Sequence[Block]) -> int:
    return sum(block.label in (Label.TEASER, Label.RELATED) and len(block.text) > 25 for block in blocks)


def _is_list(page: Page, claims: Claims, headline: str | None, blocks: Sequence[Block]) -> bool:
    """Most of the text are excerpts, each right below a title that is a link."""
    if meta_value(page, "og:type").lower() == "article" or likeness(claims.headline, headline or "") >= _SAME:
        return False
    shown = [
        block for block in blocks if block.label not in (Label.NAVIGATION, Label.DATE, Label.BYLINE, Label.CAPTION)
    ]
    text = excerpts = 0
    for before, block in pairwise(shown):
        if block.label is Label.BODY and len(block.text) > 60 and ends_sentence(block.text):
            text += 1
            excerpts += before.link_share >= 0.75 and 15 < len(before.text) < 200
    return excerpts >= _ITEMS and excerpts >= _MOST * text
