"""Where a page's metadata says when the article was published or changed, and what its address tells."""

# ruff: noqa: E501 (tables of words and patterns, one thought a line)

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from crawler.extraction.blocks import Page
from crawler.extraction.structured import Claims

_PUBLISHED_META = (
    "article:published_time", "og:published_time", "article:published", "datepublished", "og:article:published_time", "pubdate",
    "publishdate", "publish-date", "publish_date", "published_time", "publication_date", "published", "parsely-pub-date",
    "sailthru.date", "dc.date.issued", "dcterms.created", "dc.date.created", "dcsext.articlefirstpublished",
    "citation_publication_date", "citation_date", "article_date_original", "originalpublicationdate", "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime", "rnews:datepublished", "iptc-creation-date", "pub_date", "article.published", "article.created",
    "shareaholic:article_published_time", "bt:pubdate", "dateposted", "dc.date.published", "dcterms.issued", "og:pubdate",
    "og:publish_date", "article:post_date", "published_at", "release_date", "issued",
)  # fmt: skip
_VAGUE_META = (  # of the page, of the text, of the last change: what it is the date of, each outlet knows
    "date", "dc.date", "dcterms.date", "article.date", "datecreated", "created", "creation_date", "dc.created", "date.release",
    "displaydate", "ptime", "timestamp", "eomportal-lastupdate", "last-published",
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified", "dcterms.modified", "dc.date.modified",
    "modified", "shareaholic:article_modified_time", "article:modified", "article:updated_time", "og:modified_time", "revised",
    "modified_time", "modified-time", "article:modified_date", "updated", "updated_time", "last_updated", "dc.modified",
)  # fmt: skip
# When the file was written, as servers say it of every page; anything may have changed.
_OF_THE_FILE = frozenset(("last-modified", "lastmod"))
_ANY_PUBLISHED = re.compile(
    r"(?:first)?publi(?:sh(?:ed)?|cation|c)?[-_.: ]*(?:date|time|on|at)|(?:date|time)[-_.: ]*publi|pub[-_]?date"
)
_NOT_PUBLISHED = re.compile(r"modif|updat|expir|until|unpub|publisher|zone|format")
_IN_URL = re.compile(
    r"(?<!\d)((?:19|20)\d{2})(?:[/\-._]?(0[1-9]|1[0-2])[/\-._]?(0[1-9]|[12]\d|3[01])|/(0?[1-9]|1[0-2])/(0?[1-9]|[12]\d|3[01])"
    r"|/(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/(0?[1-9]|[12]\d|3[01]))(?!\d)",
    re.IGNORECASE,
)
# The day first counts only between slashes: "/29-10-2021".
_DAY_FIRST_IN_URL = re.compile(r"/(0[1-9]|[12]\d|3[01])-(0[1-9]|1[0-2])-((?:19|20)\d{2})(?=[/?#]|$)")
# "A2026012914320005196": date, time and a counter.
_STAMP_IN_URL = re.compile(
    r"(?<!\d)(20[0-4]\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:(?:[01]\d|2[0-3])[0-5]\d\d{2,}|\d{3,6})(?!\d)"
)
# A page's data: "publicationDate":"2024-03-05T10:15:00Z", 'datePublished':'2024-03-05', "article_publication_date":...
_IN_SCRIPTS = re.compile(rb"ubli([a-zA-Z_]{0,20})\\*[\"']?\s{0,4}[:=]\s{0,4}\\*[\"']([^\"'\\<>]{8,40})")
_OF_TIME = re.compile(rb"date|time|_?(?:at|on)$", re.IGNORECASE)
_LONGEST_BEFORE = 9  # letters: "date_of_p"
_MOST_PROPS = 400

Said = tuple[str, str]  # source, raw value


def claimed(page: Page, claims: Claims) -> Iterator[Said]:
    """What is named the time of publication by the most known names."""
    if claims.published:
        yield "json-ld", claims.published
    yield from _meta(page, _PUBLISHED_META)


def claimed_anyhow(page: Page, claims: Claims) -> Iterator[Said]:
    """Whatever is named a time of publication."""
    yield from claimed(page, claims)
    for name, content in page.meta:
        if len(name) < 60 and _ANY_PUBLISHED.search(name) and not _NOT_PUBLISHED.search(name):
            yield "meta", content
    yield from _props(page, ("datePublished",))


def claimed_vaguely(page: Page) -> Iterator[Said]:
    """Times of the page, of the text, of the last change: what it is the time of, each outlet knows."""
    yield from _meta(page, _VAGUE_META)
    yield from _props(page, ("dateCreated", "date"))


def claimed_changed(page: Page, claims: Claims, *, of_the_file: bool = True) -> Iterator[Said]:
    """What is named the time of the last change; `of_the_file` takes that of the file as well."""
    if claims.modified:
        yield "json-ld", claims.modified
    yield from _meta(page, [name for name in _MODIFIED_META if of_the_file or name not in _OF_THE_FILE])
    yield from _props(page, ("dateModified",))


def in_address(page: Page, url: str) -> Iterator[Said]:
    """The day in the address, or in the one that the page gives itself."""
    for address in (url, *(href for rel, href in page.links if rel == "canonical"), page.said.get("og:url", "")):
        for pattern in (_IN_URL, _DAY_FIRST_IN_URL):
            yield from _in_url(pattern, address)


def stamp_in_address(url: str) -> Iterator[Said]:
    """The day of a counter that begins with the time."""
    return _in_url(_STAMP_IN_URL, url)


def in_scripts(page: Page) -> Iterator[Said]:
    """The times of publication in the page's data; there may be those of other articles among them."""
    for found in _IN_SCRIPTS.finditer(page.source):
        before = page.source[max(0, found.start() - _LONGEST_BEFORE) : found.start()]
        if before[-1:] in b"pP" and (b"date" in before.lower() or _OF_TIME.search(found[1])):
            yield "script", found[2].decode("utf-8", "replace")


def _meta(page: Page, names: Iterable[str]) -> Iterator[Said]:
    return (("meta", page.said[name]) for name in names if name in page.said)


def _props(page: Page, names: tuple[str, ...]) -> Iterator[Said]:
    for name, content, node in islice(page.props, _MOST_PROPS):
        if name in names:
            yield "microdata", content or node.text()


def _in_url(pattern: re.Pattern[str], url: str) -> Iterator[Said]:
    found = pattern.search(url)
    if found:
        parts = [part for part in found.groups() if part]
        yield "url", "-".join(parts if len(parts[0]) == 4 else reversed(parts))
