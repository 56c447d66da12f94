"""Gaps of collection: when nobody looked at an outlet."""

from datetime import timedelta

from sqlalchemy import Connection, text

from news.backfill import Period

_DAY = timedelta(days=1)  # a gap of an hour may hide an article that is dated a day off


def gaps_of(conn: Connection, outlet: str) -> tuple[Period, ...]:
    """Return the recorded gaps of an outlet, the earliest first, each a day longer at both ends."""
    rows = conn.execute(_GAPS, {"outlet": outlet})
    return tuple(Period(row.started_at - _DAY, row.ended_at + _DAY) for row in rows)


_GAPS = text("""
select c.started_at, c.ended_at from coverage c join outlets o on o.id = c.outlet_id
where o.name = :outlet and not c.looked order by c.started_at
""")
