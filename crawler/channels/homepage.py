"""What an outlet says of itself on its home page and in its feeds, and where it announces articles."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawler.channels.page_links import (
    PageLink,
    base_of,
    is_section,
    links,
    looks_like_article,
    parse_html,
    shape_of,
    unique_links,
)
from crawler.channels.plain_values import absolute, language_tag, plain_text
from news.dates import time_zone
from news.outlets import FoundLink, FoundOutlet
from news.urls import host_of

MAX_FEEDS, MAX_SECTIONS = 60, 80
_MAX_DECLARED = 500  # also languages, pictures and apps are declared as alternates


@dataclass(frozen=True, slots=True)
class HomePage:
    """What a home page says; `sections` are listings other than the home page, the likeliest first."""

    title: str | None = None
    language: str | None = None
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    links: tuple[FoundLink, ...] = ()


def read_home(body: bytes, url: str, content_type: str | None = None) -> HomePage:
    """Read the home page in *body*, fetched from *url*. Raises PageTooCostly."""
    tree = parse_html(body, content_type)
    page_links = list(links(tree, url))
    articles = [link for link in page_links if looks_like_article(link, url)]
    return HomePage(
        title=_title(tree, url),
        language=_language(tree),
        feeds=_feeds(tree, url, page_links),
        sitemaps=_declared(tree, url, "link[rel~=sitemap]"),
        sections=_sections(page_links, articles, url),
        links=unique_links(articles),
    )


# Name and language ---------------------------------------------------------------------------------------------------


def _meta(tree: LexborHTMLParser, name: str) -> str | None:
    node = tree.css_first(f'meta[property="{name}"], meta[name="{name}"], meta[http-equiv="{name}" i]')
    return plain_text(node.attributes.get("content")) if node else None


def _title(tree: LexborHTMLParser, url: str) -> str | None:
    declared = (
        _meta(tree, "og:site_name") or _meta(tree, "application-name") or _meta(tree, "apple-mobile-web-app-title")
    )
    node = tree.css_first("title")
    return declared or (_own_name(plain_text(node.text()) or "", url) if node else None)


_BETWEEN = re.compile(r"\s+[|–—»·•-]\s+|\s*[|»]\s*|:\s+")


def _own_name(title: str, url: str) -> str | None:
    """Return the part of a page title that names the outlet: the part that is in its host, else the first."""
    host = _letters(host_of(url))
    parts = [part.strip() for part in _BETWEEN.split(title) if part.strip()]
    named = [part for part in parts if len(_letters(part)) > 2 and _letters(part).removesuffix("online") in host]
    return next(iter(named or parts), None)


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _language(tree: LexborHTMLParser) -> str | None:
    root = tree.css_first("html")
    declared = language_tag(root.attributes.get("lang") or root.attributes.get("xml:lang")) if root else None
    locale = language_tag(_meta(tree, "og:locale"))
    language = declared or language_tag(_meta(tree, "content-language")) or locale
    # Many systems leave og:locale at en_US: it may only add a region.
    return locale if language and locale and locale.partition("-")[0] == language else language


# Where it announces articles -----------------------------------------------------------------------------------------

_FEED_TYPES = re.compile(r"application/(?:(?:rss|atom|rdf)\+xml|feed\+json|x-rss\+xml)|text/(?:rss\+)?xml")
_FEED_PATH = re.compile(
    r"(?:/(?:rss|feed|atom)(?:[-_]\w{1,20})?(?:\.xml|\.rss|\.php)?|\.(?:rss|rdf|atom))/?$", re.IGNORECASE
)
_COMMENTS = re.compile(r"/comments?/|[?&]feed=comments|kommentare?[/.]", re.IGNORECASE)


def _feeds(tree: LexborHTMLParser, url: str, found: Iterable[PageLink]) -> tuple[str, ...]:
    base = base_of(tree, url)
    declared = [
        absolute(base, node.attributes.get("href"))
        for node in tree.css("link[rel~=alternate][href]")[:_MAX_DECLARED]
        if _FEED_TYPES.match((node.attributes.get("type") or "").lower().strip())
    ]
    linked = [link.url for link in found if _FEED_PATH.search(urlsplit(link.url).path) and link.url not in declared]
    feeds = dict.fromkeys(feed for feed in [*declared, *linked] if feed and not _COMMENTS.search(feed))
    return tuple(feeds)[:MAX_FEEDS]


def _declared(tree: LexborHTMLParser, url: str, selector: str) -> tuple[str, ...]:
    base = base_of(tree, url)
    urls = (absolute(base, node.attributes.get("href")) for node in tree.css(selector)[:_MAX_DECLARED])
    return tuple(dict.fromkeys(link for link in urls if link))[:MAX_FEEDS]


def _sections(found: Iterable[PageLink], articles: Iterable[PageLink], url: str) -> tuple[str, ...]:
    """Return section pages; first those in a menu and those whose path begins the path of an article on this page."""
    parents = {_parent(link.url) for link in articles}
    sections: dict[str, bool] = {}
    for link in found:
        if is_section(shape_of(link.url, url), link.text):
            likely = link.in_navigation or link.url.rstrip("/") in parents
            sections[link.url] = sections.get(link.url, False) or likely
    return tuple(sorted(sections, key=lambda section: not sections[section]))[:MAX_SECTIONS]


def _parent(url: str) -> str:
    parts = urlsplit(url)
    first = parts.path.strip("/").partition("/")[0]
    return f"{parts.scheme}://{parts.netloc}/{first}"


# The description of the outlet ---------------------------------------------------------------------------------------


class SelfDescription(Protocol):
    """What a feed says of its outlet."""

    @property
    def title(self) -> str | None: ...

    @property
    def language(self) -> str | None: ...


def describe(
    url: str,
    home: HomePage,
    feeds: Iterable[tuple[str, SelfDescription]] = (),
    sitemaps: Iterable[str] = (),
    delay: float | None = None,
    problems: Iterable[str] = (),
) -> FoundOutlet:
    """Describe the outlet at *url* from its home page, the (URL, feed) pairs that could be read, and robots.txt."""
    read = list(feeds)
    language = _with_region(home.language, [feed.language for _, feed in read])
    return FoundOutlet(
        title=home.title or next((_short(feed.title) for _, feed in read if feed.title), None),
        language=language,
        timezone=time_zone(url, language),
        delay=delay,
        feeds=tuple(dict.fromkeys(address for address, _ in read)),
        sitemaps=tuple(dict.fromkeys(sitemaps)),
        listings=(url, *home.sections),
        problems=tuple(problems),
    )


def _with_region(own: str | None, of_feeds: Iterable[str | None]) -> str | None:
    """Home page's language with the region that its feeds add; without one, the commonest of the feeds."""
    tags = [tag for tag in of_feeds if tag]
    if own is None:
        return max(tags, key=tags.count, default=None)
    regions = {tag for tag in tags if tag.partition("-")[0] == own and "-" in tag}
    return regions.pop() if len(regions) == 1 else own


def _short(title: str | None) -> str | None:
    return re.split(r"\s+[|–—-]\s+", title)[0] if title else None
