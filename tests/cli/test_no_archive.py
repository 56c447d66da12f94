"""A data folder that is mistyped or not mounted never becomes a new archive."""

from collections.abc import Callable
from pathlib import Path

import pytest

from archive import home as homes
from news.errors import SettingError
from tests.conftest import Outcome

Newskeep = Callable[..., Outcome]

VERBS = (
    ("search", "linz"),
    ("show", "a1"),
    ("diff", "--today"),
    ("story", "s1"),
    ("explain", "https://krone.example/1"),
    ("crawls", "list"),
    ("crawl", "krone"),
    ("crawl", "https://krone.example/"),
    ("crawl", "--retry", "1"),
    ("import", "/dev/null"),
    ("outlets", "list"),
    ("outlets", "add", "https://krone.example/"),
    ("worker",),
    ("daemon",),
    ("health",),
    ("doctor",),
    ("db", "status"),
    ("db", "url"),
    ("db", "upgrade"),
    ("db", "stop"),
    ("db", "move", "postgresql:///x"),
    ("backup", "/tmp"),
)


@pytest.mark.parametrize("mounted", [False, True], ids=["missing", "empty"])
@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_no_verb_makes_an_archive_by_mistake(
    newskeep: Newskeep, verb: tuple[str, ...], mounted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "new"
    if mounted:
        folder.mkdir()
    monkeypatch.setenv("NEWSKEEP_HOME", str(folder))
    monkeypatch.delenv("NEWSKEEP_DATABASE_URL", raising=False)

    outcome = newskeep(*verb)

    assert outcome.code == 4
    assert f"there is no archive in {folder}" in outcome.out + outcome.err
    assert folder.exists() is mounted
    assert not mounted or not list(folder.iterdir())


def test_an_address_starts_an_archive_in_the_default_folder_alone(tmp_path: Path) -> None:
    mistyped, default = {"NEWSKEEP_HOME": str(tmp_path / "x")}, {"XDG_DATA_HOME": str(tmp_path)}
    with pytest.raises(SettingError, match="there is no archive"):
        homes.home_for_address(mistyped)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.geteuid", lambda: 1000)
        assert homes.home_for_address(default).path == tmp_path / "newskeep"
        (tmp_path / "newskeep" / "holiday.jpg").touch()
        with pytest.raises(SettingError, match="there is no archive"):
            homes.home_for_address(default)


def test_a_daemon_starts_an_archive_in_an_empty_volume(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {"NEWSKEEP_HOME": str(tmp_path)}
    with pytest.raises(SettingError, match="there is no archive"):
        homes.home_for_daemon(environ)

    monkeypatch.setattr("os.path.ismount", lambda path: True)
    (tmp_path / "lost+found").mkdir()
    assert homes.home_for_daemon(environ).path == tmp_path
