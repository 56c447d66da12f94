"""Send each change of an alert once over each channel; retry while a channel fails."""

import asyncio
import logging
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from archive.alerts import Alert
from archive.home import Home
from news.errors import NewsError
from news.health.registry import headline, more_lines, sentence
from news.logline import error_in_words
from news.settings import Settings
from news.text import storable
from scheduler.monitor.alert_channels import AlertChannel, Message, channels, try_to_send

logger = logging.getLogger(__name__)

OPENED, ENDED = "opened", "ended"
_CHANGES_AT_ONCE = 200  # in one message
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)  # between tries


@dataclass(frozen=True, slots=True)
class Change:
    """An alert that opened or ended and that a channel has to report; `attempts` have failed so far."""

    alert: Alert
    change: str
    attempts: int
    tried_at: datetime | None


class Notifier:
    """Sends messages in the background over the channels that are set up, at most one a channel at a time."""

    def __init__(self, engine: Engine, settings: Settings, archive: str = "") -> None:
        self.engine, self.archive = engine, archive
        self.channels = channels(settings)
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def notify_soon(self, now: datetime) -> None:
        """Begin to send what has not been sent; return at once."""
        for name, channel in self.channels.items():
            task = self._tasks.get(name)
            if task is None or task.done():
                self._tasks[name] = asyncio.create_task(self.notify(name, channel, now))

    async def finished(self) -> None:
        """Wait until every message under way has arrived or failed."""
        await asyncio.gather(*self._tasks.values())

    async def notify(self, name: str, channel: AlertChannel, now: datetime) -> None:
        """Send over one channel; note a failure, for a later try. Never raises."""
        try:
            changes = await asyncio.to_thread(self._unsent, name, now)
            if not changes:
                return
            problem = await try_to_send(channel, message_of(changes, self.archive))
            await asyncio.to_thread(self._note, name, changes, problem, now)
        except (NewsError, SQLAlchemyError) as error:
            logger.warning("alerts_not_told", extra={"channel": name, "error": error_in_words(error)})
            return
        log_outcome(name, len(changes), problem)

    def _unsent(self, name: str, now: datetime) -> list[Change]:
        with self.engine.connect() as conn:
            return unsent_changes(conn, name, now)

    def _note(self, name: str, changes: Sequence[Change], problem: str | None, now: datetime) -> None:
        with self.engine.begin() as conn:
            note_try(conn, name, changes, problem, now)


def log_outcome(channel: str, changes: int, problem: str | None) -> None:
    """Log that a message about so many *changes* arrived, or why it did not."""
    if problem:
        logger.warning("alerts_not_told", extra={"channel": channel, "changes": changes, "error": problem})
    else:
        logger.info("alerts_told", extra={"channel": channel, "changes": changes})


def archive_name(home: Home) -> str:
    """Return what messages call the archive: its data folder and this machine."""
    return f"{home.path} on {socket.gethostname()}"


def message_of(changes: Sequence[Change], archive: str = "") -> Message:
    """Return the message about *changes* in *archive*."""
    sentences = [sentence(change.alert.rule, change.alert.subject, change.alert.facts) for change in changes]
    pairs = list(zip(sentences, changes, strict=True))
    opened = [line for line, change in pairs if change.change == OPENED]
    lines = [_paragraph(line, change) for line, change in pairs]
    records = [{"id": change.alert.id, "change": change.change, **alert_record(change.alert)} for change in changes]
    first = (opened or sentences)[0]
    return Message(headline(len(opened), len(changes) - len(opened), first), tuple(lines), tuple(records), archive)


def _paragraph(sentence: str, change: Change) -> str:
    """Return the sentence with its times in UTC, and below it the further lines of an alert that opened."""
    alert = change.alert
    since = f"{alert.opened_at.astimezone(UTC):%Y-%m-%d %H:%M}"
    if change.change != OPENED and alert.ended_at:
        return f"over: {sentence} ({since} to {alert.ended_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC)"
    return "\n".join([f"{sentence} (since {since} UTC)", *more_lines(alert.rule, alert.facts)])


def alert_record(alert: Alert) -> dict[str, object]:
    """Return an alert for programs: its row and its sentence."""
    return {
        "id": alert.id,
        "rule": alert.rule,
        "subject": alert.subject,
        "opened_at": alert.opened_at,
        "ended_at": alert.ended_at,
        "text": sentence(alert.rule, alert.subject, alert.facts),
        "facts": dict(alert.facts),
    }


def unsent_changes(conn: Connection, channel: str, now: datetime) -> list[Change]:
    """Return the changes to send over *channel* now, in the order in which they happened; none while a pause lasts.

    An alert that ended before the first try is left out.
    """
    rows = conn.execute(_UNSENT, {"channel": channel, "limit": _CHANGES_AT_ONCE})
    changes = [
        Change(Alert(**{name: getattr(row, name) for name in Alert.__slots__}), row.change, row.attempts, row.tried_at)
        for row in rows
    ]
    failed = [change for change in changes if change.tried_at]
    if any(change.tried_at and now < change.tried_at + _pause(change.attempts) for change in failed):
        return []
    return changes


def note_try(conn: Connection, channel: str, changes: Sequence[Change], problem: str | None, now: datetime) -> None:
    """Write that the channel sent *changes*, or why it could not (*problem*)."""
    for change in changes:
        values = {"id": change.alert.id, "change": change.change, "channel": channel, "now": now,
                  "problem": storable(problem)[:300] if problem else None}  # fmt: skip
        conn.execute(_TRIED, values)
        if problem is None:
            conn.execute(_SENT[change.change], values)


def last_problem(conn: Connection, channel: str) -> str | None:
    """Return why the channel's latest try failed; None when it worked or there was none."""
    return conn.execute(_LAST_PROBLEM, {"channel": channel}).scalar()


def _pause(attempts: int) -> timedelta:
    return min(_FIRST_PAUSE * (1 << min(attempts, 10)), _LONGEST_PAUSE)


_UNSENT = text("""
select a.*, c.change, coalesce(m.attempts, 0) as attempts, m.tried_at
from alerts a
cross join (values ('opened'), ('ended')) c(change)
left join alert_messages m on m.alert_id = a.id and m.change = c.change and m.channel = :channel
left join alert_messages o on o.alert_id = a.id and o.change = 'opened' and o.channel = :channel
where m.notified_at is null
    and (c.change = 'opened' or a.ended_at is not null)
    and (a.ended_at is null or o.alert_id is not null)
    and (a.ended_at is null or a.ended_at > now() - interval '7 days')
order by case c.change when 'opened' then a.opened_at else a.ended_at end, a.id limit :limit
""")

_TRIED = text("""
insert into alert_messages (alert_id, change, channel, attempts, problem, tried_at, notified_at)
values (:id, :change, :channel, 1, cast(:problem as text), :now,
        case when cast(:problem as text) is null then cast(:now as timestamptz) end)
on conflict (alert_id, change, channel) do update set attempts = alert_messages.attempts + 1,
    problem = excluded.problem, tried_at = excluded.tried_at, notified_at = excluded.notified_at
""")

_SENT = {
    OPENED: text("update alerts set opening_notified_at = coalesce(opening_notified_at, :now) where id = :id"),
    ENDED: text("update alerts set ending_notified_at = coalesce(ending_notified_at, :now) where id = :id"),
}

_LAST_PROBLEM = text("""
select problem from alert_messages where channel = :channel order by tried_at desc nulls last limit 1
""")
