"""Learns when outlets with `every = "auto"` publish, from what the archive has of them, once a day each."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from news.schedule.rhythm import MEMORY, learn
from scheduler.timetable import AUTO
from scheduler.turn_queries import Turn, all_turns, arrivals, save_rhythm
from scheduler.turns import zone_of_turn

logger = logging.getLogger(__name__)

_AGAIN = timedelta(days=1)
_AT_ONCE = 20  # outlets in one round: each takes a tenth of a second


def learn_rhythms(engine: Engine, now: datetime) -> int:
    """Learn anew what was learnt more than a day ago; how many outlets that were."""
    with engine.connect() as conn:
        stale = [turn for turn in all_turns(conn) if turn.settings.get("every") == AUTO and _is_stale(turn.rhythm, now)]
    for turn in stale[:_AT_ONCE]:
        with engine.begin() as conn:
            _learn(conn, turn, now)
    return len(stale[:_AT_ONCE])


def _learn(conn: Connection, turn: Turn, now: datetime) -> None:
    zone = zone_of_turn(turn) or "UTC"
    times = arrivals(conn, turn.outlet_id, now - MEMORY, zone)
    rhythm = learn(times, ZoneInfo(zone), now)
    save_rhythm(
        conn, turn.outlet_id, {"learnt_at": now.isoformat(), "articles": len(times), "looks": list(rhythm.looks)}
    )
    logger.info("rhythm_learnt", extra={"outlet": turn.name, "articles": len(times)})


def _is_stale(kept: Mapping[str, Any] | None, now: datetime) -> bool:
    try:
        age = now - datetime.fromisoformat(str((kept or {})["learnt_at"]))
    except (KeyError, ValueError, TypeError):
        return True
    return abs(age) >= _AGAIN  # learnt in the future: the clock was wrong then
