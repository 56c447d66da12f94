"""Pages are read in a separate process, so that a page that kills it does no harm to the caller."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from archive.ingest.fetched import FetchedPage
from crawler.reading import read_article
from crawler.sandbox import Sandbox
from news.errors import NotAnArticle, PageTooCostly
from news.outlets import Outlet
from tests.texts import headline, text

OUTLET = Outlet("krone", "https://krone.example/")
NOW = datetime(2026, 10, 1, tzinfo=UTC)
PAGE = f"<title>{headline(1)}</title><article><h1>{headline(1)}</h1><p>{text(1)}</p></article>".encode()
SLOW = b"<div>" * 4_900 + b"<p>Ein <b>Wort</b>" * 18_700  # four seconds of reading


@pytest.fixture(scope="module")
def reader() -> Iterator[Sandbox]:
    with Sandbox(cpu_seconds=1.2) as reader:
        yield reader


def fetched(page: bytes) -> FetchedPage:
    return FetchedPage.unlinked("https://krone.example/a", page, NOW, "utf-8")


def read(reader: Sandbox, page: bytes) -> object:
    return reader(fetched(page), OUTLET)


def test_a_page_that_holds_its_reader_is_given_up_and_the_next_one_is_read(reader: Sandbox) -> None:
    with pytest.raises(PageTooCostly, match="ended the process that read it 2 times"):
        read(reader, SLOW)

    assert read(reader, PAGE) == read_article(fetched(PAGE), OUTLET)


def test_what_is_wrong_with_a_page_is_reported_as_without_another_process(reader: Sandbox) -> None:
    with pytest.raises(NotAnArticle):
        read(reader, b"<p></p>")


PROGRAM = """
import asyncio, time
from crawler.sandbox import watched

async def main():
    with watched(asyncio.get_running_loop(), 0.3):
        {work}
    print("done")

asyncio.run(main())
"""


def run(work: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(work=work)], capture_output=True, text=True, check=False, timeout=60
    )


def test_a_process_that_gives_the_loop_no_turn_is_ended_and_says_where() -> None:
    ended = run("sum(range(10**12))")
    assert ended.returncode == -signal.SIGPROF
    assert "in main" in ended.stderr


def test_long_work_in_turns_goes_on() -> None:
    assert run("[(sum(range(10**5)), await asyncio.sleep(0)) for _ in range(400)]").stdout == "done\n"
