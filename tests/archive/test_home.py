"""Errors about the data folder and its settings come with a hint."""

from pathlib import Path

import pytest

from archive.home import open_home
from news.errors import SettingError


def test_a_folder_that_cannot_be_made_names_another() -> None:
    with pytest.raises(SettingError, match="cannot be created") as raised:
        open_home({"NEWSKEEP_HOME": "/proc/news"})
    assert "NEWSKEEP_HOME=~/news" in (raised.value.hint or "")


def test_settings_that_cannot_be_read_say_why_in_words(tmp_path: Path) -> None:
    (tmp_path / "newskeep.toml").mkdir()
    with pytest.raises(SettingError, match=r"newskeep\.toml cannot be read: Is a directory"):
        open_home({"NEWSKEEP_HOME": str(tmp_path)})


def test_an_unknown_setting_is_answered_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "newskeep.toml").write_text('newskeep_contakt = "a@example.org"')
    with pytest.raises(SettingError, match="unknown setting newskeep_contakt; did you mean NEWSKEEP_CONTACT"):
        open_home({"NEWSKEEP_HOME": str(tmp_path)})
