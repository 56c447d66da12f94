"""The turns of outlets: put on the timetable from outlets.toml, offered when due, moved on when a crawl ends."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, Engine

from archive.outlets import ensure_outlet
from crawler.outlets.file import OutletsFile
from crawler.outlets.options import to_row
from crawler.results import CrawlResult
from news.dates import time_zone
from news.dispositions import CrawlState
from news.outlets import Outlet
from news.reasons import Reason, most_common
from news.schedule.backoff import is_network, jitter, pause_after
from news.schedule.rhythm import HOURS, Rhythm
from scheduler.deaths import reinstate
from scheduler.outages import RETRY_PAUSE, detect_outage, end_outage, was_offline
from scheduler.timetable import AUTO, interval_of, next_turn
from scheduler.turn_queries import (
    Turn,
    add_gap,
    all_turns,
    due_turns,
    find_turn,
    first_due_link,
    lock_timetable,
    mark_queued,
    mark_started,
    remove_others,
    set_due,
    set_next_turn,
)

logger = logging.getLogger(__name__)

AT_ONCE = 200  # turns offered in one round
STAGGER_SECONDS = 2.0  # between two outlets that are new together
RECHECK_GAP = timedelta(minutes=15)  # an extra turn for rechecks comes no sooner after the last turn
SHORTEST_GAP = timedelta(minutes=2)  # a turn that begins earlier was not missed
_WHEN = ("schedule", "every", "budget", "timezone")


class Jobs(Protocol):
    """Where due turns go: `scheduler.queue.Queue`."""

    def offer(self, outlet_id: int, name: str, due_at: datetime, *, contact: str | None = None) -> bool: ...


def put_on_timetable(conn: Connection, outlets: OutletsFile, now: datetime) -> int:
    """Bring the timetable up to date with *outlets*; return how many turns were set. Only enabled outlets have one."""
    lock_timetable(conn)
    turns = {turn.name: turn for turn in all_turns(conn)}
    enabled = [outlet for outlet in outlets.outlets if outlet.enabled]
    ids = {outlet.name: _outlet_id(conn, outlet, turns.get(outlet.name)) for outlet in enabled}
    new = [outlet for outlet in enabled if outlet.name not in turns]
    due = {ids[outlet.name]: _first_turn(outlet, len(new), now) for outlet in new}
    for outlet in enabled:
        if outlet.name in turns and (later := _rescheduled(outlet, turns[outlet.name], now)):
            due[ids[outlet.name]] = later
    for turn in turns.values():
        if turn.name not in ids and turn.set_aside_at:
            reinstate(conn, turn.outlet_id)  # its alert is needless
    remove_others(conn, ids.values())
    set_due(conn, due)
    return len(due)


def offer_due(engine: Engine, jobs: Jobs, contact: str | None, now: datetime, limit: int = AT_ONCE) -> int:
    """Queue the turns that are due, at most *limit*; return how many."""
    with engine.connect() as conn:
        turns = due_turns(conn, now, limit)
    for turn in turns:
        with engine.begin() as conn:  # before a worker can begin: it would blame the workers for the gap
            reason = Reason.OFFLINE if was_offline(conn, turn.due_at) else Reason.NOT_RUNNING
            add_gap(conn, turn.outlet_id, turn.due_at, now, reason, SHORTEST_GAP)
        # then the queue: a job without its mark is offered again and refused, a mark without a job would wait forever
        jobs.offer(turn.outlet_id, turn.name, turn.due_at, contact=contact)
        with engine.begin() as conn:
            mark_queued(conn, turn.outlet_id, turn.due_at)
    return len(turns)


def begin_turn(engine: Engine, outlet_id: int, due_at: datetime, now: datetime) -> bool:
    """Begin the turn that was due at *due_at*, whose job a worker took.

    False when there is nothing to do: the turn is over, or the outlet was taken off the timetable or set aside.
    """
    with engine.begin() as conn:
        turn = find_turn(conn, outlet_id=outlet_id)
        if turn is None or turn.set_aside_at or due_at < turn.due_at:
            return False
        add_gap(conn, outlet_id, due_at, now, Reason.NO_WORKER, SHORTEST_GAP)
        mark_started(conn, outlet_id, now)
    return True


def end_turn(engine: Engine, outlet: Outlet, result: CrawlResult, now: datetime) -> None:
    """Set the outlet's next turn by how its crawl went; without effect when the outlet is off the timetable."""
    unreached = result.problem is None and not result.looked and is_network(most_common(result.unread))
    with engine.begin() as conn:
        if unreached:
            lock_timetable(conn)
        turn = find_turn(conn, name=outlet.name)
        if turn is None or result.state == CrawlState.INTERRUPTED:  # its job waits again
            return
        if unreached and detect_outage(conn, now):
            set_next_turn(conn, turn.outlet_id, now + RETRY_PAUSE, turn.failures)
            return
        if result.looked and result.problem is None:
            end_outage(conn)
        failures = _failures(turn, result)
        set_next_turn(conn, turn.outlet_id, _next(conn, outlet, turn, failures, now), failures)


def zone_of(outlet: Outlet, found: Mapping[str, Any]) -> str | None:
    """Return the outlet's time zone: as set, as discovered, or guessed from its address; None when unknown."""
    return outlet.timezone or found.get("timezone") or time_zone(outlet.url, outlet.language)


def zone_of_turn(turn: Turn) -> str | None:
    """Do as `zone_of`, for an outlet whose entry is only in the archive."""
    return turn.settings.get("timezone") or turn.found.get("timezone") or time_zone(turn.url, None)


def rhythm_of(saved: Mapping[str, Any] | None) -> Rhythm:
    """Return the rhythm that was learnt and *saved*; an empty one when it cannot be read."""
    looks: Any = (saved or {}).get("looks")
    readable = isinstance(looks, list) and len(looks) == HOURS and all(isinstance(share, float) for share in looks)
    return Rhythm(tuple(looks)) if readable and min(looks) > 0 else Rhythm()


def _failures(turn: Turn, result: CrawlResult) -> int:
    """Return crawls in a row that could read nothing, this one included; a problem of ours does not count."""
    if result.problem is not None:
        return turn.failures
    return 0 if result.looked else turn.failures + 1


def _next(conn: Connection, outlet: Outlet, turn: Turn, failures: int, now: datetime) -> datetime:
    zone, rhythm = zone_of(outlet, turn.found), rhythm_of(turn.rhythm)
    if failures > turn.failures:
        later = now + pause_after(failures, outlet.name)
        return next_turn(outlet, zone, None, later) if outlet.schedule else later
    regular = next_turn(outlet, zone, rhythm, _not_before(outlet, turn, now))
    if outlet.schedule or not outlet.revisit:  # then pages wait for the outlet's regular turns
        return regular
    page = first_due_link(conn, turn.outlet_id, now)
    return min(regular, max(page, now + RECHECK_GAP)) if page else regular


def _not_before(outlet: Outlet, turn: Turn, now: datetime) -> datetime:
    """Return the earliest time of the next turn: a regular turn must not follow a late one at once."""
    if outlet.schedule or turn.started_at is None or turn.started_at > now:
        return now
    return max(now, turn.started_at + interval_of(outlet) / (10 if outlet.every == AUTO else 4))


def _outlet_id(conn: Connection, outlet: Outlet, turn: Turn | None) -> int:
    settings = to_row(outlet)
    if turn and (turn.settings, turn.url) == (settings, outlet.url):
        return turn.outlet_id
    outlet_id = ensure_outlet(conn, outlet.name, outlet.url, settings)
    reinstate(conn, outlet_id)  # it was set aside with its old entry
    return outlet_id


def _first_turn(outlet: Outlet, number: int, now: datetime) -> datetime:
    """At the time its schedule names; without one at once, but new outlets one after the other."""
    if outlet.schedule:
        return next_turn(outlet, zone_of(outlet, {}), None, now)
    regular = next_turn(outlet, zone_of(outlet, {}), None, now)
    return min(regular, now + timedelta(seconds=STAGGER_SECONDS * number) * jitter(outlet.name, "first"))


def _rescheduled(outlet: Outlet, turn: Turn, now: datetime) -> datetime | None:
    """Return the turn's new time when its schedule has changed or the turn lies too far ahead; else None."""
    regular = next_turn(outlet, zone_of(outlet, turn.found), rhythm_of(turn.rhythm), now)
    settings = to_row(outlet)
    changed = any(settings.get(key) != turn.settings.get(key) for key in _WHEN)
    latest = regular if outlet.schedule else next_turn(outlet, zone_of(outlet, turn.found), None, regular)
    astray = turn.due_at > latest and not turn.failures
    return regular if (changed or astray) and turn.due_at > now else None
