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
from news.outlets import Outlet
from news.schedule.backoff import OFFLINE, is_network, jitter, pause_after
from news.schedule.rhythm import HOURS, Rhythm
from scheduler.deaths import take_back
from scheduler.outages import AGAIN, commonest, somebody_answered, was_offline, was_ours
from scheduler.timetable import AUTO, interval_of, next_turn
from scheduler.turn_queries import (
    Turn,
    add_gap,
    all_turns,
    due_turns,
    find_turn,
    first_due_link,
    keep_only,
    mark_queued,
    mark_started,
    next_turn_at,
    one_at_a_time,
    set_due,
)

logger = logging.getLogger(__name__)

AT_ONCE = 200  # turns offered in one round
FIRST_SECONDS = 2.0  # between two outlets that are new together
REVISIT_GAP = timedelta(minutes=15)  # an extra turn for pages to look at again comes no sooner after the last
_WHEN = ("schedule", "every", "budget", "timezone")


class Jobs(Protocol):
    """Where due turns go: `scheduler.queue.Queue`."""

    def offer(self, outlet_id: int, name: str, due_at: datetime, *, contact: str | None = None) -> bool: ...


def put_on_timetable(conn: Connection, outlets: OutletsFile, now: datetime) -> int:
    """Bring the timetable up to *outlets*; how many turns were set anew. Who is off or not named has no turn."""
    one_at_a_time(conn)
    known = {turn.name: turn for turn in all_turns(conn)}
    wanted = [outlet for outlet in outlets.outlets if outlet.enabled]
    ids = {outlet.name: _outlet_id(conn, outlet, known.get(outlet.name)) for outlet in wanted}
    new = [outlet for outlet in wanted if outlet.name not in known]
    due = {ids[outlet.name]: _first_turn(outlet, len(new), now) for outlet in new}
    for outlet in wanted:
        if outlet.name in known and (later := _set_anew(outlet, known[outlet.name], now)):
            due[ids[outlet.name]] = later
    for turn in known.values():
        if turn.name not in ids and turn.set_aside_at:
            take_back(conn, turn.outlet_id)  # nobody has to be told of it any more
    keep_only(conn, ids.values())
    set_due(conn, due)
    return len(due)


def offer_due(engine: Engine, jobs: Jobs, contact: str | None, now: datetime, limit: int = AT_ONCE) -> int:
    """Queue the turns that have come, at most *limit*; how many."""
    with engine.connect() as conn:
        turns = due_turns(conn, now, limit)
    for turn in turns:
        # the queue first: a job without its mark is offered again and refused, a mark without a job would wait for ever
        jobs.offer(turn.outlet_id, turn.name, turn.due_at, contact=contact)
        with engine.begin() as conn:
            reason = OFFLINE if was_offline(conn, turn.due_at) else NOT_RUNNING
            record_gap(conn, turn.outlet_id, turn.due_at, now, reason)
            mark_queued(conn, turn.outlet_id, turn.due_at)
    return len(turns)


def crawl_begins(engine: Engine, outlet_id: int, due_at: datetime, now: datetime) -> bool:
    """A worker takes the job of the turn that was due at *due_at*.

    False when that turn is over, or the outlet was taken off the timetable or set aside: then there is nothing to do.
    """
    with engine.begin() as conn:
        turn = find_turn(conn, outlet_id=outlet_id)
        if turn is None or turn.set_aside_at or due_at < turn.due_at:
            return False
        record_gap(conn, outlet_id, due_at, now, NO_WORKER)
        mark_started(conn, outlet_id, now)
    return True


def crawl_ended(engine: Engine, outlet: Outlet, result: CrawlResult, now: datetime) -> None:
    """Set the outlet's next turn by how its crawl went; without effect for an outlet that is off the timetable."""
    unreached = result.problem is None and not result.looked and is_network(commonest(result.unread))
    with engine.begin() as conn:
        if unreached:
            one_at_a_time(conn)
        turn = find_turn(conn, name=outlet.name)
        if turn is None or result.state == "interrupted":  # its job waits again
            return
        if unreached and was_ours(conn, now):
            next_turn_at(conn, turn.outlet_id, now + AGAIN, turn.failures)
            return
        if result.looked and result.problem is None:
            somebody_answered(conn)
        failures = _failures(turn, result)
        next_turn_at(conn, turn.outlet_id, _next(conn, outlet, turn, failures, now), failures)


def _failures(turn: Turn, result: CrawlResult) -> int:
    """Crawls in a row that could read nothing; a problem of ours leaves the count as it was."""
    if result.problem is not None:
        return turn.failures
    return 0 if result.looked else turn.failures + 1


def _next(conn: Connection, outlet: Outlet, turn: Turn, failures: int, now: datetime) -> datetime:
    zone, rhythm = zone_of(outlet, turn.found), rhythm_of(turn.rhythm)
    if failures > turn.failures:
        later = now + pause_after(failures, outlet.name)
        return next_turn(outlet, zone, None, later) if outlet.schedule else later
    regular = next_turn(outlet, zone, rhythm, _soonest(outlet, turn, now))
    if outlet.schedule or not outlet.revisit:  # pages that nobody asked for by age wait for the outlet's own turns
        return regular
    page = first_due_link(conn, turn.outlet_id, now)
    return min(regular, max(page, now + REVISIT_GAP)) if page else regular


def _soonest(outlet: Outlet, turn: Turn, now: datetime) -> datetime:
    """Before that the next turn does not come: a first or a late turn may fall just before the outlet's own place."""
    if outlet.schedule or turn.started_at is None or turn.started_at > now:
        return now
    return max(now, turn.started_at + interval_of(outlet) / (10 if outlet.every == AUTO else 4))


def zone_of(outlet: Outlet, found: Mapping[str, Any]) -> str | None:
    """The outlet's time zone: as set, as found, or as its address tells."""
    return outlet.timezone or found.get("timezone") or time_zone(outlet.url, outlet.language)


def zone_of_turn(turn: Turn) -> str | None:
    """The same for an outlet whose entry is only in the archive."""
    return turn.settings.get("timezone") or turn.found.get("timezone") or time_zone(turn.url, None)


def rhythm_of(kept: Mapping[str, Any] | None) -> Rhythm:
    """What was learnt of when the outlet publishes; nothing when it cannot be read."""
    looks: Any = (kept or {}).get("looks")
    readable = isinstance(looks, list) and len(looks) == HOURS and all(isinstance(jitter, float) for jitter in looks)
    return Rhythm(tuple(looks)) if readable and min(looks) > 0 else Rhythm()


def _outlet_id(conn: Connection, outlet: Outlet, turn: Turn | None) -> int:
    settings = to_row(outlet)
    if turn and (turn.settings, turn.url) == (settings, outlet.url):
        return turn.outlet_id
    outlet_id = ensure_outlet(conn, outlet.name, outlet.url, settings)
    take_back(conn, outlet_id)  # set aside as it was before
    return outlet_id


def _first_turn(outlet: Outlet, number: int, now: datetime) -> datetime:
    """At once, but new outlets one after the other; as cron says where it does."""
    if outlet.schedule:
        return next_turn(outlet, zone_of(outlet, {}), None, now)
    regular = next_turn(outlet, zone_of(outlet, {}), None, now)
    return min(regular, now + timedelta(seconds=FIRST_SECONDS * number) * jitter(outlet.name, "first"))


def _set_anew(outlet: Outlet, turn: Turn, now: datetime) -> datetime | None:
    """The turn's time when its timetable has changed or it lies further ahead than any turn may; else None."""
    regular = next_turn(outlet, zone_of(outlet, turn.found), rhythm_of(turn.rhythm), now)
    settings = to_row(outlet)
    changed = any(settings.get(key) != turn.settings.get(key) for key in _WHEN)
    latest = regular if outlet.schedule else next_turn(outlet, zone_of(outlet, turn.found), None, regular)
    astray = turn.due_at > latest and not turn.failures
    return regular if (changed or astray) and turn.due_at > now else None


LATE = timedelta(minutes=2)  # a turn that begins no later was not missed
NOT_RUNNING, NO_WORKER = "not_running", "no_worker"


def record_gap(conn: Connection, outlet_id: int, due_at: datetime, now: datetime, reason: str) -> bool:
    """Write the gap of a turn that was due at *due_at* and comes only *now*; True when there was one.

    However many turns were missed in between, it is one gap.
    """
    return now - due_at > LATE and add_gap(conn, outlet_id, due_at, now, reason)
