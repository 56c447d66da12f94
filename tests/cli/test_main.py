"""What holds for every verb: help, usage errors, hostile text, readers that leave early, and Ctrl-C."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from archive.home import Home
from cli import main as command_line
from cli.outlets import outlets
from cli.output import ignore_broken_pipe
from cli.verbs import SECTIONS, Verbs
from tests.cli.conftest import URL, Newskeep, shown_id
from tests.newsroom import LONG, Newsroom, article

CALL = "from cli.main import main; main()"


def test_a_reader_who_has_seen_enough_is_no_failure() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run(
        [sys.executable, "-c", CALL, "extract", "-"],
        input=b"<p>text</p>",
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_a_full_disk_behind_standard_output_is_reported_and_not_as_a_bug() -> None:
    with open("/dev/full", "wb") as full:
        ended = subprocess.run(
            [sys.executable, "-c", CALL, "extract", "-"],
            input=b"<p>text</p>",
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert ended.returncode == 6
    assert b"no room left" in ended.stderr
    assert b"newskeep doctor" not in ended.stderr
    assert b"Traceback" not in ended.stderr


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    ("verb", "streams", "code"),
    [
        ("extract --jsonl page.html", (1, 2), 6),
        ("db status --json", (1, 2), 6),
        ("outlets list", (2,), 0),
        ("nonsense", (1, 2), 2),
    ],
)
def test_a_full_disk_behind_a_stream_ends_with_a_code_of_the_list(
    verb: str, streams: tuple[int, ...], code: int, unbuffered: str, home: Home, tmp_path: Path
) -> None:
    (tmp_path / "page.html").write_text(f"<h1>Zugunglueck bei Linz</h1><p>{LONG}</p>")
    with open("/dev/full", "wb") as full:
        ended = subprocess.run(
            [sys.executable, "-c", CALL, *verb.split()],
            stdout=full if 1 in streams else subprocess.DEVNULL,
            stderr=full if 2 in streams else subprocess.DEVNULL,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered, "PYTHONPATH": os.getcwd()},
            cwd=tmp_path,
            check=False,
        )
    assert ended.returncode == code


def test_a_stream_that_was_closed_gives_its_number_to_no_file() -> None:
    look = "import sys; from cli.output import *; open_missing(); print(1); sys.exit(open('/dev/zero').fileno())"
    ended = subprocess.run(["/bin/sh", "-c", 'exec "$0" -c "$1" <&- >&- 2>&-', sys.executable, look], check=False)
    assert ended.returncode == 3


def test_an_unforeseen_error_is_reported_as_a_bug_with_its_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def break_(*args: object, **named: object) -> object:
        raise OSError("unforeseen")

    monkeypatch.setattr(command_line.AllVerbs, "invoke", break_)
    monkeypatch.setattr(sys, "argv", ["newskeep", "db", "status"])
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    assert ended.value.code == 1
    assert "Traceback" in (printed := capsys.readouterr().err)
    assert "a bug in newskeep" in printed


def test_ctrl_c_before_anything_has_begun_ends_with_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def cut(*args: object, **named: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(command_line.AllVerbs, "invoke", cut)
    monkeypatch.setattr(sys, "argv", ["newskeep", "db", "status"])
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    assert ended.value.code == 130
    assert "interrupted" in capsys.readouterr().err


def call(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", CALL, *args], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("args", "then"),
    [
        (["sarch", "x"], "newskeep search"),
        (["outlets", "tets"], "newskeep outlets test"),
        (["db", "sttus"], "newskeep db status"),
        (["crawls", "shwo", "3"], "newskeep crawls show"),
    ],
)
def test_a_verb_that_does_not_exist_names_the_nearest_on_every_level(args: list[str], then: str) -> None:
    ended = call(*args)
    what, hint = ended.stderr.splitlines()
    assert what.startswith("error: there is no verb “")
    assert hint == f"  try: {then}"
    assert ended.returncode == 2


def test_a_verb_like_no_other_leads_to_the_overview() -> None:
    assert call("qqqq").stderr.splitlines() == ["error: there is no verb “qqqq”", "  try: newskeep --help"]


@pytest.mark.parametrize("args", [["crawl", "--limit", "0", "x"], ["show", "--rwa"], ["extract", "no-such-file"]])
def test_what_click_finds_wrong_reads_like_our_own_errors(args: list[str]) -> None:
    ended = call(*args)
    what, hint = ended.stderr.splitlines()
    assert what.startswith("error: ")
    assert what[7].islower()
    assert hint == f"  try: newskeep {args[0]} --help"
    assert (ended.returncode, ended.stdout) == (2, "")


def test_a_bug_of_ours_ends_with_1_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*args: object, **named: object) -> object:
        raise ZeroDivisionError("one by none")

    monkeypatch.setattr(command_line.AllVerbs, "invoke", broken)
    monkeypatch.setattr(sys, "argv", ["newskeep", "db", "status"])
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    printed = capsys.readouterr().err
    assert ended.value.code == 1
    assert "ZeroDivisionError: one by none" in printed
    assert "error: this is a bug in newskeep" in printed


@pytest.mark.parametrize(("args", "code"), [(["sarch"], 2), (["db"], 2), (["--version"], 0), (["crawl", "--help"], 0)])
def test_usage_keeps_its_exit_codes(args: list[str], code: int) -> None:
    ended = subprocess.run([sys.executable, "-c", CALL, *args], capture_output=True, check=False)
    assert ended.returncode == code


def test_what_outlives_its_reader_goes_on_and_other_errors_are_reported() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with ignore_broken_pipe(writing):
        os.write(writing, b"lost")
    assert os.write(writing, b"into nothing") > 0
    os.close(writing)
    with pytest.raises(ConnectionResetError), ignore_broken_pipe(writing):
        raise ConnectionResetError


def every_verb() -> list[list[str]]:
    """All verbs of both levels, as they are typed."""
    found = []
    root = click.Context(command_line.newskeep)
    for name in command_line.newskeep.list_commands(root):
        command = command_line.newskeep.get_command(root, name)
        found.append([name])
        if isinstance(command, click.Group):
            found += [[name, verb] for verb in command.list_commands(click.Context(command))]
    return found


@pytest.mark.parametrize("verb", every_verb(), ids=" ".join)
def test_each_verb_s_help_starts_with_two_examples(verb: list[str]) -> None:
    printed = CliRunner().invoke(command_line.newskeep, [*verb, "--help"], prog_name="newskeep").output
    examples = printed.partition("Options:")[0].splitlines()[2:]
    assert sum("newskeep " in line for line in examples) >= 2


@pytest.mark.parametrize("group", [command_line.newskeep, outlets], ids=lambda group: group.name)
def test_the_overview_says_of_each_verb_what_its_own_help_begins_with(group: Verbs) -> None:
    for verb in group.verbs.values():
        command = group.get_command(click.Context(group), verb.name)
        assert command
        assert command.name == verb.name
        assert (command.help or "").splitlines()[0] == verb.help
        assert verb.help.endswith(".")


def test_each_verb_stands_in_a_section_of_the_overview() -> None:
    assert {verb.section for verb in command_line.newskeep.verbs.values()} == {*SECTIONS} - {"Verbs"}


def test_a_new_file_is_a_new_verb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "verbs_of_a_test"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "import_.py").write_text(
        'import click\n\nSECTION = "Read"\n\n@click.command("import")\ndef import_() -> None:\n    """Take it in."""\n'
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    group = Verbs(package=package.name)
    [verb] = group.verbs.values()
    assert verb == ("import", f"{package.name}.import_", "import_", "Take it in.", "Read")
    assert isinstance(group.get_command(click.Context(group), "import"), click.Command)


HEAVY = ("scrapy", "sqlalchemy", "psycopg", "lxml", "selectolax", "aiohttp", "numpy", "rich", "w3lib", "cronsim")


HELP = f"""
import sys
from click.testing import CliRunner
from cli.main import newskeep
for verb in {every_verb()!r}:
    assert CliRunner().invoke(newskeep, [*verb, "--help"]).exit_code == 0
    loaded = [name for name in {HEAVY!r} if name in sys.modules]
    assert not loaded, (verb, loaded)
"""


def test_no_verb_s_help_waits_for_what_only_its_work_needs() -> None:
    subprocess.run([sys.executable, "-c", HELP], check=True)


UNCLEAR = [
    ("show", "a999"),
    ("show", "s999"),
    ("show", "https://krone.example/unknown"),
    ("show", "nonsense"),
    ("show", URL, "--revision", "7"),
    ("show",),
    ("show", URL, "--crawl", "1"),
    ("show", URL, "--raw", "--json"),
    ("show", URL, "--raw", "--removed"),
    ("show", "--removed", "--crawl", "999"),
    ("show", "--removed", "--crawl", "99999999999999999999"),
    ("diff", "a999"),
    ("diff", URL, "1", "7"),
    ("diff", "--crawl", "999"),
    ("diff",),
    ("explain", "a999"),
    ("explain", "non sense"),
    ("explain", "azzz"),
    ("explain", "a99999999999999999999"),
    ("crawls", "show", "999"),
    ("search",),
]


def test_what_is_unknown_or_unclear_is_a_usage_error(newskeep: Newskeep, article_id: str) -> None:
    for arguments in UNCLEAR:
        outcome = newskeep(*arguments)
        assert (outcome.code, outcome.out) == (2, ""), arguments
        assert "rror: " in outcome.err


def test_nothing_from_a_page_steers_the_terminal(newskeep: Newskeep, newsroom: Newsroom) -> None:
    evil = "\x1b]0;owned\x07\x9b31m\u202e\x08"
    first = article(
        f"https://krone.example/{evil}", LONG + evil, headline="Zug" + evil, lead=evil, teasers=("T" + evil,)
    )
    (outcome,) = newsroom.store(first)
    newsroom.store(article(f"https://krone.example/{evil}", LONG + evil + evil + "x", headline="Zug 2" + evil))
    named = shown_id(outcome)
    for arguments in (
        ("show", named),
        ("show", named, "--removed"),
        ("show", named, "--copies"),
        ("show", named, "--json"),
        ("search", "zug"),
        ("search", "zug", "--json"),
        ("diff", named),
        ("diff", named, "--json"),
        ("explain", named),
        ("explain", named, "--json"),
        ("explain", f"https://krone.example/{evil}x"),
        ("show", f"{evil}x"),
    ):
        outcome = newskeep(*arguments)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", outcome.out + outcome.err), arguments
        if "--json" in arguments:
            assert all(json.loads(line) for line in outcome.out.splitlines())


@pytest.mark.parametrize("verb", ["show", "search", "diff", "explain", "crawls"])
def test_help_starts_with_two_examples(newskeep: Newskeep, verb: str) -> None:
    outcome = newskeep(verb, "--help")

    assert outcome.code == 0
    assert len(re.findall(rf"^ +newskeep {verb}", outcome.out, re.MULTILINE)) >= 2


@pytest.mark.parametrize("verb", [("search", "Linz"), ("crawls", "list")])
def test_an_outlet_that_was_never_crawled_is_named_with_the_nearest(
    newskeep: Newskeep, article_id: str, verb: tuple[str, ...]
) -> None:
    outcome = newskeep(*verb, "--outlet", "kroen")

    assert outcome.code == 2
    assert "from an outlet “kroen”" in outcome.err
    assert "krone" in outcome.err.replace("kroen", "")
