"""Read and write outlets as OPML, the list format of feed readers. Input may be nested, broken or hostile."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin
from xml.sax.saxutils import escape, quoteattr

from crawler.channels.plain_values import absolute, language_tag, plain_text
from crawler.channels.xml_input import MAX_FEED_BYTES, clean_xml, elements
from news.errors import SettingError
from news.urls import canonicalise

MAX_OUTLINES = 10_000


@dataclass(frozen=True, slots=True)
class Subscription:
    """One site of an OPML file with all of its feeds."""

    url: str
    title: str | None = None
    language: str | None = None
    feeds: tuple[str, ...] = ()


def read_opml(body: bytes) -> tuple[Subscription, ...]:
    """Read the sites in *body*, in all folders; feeds with the same home page (or host) belong to one site.

    Raises SettingError if *body* is not OPML.
    """
    cleaned = clean_xml(body[:MAX_FEED_BYTES])
    if b"<opml" not in cleaned[:5_000].lower():
        raise SettingError("this is not OPML: it has no <opml> element")
    sites: dict[str, Subscription] = {}
    for number, outline in enumerate(elements(cleaned, frozenset({"outline"}))):
        if number >= MAX_OUTLINES:
            break
        _join(sites, {str(key).lower(): str(value) for key, value in outline.items()})
    return tuple(sites.values())


def _join(sites: dict[str, Subscription], attributes: dict[str, str]) -> None:
    feed, home = absolute("", attributes.get("xmlurl")), absolute("", attributes.get("htmlurl"))
    url = home or _root_of(feed)
    if url is None:
        return
    site = sites.get(url)
    feeds = (*site.feeds, feed) if site else (feed,)
    text = attributes.get("text") or attributes.get("title")
    title = (site.title if site else None) or plain_text(text, markup=False)
    language = (site.language if site else None) or language_tag(attributes.get("language"))
    sites[url] = Subscription(url, title, language, tuple(dict.fromkeys(address for address in feeds if address)))


def _root_of(feed: str | None) -> str | None:
    """Return the home page of the feed's host, with its port."""
    try:
        return canonicalise(urljoin(feed, "/")) if feed else None
    except ValueError:
        return None


def write_opml(sites: Iterable[Subscription]) -> str:
    """Write OPML 2.0 with one outline per feed; a site without feeds is an outline of type "link"."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">']
    lines += [f"<head><title>{escape('Outlets of Newskeep')}</title></head>", "<body>"]
    for site in sites:
        lines += [_outline(site, feed) for feed in site.feeds or (None,)]
    return "\n".join([*lines, "</body>", "</opml>", ""])


def _outline(site: Subscription, feed: str | None) -> str:
    fields = {
        "type": "rss" if feed else "link",
        "text": site.title or site.url,
        "title": site.title or site.url,
        "xmlUrl": feed,
        "htmlUrl": site.url,
        "url": None if feed else site.url,
        "language": site.language,
    }
    return f"<outline {' '.join(f'{name}={quoteattr(value)}' for name, value in fields.items() if value)}/>"
