"""`newskeep restore`: an archive comes back, and moves between servers."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from archive.database import connect_archive
from archive.embedded import EmbeddedServer
from archive.home import Home, find_home
from tests.conftest import Outcome
from tests.site import Site, story

Newskeep = Callable[..., Outcome]
PATH = "/town/the-bridge-opens-today"


@pytest.fixture
def backup(newskeep: Newskeep, home: Home, site: Site, tmp_path: Path) -> str:
    """Return the address of a backup of an archive in which a page was crawled."""
    home.outlets_file.write_text('contact = "a@example.org"  # mine\n')
    (home.path / "newskeep.toml").write_text('LOG_LEVEL = "error"\nALERT_WEBHOOK_URL = "https://x.example/secret"\n')
    site.article(PATH, "The bridge opens today", *story("bridge"))
    assert newskeep("crawl", site.url(PATH), "--delay", "0").code == 0
    (tmp_path / "backups").mkdir()
    outcome = newskeep("backup", str(tmp_path / "backups"), "--test-restore", "--json")
    assert (outcome.code, outcome.err, outcome.records[0]["tested"]) == (0, "", True)
    return str(tmp_path / "backups")


@pytest.fixture
def embedded_home(tmp_path: Path) -> Iterator[Path]:
    """Return the data folder, which does not exist, of an archive with an embedded database."""
    yield tmp_path / "other"
    EmbeddedServer(tmp_path / "other" / "postgres", durable=False).stop()


def articles() -> list[object]:
    engine = connect_archive(find_home())
    with engine.connect() as conn:
        rows = conn.execute(text("select to_jsonb(a) from v_articles a order by id")).scalars().all()
    engine.dispose()
    return list(rows)


def test_an_archive_comes_back_on_an_empty_machine(
    newskeep: Newskeep, backup: str, site: Site, embedded_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, raw = articles(), newskeep("show", site.url(PATH), "--raw").out
    monkeypatch.setenv("NEWSKEEP_HOME", str(embedded_home))
    monkeypatch.delenv("NEWSKEEP_DATABASE_URL")

    dry = newskeep("restore", backup, "--dry-run")
    assert (dry.code, embedded_home.exists()) == (0, False)
    restored = newskeep("restore", backup, "--json")

    assert restored.code == 0, restored.err
    assert restored.records[0]["settings_left_out"] == ["ALERT_WEBHOOK_URL"]
    assert articles() == rows != []
    assert newskeep("show", site.url(PATH), "--raw").out == raw != ""
    assert (embedded_home / "outlets.toml").read_text() == 'contact = "a@example.org"  # mine\n'
    assert (embedded_home / "newskeep.toml").read_text() == 'LOG_LEVEL = "error"\n'
    assert newskeep("doctor").code == 0


def test_a_folder_without_a_backup_restores_nothing(newskeep: Newskeep, tmp_path: Path) -> None:
    outcome = newskeep("restore", str(tmp_path))

    assert outcome.code == 4
    assert "there is no backup in" in outcome.err


@pytest.mark.slow
def test_what_was_removed_since_is_removed_from_a_restored_backup_again(
    newskeep: Newskeep, backup: str, site: Site, embedded_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [older] = newskeep("backup", backup, "--json").records
    assert newskeep("remove", site.url(PATH), "--reason", "takedown", "--yes", "--no-scrub").code == 0
    assert newskeep("backup", backup).code == 0
    monkeypatch.setenv("NEWSKEEP_HOME", str(embedded_home))
    monkeypatch.delenv("NEWSKEEP_DATABASE_URL")

    restored = newskeep("restore", backup, "--backup", older["name"], "--json")

    assert restored.code == 0, restored.err
    assert restored.records[0]["removed_again"] == 1
    assert articles() == []
    assert newskeep("show", site.url(PATH)).code == 2
    assert newskeep("verify").code == 0
