"""`newskeep show --raw`, `doctor` and `crawl` where finished capture files go to a store."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from archive.captures import CaptureFiles
from archive.captures.upload import upload_finished
from archive.home import Home, open_home
from tests.conftest import Outcome
from tests.newsroom import Newsroom, article
from tests.site import Site, story

Newskeep = Callable[..., Outcome]
PAGE = "<html><p>Zugunglück</p></html>".encode()


@pytest.fixture
def store(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "store"
    folder.mkdir()
    monkeypatch.setenv("CAPTURE_STORE", f"file://{folder}")
    return folder


@pytest.fixture
def handed(newsroom: Newsroom, engine: Engine, home: Home, store: Path) -> Path:
    """Return the stored file of a page whose local copy is gone."""
    with CaptureFiles(home) as captures:
        newsroom.store_captured(captures, (article(), PAGE))
    (file,) = upload_finished(engine, open_home())
    assert not list(home.captures.glob("*.warc.gz"))
    return store / file.name


def check(newskeep: Newskeep, name: str) -> tuple[int, str, str]:
    outcome = newskeep("doctor", "--json")
    found = next(record for record in outcome.records if record.get("name") == name)
    return outcome.code, found["state"], found["text"]


def test_show_raw_reads_from_the_store(newskeep: Newskeep, handed: Path) -> None:
    assert "Zugunglück" in newskeep("show", "https://krone.example/a-1", "--raw").out


def test_doctor_finds_the_store_in_order(newskeep: Newskeep, handed: Path) -> None:
    code, state, findings = check(newskeep, "capture store")

    assert (code, state) == (0, "fine")
    assert "files: 1" in findings
    assert check(newskeep, "captures") == (0, "fine", "none here; on other machines or in a store: 1")


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(path.read_bytes()[:-1])])
def test_doctor_sees_a_stored_file_that_is_gone_or_short(
    newskeep: Newskeep, handed: Path, spoil: Callable[[Path], object]
) -> None:
    spoil(handed)

    code, state, findings = check(newskeep, "capture store")

    assert (code, state) == (8, "bad")
    assert handed.name in findings


def test_doctor_names_a_store_without_a_driver(newskeep: Newskeep, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPTURE_STORE", "nosuch://bucket")

    assert check(newskeep, "capture store")[1] == "bad"


def test_doctor_misses_no_file_of_another_machine(newskeep: Newskeep, handed: Path, engine: Engine) -> None:
    with engine.begin() as conn:
        conn.execute(text("update capture_files set state = 'spooled', host = 'elsewhere', place = '/data/captures'"))

    assert check(newskeep, "captures")[:2] == (0, "fine")


def test_doctor_misses_a_file_of_this_machine(newskeep: Newskeep, newsroom: Newsroom, home: Home) -> None:
    with CaptureFiles(home) as captures:
        newsroom.store_captured(captures, (article(), PAGE))
    for path in home.captures.glob("*.warc.gz"):
        path.unlink()

    assert check(newskeep, "captures")[:2] == (8, "bad")


def test_a_crawl_leaves_its_captures_in_the_store(newskeep: Newskeep, home: Home, store: Path, engine: Engine) -> None:
    with Site() as site:
        site.article("/a", "A headline of some length", *story("bridge"))
        site.feed("/feed", "/a")
        assert newskeep("crawl", site.url("/feed"), "--delay", "0").code == 0

        assert not list(home.captures.glob("*.warc.gz"))
        assert len(list(store.iterdir())) == 1
        assert "bridge council" in newskeep("show", site.url("/a"), "--raw").out


def test_a_crawl_with_an_unusable_store_ends_before_it_fetches(
    newskeep: Newskeep, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAPTURE_STORE", "nosuch://bucket")
    with Site() as site:
        site.feed("/feed", "/a")

        assert newskeep("crawl", site.url("/feed")).code == 4
        assert site.seen == []


def test_a_store_that_is_no_address_is_refused(newskeep: Newskeep, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAPTURE_STORE", "/mnt/archive")

    assert newskeep("doctor").code == 4
