"""Pages are read in a process of their own, which a page may end without harm to whoever asked."""

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


def test_what_is_wrong_with_a_page_is_told_as_without_another_process(reader: Sandbox) -> None:
    with pytest.raises(NotAnArticle):
        read(reader, b"<p></p>")
