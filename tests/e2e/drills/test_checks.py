"""The drill's checks find each fault: a sound archive is damaged in one way at a time."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text

from archive.home import Home
from tests.conftest import Outcome
from tests.e2e.drills.checks import Truth, problems, problems_in
from tests.e2e.drills.pretend_web import Web
from tests.e2e.drills.processes import ROOT, free_port

Newskeep = Callable[..., Outcome]


@contextmanager
def served(web: Web) -> Iterator["subprocess.Popen[bytes]"]:
    command = [
        sys.executable, "-m", "tests.e2e.drills.pretend_web", "--port", str(web.port),
        "--outlets", str(web.outlets), "--articles", str(web.articles),
    ]  # fmt: skip
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        yield process
        process.terminate()


@pytest.fixture
def truth(newskeep: Newskeep, home: Home) -> Truth:
    """Two outlets, crawled at both visits."""
    web = Web("127.0.1.{}", free_port(), outlets=2, articles=6)
    home.outlets_file.write_text(web.outlets_toml(every="1m", delay=0), encoding="utf-8")
    with served(web) as process:
        assert newskeep("crawl", "outlet1", "outlet2").code == 0
        process.send_signal(signal.SIGUSR1)
        moved_on = datetime.now(UTC)
        assert newskeep("crawl", "outlet1", "outlet2").code == 0
    return Truth(web, moved_on)


SPOILT = {
    "lost: ": "update articles set canonical_url = canonical_url || 'x' where id = 1",
    "not on the web: ": "update articles set canonical_url = canonical_url || 'x' where id = 1",
    "reads otherwise": "update texts set body = body || ' And more.' where digest = (select min(digest) from texts)",
    "to be seen: ": "delete from revisions where number = 2",
    "link waiting": "update links set state = 'waiting' where id = 1",
    "failed http_503": "update links set disposition = 'failed', reason = 'http_503' where id = 1",
    "twice at once": "update crawls set started_at = started_at - interval '1 hour' where id > 2",
    "still called running": "update crawls set state = 'running' where id = 1",
    "do not balance": "update crawls set balanced = false where id = 2",
    "not looked at twice": "update coverage set looked = false, reason = 'x' where crawl_id = 1",
    "capture 1: ": "update captures set record_offset = record_offset + 1 where id = 1",
    "texts in one story": "update articles set story_id = (select max(id) from stories) where id = 1",
}


def test_checks_find_each_fault_and_none_in_a_sound_archive(truth: Truth, home: Home, engine: Engine) -> None:
    assert problems(home, truth) == []

    for problem_kind, statement in SPOILT.items():
        with engine.connect() as conn:  # rolled back at the end
            conn.execute(text(statement))
            found = list(problems_in(conn, home, truth))
        assert any(problem_kind in problem for problem in found), (problem_kind, found)


def test_the_pretend_web_is_the_same_in_every_process() -> None:
    assert list(Web("a{}", 1).all_pieces()) == list(Web("a{}", 1).all_pieces())
    assert Web("a{}", 1, seed=2).pieces(0) != Web("a{}", 1, seed=1).pieces(0)
