"""Turns that came late: what nobody looked at is written down once, and looked at once."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from archive.turns import add_gap

LATE = timedelta(minutes=2)  # a turn that begins no later was not missed
NOT_RUNNING, NO_WORKER = "not_running", "no_worker"


def record_gap(conn: Connection, outlet_id: int, due_at: datetime, now: datetime, reason: str) -> bool:
    """Write the gap of a turn that was due at *due_at* and comes only *now*; True when there was one.

    However many turns were missed in between, it is one gap.
    """
    return now - due_at > LATE and add_gap(conn, outlet_id, due_at, now, reason)
