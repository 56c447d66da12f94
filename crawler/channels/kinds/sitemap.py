"""Sitemaps: plain, news, index, gzip (declared or not), text, or a feed in place of one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from urllib.parse import urljoin

from lxml import etree

from archive.channels import FoundChannel
from crawler.channels.homepage import HomeMarkup
from crawler.channels.kind import Announced, ChannelKind, Document
from crawler.channels.kinds.feed import read_feed
from crawler.channels.plain_values import absolute, announced_time, plain_text
from crawler.channels.xml_input import clean_xml, decoded, elements, local_name, unpacked
from news.backfill import Period, is_wanted, may_hold
from news.dispositions import newest_first
from news.errors import FeedUnreadable
from news.outlets import FoundLink, Outlet

MAX_SITEMAP_BYTES = 20_000_000  # 50,000 URLs of 300 characters, unpacked
MAX_LINKS = 50_000  # per sitemap, the protocol's limit
_MAX_NAMED = 60  # by a home page
_MAX_CHILDREN = 100  # of one index; some go back decades, one sitemap a day


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap lists, in its order: `children` are sitemaps, `links` are pages."""

    children: tuple[FoundLink, ...] = ()
    links: Sequence[FoundLink] = ()


class SitemapKind(ChannelKind):
    name = "sitemap"
    order = 20

    def option(self, outlet: Outlet) -> Sequence[str] | None:
        return outlet.sitemaps

    def named_on(self, page: HomeMarkup) -> Sequence[str]:
        return page.declared("link[rel~=sitemap]")[:_MAX_NAMED]

    def guesses(self, url: str) -> Sequence[str]:
        return [urljoin(url, path) for path in _USUAL_PATHS]

    def read(self, document: Document, outlet: Outlet, since: datetime | None = None) -> Announced:
        sitemap = read_sitemap(document.body, document.url)
        children = [FoundChannel(self.name, child.url) for child in _newest(sitemap.children, since)]
        return Announced(sitemap.links, children)


KIND = SitemapKind()


def read_past(document: Document, periods: Sequence[Period]) -> Announced:
    """Return what a sitemap announces of the *periods*. Raises FeedUnreadable."""
    sitemap = read_sitemap(document.body, document.url)
    children = [child for child in sitemap.children if may_hold(child, periods)]
    links = tuple(link for link in sitemap.links if is_wanted(link, document.url, periods))
    return Announced(links, [FoundChannel(KIND.name, child.url) for child in children])


_USUAL_PATHS = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap.xml", "/sitemap_index.xml")


def _newest(children: Sequence[FoundLink], since: datetime | None) -> list[FoundLink]:
    """Return the newest sitemaps of an index, without those last changed before *since*."""
    recent = [child for child in children if not (since and child.announced_at and child.announced_at < since)]
    return [recent[number] for number in newest_first(child.announced_at for child in recent)][:_MAX_CHILDREN]


_ENTRIES = frozenset({"url", "sitemap"})
_ROOT = re.compile(rb"<(?:[\w-]+:)?(urlset|sitemapindex|rss|feed|rdf)(?=[\s>/])", re.IGNORECASE)


def read_sitemap(body: bytes, url: str) -> Sitemap:
    """Return the sitemap in *body*, fetched from *url*: at most its first 20 MB unpacked and 50,000 entries.

    A sitemap may have no entries; of broken XML, the readable part counts. Raises FeedUnreadable for anything else.
    """
    body = unpacked(body, MAX_SITEMAP_BYTES)
    cleaned = clean_xml(body)
    root = _ROOT.search(cleaned[:20_000])
    if root is None:
        return _text_sitemap(body, url)
    if root[1].lower() in (b"rss", b"feed", b"rdf"):
        return Sitemap(links=read_feed(body, url).links)
    return _xml_sitemap(cleaned[root.start() :], url)


def _xml_sitemap(cleaned: bytes, url: str) -> Sitemap:
    found: dict[str, dict[str, FoundLink]] = {"sitemap": {}, "url": {}}
    for element in islice(elements(cleaned, _ENTRIES), MAX_LINKS):
        link = _entry(element, url)
        if link:
            found[local_name(element)].setdefault(link.url, link)
    return Sitemap(tuple(found["sitemap"].values()), tuple(found["url"].values()))


def _entry(element: etree._Element, url: str) -> FoundLink | None:
    fields: dict[str, str] = {}
    for child in islice(element, 50):
        name = local_name(child)
        if name == "news":
            fields.update({local_name(part): _text(part) for part in islice(child, 50)})
        elif name in ("loc", "lastmod"):
            fields.setdefault(name, _text(child))
    target = absolute(url, fields.get("loc", "").replace("&amp;", "&"))
    time = announced_time(fields.get("publication_date")) or announced_time(fields.get("lastmod"))
    return FoundLink(target, plain_text(fields.get("title")), time) if target else None


def _text(element: etree._Element) -> str:
    return (element.text or "")[:10_000].strip()


def _text_sitemap(body: bytes, url: str) -> Sitemap:
    """Read a sitemap with one URL per line (sitemaps.org, "Text file")."""
    lines = decoded(body).splitlines()
    first = next((line.strip() for line in lines if line.strip()), "")
    if first and not first.startswith(("http://", "https://")):
        raise FeedUnreadable(f"{url} is not a sitemap: it begins with {plain_text(first[:60], markup=False)!r}")
    if not first:
        raise FeedUnreadable(f"{url} is not a sitemap: it is empty")
    targets = (absolute(url, line) for line in islice(lines, MAX_LINKS) if line.strip().startswith("http"))
    return Sitemap(links=tuple(FoundLink(target) for target in dict.fromkeys(targets) if target))
