"""What a shell is told when somebody presses tab."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CALL = "from cli.main import main; main()"


def call(*args: str, **environ: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", CALL, *args], capture_output=True, text=True, env=dict(os.environ) | environ, check=True
    )
    return ended.stdout


def complete(*words: str) -> list[str]:
    """Return the answers to tab after the last of *words*, as bash gets them: type,value."""
    asked = {"COMP_WORDS": " ".join(("newskeep", *words)), "COMP_CWORD": str(len(words))}
    return [line.partition(",")[2] for line in call(**asked, _NEWSKEEP_COMPLETE="bash_complete").split()]


@pytest.mark.parametrize(
    ("shell", "asks"), [("bash", "bash_complete"), ("zsh", "zsh_complete"), ("fish", "fish_complete")]
)
def test_each_shell_gets_a_script_that_asks_in_its_way(shell: str, asks: str) -> None:
    script = call("completion", shell)
    assert f"_NEWSKEEP_COMPLETE={asks}" in script
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=script, text=True, check=True)


def test_verbs_are_completed_on_both_levels() -> None:
    assert complete("cra") == ["crawl", "crawls"]
    assert complete("outlets", "e") == ["export"]
    assert complete("db", "st") == ["status", "stop"]


def test_outlets_are_completed_where_one_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSKEEP_HOME", str(tmp_path))
    toml = '[[outlet]]\nurl = "https://www.krone.at"\n[[outlet]]\nurl = "https://kurier.at"\n'
    (tmp_path / "outlets.toml").write_text(toml, encoding="utf-8")
    assert complete("crawl", "k") == ["krone", "kurier"]
    assert complete("outlets", "off", "kr") == ["krone"]
    assert complete("search", "--outlet", "ku") == ["kurier"]


def test_a_broken_outlets_toml_completes_nothing_and_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSKEEP_HOME", str(tmp_path))
    (tmp_path / "outlets.toml").write_text("[[", encoding="utf-8")
    assert complete("crawl", "k") == []
