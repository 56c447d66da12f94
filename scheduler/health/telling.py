"""Tells people of alerts: each change once over each channel, again and again while a channel does not work."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote, urlsplit

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from archive.alert_messages import ENDED, OPENED, Change, note_try, untold
from news.alert_words import headline, sentence
from news.errors import NewsError
from news.logline import error_in_words
from news.settings import Settings
from scheduler.health.mail import MailBox, send_mail
from scheduler.health.message import Message
from scheduler.health.webhook import post

logger = logging.getLogger(__name__)

Send = Callable[[Message], Awaitable[None]]
_SECONDS = 60.0  # for one message, whatever the other end does


@dataclass(frozen=True, slots=True)
class Channel:
    """How to send, and what must not show in what goes wrong: a server may repeat what it was told."""

    send: Send
    secrets: tuple[str, ...]


class Teller:
    """Tells in the background, over the channels that are set up; at most one message a channel is on its way."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine = engine
        self.channels = channels(settings)
        self._telling: dict[str, asyncio.Task[None]] = {}

    def tell_soon(self, now: datetime) -> None:
        """Begin to tell what has to be told; comes back at once."""
        for name, channel in self.channels.items():
            task = self._telling.get(name)
            if task is None or task.done():
                self._telling[name] = asyncio.create_task(self.tell(name, channel, now))

    async def finished(self) -> None:
        """Wait until every message under way has arrived or failed."""
        await asyncio.gather(*self._telling.values())

    async def tell(self, name: str, channel: Channel, now: datetime) -> None:
        """Tell over one channel; a failure is noted and tried again later. Never raises."""
        try:
            changes = await asyncio.to_thread(self._untold, name, now)
            if not changes:
                return
            problem = await try_to_send(channel, message_of(changes))
            await asyncio.to_thread(self._note, name, changes, problem, now)
        except (NewsError, SQLAlchemyError) as error:
            logger.warning("alerts_not_told", extra={"channel": name, "error": error_in_words(error)})
            return
        facts = {"channel": name, "changes": len(changes)}
        if problem:
            logger.warning("alerts_not_told", extra={**facts, "error": problem})
        else:
            logger.info("alerts_told", extra=facts)

    def _untold(self, name: str, now: datetime) -> list[Change]:
        with self.engine.connect() as conn:
            return untold(conn, name, now)

    def _note(self, name: str, changes: Sequence[Change], problem: str | None, now: datetime) -> None:
        with self.engine.begin() as conn:
            note_try(conn, name, changes, problem, now)


def channels(settings: Settings) -> dict[str, Channel]:
    """How to send over each channel that the settings name."""
    found: dict[str, Channel] = {}
    if url := settings["ALERT_WEBHOOK_URL"]:
        parts = urlsplit(url)
        found["webhook"] = Channel(lambda message: post(url, message), (parts.password or "", parts.query, parts.path))
    if settings["ALERT_SMTP_URL"] and settings["ALERT_MAIL_TO"]:
        box = MailBox(settings["ALERT_SMTP_URL"], settings["ALERT_MAIL_TO"], settings["ALERT_MAIL_FROM"])
        password = urlsplit(box.url).password or ""
        found["mail"] = Channel(
            lambda message: asyncio.to_thread(send_mail, box, message), (password, unquote(password))
        )
    return found


def message_of(changes: Sequence[Change]) -> Message:
    """The message about *changes*."""
    said = [sentence(change.alert.rule, change.alert.subject, change.alert.facts) for change in changes]
    opened = sum(change.change == OPENED for change in changes)
    first = next((line for line, change in zip(said, changes, strict=True) if change.change == OPENED), said[0])
    records = [_record(change, line) for change, line in zip(changes, said, strict=True)]
    lines = [("over: " if change.change == ENDED else "") + line for line, change in zip(said, changes, strict=True)]
    return Message(headline(opened, len(changes) - opened, first), tuple(lines), tuple(records))


def _record(change: Change, said: str) -> dict[str, object]:
    alert = change.alert
    return {
        "id": alert.id,
        "change": change.change,
        "rule": alert.rule,
        "subject": alert.subject,
        "opened_at": alert.opened_at,
        "ended_at": alert.ended_at,
        "text": said,
        "facts": dict(alert.facts),
    }


async def try_to_send(channel: Channel, message: Message) -> str | None:
    """Why sending failed; None when it did not."""
    try:
        await asyncio.wait_for(channel.send(message), _SECONDS)
    except TimeoutError:
        return "no answer in time"
    except Exception as error:  # whatever a stranger's server can make the libraries raise
        said = error_in_words(error)
        for secret in channel.secrets:
            said = said.replace(secret, "***") if len(secret) > 1 else said
        return said
    return None
