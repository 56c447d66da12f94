"""What holds for every verb: readers who leave early, and Ctrl-C."""

import os
import subprocess
import sys

import pytest

from cli import main as command_line
from cli.output import outliving

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


def test_ctrl_c_before_anything_has_begun_ends_with_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def cut(*args: object, **named: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(command_line.Verbs, "invoke", cut)
    monkeypatch.setattr(sys, "argv", ["newskeep", "db", "status"])
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    assert ended.value.code == 130
    assert "interrupted" in capsys.readouterr().err


@pytest.mark.parametrize(("args", "code"), [(["sarch"], 2), (["db"], 2), (["--version"], 0), (["crawl", "--help"], 0)])
def test_usage_keeps_its_exit_codes(args: list[str], code: int) -> None:
    ended = subprocess.run([sys.executable, "-c", CALL, *args], capture_output=True, check=False)
    assert ended.returncode == code


def test_what_outlives_its_reader_goes_on_and_other_errors_are_told() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with outliving(writing):
        os.write(writing, b"lost")
    assert os.write(writing, b"into nothing") > 0
    os.close(writing)
    with pytest.raises(ConnectionResetError), outliving(writing):
        raise ConnectionResetError
