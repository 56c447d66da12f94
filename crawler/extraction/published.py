"""When the article was published and changed: every place a page says it, the most trusted first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import chain, islice

from crawler.extraction.blocks import Page
from crawler.extraction.dates_claimed import (
    Said,
    claimed,
    claimed_anyhow,
    claimed_changed,
    claimed_vaguely,
    in_scripts,
)
from crawler.extraction.dates_shown import (
    all_shown,
    shown_changed,
    shown_changed_far,
    shown_close,
    shown_far,
    shown_near,
    times_named,
    unchanged,
)
from crawler.extraction.shown import as_shown, zone_named
from crawler.extraction.structured import Claims
from news.article import LAST_CHANGE, Evidence
from news.dates import parse_date
from news.zones import likely_zone

_MOST = 40  # places looked at; a hostile page has any number
_KEPT = 80  # characters of each kept as evidence
_DAY = timedelta(days=1)
_WEB_BEGAN = datetime(1990, 1, 1, tzinfo=UTC)  # an earlier date is a default value or the date of what is written about
_AGED = frozenset(("time", "visible", LAST_CHANGE))  # where "3 hrs ago" is said

Found = tuple[datetime | None, datetime | None, list[Evidence]]


def find_dates(
    page: Page, claims: Claims, url: str, now: datetime | None, headline_at: int, timezone: str | None = None
) -> Found:
    """When published, when modified, and what each source says; a date before the web or in the future is none.

    A page that knows no day but that of its last change is taken as published then, and the evidence calls it so.
    `timezone` names the outlet's zone: a time without one is taken in it, and a time in UTC is written down in it, so
    that the calendar day is the one which the page shows.
    """
    tag = page.language or claims.language
    zone = zone_named(timezone or likely_zone(url, tag))
    reader = _Reader(now, zone, month_first=_month_first(tag))
    published = _published(reader, page, claims, url, headline_at)
    modified = reader.first("date_modified", chain(claimed_changed(page, claims), shown_changed(page, headline_at)))
    if published is None:
        published = _last_change(reader, page, claims, headline_at)
        modified = modified or published
    elif modified is not None and modified.date() <= published.date():
        published = _before_the_change(published, reader.first("date_published", shown_close(page, headline_at)))
    if published is not None:
        published = as_shown(published, zone, all_shown(page, headline_at))
    if modified is not None and published is not None and not modified.utcoffset():
        modified = modified.astimezone(published.tzinfo)
    return published, modified, reader.evidence


def _published(reader: _Reader, page: Page, claims: Claims, url: str, headline_at: int) -> datetime | None:
    sure = reader.first("date_published", claimed_anyhow(page, claims))
    if sure is not None:
        return _as_page_shows(sure, reader, page, claims, headline_at)
    vague = reader.first("date_published", claimed_vaguely(page))
    if vague is not None:
        shown = reader.first("date_published", shown_close(page, headline_at))
        return shown if shown is not None and _is_earlier(shown, vague) else vague
    near, far = shown_near(page, url, headline_at), shown_far(page, headline_at)
    return reader.first("date_published", chain(near, far)) or reader.alone("date_published", in_scripts(page))


def _last_change(reader: _Reader, page: Page, claims: Claims, headline_at: int) -> datetime | None:
    """The day of the last change, for want of a better one; the evidence names it so."""
    told = chain(claimed_changed(page, claims, of_the_file=False), shown_changed(page, headline_at))
    far = shown_changed_far(page, headline_at)
    return reader.first("date_published", _only_changed(told)) or reader.alone("date_published", _only_changed(far))


def _only_changed(said: Iterator[Said]) -> Iterator[Said]:
    return ((LAST_CHANGE, raw) for _, raw in said)


def _before_the_change(published: datetime, shown: datetime | None) -> datetime:
    """The earlier day that the page shows: what names one day for publication and change names that of the change."""
    if shown is None or published.date() - shown.date() <= _DAY:
        return published
    return shown if _is_earlier(shown, published) else published


def _is_earlier(shown: datetime, other: datetime) -> bool:
    """Whether *shown* is of an earlier day, and not of the same with day and month in the other order."""
    turned = (shown.year, shown.day, shown.month)
    return shown.date() < other.date() and turned != (other.year, other.month, other.day)


def _as_page_shows(published: datetime, reader: _Reader, page: Page, claims: Claims, headline_at: int) -> datetime:
    """Of several days that are claimed for the publication the one that the page shows, when it shows one of them: what
    is published anew keeps its first day in one place or the other."""
    said = {raw[:10]: (source, raw) for source, raw in (*claimed(page, claims), *times_named(page, headline_at))}
    if len(said) < 2:
        return published
    others = [date for date in reader.all(said.values()) if abs(date.date() - published.date()) > _DAY]
    if not others:
        return published
    shown = {date.date() for date in reader.all(unchanged(page, headline_at))}
    again = next((date for date in others if date.date() in shown), published)
    return published if published.date() in shown else again


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

    def alone(self, name: str, said: Iterable[Said]) -> datetime | None:
        """The first possible date, if all in *said* are of one day."""
        said = list(islice(said, _MOST))
        dates = self.all(said)
        if len({date.date() for date in dates}) != 1:
            return None
        return self.first(name, iter(said))

    def all(self, said: Iterable[Said]) -> list[datetime]:
        """The possible dates in *said*."""
        dates = (self._read(source, raw) for source, raw in said)
        return [date for date in dates if date is not None and self._is_possible(date)]

    def _read(self, source: str, raw: str) -> datetime | None:
        now = self.now if source in _AGED else None
        return parse_date(raw, now=now, zone=self.zone, month_first=self.month_first)

    def _is_possible(self, date: datetime) -> bool:
        return date >= _WEB_BEGAN and (self.now is None or date <= self.now + 2 * _DAY)
