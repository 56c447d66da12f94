"""What kind of thing an address leads to, by what is in it: a feed, a sitemap, a listing, or an article."""

from collections.abc import Sequence

from crawler.channels.kinds.feed import read_feed
from crawler.channels.kinds.listing import article_links
from crawler.channels.kinds.sitemap import read_sitemap
from crawler.extraction.page import read_page
from news.errors import NewsError, NotAnArticle
from news.outlets import ChannelKind, FoundLink


def sniff(body: bytes, url: str, content_type: str | None = None) -> ChannelKind | None:
    """What kind of channel a body is; None for an article."""
    if body[:2000].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return None if _holds_article(body, url) else ChannelKind.LISTING
    for kind in (ChannelKind.FEED, ChannelKind.SITEMAP):
        try:
            _links_in(kind, body, url, content_type)
        except NewsError:
            continue
        return kind
    return None


def announced_by(body: bytes, url: str, content_type: str | None = None) -> Sequence[FoundLink] | None:
    """The links that a feed, sitemap or listing announces; None for an article."""
    kind = sniff(body, url, content_type)
    return None if kind is None else _links_in(kind, body, url, content_type)


def _links_in(kind: ChannelKind, body: bytes, url: str, content_type: str | None) -> Sequence[FoundLink]:
    if kind is ChannelKind.FEED:
        return read_feed(body, url, content_type).links
    return read_sitemap(body, url).links if kind is ChannelKind.SITEMAP else article_links(body, url)


def _holds_article(body: bytes, url: str) -> bool:
    """True unless the page is no article and lists some."""
    try:
        read_page(body, url)
    except NotAnArticle:
        return not article_links(body, url)
    except NewsError:
        pass
    return True
