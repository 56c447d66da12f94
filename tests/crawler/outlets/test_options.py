"""The table of options: a row of it is all that an option needs; an outlet comes back from its row as it was."""

import json
import re
import subprocess
import sys
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

import news.outlets
from crawler.outlets.file import parse_outlets
from crawler.outlets.options import FILE_TABLE, from_row, to_row
from news.outlets import OPTIONS, Option, Outlet
from tools import outlets_page

FULL = """
[defaults]
every = "20m"
[[outlet]]
name = "krone"
url = "https://www.krone.at"
title = "Kronen Zeitung"
language = "de-AT"
timezone = "Europe/Vienna"
every = "auto"
delay = 0.5
feeds = ["https://www.krone.at/rss.xml"]
sitemaps = []
listings = [{ url = "https://www.krone.at/", links = "article a[href]" }]
article_url = '/\\d{7}$'
skip_url = ["/sport/live/"]
revisit = ["1h", "6h"]
teasers = { remove = [".c_related"], keep = [".fact-box"] }
on_paywall = "skip"
enabled = false
note = "a note"
"""


def test_a_full_entry_comes_back() -> None:
    [outlet] = parse_outlets(FULL).outlets
    assert outlet.budget == timedelta(minutes=20)
    assert from_row(outlet.name, outlet.url, to_row(outlet)) == outlet


def test_the_smallest_entry_is_an_empty_row() -> None:
    assert to_row(Outlet("krone", "https://krone.example")) == {}


@pytest.mark.parametrize("value", ["soon", -1e300, None, [], {"a": 1}, True])
@pytest.mark.parametrize("key", ["every", "budget", "listings", "delay", "on_paywall", "revisit", "unknown"])
def test_a_value_in_another_form_is_left_out(key: str, value: object) -> None:
    read = from_row("krone", "https://krone.example", {key: value, "title": "Kronen Zeitung"})
    assert (read.name, read.title, read.feeds) == ("krone", "Kronen Zeitung", None)


def test_the_values_are_kept_as_outlets_toml_writes_them() -> None:
    [outlet] = parse_outlets(FULL).outlets
    row = json.loads(json.dumps(to_row(outlet)))
    assert (row["every"], row["budget"], row["revisit"]) == ("auto", "20m", ["1h", "6h"])
    assert row["teasers"] == {"remove": [".c_related"], "keep": [".fact-box"]}
    assert from_row(outlet.name, outlet.url, row) == outlet


def test_each_field_of_an_outlet_is_an_option_or_follows_from_the_defaults() -> None:
    assert {option.field for option in OPTIONS} == {field.name for field in fields(Outlet)} - {"budget"}


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.key)
def test_each_example_is_read(option: Option) -> None:
    url = "" if option.key == "url" else 'url = "https://www.krone.at"\n'
    [outlet] = parse_outlets(f"[[outlet]]\n{url}{option.key} = {option.example}\n").outlets
    assert getattr(outlet, option.field) not in (None, ())


def test_the_page_of_options_has_every_key_of_the_file() -> None:
    keys = [*FILE_TABLE.keys, *(option.key for option in OPTIONS)]
    assert [key for key in keys if not re.search(rf"^\| `\[*{re.escape(key)}\]*` ", outlets_page.page(), re.M)] == []


def test_the_page_of_options_is_written_from_the_table() -> None:
    assert outlets_page.PAGE.read_text(encoding="utf-8") == outlets_page.page(), "run `make docs`"


NEW_OPTION = {
    "    note: str | None = None\n": "    note: str | None = None\n    quiet: tuple[timedelta, ...] = ()\n",
    '    Option("note"': '    Option("quiet", Kind.DURATION, "", "", many=True, shared=True),\n    Option("note"',
}
USE_IT = """
import json, sys
from pathlib import Path
import news
news.__path__.insert(0, sys.argv[1])  # where outlets.py has the new option
from cli.main import main
from crawler.outlets.edit import set_key
from crawler.outlets.file import OutletsInvalid, load_outlets
from crawler.outlets.options import FILE_TABLE, from_row, to_row
from tools.outlets_page import page

path = Path(sys.argv[2], "outlets.toml")
path.write_text('[defaults]\\nquiet = "2h"\\n[[outlet]]\\nurl = "https://a.example"\\n[[outlet]]\\nurl = "https://b.test"\\n')
set_key(path, "a", "quiet", ["8h", "1d"])
a, b = load_outlets(path).outlets
assert from_row(a.name, a.url, to_row(a)) == a != b
before = path.read_text()
try:
    set_key(path, "b", "quiet", ["soon"])
except OutletsInvalid as error:
    mistake = str(error)
print(json.dumps([before, str(b.quiet[0]), to_row(a), mistake, "| `quiet` " in page()]), flush=True)
sys.argv = ["newskeep", "outlets", "show", "a", "--json"]
main()
"""


def test_a_new_option_is_two_lines_of_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Path(news.outlets.__file__).read_text(encoding="utf-8")
    for old, new in NEW_OPTION.items():
        assert source.count(old) == 1
        source = source.replace(old, new)
    (tmp_path / "outlets.py").write_text(source, encoding="utf-8")
    monkeypatch.setenv("NEWSKEEP_HOME", str(tmp_path))
    monkeypatch.delenv("NEWSKEEP_DATABASE_URL", raising=False)

    ended = subprocess.run(
        [sys.executable, "-c", USE_IT, tmp_path, tmp_path], capture_output=True, text=True, check=False
    )

    assert ended.returncode == 0, ended.stderr
    (text, inherited, row, mistake, documented), shown = map(json.loads, ended.stdout.splitlines())
    assert text.endswith('url = "https://a.example"\nquiet = ["8h", "1d"]\n[[outlet]]\nurl = "https://b.test"\n')
    assert (inherited, row, documented) == ("2:00:00", {"quiet": ["8h", "1d"]}, True)
    assert mistake.startswith("“soon” is not a duration\n --> outlets.toml:")
    assert {"key": "quiet", "value": ["8h", "1d"], "mark": "set"} in shown["values"]
