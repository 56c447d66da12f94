"""Count what outlets published by day, from the articles' own rows; read the days back for the rules of health."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import Connection, Row, text

from news.dates import time_zone, zone_named
from news.health.outlet_day import VOLUME_DAYS, DayLook, FirstSeen, OutletDay, bounds, sum_up
from news.sameness.boilerplate import RECURS

COUNTED_BACK = timedelta(days=VOLUME_DAYS + 14)  # how far back an archive without counts is counted
_LOOKS_BEFORE = timedelta(days=3)  # enough to know the usual interval between looks


@dataclass(frozen=True, slots=True)
class WatchedOutlet:
    """An outlet on the timetable. `last_day` is the last day counted, `compiled_at` when."""

    id: int
    name: str
    zone: tzinfo
    first_look: datetime
    last_day: date | None = None
    compiled_at: datetime | None = None


def outlets_to_count(conn: Connection, limit: int) -> list[WatchedOutlet]:
    """Return at most *limit* outlets that were crawled since their last count, the oldest count first."""
    return [_outlet(row) for row in conn.execute(_TO_COUNT, {"limit": limit})]


def count_days(conn: Connection, outlet: WatchedOutlet, now: datetime, limit: int = 120) -> int:
    """Count the outlet's days since the last count, at most *limit*; returns how many. *now* has a zone."""
    today = now.astimezone(outlet.zone).date()
    day = outlet.last_day or max(outlet.first_look, now - COUNTED_BACK).astimezone(outlet.zone).date()
    counted = 0
    while day <= today and counted < limit:
        _write(conn, outlet.id, _count(conn, outlet, day, now), now)
        day, counted = day + timedelta(days=1), counted + 1
    return counted


def read_days(conn: Connection, outlet_ids: Sequence[int], since: date) -> dict[int, list[OutletDay]]:
    """Return each outlet's counted days since *since*, in order; not its first day, which is full of old articles."""
    days: dict[int, list[OutletDay]] = {outlet_id: [] for outlet_id in outlet_ids}
    for row in conn.execute(_READ, {"ids": list(outlet_ids), "since": since}):
        days[row.outlet_id].append(_day(row))
    return days


def read_looks(conn: Connection, outlet_id: int, since: datetime, until: datetime) -> list[DayLook]:
    """Return the outlet's rows of coverage that begin between *since* and *until*, in order."""
    rows = conn.execute(_LOOKS, {"outlet_id": outlet_id, "since": since, "until": until})
    return [DayLook(row.started_at, row.ended_at, row.looked, row.reason) for row in rows]


def emptied_listings(conn: Connection, outlet_id: int) -> Sequence[str]:
    """Return the URLs of listings that give no links any more where they gave five."""
    return conn.execute(_EMPTIED, {"outlet_id": outlet_id}).scalars().all()


def watched_outlets(conn: Connection) -> list[WatchedOutlet]:
    """Return all outlets with counted days, by name; once there is a timetable, only those on it."""
    retired = retired_outlets(conn)
    return [outlet for outlet in map(_outlet, conn.execute(_WITH_DAYS)) if outlet.name not in retired]


def neighbours(conn: Connection, outlet: WatchedOutlet) -> list[int]:
    """Return the ids of all outlets with counted days in the same time zone, including the outlet itself."""
    return [other.id for other in watched_outlets(conn) if str(other.zone) == str(outlet.zone)]


def retired_outlets(conn: Connection) -> set[str]:
    """Return the names of outlets that are no longer on the timetable; none while there is no timetable."""
    return set(conn.execute(_RETIRED).scalars())


def _count(conn: Connection, outlet: WatchedOutlet, day: date, now: datetime) -> OutletDay:
    start, end = bounds(day, outlet.zone)
    end = min(end, now)
    values = {"id": outlet.id, "since": start, "until": end, "recurs": RECURS}
    articles = [FirstSeen(*row) for row in conn.execute(_FIRST_SEEN, values)]
    before = conn.execute(_LAST_BEFORE, {"id": outlet.id, "until": start}).scalar()
    looks_since = max(min(before or start, start) - _LOOKS_BEFORE, start - COUNTED_BACK)
    return sum_up(day, outlet.zone, articles, read_looks(conn, outlet.id, looks_since, end), before, now)


def _write(conn: Connection, outlet_id: int, day: OutletDay, now: datetime) -> None:
    own = {"outlet_id": outlet_id, "longest_silence_seconds": round(day.longest_silence.total_seconds())}
    conn.execute(_WRITE, asdict(day) | own | {"hours": list(day.hours), "compiled_at": now})


def _day(row: Row[Any]) -> OutletDay:
    values = {name: getattr(row, name) for name in _PLAIN} | {"hours": tuple(row.hours)}
    return OutletDay(**values, longest_silence=timedelta(seconds=row.longest_silence_seconds))


def _outlet(row: Row[Any]) -> WatchedOutlet:
    zone = row.set_zone or row.found_zone or time_zone(row.url, row.language)
    return WatchedOutlet(row.id, row.name, zone_named(zone) or UTC, row.first_look, row.day, row.compiled_at)


_PLAIN = tuple(field.name for field in fields(OutletDay) if field.name != "longest_silence")
_COLUMNS = ("outlet_id", *_PLAIN, "longest_silence_seconds", "compiled_at")

_WRITE = text(f"""
insert into outlet_days ({", ".join(_COLUMNS)}) values ({", ".join(f":{name}" for name in _COLUMNS)})
on conflict (outlet_id, day) do update set {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[2:])}
""")  # noqa: S608 - put together from constants of this file

_RETIRED = text("""
select name from outlets o where exists (select from turns)
    and not exists (select from turns t where t.outlet_id = o.id)
""")

_OUTLETS = """
select o.id, o.name, o.url, o.settings->>'timezone' as set_zone, o.found->>'timezone' as found_zone,
       coalesce(o.settings->>'language', o.found->>'language') as language, d.day, d.compiled_at,
       (select min(started_at) from coverage c where c.outlet_id = o.id) as first_look
from outlets o
left join lateral (select day, compiled_at from outlet_days d where d.outlet_id = o.id order by day desc limit 1) d
    on true
"""

_WITH_DAYS = text(f"{_OUTLETS} where d.day is not null order by o.name")

_TO_COUNT = text(f"""
{_OUTLETS}
where exists (
    select from coverage c where c.outlet_id = o.id and c.ended_at > coalesce(d.compiled_at, '-infinity')
        and c.started_at > coalesce(d.compiled_at, '-infinity') - interval '1 day'
)
order by d.compiled_at nulls first, o.id limit :limit
""")

# The first revision of each article, as it was read then. A paragraph that site memory set aside counts as its end.
_FIRST_SEEN = text("""
select a.first_captured_at, coalesce(t.words, 0), coalesce(g.words_removed, 0), coalesce(r.headline, '') <> '',
       r.date_published, coalesce(cardinality(r.authors), 0) > 0, coalesce(r.lead, '') <> '',
       coalesce(g.fields->>'section', '') <> '', coalesce(g.fields->>'image', '') <> '', r.language is not null,
       'paywalled' = any(a.flags),
       md5(nullif(lower(regexp_replace(e.text, '[^[:alpha:]]+', '', 'g')), ''))
from articles a
join revisions r on r.article_id = a.id and r.number = 1
left join readings g on g.id = r.reading_id
left join texts t on t.digest = r.text_digest
cross join lateral (select coalesce(
    (select text from blocks where reading_id = g.id and rule = :recurs order by position desc limit 1),
    split_part(t.body, E'\\n\\n', -1)
)) as e(text)
where a.outlet_id = :id and a.first_captured_at >= :since and a.first_captured_at < :until
""")

_LAST_BEFORE = text("select max(first_captured_at) from articles where outlet_id = :id and first_captured_at < :until")

_LOOKS = text("""
select started_at, ended_at, looked, reason from coverage
where outlet_id = :outlet_id and started_at >= :since and started_at < :until order by started_at
""")

_READ = text("""
select d.* from outlet_days d
where d.outlet_id = any(cast(:ids as bigint[])) and d.day >= :since
    and d.day > (select min(day) from outlet_days f where f.outlet_id = d.outlet_id)
order by d.outlet_id, d.day
""")

_EMPTIED = text("""
select url from channels where outlet_id = :outlet_id and kind = 'listing' and reason = 'layout_changed' order by url
""")
