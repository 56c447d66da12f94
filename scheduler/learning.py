"""Learn when outlets with `every = "auto"` publish, from their archived articles, once a day."""

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, text

from news.schedule.rhythm import MEMORY, learn
from scheduler.timetable import AUTO
from scheduler.turn_queries import Turn, all_turns
from scheduler.turns import zone_of_turn

logger = logging.getLogger(__name__)

_LEARN_EVERY = timedelta(days=1)
_AT_ONCE = 20  # outlets in one round: each takes a tenth of a second


def learn_rhythms(engine: Engine, now: datetime) -> int:
    """Learn the rhythms anew that are over a day old; return the number of outlets."""
    with engine.connect() as conn:
        stale = [turn for turn in all_turns(conn) if turn.settings.get("every") == AUTO and _is_stale(turn.rhythm, now)]
    for turn in stale[:_AT_ONCE]:
        with engine.begin() as conn:
            _learn(conn, turn, now)
    return len(stale[:_AT_ONCE])


def arrivals(conn: Connection, outlet_id: int, since: datetime, zone: str) -> Sequence[datetime]:
    """Return when the outlet's articles since *since* were published: by their own date if plausible, or first seen.

    Undated articles that the outlet's first crawl found are left out. *zone* is the outlet's time zone.
    """
    values = {"outlet_id": outlet_id, "since": since, "zone": zone}
    return conn.execute(_ARRIVALS, values).scalars().all()


def _learn(conn: Connection, turn: Turn, now: datetime) -> None:
    zone = zone_of_turn(turn) or "UTC"
    times = arrivals(conn, turn.outlet_id, now - MEMORY, zone)
    rhythm = learn(times, ZoneInfo(zone), now)
    learnt = {"learnt_at": now.isoformat(), "articles": len(times), "looks": list(rhythm.looks)}
    conn.execute(_SAVE_RHYTHM, {"outlet_id": turn.outlet_id, "rhythm": json.dumps(learnt)})
    logger.info("rhythm_learnt", extra={"outlet": turn.name, "articles": len(times)})


def _is_stale(rhythm: Mapping[str, Any] | None, now: datetime) -> bool:
    try:
        age = now - datetime.fromisoformat(str((rhythm or {})["learnt_at"]))
    except (KeyError, ValueError, TypeError):
        return True
    return abs(age) >= _LEARN_EVERY  # also when learnt in the future: the clock was wrong


_SAVE_RHYTHM = text("update turns set rhythm = cast(:rhythm as jsonb) where outlet_id = :outlet_id")

# A stated time counts when it lies in the two days before we saw the article: an older one belongs to an old text, a
# later one is a mistake, and midnight is a date without a time.
_ARRIVALS = text("""
with stated as (
    select a.first_captured_at as seen_at, r.date_published as at,
           coalesce(date_trunc('day', r.date_published at time zone :zone) = r.date_published at time zone :zone
                    or date_trunc('day', r.date_published) = r.date_published, true) as no_time
    from articles a left join revisions r on r.article_id = a.id and r.number = 1
    where a.outlet_id = :outlet_id and a.first_captured_at >= :since
)
select case when no_time or at > seen_at then seen_at else at end
from stated
where (at is null or at > seen_at - interval '2 days')
  and (not no_time or seen_at > interval '1 day' + (
      select min(first_captured_at) from articles where outlet_id = :outlet_id))
""")
