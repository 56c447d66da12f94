"""What an outlet says of itself on its home page and in its feeds; what the page names is found by kind of channel."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser

from crawler.channels.page_links import base_of, links, looks_like_article, parse_html, unique_links
from crawler.channels.plain_values import absolute, language_tag, plain_text
from news.dates import time_zone
from news.outlets import FoundLink, FoundOutlet
from news.urls import host_of

_MAX_DECLARED = 500  # also languages, pictures and apps are declared as alternates


@dataclass(frozen=True, slots=True)
class HomePage:
    """What a home page says; `channels` are the addresses that it names, by kind, the likeliest first."""

    title: str | None = None
    language: str | None = None
    channels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    links: tuple[FoundLink, ...] = ()


class HomeMarkup:
    """Return the markup of the home page in *body*, fetched from *url*. Raises PageTooCostly."""

    def __init__(self, body: bytes, url: str, content_type: str | None = None) -> None:
        self.tree, self.url = parse_html(body, content_type), url
        self.links = list(links(self.tree, url))
        self.articles = [link for link in self.links if looks_like_article(link, url)]

    def declared(self, selector: str, types: re.Pattern[str] | None = None) -> list[str]:
        """Return the addresses of the elements that *selector* matches, each once; only those whose type matches."""
        base, nodes = base_of(self.tree, self.url), self.tree.css(selector)[:_MAX_DECLARED]
        fit = (n for n in nodes if types is None or types.match((n.attributes.get("type") or "").lower().strip()))
        urls = (absolute(base, node.attributes.get("href")) for node in fit)
        return list(dict.fromkeys(url for url in urls if url))

    def read(self, channels: Mapping[str, tuple[str, ...]]) -> HomePage:
        """Return what the page says, with these *channels*."""
        return HomePage(_title(self.tree, self.url), _language(self.tree), channels, unique_links(self.articles))


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


def describe(url: str, home: HomePage, names: Iterable[tuple[str | None, str | None]] = ()) -> FoundOutlet:
    """Describe the outlet at *url* by its home page and the *names* (title, language) that its feeds give it."""
    given = list(names)
    language = _with_region(home.language, [tag for _, tag in given])
    title = home.title or next((_short(title) for title, _ in given if title), None)
    return FoundOutlet(title, language, time_zone(url, language))


def _with_region(own: str | None, of_feeds: Iterable[str | None]) -> str | None:
    """Home page's language with the region that its feeds add; without one, the commonest of the feeds."""
    tags = [tag for tag in of_feeds if tag]
    if own is None:
        return max(tags, key=tags.count, default=None)
    regions = {tag for tag in tags if tag.partition("-")[0] == own and "-" in tag}
    return regions.pop() if len(regions) == 1 else own


def _short(title: str | None) -> str | None:
    return re.split(r"\s+[|–—-]\s+", title)[0] if title else None
