"""An archive with captures, a place for its backups, and an empty archive beside it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from archive.backup.target import Target
from archive.captures import CaptureFiles
from archive.home import Home
from news.settings import read_settings
from tests.newsroom import Newsroom, article

Publish = Callable[[int], None]


@pytest.fixture
def target(tmp_path: Path) -> Target:
    (tmp_path / "backups").mkdir()
    return Target(str(tmp_path / "backups"))


@pytest.fixture
def publish(home: Home, newsroom: Newsroom) -> Publish:
    """Return a function that stores an article by its number, in a capture file of its own."""

    def store(number: int) -> None:
        with CaptureFiles(home) as captures:
            url = f"https://krone.example/a-{number}"
            newsroom.store_captured(captures, (article(url, f"Text {number}. " * 20), page(number)))

    return store


@pytest.fixture
def empty_home(empty_database_url: str, tmp_path: Path) -> Home:
    """Return a new data folder with an empty database."""
    (tmp_path / "restored").mkdir()
    return Home(tmp_path / "restored", read_settings({"NEWSKEEP_DATABASE_URL": empty_database_url}))


def page(number: int) -> bytes:
    return f"<html><p>Page {number}</p></html>".encode() * 100
