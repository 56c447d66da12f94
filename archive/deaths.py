"""Deaths of workers, charged to the outlets they crawled; one that keeps killing them is set aside for a person."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, text

from archive.alerts import end_alert, open_alert
from news.blame import DEATHS, blamed

RULE = "outlet_set_aside"  # the alert's
REASON = "killed_workers"


@dataclass(frozen=True, slots=True)
class Charged:
    """What an outlet has been charged with: `deaths` in a row, this one included."""

    outlet_id: int
    deaths: int
    set_aside: bool


def charge(
    conn: Connection, outlet_ids: Collection[int], marked: Collection[int] = (), most: int = DEATHS
) -> list[Charged]:
    """Count the death of the worker that crawled these outlets, as `news.blame` has it; *most* deaths set one aside."""
    running = {row.outlet_id: row.deaths for row in conn.execute(_DEATHS, {"ids": sorted(outlet_ids)})}
    guilty = {"ids": sorted(blamed(running, marked)), "most": most, "reason": REASON}
    charged = [Charged(row.outlet_id, row.deaths, row.deaths >= most) for row in conn.execute(_CHARGE, guilty)]
    for one in charged:
        if one.set_aside:
            name = conn.execute(_NAME, {"id": one.outlet_id}).scalar_one()
            open_alert(conn, RULE, name, {"deaths": one.deaths, "reason": REASON}, one.outlet_id)
    return charged


def survived(conn: Connection, outlet_id: int) -> None:
    """The outlet's crawl has ended and its worker lives."""
    conn.execute(_SURVIVED, {"id": outlet_id})


def take_back(conn: Connection, outlet_id: int) -> bool:
    """Put an outlet that was set aside back on the timetable; False when it was not."""
    if conn.execute(_TAKE_BACK, {"id": outlet_id}).rowcount == 0:
        return False
    end_alert(conn, RULE, conn.execute(_NAME, {"id": outlet_id}).scalar_one())
    return True


def deaths_of(conn: Connection, outlet_id: int) -> int:
    """How many workers in a row died over the outlet."""
    return int(conn.execute(_DEATHS, {"ids": [outlet_id]}).scalars(1).first() or 0)


_DEATHS = text("""
select o.id as outlet_id, coalesce(t.deaths, 0) as deaths from outlets o left join turns t on t.outlet_id = o.id
where o.id = any(cast(:ids as bigint[])) order by o.id
""")

_CHARGE = text("""
update turns set deaths = deaths + 1,
    set_aside_at = case when deaths + 1 >= :most then coalesce(set_aside_at, clock_timestamp()) end,
    set_aside_reason = case when deaths + 1 >= :most then :reason end
where outlet_id = any(cast(:ids as bigint[])) returning outlet_id, deaths
""")

_SURVIVED = text("update turns set deaths = 0 where outlet_id = :id and deaths > 0 and set_aside_at is null")

_TAKE_BACK = text("""
update turns set deaths = 0, set_aside_at = null, set_aside_reason = null
where outlet_id = :id and set_aside_at is not null
""")

_NAME = text("select name from outlets where id = :id")
