"""Deaths of workers, charged to the outlets they crawled. An outlet that keeps killing workers is set aside."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import Connection, text

from archive.alerts import end_alert, open_alert
from news.health.reported import OUTLET_SET_ASIDE

REASON = "killed_workers"


class Death(Enum):
    """How a worker died: alone, or with the whole machine or container, which mostly somebody switched off.

    `most` deaths in a row over an outlet set it aside; from `alone_from` on no other such crawl runs beside its own.
    """

    WORKER = (2, 3)
    MACHINE = (5, 10)

    def __init__(self, alone_from: int, most: int) -> None:
        self.alone_from, self.most = alone_from, most


@dataclass(frozen=True, slots=True)
class Charged:
    """What an outlet has been charged with: `deaths` of that kind in a row, this one included."""

    outlet_id: int
    deaths: int
    set_aside: bool


def charge(
    conn: Connection, outlet_ids: Collection[int], marked: Collection[int] = (), death: Death = Death.WORKER
) -> list[Charged]:
    """Count the death of the worker that crawled these outlets, as `scheduler.deaths` has it."""
    known = _counts(conn, outlet_ids)
    before = {one: known[one][death] if one in known else 0 for one in outlet_ids}  # those off the timetable, too
    guilty = {"ids": sorted(blamed(before, marked, death))}
    conn.execute(_COUNT[death], guilty)
    charged = [
        Charged(outlet_id, counts[death], counts[death] >= death.most)
        for outlet_id, counts in _counts(conn, guilty["ids"]).items()
    ]
    for one in charged:
        if one.set_aside and conn.execute(_SET_ASIDE, {"id": one.outlet_id, "reason": REASON}).rowcount:
            name = conn.execute(_NAME, {"id": one.outlet_id}).scalar_one()
            open_alert(conn, OUTLET_SET_ASIDE.id, name, {"deaths": one.deaths, "reason": REASON}, one.outlet_id)
    return charged


def survived(conn: Connection, outlet_id: int) -> None:
    """The outlet's crawl has ended and its worker lives."""
    conn.execute(_SURVIVED, {"id": outlet_id})


def take_back(conn: Connection, outlet_id: int) -> bool:
    """Put an outlet that was set aside back on the timetable; False when it was not."""
    if conn.execute(_TAKE_BACK, {"id": outlet_id}).rowcount == 0:
        return False
    end_alert(conn, OUTLET_SET_ASIDE.id, conn.execute(_NAME, {"id": outlet_id}).scalar_one())
    return True


def is_suspect(conn: Connection, outlet_id: int) -> bool:
    """Whether so many workers in a row died over the outlet that no other such outlet may run beside it."""
    counts = _counts(conn, [outlet_id]).get(outlet_id, {})
    return any(number >= death.alone_from for death, number in counts.items())


def blamed(running: Mapping[int, int], marked: Collection[int] = (), death: Death = Death.WORKER) -> set[int]:
    """Who is charged with a death, of the outlets that were *running*: {outlet: such deaths in a row before this one}.

    Those whose page was being read (*marked*), when that is known. Else the one outlet that is near its end already:
    such outlets never run side by side, so an innocent one is cleared by the crawl that it survives. Else all.
    """
    read = set(marked) & running.keys()
    near_the_end = {outlet for outlet, deaths in running.items() if deaths >= death.alone_from}
    return read or near_the_end or set(running)


def _counts(conn: Connection, outlet_ids: Collection[int]) -> dict[int, dict[Death, int]]:
    rows = conn.execute(_DEATHS, {"ids": sorted(outlet_ids)})
    return {row.outlet_id: {Death.WORKER: row.deaths, Death.MACHINE: row.machine_deaths} for row in rows}


_DEATHS = text("""
select outlet_id, deaths, machine_deaths from turns
where outlet_id = any(cast(:ids as bigint[])) order by outlet_id
""")

_COUNT = {
    Death.WORKER: text("update turns set deaths = deaths + 1 where outlet_id = any(cast(:ids as bigint[]))"),
    Death.MACHINE: text(
        "update turns set machine_deaths = machine_deaths + 1 where outlet_id = any(cast(:ids as bigint[]))"
    ),
}

_SET_ASIDE = text("""
update turns set set_aside_at = coalesce(set_aside_at, clock_timestamp()), set_aside_reason = :reason
where outlet_id = :id
""")

_SURVIVED = text("""
update turns set deaths = 0, machine_deaths = 0
where outlet_id = :id and (deaths > 0 or machine_deaths > 0) and set_aside_at is null
""")

_TAKE_BACK = text("""
update turns set deaths = 0, machine_deaths = 0, set_aside_at = null, set_aside_reason = null
where outlet_id = :id and set_aside_at is not null
""")

_NAME = text("select name from outlets where id = :id")
