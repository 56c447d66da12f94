"""Shared by tests of workers: outlets that are due, `newskeep worker` as a real process, and waiting."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic, sleep
from types import TracebackType
from typing import Self

from sqlalchemy import Engine, text

from archive.outlets import ensure_outlet
from crawler.outlets.options import to_row
from news.outlets import Outlet
from scheduler.turn_queries import set_due
from tests.site import Answer, Site, article_page, story

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PATIENCE = 180.0  # seconds; a machine with much else to do takes twenty to start a process


def until(condition: Callable[[], object], seconds: float = PATIENCE) -> float:
    """Wait until *condition* holds; return the seconds that it took. Fail when they exceed *seconds*."""
    began = monotonic()
    while not condition():
        assert monotonic() - began < seconds, "it never came about"
        sleep(0.05)
    return monotonic() - began


def rows(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as conn:
        return [tuple(row) for row in conn.execute(text(query))]


def value(engine: Engine, query: str) -> object:
    """Return the first column of the first row, None without one."""
    found = rows(engine, query)
    return found[0][0] if found else None


def outlet_on(engine: Engine, site: Site, name: str, **more: object) -> int:
    """Add an outlet with one feed whose turn has come; return its id."""
    given = {"feeds": (site.url("/feed"),), "sitemaps": (), "listings": (), "delay": 0.0} | more
    outlet = Outlet(name, site.url("/"), **given)
    with engine.begin() as conn:
        outlet_id = ensure_outlet(conn, name, outlet.url, to_row(outlet))
        set_due(conn, {outlet_id: NOW})
    return outlet_id


def publish(site: Site, number: int) -> None:
    """Publish a feed of so many articles."""
    site.feed("/feed", *(f"/{count}" for count in range(number)))
    for count in range(number):
        site.article(f"/{count}", f"Story {count}", *story(f"subject{count}"))


def hold(site: Site, path: str) -> None:
    """Let the page wait for a gate."""
    site.answers[path] = Answer(article_page("Held", *story("held")).encode(), gate=threading.Event())


class Workers:
    """`newskeep worker` as a process of its own; killed with its children when the block is left."""

    def __init__(self, processes: int = 1, **settings: object) -> None:
        environment = {**os.environ, "LOG_LEVEL": "info", **{name: str(setting) for name, setting in settings.items()}}
        self.parent = _newskeep(["worker", "--processes", str(processes)], environment)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        children = self.children()
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        try:
            self.parent.wait(15)
        except subprocess.TimeoutExpired:
            self.parent.kill()
            self.parent.wait()
        for child in children:
            kill(child, signal.SIGKILL)

    def children(self) -> list[int]:
        """Return the process ids of the workers that run now."""
        return [pid for pid in map(int, filter(str.isdecimal, os.listdir("/proc"))) if _parent(pid) == self.parent.pid]

    def send(self, number: signal.Signals) -> None:
        """Signal the parent."""
        if self.parent.poll() is None:
            self.parent.send_signal(number)


def kill(pid: int, number: signal.Signals) -> None:
    """Signal a process, gone or not."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def is_gone(pid: int) -> bool:
    return _parent(pid) is None


def _newskeep(arguments: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "cli.main", *arguments], env=environment)


def _parent(pid: int) -> int | None:
    """Return the parent's process id; None for a process that is dead."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            state, parent = file.read().rpartition(")")[2].split()[:2]
    except OSError:
        return None
    return None if state in "ZX" else int(parent)
