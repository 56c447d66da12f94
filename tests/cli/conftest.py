"""The article that most tests of the reading verbs start from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from news.article import short_id
from tests.conftest import Outcome

if TYPE_CHECKING:
    from archive.home import Home
    from archive.ingest.fetched import Outcome as Stored
    from tests.newsroom import Newsroom

Newskeep = Callable[..., Outcome]
PAGE = "<html><p>Zugunglück\x00</p></html>".encode()
URL = "https://krone.example/a-1"


def shown_id(outcome: Stored) -> str:
    """Return the id that commands show for a stored article."""
    return short_id("a", outcome.article_id)


@pytest.fixture
def article_id(newsroom: Newsroom, home: Home) -> str:
    """Return the id of an article in two revisions, with a copy at another outlet; its crawls are closed."""
    from archive.captures import CaptureFiles
    from news.article import Evidence
    from tests.newsroom import LONG, NOW, article

    first = article(
        authors=("Eva",), date_published=NOW, evidence=(Evidence("date_published", "json-ld", "2026-11-22"),)
    )
    with CaptureFiles(home) as captures:
        (outcome,) = newsroom.store_captured(captures, (first, PAGE))
        newsroom.store_captured(captures, (article("https://kurier.example/b", headline="Zug aus den Schienen"), PAGE))
        edited = article(body=LONG.replace("Wort7", "Wort8") + "\n\nNachtrag.", headline="Zug entgleist: elf Tote")
        newsroom.store_captured(captures, (edited, PAGE + b"2"))
    newsroom.close()
    newsroom.crawls.clear()
    return shown_id(outcome)
