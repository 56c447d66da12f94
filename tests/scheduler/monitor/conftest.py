"""A webhook on loopback, and alerts to send over it."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sqlalchemy import Engine

from archive.alerts import end_alert, open_alert
from news.settings import read_settings
from scheduler.monitor.notifier import Notifier
from tests.loopback import LoopbackServer

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DISK = {"free_bytes": 400_000_000, "bytes_a_day": 100, "days": 3.5}
EVIL = "krone\r\nBcc: victim@example.org\r\n\r\n<b>\x1b[2J\u202e@everyone"


class Hook(LoopbackServer):
    """A web server that keeps what is posted to it; it returns `answers` in turn, then 200."""

    def __init__(self, answers: list[int]) -> None:
        self.answers, self.posts = answers, list[dict[str, Any]]()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                hook.posts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(hook.answers.pop(0) if hook.answers else 200)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Nothing."""

        super().__init__(Handler, ThreadingHTTPServer)
        self.address = self.url("/hook?token=sesame")


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook([]) as hook:
        yield hook


def notify_all(engine: Engine, now: datetime = NOW, **settings: str) -> None:
    """Send all messages that are due, and wait until each has arrived or failed."""

    async def one() -> None:
        notifier = Notifier(engine, read_settings(settings))
        notifier.notify_soon(now)
        await notifier.finished()

    asyncio.run(one())


def alert(engine: Engine, subject: str = "machine", rule: str = "disk_full_soon", facts: object = DISK) -> None:
    with engine.begin() as conn:
        open_alert(conn, rule, subject, facts)  # type: ignore[arg-type]


def over(engine: Engine, subject: str = "machine", rule: str = "disk_full_soon") -> None:
    with engine.begin() as conn:
        assert end_alert(conn, rule, subject)
