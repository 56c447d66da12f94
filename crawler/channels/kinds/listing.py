"""Listings: home and section pages that link to articles."""

from collections.abc import Iterable

from crawler.channels.page_links import PageLink, is_article, links, parse_html, shape_of
from news.outlets import FoundLink


def article_links(
    body: bytes, url: str, selector: str | None = None, content_type: str | None = None
) -> tuple[FoundLink, ...]:
    """The links on the listing in *body*, fetched from *url*, that lead to articles, in page order, each address once.

    With *selector* (CSS) all links that it matches, or that stand in what it matches, on whatever site; without it
    those that look like articles of the same site. Raises PageTooCostly when the page would take the parser seconds,
    and SettingError for a selector that is none.
    """
    found = links(parse_html(body, content_type), url, selector or "a[href]")
    return each_once(link for link in found if selector or looks_like_article(link, url))


def looks_like_article(link: PageLink, site: str) -> bool:
    """True when a link's address, words and place are those of an article on *site*."""
    return is_article(shape_of(link.url, site), link.text, link.in_heading, link.in_navigation)


def each_once(found: Iterable[PageLink]) -> tuple[FoundLink, ...]:
    """One link for each address, with its longest words: a card links its picture, its kicker and its headline."""
    titles: dict[str, str] = {}
    for link in found:
        titles[link.url] = max(titles.get(link.url, ""), link.text, key=len)
    return tuple(FoundLink(url, title or None) for url, title in titles.items())
