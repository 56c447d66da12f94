"""`newskeep backup`."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from archive.captures import CaptureFiles
from archive.home import Home
from tests.conftest import Outcome
from tests.newsroom import Newsroom, article

Newskeep = Callable[..., Outcome]


@pytest.fixture
def place(home: Home, newsroom: Newsroom, tmp_path: Path) -> str:
    """Return an empty folder for backups of an archive with one article."""
    with CaptureFiles(home) as captures:
        newsroom.store_captured(captures, (article(), b"<p>Zug entgleist</p>"))
    (tmp_path / "backups").mkdir()
    return str(tmp_path / "backups")


def test_backups_are_listed_with_the_newest_first(newskeep: Newskeep, place: str) -> None:
    first, second = (newskeep("backup", *arguments, "--json") for arguments in ((place,), ("--to", place)))
    assert (first.code, second.code) == (0, 0)
    assert first.records[0]["tables"]["public.articles"] == 1
    assert second.records[0]["written"] < first.records[0]["written"]

    listed = newskeep("backup", place, "--list", "--json").records
    assert [record["name"] for record in listed] == [second.records[0]["name"], first.records[0]["name"]]

    third = newskeep("backup", place, "--keep", "1")
    assert first.records[0]["name"] in third.err
    assert len(newskeep("backup", "--list", place).out.splitlines()) == 1


def test_backups_are_listed_on_a_machine_without_an_archive(
    newskeep: Newskeep, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert newskeep("backup", place).code == 0
    monkeypatch.setenv("NEWSKEEP_HOME", str(tmp_path / "new"))
    monkeypatch.delenv("NEWSKEEP_DATABASE_URL")

    assert len(newskeep("backup", place, "--list").out.splitlines()) == 1
    assert not (tmp_path / "new").exists()


def test_a_place_must_be_named_and_exist(
    newskeep: Newskeep, home: Home, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert newskeep("backup").code == 4
    missing = newskeep("backup", f"{place}/not-mounted")
    assert missing.code == 4
    assert "mkdir -p" in missing.err
    assert newskeep("backup", "nosuch://bucket").code == 4
    assert not (home.path / "failed-backup").exists()

    monkeypatch.setenv("BACKUP_TO", f"{place}/not-mounted")
    assert newskeep("backup").code == 4
    assert "backup failed" in newskeep("health").out
    monkeypatch.setenv("BACKUP_TO", place)
    assert newskeep("backup").code == 0
    assert "backup failed" not in newskeep("health").out


@pytest.mark.parametrize(("where", "code"), [("/data/captures", 3), ("", 8)], ids=["elsewhere", "lost"])
def test_captures_that_cannot_be_copied_are_named(
    newskeep: Newskeep, home: Home, engine: Engine, place: str, where: str, code: int
) -> None:
    (path,) = home.captures.glob("*.warc.gz")
    path.unlink()
    with engine.begin() as conn:
        conn.execute(text("update capture_files set place = :place"), {"place": where or str(home.captures)})

    outcome = newskeep("backup", place)

    assert outcome.code == code
    assert "not in the backup" in outcome.err
    assert path.name in outcome.err


def test_captures_that_were_imported_in_place_stay_where_they_are(
    newskeep: Newskeep, home: Home, engine: Engine, place: str, tmp_path: Path
) -> None:
    (path,) = home.captures.glob("*.warc.gz")
    moved = path.rename(tmp_path / path.name)
    with engine.begin() as conn:
        conn.execute(text("update captures set file = :file"), {"file": str(moved)})

    outcome = newskeep("backup", place, "--test-restore")

    assert outcome.code == 0
    assert f"not in the backup, imported in place: {moved}" in outcome.err
    assert newskeep("backup", place, "--list", "--json").records[0]["captures"] == 0


def test_a_lost_capture_is_kept_from_an_older_backup(newskeep: Newskeep, home: Home, place: str) -> None:
    assert newskeep("backup", place).code == 0
    (path,) = home.captures.glob("*.warc.gz")
    path.unlink()

    outcome = newskeep("backup", place, "--keep", "1", "--test-restore", "--json")

    assert (outcome.code, outcome.records[0]["captures"], outcome.records[0]["absent"]) == (0, 1, {})
