"""Acknowledged means kept: the server is killed repeatedly during writes."""

import os
import random
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from archive.database import embedded_server, open_archive
from archive.embedded import EmbeddedServer, operating_system
from archive.home import Home
from news.errors import ArchiveUnavailable
from news.settings import read_settings

KILLS = 12
pytestmark = pytest.mark.slow


class Writer(threading.Thread):
    """Commits one row after the other; `acknowledged` holds the numbers whose commit came back."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine = engine
        self.acknowledged: list[int] = []
        self.broken = 0
        self.done = threading.Event()

    def run(self) -> None:
        number = 0
        while not self.done.is_set():
            number += 1
            try:
                with self.engine.begin() as connection:
                    connection.execute(text("insert into drill values (:number)"), {"number": number})
                self.acknowledged.append(number)
            except ArchiveUnavailable:
                self.broken += 1


def kill(server: EmbeddedServer, *, everything: bool) -> None:
    victims = operating_system.postgres_in(server.data) if everything else [server.state().pid or 0]
    for pid in filter(None, victims):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_every_acknowledged_row_survives_every_kill(tmp_path: Path) -> None:
    home = Home(tmp_path, read_settings({}))
    server, chance = embedded_server(home), random.Random(20261122)
    engine = open_archive(home)
    writer = Writer(engine)
    try:
        with engine.begin() as connection:
            connection.execute(text("create table drill (number integer primary key)"))
        writer.start()
        for round_number in range(KILLS):
            time.sleep(chance.uniform(0.05, 0.8))
            kill(server, everything=bool(round_number % 2))
        writer.done.set()
        writer.join(120)
        with engine.connect() as connection:
            committed = set(connection.scalars(text("select number from drill")))
    finally:
        writer.done.set()
        engine.dispose()
        server.stop()

    assert writer.broken
    assert len(writer.acknowledged) > KILLS
    assert set(writer.acknowledged) <= committed
    assert len(committed - set(writer.acknowledged)) <= writer.broken  # committed, and the answer lost on the way
