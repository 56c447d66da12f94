"""Edits of outlets.toml: one line changes, all others stay."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crawler.outlets.diagnostics import OutletsInvalid
from crawler.outlets.edit import add_outlets, remove_outlet, set_key, with_entries, with_key, without_entry
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


# Odd but valid files ---------------------------------------------------------------------------------------------

KEYS = (
    "enabled = true", '"enabled"=true', "'enabled'\t=\ttrue", 'note = "x # y"', "note = '''\n[[outlet]]\n# no\n'''",
    'note = """a\\\n  b"""', "note = '''\n# x'''", 'feeds = ["https://a.example/1", # one\n  "https://a.example/2",\n]',
    "teasers.remove = ['.a']", 'teasers = { remove = [".a"], keep = [] }', 'teasers . "keep" = [".b"]', "delay=0x1",
    'listings = [{ url = "https://a.example/x", links = "a" }]', 'title = "[x]"', "delay = 1.5",
)  # fmt: skip
TABLES = (
    '[[outlet.listings]]\nurl = "https://a.example/y"', "[outlet.teasers]\nremove = ['.c']",
    "[ outlet . 'teasers' ] # t\nkeep = []", '[[ "outlet" . listings ]]\nurl = "https://a.example/z"\nlinks="a"',
    "[defaults]\ndelay = 2 # d", "[defaults.teasers]\nremove=[]",
)  # fmt: skip
BETWEEN = st.sampled_from(["", "", "# a comment\n", "\n", "  # indented\n\n", "\t\n", "#\n# two\n"])
LINE_ENDS = st.sampled_from(["\n", "\n", "  # why\n", "\t\n", " #\n"])
HEADERS = st.sampled_from(["[[outlet]]", "[[ outlet ]]", "[['outlet']]", '[["outlet"]] # h', "  [[outlet]]"])


@st.composite
def odd_files(draw: st.DrawFn) -> tuple[str, int]:
    """Draw a valid file in odd layouts, and the number of one of its outlets."""
    text, outlets = "", draw(st.integers(1, 3))
    for number in range(outlets):
        keys = draw(st.lists(st.sampled_from(KEYS), max_size=4, unique=True))
        keys.insert(draw(st.integers(0, len(keys))), f'url = "https://o{number}.example"')
        tables = draw(st.lists(st.sampled_from(TABLES), max_size=3, unique=True))
        for line in (draw(HEADERS), *keys, *tables):
            text += draw(BETWEEN) + line + draw(LINE_ENDS)
    text += draw(BETWEEN)
    text = text.rstrip("\n") if draw(st.booleans()) else text
    try:
        tomllib.loads(text)
    except ValueError:
        assume(False)
    return text, draw(st.integers(0, outlets - 1))


@given(odd_files())
def test_a_key_is_set_and_each_other_line_stays(file: tuple[str, int]) -> None:
    text, number = file
    expected = tomllib.loads(text)
    expected["outlet"][number]["enabled"] = False

    before, after = text.split("\n"), with_key(text, number, "enabled", False).split("\n")

    assert tomllib.loads("\n".join(after)) == expected
    if len(after) == len(before):
        [changed] = [number for number, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
        assert after[changed] == before[changed].replace("true", "false", 1)
    else:
        added = after.index("enabled = false")
        assert after[:added] + after[added + 1 :] == before
        assert not after[added - 1].lstrip().startswith("#") or "'''" in after[added - 1]  # else a comment


@given(odd_files())
def test_an_outlet_is_removed_and_each_other_line_stays(file: tuple[str, int]) -> None:
    text, number = file
    expected = tomllib.loads(text)
    del expected["outlet"][number]

    after = without_entry(text, number)

    assert tomllib.loads(after) == (
        expected if expected["outlet"] else {key: expected[key] for key in expected if key != "outlet"}
    )
    left = iter(text.split("\n"))
    assert all(line in left for line in after.split("\n") if line)  # in the same order


@given(odd_files())
def test_an_outlet_is_added_below_all_lines(file: tuple[str, int]) -> None:
    text, _ = file
    after = with_entries(text, [{"url": "https://new.example", "feeds": []}])
    assert after.startswith(text)
    assert tomllib.loads(after)["outlet"] == [
        *tomllib.loads(text)["outlet"], {"url": "https://new.example", "feeds": []}
    ]  # fmt: skip
