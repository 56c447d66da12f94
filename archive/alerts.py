"""Alerts: open from when a rule of health is broken until it holds again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from news.text import storable


@dataclass(frozen=True, slots=True)
class Alert:
    """One row. `ended_at` is None while the alert is open."""

    id: int
    rule: str
    subject: str
    outlet_id: int | None
    facts: Mapping[str, Any]
    opened_at: datetime
    ended_at: datetime | None
    opening_notified_at: datetime | None
    ending_notified_at: datetime | None


def open_alert(
    conn: Connection, rule: str, subject: str, facts: Mapping[str, Any] | None = None, outlet_id: int | None = None
) -> bool:
    """Open the alert of *rule* on *subject*, or refresh the facts of the open one; returns True when it is new."""
    values = {"rule": rule, "subject": storable(subject), "facts": _as_json(facts or {}), "outlet_id": outlet_id}
    return bool(conn.execute(_OPEN, values).scalar_one())


def end_alert(conn: Connection, rule: str, subject: str) -> bool:
    """End the open alert; returns False when there is none."""
    return conn.execute(_END, {"rule": rule, "subject": storable(subject)}).rowcount > 0


def is_open(conn: Connection, rule: str, subject: str) -> bool:
    """Return True while that alert is open."""
    return conn.execute(_IS_OPEN, {"rule": rule, "subject": storable(subject)}).first() is not None


def open_alerts(conn: Connection) -> list[Alert]:
    """Return all open alerts, the newest first."""
    return [Alert(**row._mapping) for row in conn.execute(_ALL_OPEN)]


def ended_alerts(conn: Connection, limit: int) -> list[Alert]:
    """Return the *limit* alerts that ended last, the newest first."""
    return [Alert(**row._mapping) for row in conn.execute(_ENDED, {"limit": limit})]


def openings(conn: Connection, rule: str, subject: str, since: datetime) -> int:
    """Count how often the alert opened since *since*."""
    return int(conn.execute(_OPENINGS, {"rule": rule, "subject": storable(subject), "since": since}).scalar_one())


def _as_json(facts: Mapping[str, Any]) -> str:
    return storable(json.dumps(dict(facts), ensure_ascii=False, default=str).replace("\\u0000", ""))


_OPEN = text("""
insert into alerts (rule, subject, outlet_id, facts) values (:rule, :subject, :outlet_id, cast(:facts as jsonb))
on conflict (rule, subject) where ended_at is null do update set facts = excluded.facts
returning xmax = 0
""")

_END = text("""
update alerts set ended_at = now() where rule = :rule and subject = :subject and ended_at is null
""")

_IS_OPEN = text("select 1 from alerts where rule = :rule and subject = :subject and ended_at is null")

_COLUMNS = "id, rule, subject, outlet_id, facts, opened_at, ended_at, opening_notified_at, ending_notified_at"
_ALL_OPEN = text(f"select {_COLUMNS} from alerts where ended_at is null order by opened_at desc, id desc")  # noqa: S608
_ENDED = text(f"""
select {_COLUMNS} from alerts where ended_at is not null order by ended_at desc, id desc limit :limit
""")  # noqa: S608 - put together from constants of this file

_OPENINGS = text("""
select count(*) from alerts where rule = :rule and subject = :subject and opened_at >= :since
""")
