"""Where a page shows a date: <time> elements and lines around the headline, those that say what they date first."""

# ruff: noqa: E501 (tables of words and patterns, one thought a line)

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from crawler.extraction.blocks import Page, Piece
from crawler.extraction.dates_claimed import Said, in_address, stamp_in_address
from crawler.extraction.hints import Hint
from news.dates import date_begins, parse_date

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
_BEFORE, _BEHIND = 8, 20  # blocks around the headline among which a date is looked for
_JUST_BEFORE = 3
_DATE_ALONE = 30  # characters: "Wednesday, 30 September 2020"
_BRIEF = 70  # characters of a line that is hardly more than a date
_LONGEST = 140  # characters of a text that is hardly more than a date
_MOST = 40  # places looked at; a hostile page has any number

Time = tuple[str, str, int]  # raw value, names, pieces before


def times_named(page: Page, headline_at: int) -> Iterator[Said]:
    """<time> elements below the headline that call themselves the time of publication."""
    for raw, names, at in page.times[:_MOST]:
        if headline_at <= at < headline_at + _BEHIND and "publish" in names.lower() and not _OTHER.search(names):
            yield "time", raw


def unchanged(page: Page, headline_at: int) -> Iterator[Said]:
    """Texts around the headline that hold a date, not one of a change."""
    low, high = max(0, headline_at - _JUST_BEFORE), headline_at + _BEHIND
    for raw, names, at in page.times[:_MOST]:
        if low <= at <= high and not _OTHER.search(names + raw):
            yield "time", raw
    for texts in _by_trust(page.pieces[low:high]):
        yield from (("visible", text) for text in texts)


def times_below(page: Page, headline_at: int) -> Iterator[Said]:
    """<time> elements right below the headline, none of a change."""
    for raw, names, at in _times_near(page, headline_at):
        if headline_at <= at <= headline_at + _BEFORE and not _OTHER.search(names + raw):
            yield "time", raw


def shown_close(page: Page, headline_at: int) -> Iterator[Said]:
    """What the page shows at the headline: <time>, and lines that are hardly more than a date."""
    yield from times_below(page, headline_at)
    below, above = page.pieces[headline_at + 1 : headline_at + _BEFORE], _just_above(page, headline_at)
    for pieces in (below, above):
        for texts in _by_trust(piece for piece in pieces if len(piece.text) < _BRIEF):
            yield from (("visible", text) for text in texts if _is_hardly_more(text))


def shown_near(page: Page, url: str, headline_at: int) -> Iterator[Said]:
    """What stands around the headline: <time>, the address, what says "published" or calls itself a date, any date."""
    low, high = headline_at - _BEFORE, headline_at + _BEHIND
    times = [(raw, names) for raw, names, _ in _times_near(page, headline_at)]
    sure, above = _by_trust(page.pieces[max(0, low) : headline_at + 1])
    sure_below, below = _by_trust(page.pieces[headline_at + 1 : high])
    yield from (("time", raw) for raw, names in times if _PUBLISHED_CLASS.search(names))
    yield from (("time", raw) for raw, names in times if not _OTHER.search(names))
    yield from in_address(page, url)
    # Before what stands above: pages begin with today's date.
    yield from (("visible", text) for text in (*sure_below, *_brief(below), *sure, *below, *above))
    yield from stamp_in_address(url)


def shown_far(page: Page, headline_at: int) -> Iterator[Said]:
    """The date with which the text begins, and away from the headline <time> elements that all name one day and lines
    that say when it was published."""
    yield from _datelines(page, headline_at)
    times = [raw for raw, names, _ in page.times[:_MOST] if not _OTHER.search(names + raw)]
    if len({raw[:10] for raw in times}) == 1:
        yield "time", times[0]
    for label, piece in _far_from(page, headline_at):
        if _SAYS_SO.match(piece.text) or _LABEL.fullmatch(label.text[:_BRIEF]):
            yield "visible", piece.text


def shown_changed(page: Page, headline_at: int) -> Iterator[Said]:
    """Lines and <time> elements around the headline that say when the page was changed."""
    for piece in page.pieces[max(0, headline_at - _BEFORE) : headline_at + _BEHIND]:
        changed = _CHANGED.search(piece.text) if _has_date(piece) else None
        if changed:
            yield "visible", piece.text[changed.start() :]
    for raw, names, _ in _times_near(page, headline_at):
        if _CHANGED.search(names + raw):
            yield "time", raw


def shown_changed_far(page: Page, headline_at: int) -> Iterator[Said]:
    """Lines far from the headline that begin by saying when it was changed."""
    for _, piece in _far_from(page, headline_at):
        if len(piece.text) < _BRIEF and _SAYS_CHANGED.match(piece.text):
            yield "visible", piece.text


def all_shown(page: Page, headline_at: int) -> Iterator[str]:
    """The texts around the headline that hold digits."""
    low, high = max(0, headline_at - _BEFORE), max(0, headline_at + _BEHIND)
    yield from (raw for raw, _, at in page.times[:_MOST] if low <= at <= high)
    yield from (piece.text for piece in page.pieces[low:high] if _has_date(piece))


def _times_near(page: Page, headline_at: int) -> list[Time]:
    low, high = headline_at - _BEFORE, headline_at + _BEHIND + 5
    times = (time for time in page.times if low <= time[2] <= high)
    return [time for time in times if time[2] <= headline_at or not _of_others(page, time[2])]


def _of_others(page: Page, at: int) -> bool:
    """Whether the piece is a comment, a teaser, a caption."""
    return at < len(page.pieces) and bool(page.pieces[at].box.settled & _NOT_OURS)


def _just_above(page: Page, headline_at: int) -> list[Piece]:
    return page.pieces[max(0, headline_at - _JUST_BEFORE) : headline_at]


def _brief(texts: Iterable[str]) -> list[str]:
    return [text for text in texts if len(text) < _BRIEF]


def _by_trust(pieces: Iterable[Piece]) -> tuple[list[str], list[str]]:
    """Texts with a date: those that say so or call themselves one, and the others; none that speak of an update."""
    sure, unsure = [], []
    label = False  # "Published" alone: the date stands on the next line
    for piece in pieces:
        labelled, label = label, bool(_LABEL.fullmatch(piece.text[:_BRIEF]))
        if not _has_date(piece):
            continue
        text = _for_readers(piece.text)
        if _OTHER.search(text):
            part = _published_part(text)
            if part is not None:
                sure.append(part)
        elif labelled or _SAYS_PUBLISHED.search(text) or (piece.box.settled | piece.hints) & (Hint.DATE | Hint.BYLINE):
            sure.append(text)
        else:
            unsure.append(text)
    return sure, unsure


def _published_part(text: str) -> str | None:
    """Of a line that names another date the part about the publication."""
    changed = None if _WHOLE.search(text) else _CUT.search(text)
    if changed is None:
        return None
    says = _SAYS_PUBLISHED.search(text)
    if says and _DIGITS.search(text[changed.end() : says.start()]):  # "Updated 5 May, published 4 May"
        return text[says.start() :]
    return text[: changed.start()] if parse_date(text[: changed.start()]) else None  # "4 May, updated 5 May"


def _is_hardly_more(text: str) -> bool:
    """Whether *text* is a date with a name or a label, and no sentence with a date in it."""
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


def _datelines(page: Page, headline_at: int) -> Iterator[Said]:
    """The date with which the text itself begins: "29.11.2022 - Several times ..."."""
    for piece in page.pieces[headline_at : headline_at + _BEHIND]:
        found = _DATELINE.match(piece.text[:60])
        if found:
            yield "visible", found[1]


def _far_from(page: Page, headline_at: int) -> Iterator[tuple[Piece, Piece]]:
    """Short texts with a date far below the headline, then far above, each behind the text before it."""
    for pieces in (page.pieces[headline_at + _BEHIND :], page.pieces[: max(0, headline_at - _BEFORE)]):
        for before, piece in pairwise(pieces):
            if _has_date(piece) and not piece.box.settled & _OTHERS:
                yield before, piece
