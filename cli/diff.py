"""`newskeep diff`: the changes between revisions, word by word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from cli.archive_helpers import (
    NotFound,
    coloured,
    dim,
    format_time,
    need_article,
    need_crawl,
    opened_archive,
    print_answer,
    strong,
)
from cli.output import plural
from news.article import short_id
from news.sameness.differences import DiffPiece, Mark, paragraph_pieces, word_pieces
from news.sameness.revisions import Wording, is_silent
from news.text import one_line, printable

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from archive.lookup import RevisionText

SECTION = "Read"

_COLOURS = {Mark.REMOVED: "red", Mark.ADDED: "green"}
_SIGNS = {Mark.REMOVED: ("[-", "-]"), Mark.ADDED: ("{+", "+}")}


@click.command()
@click.argument("article", metavar="[ID|URL]", required=False)
@click.argument("first", metavar="[REVISION", type=click.IntRange(1), required=False)
@click.argument("second", metavar="REVISION]", type=click.IntRange(1), required=False)
@click.option("--crawl", type=int, help="All revisions that this crawl found, the most important first.")
@click.option("--today", is_flag=True, help="All revisions that were found today, the most important first.")
@click.option("--json", "as_json", is_flag=True, help="JSON objects, one a line.")
def diff(
    article: str | None, first: int | None, second: int | None, crawl: int | None, today: bool, as_json: bool
) -> None:
    """Show what changed between two revisions, by default the latest two.

    \b
    newskeep diff a1f3c                  the last edit; newskeep diff a1f3c 1 3 compares revisions 1 and 3
    newskeep diff --crawl 2041           all edits that crawl 2041 found; newskeep diff --today all of today
    """
    if [article is not None, crawl is not None, today].count(True) != 1 or article == "":
        raise click.UsageError("name an article, or use --crawl or --today.")
    with opened_archive() as (_, conn):
        pairs = _pair_of_article(conn, article, first, second) if article else _all_pairs(conn, crawl)
    records, lines = (_record(*pair) for pair in pairs), (line for pair in pairs for line in _lines(*pair))
    print_answer(records, lines, as_json=as_json, nothing="Nothing was revised.")


def _all_pairs(conn: Connection, crawl: int | None) -> list[tuple[RevisionText, RevisionText]]:
    """Return the revisions that a crawl found (None: that were found today, local time), each with the one before."""
    from archive.lookup import texts_revised

    if crawl is not None:
        return texts_revised(conn, crawl_id=need_crawl(conn, crawl).id)
    midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    return texts_revised(conn, since=midnight)


def _pair_of_article(
    conn: Connection, id_or_url: str, first: int | None, second: int | None
) -> list[tuple[RevisionText, RevisionText]]:
    from archive.lookup import revision_texts

    texts = {text.number: text for text in revision_texts(conn, need_article(conn, id_or_url))}
    latest = max(texts)
    if first is None and latest == 1:
        return []
    old, new = (latest - 1, latest) if first is None else (first, second or latest)
    missing = [number for number in (old, new) if number not in texts]
    if missing:
        named = one_line(id_or_url)
        raise NotFound(f"{named} has no revision {missing[0]}; it has {latest}", f"newskeep show {named}")
    return [(texts[old], texts[new])]


@dataclass(frozen=True, slots=True)
class ChangedField:
    """A changed field: one row of pieces for each paragraph."""

    name: str
    rows: list[tuple[DiffPiece, ...]]


def changed_fields(old: Wording, new: Wording) -> Iterator[ChangedField]:
    """Yield the changed fields: headline, lead, text."""
    for name, before, after in (("headline", old.headline, new.headline), ("lead", old.lead, new.lead)):
        pieces = word_pieces(before or "", after or "")
        if _is_changed(pieces):
            yield ChangedField(name, [pieces])
    rows = list(paragraph_pieces(old.paragraphs, new.paragraphs))
    if any(_is_changed(row) for row in rows):
        yield ChangedField("text", rows)


def _wording(revision: RevisionText) -> Wording:
    return Wording.from_body(revision.headline, revision.lead, revision.body)


def _is_changed(pieces: Iterable[DiffPiece]) -> bool:
    return any(piece.mark is not Mark.KEPT for piece in pieces)


def _record(old: RevisionText, new: RevisionText) -> dict[str, Any]:
    return {
        "type": "diff",
        "id": short_id("a", new.article_id),
        "outlet": new.outlet,
        "headline": new.headline,
        "from": old.number,
        "to": new.number,
        "valid_from": new.valid_from,
        "changes": new.changes if new.number == old.number + 1 else None,
        "silent": _silent(old, new),
        "fields": {
            field.name: [[{"mark": piece.mark, "text": piece.text} for piece in row] for row in field.rows]
            for field in changed_fields(_wording(old), _wording(new))
        },
    }


def _lines(old: RevisionText, new: RevisionText) -> Iterator[str]:
    kinds = f" · {', '.join(new.changes).replace('_', ' ')}" if new.number == old.number + 1 and new.changes else ""
    numbers = f"{short_id('a', new.article_id)} revision {old.number} → {new.number}"
    silent = " · the stated date stayed" if _silent(old, new) else ""
    yield strong(f"{numbers} · {format_time(new.valid_from)}{kinds}{silent}")
    yield f"{one_line(new.outlet)} · {one_line(new.headline or '(no headline)')}"
    if not any(_is_changed(row) for field in changed_fields(_wording(old), _wording(new)) for row in field.rows):
        yield "  both read the same"
    for field in changed_fields(_wording(old), _wording(new)):
        yield dim(field.name)
        yield from field_lines(field)


def _silent(old: RevisionText, new: RevisionText) -> bool:
    kinds = new.changes if new.number == old.number + 1 else ["text"]
    return is_silent((old.date_published, old.date_modified), (new.date_published, new.date_modified), kinds)


def field_lines(field: ChangedField) -> Iterator[str]:
    """Yield a changed field for people: its paragraphs with what went and came, unchanged ones counted."""
    for is_changed, group in groupby(field.rows, _is_changed):
        rows = list(group)
        if is_changed:
            yield from ("  " + "".join(map(_piece, row)) for row in rows)
        else:
            yield dim(f"  … {plural(len(rows), 'paragraph')} unchanged")


def _piece(piece: DiffPiece) -> str:
    text = printable(piece.text)
    if piece.mark is Mark.KEPT:
        return text
    if coloured():
        return click.style(text, fg=_COLOURS[piece.mark], strikethrough=piece.mark is Mark.REMOVED)
    start, end = _SIGNS[piece.mark]
    return f"{start}{text}{end}"
