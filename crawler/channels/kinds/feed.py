"""Feeds: RSS of every version, Atom, RDF and JSON Feed.

lxml reads the few fields needed in a third of feedparser's time, and never in more than linear time. feedparser repairs
nearly everything but takes minutes for some hostile feeds of half a megabyte, so it only reads short feeds that are too
broken for lxml.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from functools import reduce
from io import BytesIO
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from lxml import etree

from crawler.channels.homepage import HomeMarkup
from crawler.channels.kind import Announced, ChannelKind, Document
from crawler.channels.plain_values import absolute, announced_time, language_tag, plain_text
from crawler.channels.xml_input import MAX_FEED_BYTES, clean_xml, decoded, elements, local_name, unpacked
from news.dates import likely_zone, writes_month_first, zone_named
from news.errors import FeedUnreadable
from news.outlets import FoundLink, Outlet


class FeedKind(ChannelKind):
    name = "feed"
    order = 10
    surveyed = 12
    is_permanent = True

    def option(self, outlet: Outlet) -> Sequence[str] | None:
        return outlet.feeds

    def named_on(self, page: HomeMarkup) -> Sequence[str]:
        declared = page.declared("link[rel~=alternate][href]", _FEED_TYPES)
        linked = [link.url for link in page.links if _FEED_PATH.search(urlsplit(link.url).path)]
        return [url for url in dict.fromkeys(declared + linked) if not _COMMENTS.search(url)][:MAX_FEEDS]

    def guesses(self, url: str) -> Sequence[str]:
        return [urljoin(url, path) for path in _USUAL_PATHS]

    def read(self, document: Document, outlet: Outlet, since: datetime | None = None) -> Announced:
        return read_feed(document.body, document.url, document.content_type, outlet.timezone)


KIND = FeedKind()

MAX_FEEDS = 60
_FEED_TYPES = re.compile(r"application/(?:(?:rss|atom|rdf)\+xml|feed\+json|x-rss\+xml)|text/(?:rss\+)?xml")
_FEED_PATH = re.compile(
    r"(?:/(?:rss|feed|atom)(?:[-_]\w{1,20})?(?:\.xml|\.rss|\.php)?|\.(?:rss|rdf|atom))/?$", re.IGNORECASE
)
_COMMENTS = re.compile(r"/comments?/|[?&]feed=comments|kommentare?[/.]", re.IGNORECASE)
_USUAL_PATHS = ("/feed", "/rss", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/feed.json")


_ITEMS = frozenset({"item", "entry"})
_HEADS = frozenset({"channel", "feed", "rdf", "rss"})
_HEADER = frozenset({"title", "link", "language"})
_TIMES = ("pubdate", "published", "issued", "date", "created", "updated", "modified")
_MEDIA = ("search.yahoo.com/mrss", "itunes", "podcast")  # titles of pictures and sounds, not of the article
_ROOT = re.compile(rb"<(?:[\w-]+:)?(rss|feed|rdf|channel)(?=[\s>])", re.IGNORECASE)
_ITEM = re.compile(rb"<(?:[\w-]+:)?(item|entry)(?=[\s>])", re.IGNORECASE)
_MAX_ITEMS = 10_000
_MAX_SECOND_OPINION_BYTES = 100_000
_LONG_RUN = re.compile(r"""[^\s<>"']{1000}""")


def read_feed(body: bytes, url: str, content_type: str | None = None, timezone: str | None = None) -> Announced:
    """Return the feed in *body*, fetched from *url*: at most its first 4 MB and 10,000 items.

    Times without a zone are in *timezone*; without one, URL and language decide. A feed may have no items. Raises
    FeedUnreadable when *body* is no feed, or when none of its items can be read.
    """
    body = unpacked(body, MAX_FEED_BYTES)
    if body.lstrip()[:1] == b"{":
        return _checked(*_json_feed(body, url, timezone), url)
    cleaned = clean_xml(body, content_type)
    root = _ROOT.search(cleaned[:20_000])
    if root is None or (b"<html" in cleaned[: root.start()].lower() and not _ITEM.search(cleaned)):
        raise FeedUnreadable(f"{url} is not a feed: it begins with {_beginning(body)}")
    cleaned = cleaned[root.start() :]  # a broken server may print warnings before it
    feed, items = _xml_feed(cleaned, url, timezone), len(_ITEM.findall(cleaned))
    if len(feed.links) * 2 < items:
        feed = _second_opinion(cleaned, url, feed, _Clock.of(url, feed.language, timezone))
    return _checked(feed, items, url)


def _checked(feed: Announced, items: int, url: str) -> Announced:
    """Return the feed, unless it has items but none with a URL: then it cannot be read."""
    if items and not feed.links:
        raise FeedUnreadable(f"{url} has {items} items, and none with an address that could be read")
    return feed


def _beginning(body: bytes) -> str:
    return repr(plain_text(decoded(body[:60]), markup=False) or "nothing")


class _Clock(NamedTuple):
    """How the times of a feed are read."""

    zone: tzinfo
    month_first: bool

    @classmethod
    def of(cls, url: str, language: str | None, timezone: str | None) -> "_Clock":
        zone = zone_named(timezone) or zone_named(likely_zone(url, language)) or UTC
        return cls(zone, writes_month_first(language_tag(language) or ""))

    def first(self, texts: Iterable[str]) -> datetime | None:
        """Return the first of *texts* that is a time, in UTC."""
        times = (announced_time(text, self.zone, month_first=self.month_first) for text in texts)
        return next((time for time in times if time), None)


# XML -----------------------------------------------------------------------------------------------------------------


def _xml_feed(cleaned: bytes, url: str, timezone: str | None) -> Announced:
    header: dict[str, str] = {}
    clock: _Clock | None = None
    links: dict[str, FoundLink] = {}
    for element in islice(elements(cleaned, _ITEMS, also=_HEADER | _HEADS), _MAX_ITEMS * 5):
        name = local_name(element)
        if name in _ITEMS:
            if clock is None:
                spoken = (header.get("language"), *(_attribute(head, "lang") for head in element.iterancestors()))
                clock = _Clock.of(url, next(filter(None, spoken), None), timezone)
            _add(links, _xml_link(element, url, clock))
        elif name in _HEADS:
            _set_first(header, "language", _attribute(element, "lang"))
        elif local_name(element.getparent()) in _HEADS:
            _set_first(header, name, _header_value(element))
    return _feed(links, header, absolute(url, header.get("link")))


def _feed(links: Mapping[str, FoundLink], header: Mapping[str, str], site: str | None) -> Announced:
    title, language = plain_text(header.get("title")), language_tag(header.get("language"))
    return Announced(tuple(links.values()), title=title, language=language, site=site)


def _set_first(header: dict[str, str], name: str, value: str | None) -> None:
    if value:
        header.setdefault(name, value)


def _add(links: dict[str, FoundLink], link: FoundLink | None) -> None:
    if link and len(links) < _MAX_ITEMS:
        links.setdefault(link.url, link)


def _header_value(element: etree._Element) -> str | None:
    if local_name(element) == "link":
        return _text(element) or (element.get("href") if _relation(element) == "alternate" else None)
    return _text(element)


def _xml_link(item: etree._Element, url: str, clock: _Clock) -> FoundLink | None:
    children = [child for child in islice(item, 200) if not _is_media(child)]
    fields = {local_name(child): child for child in reversed(children)}
    target = _target(children, fields, url)
    if target is None:
        return None
    times = (_text(fields[name]) for name in _TIMES if name in fields)
    return FoundLink(target, _title(fields.get("title")), clock.first(times))


def _target(children: list[etree._Element], fields: Mapping[str, etree._Element], url: str) -> str | None:
    """URL of an item's article; a sound or picture that the item encloses only when it names nothing else."""
    targets = [absolute(_base(element, url), text) for element, text in _targets(children, fields)]
    enclosed = {absolute(url, child.get("url")) for child in children if local_name(child) == "enclosure"}
    return min((found for found in targets if found and found != url), key=enclosed.__contains__, default=None)


def _base(element: etree._Element, url: str) -> str:
    """Return what relative URLs in *element* refer to: each xml:base around it, itself relative to the one outside."""
    bases = [base for around in (element, *element.iterancestors()) if (base := _attribute(around, "base"))]
    return reduce(lambda outer, base: absolute(outer, base) or outer, reversed(bases), url)


def _is_media(child: etree._Element) -> bool:
    tag = child.tag if isinstance(child.tag, str) else ""
    return not tag or any(name in tag.lower() for name in _MEDIA)


def _targets(
    children: list[etree._Element], fields: Mapping[str, etree._Element]
) -> Iterator[tuple[etree._Element, str]]:
    """Yield URLs of an item's article, best first: the one behind a counting redirect, the link, the permanent id."""
    if "origlink" in fields:
        yield fields["origlink"], _address(fields["origlink"])
    links = [child for child in children if local_name(child) == "link" and _relation(child) == "alternate"]
    yield from ((link, _address(link)) for link in links)
    yield from ((link, link.get("href", "")) for link in links)
    guid = fields.get("guid")
    if guid is not None and guid.get("isPermaLink", "true").lower() != "false" and "://" in _text(guid):
        yield guid, _address(guid)
    if "id" in fields and _text(fields["id"]).startswith("http"):
        yield fields["id"], _address(fields["id"])


def _relation(link: etree._Element) -> str:
    # An Atom link without a relation is an alternate (RFC 4287); pictures and sounds are not.
    kind = link.get("type", "text/html")
    return link.get("rel", "alternate").lower() if "html" in kind or kind == "text/plain" else "other"


def _title(element: etree._Element | None) -> str | None:
    if element is None:
        return None
    atom_text = "atom" in str(element.tag).lower() and element.get("type", "text") == "text"
    return plain_text(_text(element), markup=not atom_text)


def _attribute(element: etree._Element, name: str) -> str:
    """Return an attribute with or without the prefix xml. Never list all attributes: that is quadratic in lxml."""
    return str(element.get(name) or element.get(f"{{http://www.w3.org/XML/1998/namespace}}{name}") or "")


def _text(element: etree._Element) -> str:
    return "".join(map(str, islice(element.itertext(), 1000)))[:10_000].strip()


def _address(element: etree._Element) -> str:
    # URLs in CDATA are often escaped too, and clean_xml escapes a bare & there as well.
    return _text(element).replace("&amp;", "&")


# Feeds too broken for lxml -------------------------------------------------------------------------------------------


def _second_opinion(cleaned: bytes, url: str, first: Announced, clock: _Clock) -> Announced:
    """Return the feed as feedparser reads it; *first* when feedparser finds no more links, or could take long."""
    costly = _LONG_RUN.search(cleaned.decode()) or _has_many_attributes(cleaned)
    if costly or len(cleaned) > _MAX_SECOND_OPINION_BYTES:
        return first
    import feedparser

    try:
        read = feedparser.parse(BytesIO(cleaned), sanitize_html=False, resolve_relative_uris=False)
    except Exception:  # a bug of feedparser (a space in a namespace, for one) costs no feed
        return first
    links: dict[str, FoundLink] = {}
    for entry in read.entries:
        _add(links, _parsed_link(entry, url, clock))
    return replace(first, links=tuple(links.values())) if len(links) > len(first.links) else first


def _parsed_link(entry: Mapping[str, Any], url: str, clock: _Clock) -> FoundLink | None:
    target = absolute(url, entry.get("feedburner_origlink") or entry.get("link"))
    time = clock.first((entry.get("published") or "", entry.get("updated") or ""))
    return FoundLink(target, plain_text(entry.get("title")), time) if target else None


def _has_many_attributes(cleaned: bytes) -> bool:
    return any(part.count(b"=") > 100 for part in cleaned.split(b"<"))


# JSON ----------------------------------------------------------------------------------------------------------------


def _json_feed(body: bytes, url: str, timezone: str | None) -> tuple[Announced, int]:
    """Return the feed, and how many items it has."""
    try:
        values = json.loads(decoded(body))
    except (ValueError, RecursionError) as error:
        raise FeedUnreadable(f"{url} is not a feed: it begins with {_beginning(body)}") from error
    items = values.get("items") if isinstance(values, dict) else None
    if not isinstance(items, list):
        raise FeedUnreadable(f"{url} is JSON, but no JSON Feed: it has no list of items")
    links: dict[str, FoundLink] = {}
    texts = _texts(values, ("title", "language", "home_page_url"))
    clock = _Clock.of(url, texts["language"], timezone)
    for item in items:
        _add(links, _json_link(item, url, clock))
    return _feed(links, texts, absolute(url, texts["home_page_url"])), len(items)


def _json_link(item: object, url: str, clock: _Clock) -> FoundLink | None:
    if not isinstance(item, dict):
        return None
    texts = _texts(item, ("url", "external_url", "id", "title", "date_published", "date_modified"))
    permanent = texts["id"] if "://" in texts["id"] else ""
    target = absolute(url, texts["url"]) or absolute(url, texts["external_url"]) or absolute(url, permanent)
    time = clock.first((texts["date_published"], texts["date_modified"]))
    return FoundLink(target, plain_text(texts["title"], markup=False), time) if target else None


def _texts(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    return {name: value if isinstance(value := values.get(name), str) else "" for name in names}
