"""Run the checks, and keep what they find in the table `damages` until it is whole again."""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from archive.alerts import end_alert, open_alert
from archive.verify.check import Check, Look, Scope
from archive.verify.registry import CHECKS
from news.article import short_id
from news.health.archive_damage import ARCHIVE_DAMAGED, ARCHIVE_SUBJECT
from news.text import storable

logger = logging.getLogger(__name__)

_SHOWN = 5  # damages in an alert


@dataclass(frozen=True, slots=True)
class DamagedArticle:
    """An article that damage concerns, as far as it can be read."""

    id: int
    outlet: str | None
    headline: str | None
    url: str | None


def verify(scope: Scope) -> Iterator[tuple[Check, Look]]:
    """Run each check in turn; yield what it looked at, once the damage is recorded."""
    for check in CHECKS.values():
        yield from _run(scope, check, None)
        if scope.articles is None:
            _note_position(scope, check, None)
    _update_alert(scope)


class DailyCheck:
    """The daemon's share of checking: `look` every hour, with a budget of bytes and seconds.

    Each check goes on where it stopped, also after a restart, and makes one pass a day at most.
    """

    def __init__(self, scope: Scope, bytes_a_day: int) -> None:
        self._scope, self._bytes_an_hour = scope, bytes_a_day / 24
        self._allowance = 0.0  # bytes; a large file takes that of the next hours as well

    def look(self, seconds: float) -> int:
        """Check for *seconds* at most; return how many parts were looked at."""
        self._allowance = min(self._allowance, 0) + self._bytes_an_hour
        deadline, parts = time.monotonic() + seconds, 0
        for check_id, position in self._due():
            if self._allowance <= 0 or time.monotonic() > deadline or check_id not in CHECKS:
                break
            parts += self._go_on(CHECKS[check_id], position, deadline)
        if parts:
            _update_alert(self._scope)
        return parts

    def _due(self) -> list[tuple[str, str | None]]:
        with self._scope.engine.connect() as conn:
            return [(row.check_id, row.position) for row in conn.execute(_DUE, {"ids": list(CHECKS)})]

    def _go_on(self, check: Check, position: str | None, deadline: float) -> int:
        parts = 0
        for _, look in _run(self._scope, check, position):
            parts += look.number
            self._allowance -= look.size
            if self._allowance <= 0 or time.monotonic() > deadline:
                _note_position(self._scope, check, look.position)
                return parts
        _note_position(self._scope, check, None)
        return parts


def damaged_articles(scope: Scope, ids: Sequence[int]) -> dict[int, DamagedArticle]:
    """Return outlet, headline and address of these articles; each alone, since a damaged row may not be readable."""
    found = {}
    for number in ids:
        try:
            with scope.engine.connect() as conn:
                row = conn.execute(_ARTICLE, {"id": number}).first()
        except Exception:  # the database cannot read the row, which is what the damage says
            row = None
        found[number] = DamagedArticle(**row._mapping) if row else DamagedArticle(number, None, None, None)
    return found


def _run(scope: Scope, check: Check, after: str | None) -> Iterator[tuple[Check, Look]]:
    for look in check.looks(scope, after):
        with scope.engine.begin() as conn:
            _record(conn, check, look, whole=scope.articles is None)
        yield check, look


def _record(conn: Connection, check: Check, look: Look, *, whole: bool) -> None:
    """Write the damage found; delete what was found there before and is mended now."""
    lasting = {damage.place: damage for damage in look.damages if not damage.repaired}
    if whole:
        conn.execute(_MENDED, {"check_id": check.id, "parts": list(look.parts), "places": list(lasting)})
    for damage in lasting.values():
        values = {"problem": storable(damage.problem), "articles": list(damage.articles)}
        conn.execute(_DAMAGED, values | {"check_id": check.id, "place": damage.place})
        logger.error("damage_found", extra={"check": check.id, "place": damage.place, "problem": damage.problem})


def _note_position(scope: Scope, check: Check, position: str | None) -> None:
    with scope.engine.begin() as conn:
        conn.execute(_POSITION, {"check_id": check.id, "position": position})


def _update_alert(scope: Scope) -> None:
    with scope.engine.begin() as conn:
        rows = conn.execute(_ALL).all()
        if not rows:
            end_alert(conn, ARCHIVE_DAMAGED.id, ARCHIVE_SUBJECT)
            return
        articles = {number for row in rows for number in row.article_ids}
        first = [_line(row.place, row.problem, row.article_ids) for row in rows[:_SHOWN]]
        facts = {"damages": len(rows), "articles": len(articles), "first": first}
        open_alert(conn, ARCHIVE_DAMAGED.id, ARCHIVE_SUBJECT, facts)


def _line(place: str, problem: str, articles: Sequence[int]) -> str:
    named = ", ".join(short_id("a", number) for number in articles[:3])
    return f"{named + ': ' if named else ''}{problem} ({place})"


def last_verified(conn: Connection) -> datetime | None:
    """Return when all checks had looked at everything; None when one never has."""
    rows = {row.check_id: row.whole_at for row in conn.execute(_STATES)}
    times = [rows.get(check_id) for check_id in CHECKS]
    return min(times) if all(times) else None  # type: ignore[type-var]


_DAMAGED = text("""
insert into damages (check_id, place, problem, article_ids)
values (:check_id, :place, :problem, cast(:articles as bigint[]))
on conflict (check_id, place) do update set problem = excluded.problem, article_ids = excluded.article_ids,
    seen_at = clock_timestamp()
""")

_MENDED = text("""
delete from damages where check_id = :check_id and split_part(place, '@', 1) = any(cast(:parts as text[]))
    and not place = any(cast(:places as text[]))
""")

_ALL = text("select place, problem, article_ids from damages order by found_at, check_id, place")

_ARTICLE = text("""
select a.id, o.name as outlet, r.headline, a.url
from articles a join outlets o on o.id = a.outlet_id left join revisions r on r.id = a.revision_id where a.id = :id
""")

# The check that waited longest comes first; one that is through rests for a day.
_DUE = text("""
select id as check_id, v.position from unnest(cast(:ids as text[])) as id left join verifications v on v.check_id = id
where v.position is not null or v.whole_at is null or v.whole_at < clock_timestamp() - interval '1 day'
order by v.looked_at nulls first, id
""")

_POSITION = text("""
insert into verifications (check_id, position, looked_at, whole_at)
values (:check_id, :position, clock_timestamp(), case when cast(:position as text) is null then clock_timestamp() end)
on conflict (check_id) do update set position = excluded.position, looked_at = excluded.looked_at,
    whole_at = coalesce(excluded.whole_at, verifications.whole_at)
""")

_STATES = text("select check_id, whole_at from verifications")
