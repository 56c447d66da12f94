"""Deaths of workers, charged to the outlets they crawled. An outlet that keeps killing workers is set aside."""

from collections.abc import Collection, Mapping
from enum import Enum

from sqlalchemy import Connection, text

from archive.alerts import end_alert, open_alert
from news.health.reported import OUTLET_SET_ASIDE

REASON = "killed_workers"


class Death(Enum):
    """How a worker died: alone, or with its whole machine or container, which had usually been switched off.

    An outlet is set aside after `limit` deaths in a row. From `alone_from` deaths on it is never crawled beside another
    such outlet.
    """

    WORKER = (2, 3)
    MACHINE = (5, 10)

    def __init__(self, alone_from: int, limit: int) -> None:
        self.alone_from, self.limit = alone_from, limit


def charge(
    conn: Connection, outlet_ids: Collection[int], marked: Collection[int] = (), death: Death = Death.WORKER
) -> dict[int, int]:
    """Count the death of the worker that crawled these outlets against those that `blamed` names.

    Return how many such deaths in a row each charged outlet on the timetable has now; it is set aside at the limit.
    """
    counts = _counts(conn, outlet_ids)
    before = {outlet_id: counts[outlet_id][death] if outlet_id in counts else 0 for outlet_id in outlet_ids}
    guilty = sorted(blamed(before, marked, death))
    conn.execute(_COUNT[death], {"ids": guilty})
    charged = {outlet_id: deaths[death] for outlet_id, deaths in _counts(conn, guilty).items()}
    for outlet_id, deaths in charged.items():
        if deaths >= death.limit:
            _set_aside(conn, outlet_id, deaths)
    return charged


def blamed(running: Mapping[int, int], marked: Collection[int] = (), death: Death = Death.WORKER) -> set[int]:
    """Return the outlets to charge with a death, out of *running*: {outlet: such deaths in a row before this one}.

    Those whose page was being read (*marked*), if known; else those close to the limit: only one such outlet runs at a
    time, and an innocent one is cleared by the crawl that it survives; else all.
    """
    read = set(marked) & running.keys()
    suspects = {outlet for outlet, deaths in running.items() if deaths >= death.alone_from}
    return read or suspects or set(running)


def clear_deaths(conn: Connection, outlet_id: int) -> None:
    """Forget the outlet's deaths: its crawl has ended and the worker lives."""
    conn.execute(_CLEAR, {"id": outlet_id})


def reinstate(conn: Connection, outlet_id: int) -> bool:
    """Put an outlet that was set aside back on the timetable; False when it was not set aside."""
    if conn.execute(_REINSTATE, {"id": outlet_id}).rowcount == 0:
        return False
    end_alert(conn, OUTLET_SET_ASIDE.id, _name(conn, outlet_id))
    return True


def is_suspect(conn: Connection, outlet_id: int) -> bool:
    """Return whether so many workers in a row died over the outlet that no other such outlet may run beside it."""
    counts = _counts(conn, [outlet_id]).get(outlet_id, {})
    return any(deaths >= death.alone_from for death, deaths in counts.items())


def _set_aside(conn: Connection, outlet_id: int, deaths: int) -> None:
    if conn.execute(_SET_ASIDE, {"id": outlet_id, "reason": REASON}).rowcount:
        facts = {"deaths": deaths, "reason": REASON}
        open_alert(conn, OUTLET_SET_ASIDE.id, _name(conn, outlet_id), facts, outlet_id)


def _counts(conn: Connection, outlet_ids: Collection[int]) -> dict[int, dict[Death, int]]:
    """Return the deaths of those outlets that are on the timetable."""
    rows = conn.execute(_DEATHS, {"ids": sorted(outlet_ids)})
    return {row.outlet_id: {Death.WORKER: row.deaths, Death.MACHINE: row.machine_deaths} for row in rows}


def _name(conn: Connection, outlet_id: int) -> str:
    return str(conn.execute(_NAME, {"id": outlet_id}).scalar_one())


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

_CLEAR = text("""
update turns set deaths = 0, machine_deaths = 0
where outlet_id = :id and (deaths > 0 or machine_deaths > 0) and set_aside_at is null
""")

_REINSTATE = text("""
update turns set deaths = 0, machine_deaths = 0, set_aside_at = null, set_aside_reason = null
where outlet_id = :id and set_aside_at is not null
""")

_NAME = text("select name from outlets where id = :id")
