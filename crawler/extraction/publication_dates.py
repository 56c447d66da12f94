"""When the article was published and modified: the places where a page says it, and which of them count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import chain, islice, pairwise

from crawler.extraction.class_hints import Hint
from crawler.extraction.jsonld import Claims
from crawler.extraction.walk import ParsedPage, Piece
from news.article import ANNOUNCED, LAST_CHANGE, Evidence
from news.dates import date_begins, in_outlet_zone, likely_zone, parse_date, writes_month_first, zone_named

# ruff: noqa: E501 (tables of words and patterns, one thought a line)

_PUBLISHED_META = (
    "article:published_time", "og:published_time", "article:published", "datepublished", "og:article:published_time", "pubdate",
    "publishdate", "publish-date", "publish_date", "published_time", "publication_date", "published", "parsely-pub-date",
    "sailthru.date", "dc.date.issued", "dcterms.created", "dc.date.created", "dcsext.articlefirstpublished",
    "citation_publication_date", "citation_date", "article_date_original", "originalpublicationdate", "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime", "rnews:datepublished", "iptc-creation-date", "pub_date", "article.published", "article.created",
    "shareaholic:article_published_time", "bt:pubdate", "dateposted", "dc.date.published", "dcterms.issued", "og:pubdate",
    "og:publish_date", "article:post_date", "published_at", "release_date", "issued",
)  # fmt: skip
_VAGUE_META = (  # a date of the page, the text or the last change; each outlet means something else by it
    "date", "dc.date", "dcterms.date", "article.date", "datecreated", "created", "creation_date", "dc.created", "date.release",
    "displaydate", "ptime", "timestamp", "eomportal-lastupdate", "last-published",
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified", "dcterms.modified", "dc.date.modified",
    "modified", "shareaholic:article_modified_time", "article:modified", "article:updated_time", "og:modified_time", "revised",
    "modified_time", "modified-time", "article:modified_date", "updated", "updated_time", "last_updated", "dc.modified",
)  # fmt: skip
# When the file was written, as servers say for every page; the text need not have changed.
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

RawDate = tuple[str, str]  # source, raw value
TimeElement = tuple[str, str, int]  # raw value, names, position
_SAYS_PUBLISHED = re.compile(
    r"publi(?:sh|kat|kac|ca|é|e)|posted|erschienen|veröffentlicht|erstellt|geschrieben|eingestellt|pubblicat|geplaatst|gepubliceerd|opublikowan|dodano|utworzono|postado|skapad|publicerad|publisert"
    r"|oprettet|julkaistu|yayın|giriş|создан|опубликован|опубліков|публик|objavljen|közzét|megjelen|δημοσ|đăng|criado|créé|creado|first aired|date[: ]|datum[: ]|\bon\b"
    r"|발행|입력|등록|公開|发布|發布|發佈|掲載|نشر|פורסם|प्रकाशित",
    re.IGNORECASE,
)
_CHANGED_WORDS = (
    r"updat|aktualisier|modifi|mis(?:e)? à jour|màj|actuali[zs]a[dt]|actualización|aggiorna[tm]|bijgewerkt|aktualizac|atualizad|(?:ge)?ändert|änderung|edited|revised|reviewed"
    r"|güncelle|обновл|оновлен|uppdatera|oppdatert|opdateret|päivitetty|aktualizován|gewijzigd|zmieniono|senast ändrad|frissít|ažurira|posodoblj|ενημερ|cập nhật"
    r"|atnaujint|uuendat|diperbarui|dikemas kini|更新|수정|업데이트|ปรับปรุง|อัปเดต|تحديث|עודכן|अपडेट"
)
# What follows is of the outlet or a reader; the whole line is of a printed issue, an event or a statement.
_BEFORE_OTHERS = r"registr|mitglied seit|joined|expire|läuft ab|gültig bis|©|copyright"
_WHOLLY_OTHER = r"\btermin\b|\bissue\b|\bstated on\b"
_CHANGED = re.compile(_CHANGED_WORDS, re.IGNORECASE)
_CUT = re.compile(f"{_CHANGED_WORDS}|{_BEFORE_OTHERS}", re.IGNORECASE)
_OTHER = re.compile(f"{_CHANGED_WORDS}|{_BEFORE_OTHERS}|{_WHOLLY_OTHER}", re.IGNORECASE)
_WHOLE = re.compile(_WHOLLY_OTHER, re.IGNORECASE)
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
    r"(?:(?:first |originally )?published|posted|post(?:ing)? (?:date|time)|erschienen|veröffentlicht|erstellt|publié|publicado|pubblicato|gepubliceerd|opublikowano|date|datum|stand)\b",
    re.IGNORECASE,
)
_SAYS_CHANGED = re.compile(  # "This page was last updated on"; a sentence begins otherwise
    r"\W*(?:(?:this|page|article|post|was|last|date|diese|seite|wurde|letzte[rs]?|zuletzt|derni[èe]re|fecha de|date de|última|ultim[oa]|laatst|senast|sist|sidst"
    rf"|ostatnia|poslední|последнее|дата) ){{0,5}}(?:{_CHANGED_WORDS})",
    re.IGNORECASE,
)
# Avada and other themes write the moment of the last change, for machines, in front of the day that readers see.
_FOR_MACHINES = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[+-]\d\d:\d\d|Z)")
_DIGITS = re.compile(r"\d")
_OTHERS = Hint.COMMENT | Hint.RELATED | Hint.NAVIGATION | Hint.AD
_NOT_OURS = (
    Hint.COMMENT | Hint.RELATED | Hint.MEDIA | Hint.CAPTION
)  # a page's head calls itself a menu, and has the date
_BEFORE, _BEHIND = 8, 20  # blocks around the headline that may show a date
_JUST_BEFORE = 3
_DATE_ALONE = 30  # characters: "Wednesday, 30 September 2020"
_BRIEF = 70  # characters of a line with little more than a date
_LONGEST = 140  # characters of a text with a date
_MOST = 40  # places that are read; a hostile page has any number
_EVIDENCE_LENGTH = 80  # characters
_DAY = timedelta(days=1)
_WEB_BEGAN = datetime(1990, 1, 1, tzinfo=UTC)  # an earlier date is a default value or belongs to the subject
_SOURCES_WITH_AGES = frozenset(("time", "visible", LAST_CHANGE))  # "3 hrs ago"

Dates = tuple[datetime | None, datetime | None, list[Evidence]]


def find_dates(
    page: ParsedPage,
    claims: Claims,
    now: datetime | None,
    headline_position: int,
    timezone: str | None = None,
    announced: datetime | None = None,
) -> Dates:
    """Return when the article was published, when it was modified, and what each source says.

    Dates before the web and in the future do not count. When the page says no day of publication, that of the feed
    counts (`announced`), else that of the last change, and the evidence names it so. `timezone` names the outlet's zone: times without a zone are in it, and
    times in UTC are converted to it, so that the calendar day is the one on the page.
    """
    tag = page.language or claims.language
    zone = zone_named(timezone or likely_zone(page.url, tag))
    reader = _Reader(now, zone, month_first=writes_month_first(tag))
    published = _find_published(reader, page, claims, headline_position)
    modified = reader.first(
        "date_modified", chain(metadata_modified(page, claims), visible_modified(page, headline_position))
    )
    stated = reader.first("date_published", iter([(ANNOUNCED, announced.isoformat())] if announced else []))
    if stated and published is None:
        reader.evidence.insert(0, reader.evidence.pop())  # the first source is the one that counts
    if published is None:
        published = stated or _last_change(reader, page, claims, headline_position)
        modified = modified or published
    elif modified is not None and modified.date() <= published.date():
        published = _before_the_change(
            published, reader.first("date_published", visible_close(page, headline_position))
        )
    if published is not None:
        published = in_outlet_zone(published, zone, visible_texts(page, headline_position))
    if modified is not None and published is not None and not modified.utcoffset():
        modified = modified.astimezone(published.tzinfo)
    return published, modified, reader.evidence


def _find_published(reader: _Reader, page: ParsedPage, claims: Claims, headline_position: int) -> datetime | None:
    sure = reader.first("date_published", any_published(page, claims))
    if sure is not None:
        return _as_page_shows(sure, reader, page, claims, headline_position)
    vague = reader.first("date_published", vague_dates(page))
    if vague is not None:
        shown = reader.first("date_published", visible_close(page, headline_position))
        return shown if shown is not None and _is_earlier(shown, vague) else vague
    near, far = visible_near(page, headline_position), visible_far(page, headline_position)
    return reader.first("date_published", chain(near, far)) or reader.alone("date_published", script_dates(page))


def _last_change(reader: _Reader, page: ParsedPage, claims: Claims, headline_position: int) -> datetime | None:
    """Return the day of the last change, when no other is known; the evidence names it so."""
    near = chain(metadata_modified(page, claims, of_the_file=False), visible_modified(page, headline_position))
    far = visible_modified_far(page, headline_position)
    return reader.first("date_published", _as_last_change(near)) or reader.alone("date_published", _as_last_change(far))


def _as_last_change(dates: Iterator[RawDate]) -> Iterator[RawDate]:
    return ((LAST_CHANGE, raw) for _, raw in dates)


def _before_the_change(published: datetime, shown: datetime | None) -> datetime:
    """Return the earlier day that the page shows: one day for publication and change is that of the change."""
    if shown is None or published.date() - shown.date() <= _DAY:
        return published
    return shown if _is_earlier(shown, published) else published


def _is_earlier(shown: datetime, other: datetime) -> bool:
    """Return whether *shown* is an earlier day, and not the same one with day and month in the other order."""
    turned = (shown.year, shown.day, shown.month)
    return shown.date() < other.date() and turned != (other.year, other.month, other.day)


def _as_page_shows(
    published: datetime, reader: _Reader, page: ParsedPage, claims: Claims, headline_position: int
) -> datetime:
    """Return, of several claimed days of publication, the one that the page shows.

    A text that is published anew keeps its first day in one place or the other.
    """
    claimed = {
        raw[:10]: (source, raw)
        for source, raw in (*metadata_published(page, claims), *published_time_elements(page, headline_position))
    }
    if len(claimed) < 2:
        return published
    others = [date for date in reader.all(claimed.values()) if abs(date.date() - published.date()) > _DAY]
    if not others:
        return published
    shown = {date.date() for date in reader.all(visible_published(page, headline_position))}
    if published.date() in shown:
        return published
    return next((date for date in others if date.date() in shown), published)


class _Reader:
    """Reads raw values one after the other until one is a possible date. Every value becomes evidence."""

    def __init__(self, now: datetime | None, zone: tzinfo | None, *, month_first: bool) -> None:
        self.now = now
        self.zone = zone or UTC
        self.month_first = month_first
        self.evidence: list[Evidence] = []

    def first(self, field: str, dates: Iterator[RawDate]) -> datetime | None:
        """Return the first possible date, for the *field* of the article."""
        for source, raw in islice(dates, _MOST):
            date = self._read(source, raw)
            if date is not None or source not in _SOURCES_WITH_AGES:
                self.evidence.append(Evidence(field, source, raw[:_EVIDENCE_LENGTH]))
            if date is not None and self._is_possible(date):
                return date
        return None

    def alone(self, field: str, dates: Iterable[RawDate]) -> datetime | None:
        """Return the first possible date, if all of them are of one day."""
        dates = list(islice(dates, _MOST))
        if len({date.date() for date in self.all(dates)}) != 1:
            return None
        return self.first(field, iter(dates))

    def all(self, dates: Iterable[RawDate]) -> list[datetime]:
        """Return the possible dates."""
        found = (self._read(source, raw) for source, raw in dates)
        return [date for date in found if date is not None and self._is_possible(date)]

    def _read(self, source: str, raw: str) -> datetime | None:
        now = self.now if source in _SOURCES_WITH_AGES else None
        return parse_date(raw, now=now, zone=self.zone, month_first=self.month_first)

    def _is_possible(self, date: datetime) -> bool:
        return date >= _WEB_BEGAN and (self.now is None or date <= self.now + 2 * _DAY)


def metadata_published(page: ParsedPage, claims: Claims) -> Iterator[RawDate]:
    """Yield times of publication under the best-known names of metadata."""
    if claims.published:
        yield "json-ld", claims.published
    yield from _meta(page, _PUBLISHED_META)


def any_published(page: ParsedPage, claims: Claims) -> Iterator[RawDate]:
    """Yield times of publication under any name of metadata."""
    yield from metadata_published(page, claims)
    for name, content in page.meta:
        if len(name) < 60 and _ANY_PUBLISHED.search(name) and not _NOT_PUBLISHED.search(name):
            yield "meta", content
    yield from _props(page, ("datePublished",))


def vague_dates(page: ParsedPage) -> Iterator[RawDate]:
    """Yield times in metadata that may be of the page, the text or the last change."""
    yield from _meta(page, _VAGUE_META)
    yield from _props(page, ("dateCreated", "date"))


def metadata_modified(page: ParsedPage, claims: Claims, *, of_the_file: bool = True) -> Iterator[RawDate]:
    """Yield times of the last change in metadata; `of_the_file` includes that of the file."""
    if claims.modified:
        yield "json-ld", claims.modified
    yield from _meta(page, [name for name in _MODIFIED_META if of_the_file or name not in _OF_THE_FILE])
    yield from _props(page, ("dateModified",))


def address_dates(page: ParsedPage) -> Iterator[RawDate]:
    """Yield the day in the page's address, or in its canonical one."""
    for address in (
        page.url,
        *(href for rel, href in page.links if rel == "canonical"),
        page.first_meta.get("og:url", ""),
    ):
        for pattern in (_IN_URL, _DAY_FIRST_IN_URL):
            yield from _in_url(pattern, address)


def address_stamp(url: str) -> Iterator[RawDate]:
    """Return the day in a number of the address that begins with date and time."""
    return _in_url(_STAMP_IN_URL, url)


def script_dates(page: ParsedPage) -> Iterator[RawDate]:
    """Yield the times of publication in the page's scripts; some may belong to other articles."""
    for found in _IN_SCRIPTS.finditer(page.html):
        before = page.html[max(0, found.start() - _LONGEST_BEFORE) : found.start()]
        if before[-1:] in b"pP" and (b"date" in before.lower() or _OF_TIME.search(found[1])):
            yield "script", found[2].decode("utf-8", "replace")


def _meta(page: ParsedPage, names: Iterable[str]) -> Iterator[RawDate]:
    return (("meta", page.first_meta[name]) for name in names if name in page.first_meta)


def _props(page: ParsedPage, names: tuple[str, ...]) -> Iterator[RawDate]:
    for name, content, node in islice(page.props, _MOST_PROPS):
        if name in names:
            yield "microdata", content or node.text()


def _in_url(pattern: re.Pattern[str], url: str) -> Iterator[RawDate]:
    found = pattern.search(url)
    if found:
        parts = [part for part in found.groups() if part]
        yield "url", "-".join(parts if len(parts[0]) == 4 else reversed(parts))


def published_time_elements(page: ParsedPage, headline_position: int) -> Iterator[RawDate]:
    """Yield <time> elements below the headline that are named as the time of publication."""
    for raw, names, at in page.times[:_MOST]:
        if (
            headline_position <= at < headline_position + _BEHIND
            and "publish" in names.lower()
            and not _OTHER.search(names)
        ):
            yield "time", raw


def visible_published(page: ParsedPage, headline_position: int) -> Iterator[RawDate]:
    """Yield texts around the headline with a date that is not of a change."""
    low, high = max(0, headline_position - _JUST_BEFORE), headline_position + _BEHIND
    for raw, names, at in page.times[:_MOST]:
        if low <= at <= high and not _OTHER.search(names + raw):
            yield "time", raw
    for texts in _by_trust(page.pieces[low:high]):
        yield from (("visible", text) for text in texts)


def time_elements_below(page: ParsedPage, headline_position: int) -> Iterator[RawDate]:
    """Yield <time> elements right below the headline that are not of a change."""
    for raw, names, at in _time_elements_near(page, headline_position):
        if headline_position <= at <= headline_position + _BEFORE and not _OTHER.search(names + raw):
            yield "time", raw


def visible_close(page: ParsedPage, headline_position: int) -> Iterator[RawDate]:
    """Yield dates next to the headline: <time> elements, and lines with little more than a date."""
    yield from time_elements_below(page, headline_position)
    below, above = (
        page.pieces[headline_position + 1 : headline_position + _BEFORE],
        _just_above(page, headline_position),
    )
    for pieces in (below, above):
        for texts in _by_trust(piece for piece in pieces if len(piece.text) < _BRIEF):
            yield from (("visible", text) for text in texts if _is_little_more(text))


def visible_near(page: ParsedPage, headline_position: int) -> Iterator[RawDate]:
    """Dates around the headline: <time>, the address, lines that say "published" or are named as a date, any date."""
    low, high = headline_position - _BEFORE, headline_position + _BEHIND
    times = [(raw, names) for raw, names, _ in _time_elements_near(page, headline_position)]
    sure, above = _by_trust(page.pieces[max(0, low) : headline_position + 1])
    sure_below, below = _by_trust(page.pieces[headline_position + 1 : high])
    yield from (("time", raw) for raw, names in times if _PUBLISHED_CLASS.search(names))
    yield from (("time", raw) for raw, names in times if not _OTHER.search(names))
    yield from address_dates(page)
    # Lines above come last, since pages begin with today's date.
    yield from (("visible", text) for text in (*sure_below, *_only_brief(below), *sure, *below, *above))
    yield from address_stamp(page.url)


def visible_far(page: ParsedPage, headline_position: int) -> Iterator[RawDate]:
    """Dates away from the headline: at the text's beginning, in <time> elements of one day, in lines that say it."""
    yield from _datelines(page, headline_position)
    times = [raw for raw, names, _ in page.times[:_MOST] if not _OTHER.search(names + raw)]
    if len({raw[:10] for raw in times}) == 1:
        yield "time", times[0]
    for label, piece in _far_from(page, headline_position):
        if _SAYS_SO.match(piece.text) or _LABEL.fullmatch(label.text[:_BRIEF]):
            yield "visible", piece.text


def visible_modified(page: ParsedPage, headline_position: int) -> Iterator[RawDate]:
    """Yield lines and <time> elements around the headline that say when the page was modified."""
    for piece in page.pieces[max(0, headline_position - _BEFORE) : headline_position + _BEHIND]:
        changed = _CHANGED.search(piece.text) if _has_date(piece) else None
        if changed:
            yield "visible", piece.text[changed.start() :]
    for raw, names, _ in _time_elements_near(page, headline_position):
        if _CHANGED.search(names + raw):
            yield "time", raw


def visible_modified_far(page: ParsedPage, headline_position: int) -> Iterator[RawDate]:
    """Yield lines far from the headline that begin with the time of the last change."""
    for _, piece in _far_from(page, headline_position):
        if len(piece.text) < _BRIEF and _SAYS_CHANGED.match(piece.text):
            yield "visible", piece.text


def visible_texts(page: ParsedPage, headline_position: int) -> Iterator[str]:
    """Yield the texts around the headline with digits in them."""
    low, high = max(0, headline_position - _BEFORE), max(0, headline_position + _BEHIND)
    yield from (raw for raw, _, at in page.times[:_MOST] if low <= at <= high)
    yield from (piece.text for piece in page.pieces[low:high] if _has_date(piece))


def _time_elements_near(page: ParsedPage, headline_position: int) -> list[TimeElement]:
    low, high = headline_position - _BEFORE, headline_position + _BEHIND + 5
    times = (time for time in page.times if low <= time[2] <= high)
    return [time for time in times if time[2] <= headline_position or not _of_others(page, time[2])]


def _of_others(page: ParsedPage, at: int) -> bool:
    """Return whether the piece is a comment, a teaser or a caption."""
    return at < len(page.pieces) and bool(page.pieces[at].box.effective_hints & _NOT_OURS)


def _just_above(page: ParsedPage, headline_position: int) -> list[Piece]:
    return page.pieces[max(0, headline_position - _JUST_BEFORE) : headline_position]


def _only_brief(texts: Iterable[str]) -> list[str]:
    return [text for text in texts if len(text) < _BRIEF]


def _by_trust(pieces: Iterable[Piece]) -> tuple[list[str], list[str]]:
    """Texts with a date: those that say "published" or are named as a date, and the others; none of an update."""
    sure, unsure = [], []
    label = False  # "Published" alone: the date is on the next line
    for piece in pieces:
        labelled, label = label, bool(_LABEL.fullmatch(piece.text[:_BRIEF]))
        if not _has_date(piece):
            continue
        text = _for_readers(piece.text)
        if _OTHER.search(text):
            part = _published_part(text)
            if part is not None:
                sure.append(part)
        elif (
            labelled
            or _SAYS_PUBLISHED.search(text)
            or (piece.box.effective_hints | piece.hints) & (Hint.DATE | Hint.BYLINE)
        ):
            sure.append(text)
        else:
            unsure.append(text)
    return sure, unsure


def _published_part(text: str) -> str | None:
    """Return the part about the publication, of a line with another date."""
    changed = None if _WHOLE.search(text) else _CUT.search(text)
    if changed is None:
        return None
    says = _SAYS_PUBLISHED.search(text)
    if says and _DIGITS.search(text[changed.end() : says.start()]):  # "Updated 5 May, published 4 May"
        return text[says.start() :]
    return text[: changed.start()] if parse_date(text[: changed.start()]) else None  # "4 May, updated 5 May"


def _is_little_more(text: str) -> bool:
    """Return whether *text* is a date with a name or a label, not a sentence with a date in it."""
    if len(text) < _DATE_ALONE:
        return True
    return len(text) < _BRIEF and bool(_SAYS_SO.match(text) or date_begins(text) == 0)


def _for_readers(text: str) -> str:
    if "T" not in text or not _FOR_MACHINES.search(text):
        return text
    rest = _FOR_MACHINES.sub(" ", text)
    return rest if parse_date(rest) else text


def _has_date(piece: Piece) -> bool:
    return len(piece.text) < _LONGEST and bool(_DIGITS.search(piece.text))


def _datelines(page: ParsedPage, headline_position: int) -> Iterator[RawDate]:
    """Yield the date with which the text itself begins: "29.11.2022 - Several times ..."."""
    for piece in page.pieces[headline_position : headline_position + _BEHIND]:
        found = _DATELINE.match(piece.text[:60])
        if found:
            yield "visible", found[1]


def _far_from(page: ParsedPage, headline_position: int) -> Iterator[tuple[Piece, Piece]]:
    """Yield short texts with a date far below the headline, then far above, each with the text before it."""
    for pieces in (page.pieces[headline_position + _BEHIND :], page.pieces[: max(0, headline_position - _BEFORE)]):
        for before, piece in pairwise(pieces):
            if _has_date(piece) and not piece.box.effective_hints & _OTHERS:
                yield before, piece
