"""When the article was published and changed: every place a page says it, the most trusted first."""

# ruff: noqa: E501 (tables of words and patterns, one thought a line)

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import islice, pairwise

from crawler.extraction.blocks import Page, Piece
from crawler.extraction.hints import Hint
from crawler.extraction.shown import as_shown, zone_named
from crawler.extraction.structured import Claims
from news.article import Evidence
from news.dates import parse_date
from news.zones import likely_zone

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
_ANY_PUBLISHED = re.compile(
    r"(?:first)?publi(?:sh(?:ed)?|cation|c)?[-_.: ]*(?:date|time|on|at)|(?:date|time)[-_.: ]*publi|pub[-_]?date"
)
_NOT_PUBLISHED = re.compile(r"modif|updat|expir|until|unpub|publisher|zone|format")
_IN_URL = re.compile(
    r"(?<!\d)((?:19|20)\d{2})(?:[/\-._]?(0[1-9]|1[0-2])[/\-._]?(0[1-9]|[12]\d|3[01])|/(0?[1-9]|1[0-2])/(0?[1-9]|[12]\d|3[01])"
    r"|/(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/(0?[1-9]|[12]\d|3[01]))(?!\d)",
    re.IGNORECASE,
)
# "A2026012914320005196": date, time and a counter.
_STAMP_IN_URL = re.compile(
    r"(?<!\d)(20[0-4]\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:(?:[01]\d|2[0-3])[0-5]\d\d{2,}|\d{3,6})(?!\d)"
)
_SAYS_PUBLISHED = re.compile(
    r"publi(?:sh|kat|ca|é|e)|posted|erschienen|veröffentlicht|erstellt|geschrieben|eingestellt|pubblicat|geplaatst|gepubliceerd|opublikowan|dodano|utworzono|postado|skapad|publicerad|publisert"
    r"|oprettet|julkaistu|yayın|giriş|создан|опубликован|criado|créé|creado|first aired|date[: ]|datum[: ]|\bon\b",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"updat|aktualisier|modifi|mis à jour|màj|actualizad|aggiornat|bijgewerkt|aktualizacj|atualizad|geändert|edited|revised|reviewed"
    r"|güncelle|обновл|uppdatera|oppdatert|opdateret|päivitetty|aktualizováno|registr|mitglied seit|joined|expire|läuft ab|gültig bis|©|copyright",
    re.IGNORECASE,
)  # fmt: skip
_PUBLISHED_CLASS = re.compile(r"publi|entry-date|pubdate|created|posted", re.IGNORECASE)
_DATELINE = re.compile(
    r"^\W{0,3}(?:\w{2,14},\s|(?:\w{2,20} ){1,2}(?:vom|of|du|del|van)\s)?(\d{1,2}\.\s?(?:\d{1,2}\.|[^\W\d]{3,9})\s?\d{4}|\d{1,2}\s[^\W\d]{3,10}\s\d{4}|[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4})\s*(?:[-–—:|)]|\s[„\"“«])"
)
_LABEL = re.compile(
    r"(?:published|posted|erschienen|veröffentlicht|erstellt|publié|publicado|pubblicato|gepubliceerd|opublikowano|publicerad|publisert"
    r"|publication date|date published|release date|erscheinungsdatum|veröffentlichung)(?: (?:on|am|le|el|il|op))?\s?:?",
    re.IGNORECASE,
)
_SAYS_SO = re.compile(
    r"(?:published|posted|erschienen|veröffentlicht|erstellt|publié|publicado|pubblicato|gepubliceerd|opublikowano|date|datum|stand)\b",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d")
_OTHERS = Hint.COMMENT | Hint.RELATED | Hint.NAVIGATION | Hint.AD
_BEFORE, _BEHIND = 8, 20  # blocks around the headline among which a date is looked for
_JUST_BEFORE = 3
_BRIEF = 60  # characters of a line that is hardly more than a date
_LONGEST = 140  # characters of a text that is hardly more than a date
_MOST = 40  # places looked at; a hostile page has any number
_KEPT = 80  # characters of each kept as evidence
_DAY = timedelta(days=1)
_WEB_BEGAN = datetime(1990, 1, 1, tzinfo=UTC)  # an earlier date is a default value or the date of what is written about
_AGED = frozenset(("time", "visible"))  # where "3 hrs ago" is said

Said = tuple[str, str]  # source, raw value
Found = tuple[datetime | None, datetime | None, list[Evidence]]


def find_dates(
    page: Page, claims: Claims, url: str, now: datetime | None, headline_at: int, timezone: str | None = None
) -> Found:
    """When published, when modified, and what each source says; a date before the web or in the future is none.

    `timezone` names the outlet's zone: a time without one is taken in it, and a time in UTC is written down in it, so
    that the calendar day is the one which the page shows.
    """
    tag = page.language or claims.language
    zone = zone_named(timezone or likely_zone(url, tag))
    reader = _Reader(now, zone, month_first=_month_first(tag))
    published = reader.first("date_published", _published(page, claims, url, headline_at))
    modified = reader.first("date_modified", _modified(page, claims, headline_at))
    if published is not None:
        published = _as_page_shows(published, reader, page, claims, headline_at)
    if published is not None and modified is not None and published.date() == modified.date():
        published = _before_the_change(published, reader.first("date_published", _times_below(page, headline_at)))
    if published is not None:
        published = as_shown(published, zone, _shown(page, headline_at))
    if modified is not None and published is not None and not modified.utcoffset():
        modified = modified.astimezone(published.tzinfo)
    return published, modified, reader.evidence


def _before_the_change(published: datetime, shown: datetime | None) -> datetime:
    """The earlier day that the page shows: what names one day for publication and change names that of the change."""
    return shown if shown is not None and shown.date() < published.date() - _DAY else published


def _as_page_shows(published: datetime, reader: _Reader, page: Page, claims: Claims, headline_at: int) -> datetime:
    """Of several days that are claimed for the publication the one that the page shows, when it shows one of them: what
    is published anew keeps its first day in one place or the other."""
    said = {raw[:10]: (source, raw) for source, raw in (*_claimed(page, claims), *_times_named(page, headline_at))}
    if len(said) < 2:
        return published
    others = [date for date in reader.all(said.values()) if abs(date.date() - published.date()) > _DAY]
    if not others:
        return published
    shown = {date.date() for date in reader.all(_unchanged(page, headline_at))}
    again = next((date for date in others if date.date() in shown), published)
    return published if published.date() in shown else again


def _times_named(page: Page, headline_at: int) -> Iterator[Said]:
    """<time> elements below the headline that call themselves the time of publication."""
    for raw, names, at in page.times[:_MOST]:
        if headline_at <= at < headline_at + _BEHIND and "publish" in names.lower() and not _UPDATED.search(names):
            yield "time", raw


def _unchanged(page: Page, headline_at: int) -> Iterator[Said]:
    """Texts around the headline that hold a date, not one of a change."""
    low, high = max(0, headline_at - _JUST_BEFORE), headline_at + _BEHIND
    for raw, names, at in page.times[:_MOST]:
        if low <= at <= high and not _UPDATED.search(names + raw):
            yield "time", raw
    for texts in _by_trust(page.pieces[low:high]):
        yield from (("visible", text) for text in texts)


def _month_first(language: str) -> bool:
    return language.lower().replace("_", "-") in ("en-us", "")


class _Reader:
    """Reads one raw value after the other until one holds; every value looked at becomes evidence."""

    def __init__(self, now: datetime | None, zone: tzinfo | None, *, month_first: bool) -> None:
        self.now = now
        self.zone = zone or UTC
        self.month_first = month_first
        self.evidence: list[Evidence] = []

    def first(self, name: str, said: Iterator[Said]) -> datetime | None:
        for source, raw in islice(said, _MOST):
            date = self._read(source, raw)
            if date is not None or source not in _AGED:
                self.evidence.append(Evidence(name, source, raw[:_KEPT]))
            if date is not None and self._is_possible(date):
                return date
        return None

    def all(self, said: Iterable[Said]) -> list[datetime]:
        """The possible dates in *said*."""
        dates = (self._read(source, raw) for source, raw in said)
        return [date for date in dates if date is not None and self._is_possible(date)]

    def _read(self, source: str, raw: str) -> datetime | None:
        now = self.now if source in _AGED else None
        return parse_date(raw, now=now, zone=self.zone, month_first=self.month_first)

    def _is_possible(self, date: datetime) -> bool:
        return date >= _WEB_BEGAN and (self.now is None or date <= self.now + 2 * _DAY)


def _claimed(page: Page, claims: Claims) -> Iterator[Said]:
    if claims.published:
        yield "json-ld", claims.published
    yield from _meta(page, _PUBLISHED_META)


def _published(page: Page, claims: Claims, url: str, headline_at: int) -> Iterator[Said]:
    yield from _claimed(page, claims)
    for name, content in page.meta:
        if len(name) < 60 and _ANY_PUBLISHED.search(name) and not _NOT_PUBLISHED.search(name):
            yield "meta", content
    yield from _meta(page, _VAGUE_META)
    for name, content, node in islice(page.props, 10 * _MOST):
        if name in ("datePublished", "dateCreated", "date"):
            yield "microdata", content or node.text()
    yield from _near(page, url, headline_at)
    yield from _datelines(page, headline_at)
    yield from _far(page, headline_at)


def _modified(page: Page, claims: Claims, headline_at: int) -> Iterator[Said]:
    if claims.modified:
        yield "json-ld", claims.modified
    yield from _meta(page, _MODIFIED_META)
    for name, content, node in islice(page.props, 10 * _MOST):
        if name == "dateModified":
            yield "microdata", content or node.text()
    for piece in page.pieces[max(0, headline_at - _BEFORE) : headline_at + _BEHIND]:
        updated = _UPDATED.search(piece.text) if _has_date(piece) else None
        if updated:
            yield "visible", piece.text[updated.start() :]


def _meta(page: Page, names: tuple[str, ...]) -> Iterator[Said]:
    return (("meta", page.said[name]) for name in names if name in page.said)


def _near(page: Page, url: str, headline_at: int) -> Iterator[Said]:
    """What stands around the headline: <time>, the address, what says "published" or calls itself a date, any date.

    A <time> that calls itself updated comes last: in hAtom an entry needs that one, and often has no other.
    """
    low, high = headline_at - _BEFORE, headline_at + _BEHIND
    times = [(raw, names) for raw, names, at in page.times if low <= at <= high + 5]
    sure, above = _by_trust(page.pieces[max(0, low) : headline_at + 1])
    sure_below, below = _by_trust(page.pieces[headline_at + 1 : high])
    yield from (("time", raw) for raw, names in times if _PUBLISHED_CLASS.search(names))
    yield from (("time", raw) for raw, names in times if not _UPDATED.search(names))
    yield from _in_url(_IN_URL, url)
    brief = [text for text in below if len(text) < _BRIEF]  # before what stands above: pages begin with today's date
    yield from (("visible", text) for text in (*sure_below, *brief, *sure, *below, *above))
    yield from _in_url(_STAMP_IN_URL, url)
    yield from (("time", raw) for raw, names in times if _UPDATED.search(names))


def _in_url(pattern: re.Pattern[str], url: str) -> Iterator[Said]:
    found = pattern.search(url)
    if found:
        yield "url", "-".join(part for part in found.groups() if part)


def _by_trust(pieces: Iterable[Piece]) -> tuple[list[str], list[str]]:
    """Texts with a date: those that say so or call themselves one, and the others; none that speak of an update."""
    sure, unsure = [], []
    label = False  # "Published" alone: the date stands on the next line
    for piece in pieces:
        labelled, label = label, bool(_LABEL.fullmatch(piece.text[:_BRIEF]))
        if not _has_date(piece):
            continue
        text = piece.text
        says, changed = _SAYS_PUBLISHED.search(text), _UPDATED.search(text)
        if changed and says and _DIGITS.search(text[changed.end() : says.start()]):  # "Updated 5 May, published 4 May"
            sure.append(text[says.start() :])
        elif changed and parse_date(text[: changed.start()]):  # "4 May, updated 5 May"
            sure.append(text[: changed.start()])
        elif changed:
            continue
        elif labelled or says or (piece.box.settled | piece.hints) & (Hint.DATE | Hint.BYLINE):
            sure.append(text)
        else:
            unsure.append(text)
    return sure, unsure


def _has_date(piece: Piece) -> bool:
    return len(piece.text) < _LONGEST and bool(_DIGITS.search(piece.text))


def _times_below(page: Page, headline_at: int) -> Iterator[Said]:
    for raw, names, at in page.times:
        if headline_at <= at <= headline_at + _BEFORE and not _UPDATED.search(names + raw):
            yield "time", raw


def _datelines(page: Page, headline_at: int) -> Iterator[Said]:
    """The date with which the text itself begins: "29.11.2022 - Several times ..."."""
    for piece in page.pieces[headline_at : headline_at + _BEHIND]:
        found = _DATELINE.match(piece.text[:60])
        if found:
            yield "visible", found[1]


def _far(page: Page, headline_at: int) -> Iterator[Said]:
    """Away from the headline: <time> elements that all name one day, and lines that say when it was published."""
    days = {raw[:10] for raw, _, _ in page.times[:_MOST]}
    if len(days) == 1:
        yield "time", page.times[0][0]
    far = page.pieces[headline_at + _BEHIND :]
    for label, piece in pairwise(far):
        if not _has_date(piece) or piece.box.settled & _OTHERS:
            continue
        if _SAYS_SO.match(piece.text) or _LABEL.fullmatch(label.text[:_BRIEF]):
            yield "visible", piece.text


def _shown(page: Page, headline_at: int) -> Iterator[str]:
    low, high = max(0, headline_at - _BEFORE), max(0, headline_at + _BEHIND)
    yield from (raw for raw, _, at in page.times[:_MOST] if low <= at <= high)
    yield from (piece.text for piece in page.pieces[low:high] if _has_date(piece))
