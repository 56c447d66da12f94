"""Edits of outlets.toml: one line changes, all others stay."""

from pathlib import Path

import pytest

from crawler.outlets.diagnostics import OutletsInvalid
from crawler.outlets.edit import add_outlets, remove_outlet, set_key
from crawler.outlets.file import load_outlets
from news.errors import SettingError

FILE = """# mine
contact = "a@b.example"  # c

# about krone
[[outlet]]
name      = "krone"   # kr
url  = "https://www.krone.at"

# about spiegel
[[outlet]]
url = "https://www.spiegel.de"
[[outlet.listings]]
url = "https://www.spiegel.de/x"
# the end
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "outlets.toml"
    path.write_text(FILE)
    return path


def test_an_outlet_is_added_at_the_end(path: Path) -> None:
    add_outlets(path, [{"url": "https://orf.at", "feeds": ['https://orf.at/ü"x\\'], "enabled": False}])
    assert path.read_text() == FILE + (
        '\n[[outlet]]\nurl = "https://orf.at"\nfeeds = ["https://orf.at/ü\\"x\\\\"]\nenabled = false\n'
    )
    assert load_outlets(path).outlets[2].feeds == ('https://orf.at/ü"x\\',)


def test_the_first_outlet_makes_the_file(tmp_path: Path) -> None:
    add_outlets(tmp_path / "outlets.toml", [{"url": "https://orf.at"}])
    assert (tmp_path / "outlets.toml").read_text() == '[[outlet]]\nurl = "https://orf.at"\n'


def test_switching_off_adds_one_line_to_the_entry_and_on_changes_it(path: Path) -> None:
    set_key(path, "krone", "enabled", False)
    line = 'url  = "https://www.krone.at"\n'
    assert path.read_text() == FILE.replace(line, line + "enabled = false\n")
    set_key(path, "krone", "enabled", True)
    assert path.read_text() == FILE.replace(line, line + "enabled = true\n")


def test_a_key_does_not_fall_into_a_table_of_the_entry(path: Path) -> None:
    set_key(path, "spiegel", "enabled", False)
    assert not load_outlets(path).outlets[1].enabled


def test_an_outlet_is_removed_with_its_comment(path: Path) -> None:
    remove_outlet(path, "krone")
    assert path.read_text() == FILE.replace(FILE[FILE.index("# about krone") : FILE.index("# about spiegel")], "")
    remove_outlet(path, "spiegel")
    assert path.read_text() == '# mine\ncontact = "a@b.example"  # c\n\n# the end\n'


def test_what_would_make_the_file_invalid_is_not_written(path: Path) -> None:
    with pytest.raises(OutletsInvalid, match="a second outlet named “krone”"):
        add_outlets(path, [{"url": "https://other.example", "name": "krone"}])
    assert path.read_text() == FILE


def test_an_unknown_outlet_is_named(path: Path) -> None:
    with pytest.raises(SettingError, match="there is no outlet “kone”"):
        set_key(path, "kone", "enabled", False)


def test_mode_line_ends_and_a_linked_file_survive(tmp_path: Path) -> None:
    real = tmp_path / "real.toml"
    real.write_bytes(FILE.replace("\n", "\r\n").encode())
    real.chmod(0o640)
    (tmp_path / "outlets.toml").symlink_to(real)
    set_key(tmp_path / "outlets.toml", "krone", "enabled", False)
    assert real.read_bytes().count(b"\r\n") == FILE.count("\n") + 1
    assert b"\r\r" not in real.read_bytes()
    assert real.stat().st_mode & 0o777 == 0o640
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [".outlets.toml.lock", "outlets.toml", "real.toml"]
