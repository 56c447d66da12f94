"""The drill: a scheduler and workers crawl a pretend web on schedule while parts of them are killed.

What is killed and when comes from a seed, so that a drill can be had again; who is killed and how it is started anew is
the stage's business: containers (tests/e2e/drills/containers.py) or plain processes (tests/e2e/drills/processes.py).
"""

import itertools
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Protocol

from tests.e2e.drills.pretend_web import Web

_MOVING_SECONDS = 2.0  # in which the web may still answer as on its first visit


class Stage(Protocol):
    """Where a drill takes place. `actors` are what may be killed, the database apart."""

    web: Web
    actors: list[str]

    def kill(self, actor: str) -> None: ...
    def start(self, actor: str) -> None: ...
    def stop_database(self) -> None: ...
    def kill_database(self) -> None: ...
    def start_database(self) -> None: ...
    def stop_all(self) -> float:
        """Stop everything but the web in order (SIGTERM); the seconds that the slowest actor took."""

    def ended(self) -> list[str]:
        """Return the actors that do not run now, or are not well."""

    def move_on(self) -> None:
        """Take the pretend web to its second visit."""

    def number(self, query: str) -> int | None:
        """Return the number that the query gives; None while the database does not answer."""


@dataclass(slots=True)
class Script:
    """What is killed, and how often. Times are in seconds."""

    seed: int = 1
    kills: int = 8
    pause: tuple[float, float] = (4.0, 12.0)  # between two blows
    down: tuple[float, float] = (0.0, 6.0)  # until what was killed is started again
    database_down: float = 30.0
    patience: float = 240.0  # for each of the two visits to be complete


@dataclass(slots=True)
class Report:
    """What happened; `moved_on` is when the web was told to move on, `stopping` how long SIGTERM took in the end."""

    moved_on: datetime
    seconds: float
    stopping: float
    blows: list[str] = field(default_factory=list)

    def missed(self, stage: Stage) -> list[str]:
        """Return the actors that were never killed."""
        victims = *stage.actors, "the database"
        return [victim for victim in victims if not any(f"kill -9 of {victim}" in blow for blow in self.blows)]


class NotInTime(AssertionError):
    """The crawls did not end in time, or a worker was missing."""


def run(stage: Stage, script: Script) -> Report:
    """Play the drill on a stage where everything has been started; nothing but the web runs afterwards.

    Raises NotInTime, naming what was missing.
    """
    began, rng, blows = time.monotonic(), Random(script.seed), list[str]()
    first_half, second_half = script.kills // 2, script.kills - script.kills // 2
    victims = itertools.chain.from_iterable(rng.sample(stage.actors, len(stage.actors)) for _ in itertools.count())
    for blow in _blows(stage, script, rng, victims, first_half):
        blows.append(_logged(blow))
    listed = sum(piece.listed(1) for piece in stage.web.all_pieces())
    # the lists of all outlets have been read and half of what they name: the rest must be fetched when it has left them
    seen = f"(select count(*) from links) >= {listed} and (select count(*) from articles) >= {listed // 2}"
    _until(stage, f"select cast({seen} as int)", 1, script, "all links of the first visit")
    moved_on = datetime.now(UTC)
    stage.move_on()
    settled = datetime.now(UTC) + timedelta(seconds=_MOVING_SECONDS)
    _logged("the web moves on")
    for blow in _blows(stage, script, rng, victims, second_half):
        blows.append(_logged(blow))
    blows.append(_logged(f"the database stops for {script.database_down:.0f} s"))
    stage.stop_database()
    time.sleep(script.database_down)
    stage.start_database()
    time.sleep(rng.uniform(*script.pause))
    blows.append(_logged("everything stops and starts"))
    stage.stop_all()
    stage.stop_database()
    stage.start_database()
    for actor in stage.actors:
        stage.start(actor)
    _until(stage, _unfinished(stage.web, settled), 0, script, "end")
    gone = stage.ended()
    stopping = stage.stop_all()
    if gone:
        raise NotInTime(f"ended by themselves: {', '.join(gone)}")
    return Report(moved_on, time.monotonic() - began, stopping, blows)


def _blows(stage: Stage, script: Script, rng: Random, victims: Iterator[str], number: int) -> Iterator[str]:
    """Kill the next victims and at last the database, and start each again."""
    for turn in range(number):
        time.sleep(rng.uniform(*script.pause))
        if turn == number - 1:
            yield "kill -9 of the database"
            stage.kill_database()
            time.sleep(rng.uniform(*script.down))
            stage.start_database()
            continue
        actor = next(victims)
        yield f"kill -9 of {actor}"
        stage.kill(actor)
        time.sleep(rng.uniform(*script.down))
        stage.start(actor)


def _until(stage: Stage, query: str, wanted: int, script: Script, what: str) -> None:
    wait_for(
        lambda: stage.number(query) == wanted,
        lambda: f"no {what} after {script.patience:.0f} s: {stage.number(query)} where {wanted} was waited for",
        script,
    )


def wait_for(condition: Callable[[], bool], otherwise: Callable[[], str], script: Script) -> None:
    """Wait until *condition* holds. Raises NotInTime with what *otherwise* says when that takes too long."""
    deadline = time.monotonic() + script.patience
    while not condition():
        if time.monotonic() > deadline:
            raise NotInTime(otherwise())
        time.sleep(1)


def _logged(blow: str) -> str:
    line = f"{datetime.now(UTC):%H:%M:%S} {blow}"
    print(line, file=sys.stderr, flush=True)
    return line


def _unfinished(web: Web, moved_on: datetime) -> str:
    """How many outlets had no whole look since then, links wait or have failed, and edited pages were not seen."""
    edited = ", ".join(f"'{web.url(piece)}'" for piece in web.all_pieces() if piece.edited and piece.listed(2))
    return f"""
        select (select count(*) from links where state = 'waiting' or disposition = 'failed')
             + (select count(*) from links where canonical_url in ({edited}) and last_fetched_at < '{moved_on}')
             + {web.outlets} - (select count(distinct outlet_id) from crawls where state = 'finished' and balanced
                                and links > 0 and started_at > '{moved_on}')
    """
