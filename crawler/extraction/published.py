"""When the article was published and changed: every place a page says it, the most trusted first."""

# ruff: noqa: E501 (tables of words and patterns, one thought a line)

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from crawler.extraction.blocks import Page
from crawler.extraction.hints import Hint
from crawler.extraction.structured import Claims
from news.article import Evidence
from news.dates import parse_date

_PUBLISHED_META = (
    "article:published_time", "og:published_time", "article:published", "datepublished", "og:article:published_time", "pubdate",
    "publishdate", "publish-date", "publish_date", "published_time", "publication_date", "published", "parsely-pub-date",
    "sailthru.date", "dc.date.issued", "dcterms.created", "dc.date.created", "dcterms.date", "dc.date", "dcsext.articlefirstpublished",
    "citation_publication_date", "citation_date", "article_date_original", "originalpublicationdate", "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime", "rnews:datepublished", "iptc-creation-date", "displaydate", "ptime", "created", "creation_date",
    "date", "pub_date", "article.published", "article.created", "date.release", "timestamp", "shareaholic:article_published_time",
    "bt:pubdate", "dateposted", "datecreated", "dc.date.published", "last-published", "eomportal-lastupdate", "dcterms.issued",
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified", "dcterms.modified", "dc.date.modified",
    "modified", "shareaholic:article_modified_time", "article:modified", "article:updated_time", "og:modified_time", "revised",
)  # fmt: skip
_IN_URL = re.compile(r"(?<![\d])((?:19|20)\d{2})[/\-._]?(0[1-9]|1[0-2])[/\-._]?(0[1-9]|[12]\d|3[01])(?![\d])")
_SAYS_DATE = re.compile(
    r"publi|posted|erschienen|veröffentlicht|stand:|\bon\b|created|updated|aktualisiert|pubblicat|geplaatst|opublikowan|\d",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"updat|aktualisier|modifi|mis à jour|actualizad|aggiornat|bijgewerkt|aktualizacj|atualizad|geändert|edited",
    re.IGNORECASE,
)
_MOST = 40  # places looked at; a hostile page has any number
_DAY = timedelta(days=1)

Found = tuple[datetime | None, datetime | None, list[Evidence]]


def find_dates(page: Page, claims: Claims, url: str, now: datetime | None, headline_at: int) -> Found:
    """When published, when modified, and what each source says; a date in the future is nobody's publication."""
    month_first = page.language.lower().replace("_", "-") in ("en-us", "")
    evidence: list[Evidence] = []

    def first(name: str, said: Iterator[tuple[str, str]]) -> datetime | None:
        for source, raw in islice(said, _MOST):
            date = parse_date(raw, now=now, month_first=month_first)
            evidence.append(Evidence(name, source, raw[:80]))
            if date is not None and not _later(date, now):
                return date
        return None

    published = first("date_published", _published(page, claims, url, headline_at))
    modified = first("date_modified", _modified(page, claims))
    return published, modified, evidence


def _later(date: datetime, now: datetime | None) -> bool:
    return now is not None and date.astimezone(UTC) > now + 2 * _DAY


def _published(page: Page, claims: Claims, url: str, headline_at: int) -> Iterator[tuple[str, str]]:
    if claims.published:
        yield "json-ld", claims.published
    meta = dict(reversed(page.meta))
    for name in _PUBLISHED_META:
        if meta.get(name):
            yield "meta", meta[name]
    for name, content, node in page.props:
        if name in ("datePublished", "dateCreated", "date"):
            yield "microdata", content or node.text()
    yield from _times(page, headline_at)
    yield from _visible(page, headline_at)
    found = _IN_URL.search(url)
    if found:
        yield "url", "-".join(found.groups())


def _modified(page: Page, claims: Claims) -> Iterator[tuple[str, str]]:
    if claims.modified:
        yield "json-ld", claims.modified
    meta = dict(reversed(page.meta))
    for name in _MODIFIED_META:
        if meta.get(name):
            yield "meta", meta[name]
    for name, content, node in page.props:
        if name == "dateModified":
            yield "microdata", content or node.text()


def _times(page: Page, headline_at: int) -> Iterator[tuple[str, str]]:
    """<time> elements near the headline, those that say "updated" last."""
    near = [(raw, names) for raw, names, at in page.times if headline_at - 8 <= at <= headline_at + 25]
    for raw, _ in sorted(near, key=lambda item: bool(_UPDATED.search(item[1]))):
        yield "time", raw


def _visible(page: Page, headline_at: int) -> Iterator[tuple[str, str]]:
    """Short texts near the headline that hold a date; what calls itself a date before what does not."""
    low, high = max(0, headline_at - 8), headline_at + 20
    near = [piece for piece in page.pieces[low:high] if len(piece.text) < 140 and any(c.isdigit() for c in piece.text)]
    for piece in sorted(near, key=lambda piece: not (piece.box.settled | piece.hints) & (Hint.DATE | Hint.BYLINE)):
        yield "visible", piece.text
