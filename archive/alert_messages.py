"""Messages about alerts: what still has to be told over which channel, and what came of trying."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from archive.alerts import Alert
from news.text import storable

OPENED, ENDED = "opened", "ended"
_AT_ONCE = 200  # changes in one message
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)  # between tries


@dataclass(frozen=True, slots=True)
class Change:
    """An alert that opened or ended and that a channel has to tell; `attempts` to do so have failed."""

    alert: Alert
    change: str
    attempts: int
    tried_at: datetime | None


def untold(conn: Connection, channel: str, now: datetime) -> list[Change]:
    """What has to be told over *channel* now, in the order in which it happened.

    Nothing while the pause after a failure lasts. What had ended before anybody tried to tell of it is left out.
    """
    rows = conn.execute(_UNTOLD, {"channel": channel, "limit": _AT_ONCE})
    changes = [
        Change(Alert(**{name: getattr(row, name) for name in Alert.__slots__}), row.change, row.attempts, row.tried_at)
        for row in rows
    ]
    failed = [change for change in changes if change.tried_at]
    if any(change.tried_at and now < change.tried_at + _pause(change.attempts) for change in failed):
        return []
    return changes


def note_try(conn: Connection, channel: str, changes: Sequence[Change], problem: str | None, now: datetime) -> None:
    """Write that the channel told of *changes*, or why it could not."""
    for change in changes:
        values = {"id": change.alert.id, "change": change.change, "channel": channel, "now": now,
                  "problem": storable(problem)[:300] if problem else None}  # fmt: skip
        conn.execute(_TRIED, values)
        if problem is None:
            conn.execute(_TOLD[change.change], values)


def last_problem(conn: Connection, channel: str) -> str | None:
    """Why the channel's latest try failed; None when it worked or there was none."""
    return conn.execute(_LAST_PROBLEM, {"channel": channel}).scalar()


def _pause(attempts: int) -> timedelta:
    return min(_FIRST_PAUSE * (1 << min(attempts, 10)), _LONGEST_PAUSE)


_UNTOLD = text("""
select a.*, c.change, coalesce(m.attempts, 0) as attempts, m.tried_at
from alerts a
cross join (values ('opened'), ('ended')) c(change)
left join alert_messages m on m.alert_id = a.id and m.change = c.change and m.channel = :channel
left join alert_messages o on o.alert_id = a.id and o.change = 'opened' and o.channel = :channel
where m.told_at is null
    and (c.change = 'opened' or a.ended_at is not null)
    and (a.ended_at is null or o.alert_id is not null)
    and (a.ended_at is null or a.ended_at > now() - interval '7 days')
order by case c.change when 'opened' then a.opened_at else a.ended_at end, a.id limit :limit
""")

_TRIED = text("""
insert into alert_messages (alert_id, change, channel, attempts, problem, tried_at, told_at)
values (:id, :change, :channel, 1, cast(:problem as text), :now,
        case when cast(:problem as text) is null then cast(:now as timestamptz) end)
on conflict (alert_id, change, channel) do update set attempts = alert_messages.attempts + 1,
    problem = excluded.problem, tried_at = excluded.tried_at, told_at = excluded.told_at
""")

_TOLD = {
    OPENED: text("update alerts set opening_told_at = coalesce(opening_told_at, :now) where id = :id"),
    ENDED: text("update alerts set ending_told_at = coalesce(ending_told_at, :now) where id = :id"),
}

_LAST_PROBLEM = text("""
select problem from alert_messages where channel = :channel order by tried_at desc nulls last limit 1
""")
