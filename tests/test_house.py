"""The house itself: what the documents promise is there, what the lock holds is safe, and imports run one way."""

import importlib.metadata
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click
import pytest
from packaging.requirements import Requirement

from cli.main import newskeep
from tools import settings_page

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


# --- imports


def test_imports_run_one_way() -> None:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]

    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stdout


# --- the lock


def locked_packages() -> dict[str, str]:
    """Each entry of the lock by name: its version pin, marker and hashes."""
    entries = re.split(r"\n(?=\S)", LOCK.strip())
    return {re.split(r"[=<>~! ]", entry, maxsplit=1)[0]: entry for entry in entries}


@pytest.mark.parametrize(("name", "entry"), locked_packages().items())
def test_each_locked_package_has_one_version_and_its_hashes(name: str, entry: str) -> None:
    assert re.match(rf"{re.escape(name)}==\d[\w.+]*[ ;\\]", entry)
    assert re.findall(r"--hash=sha256:[0-9a-f]{64}(?= |\n|$)", entry)


def test_the_lock_names_no_address() -> None:
    assert "://" not in LOCK
    assert not re.search(r"^\s*-(i|f|-index|-extra-index|-find)", LOCK, re.MULTILINE)


def test_the_lock_holds_every_package_that_the_project_asks_for() -> None:
    asked = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
    assert {Requirement(line).name for line in asked} <= locked_packages().keys()


# --- licences


def installed_for_use() -> Iterator[importlib.metadata.Distribution]:
    """The distributions that Newskeep needs at run time, and those that they need."""
    waiting, seen = [Requirement(line) for line in PROJECT["dependencies"]], set[str]()
    while waiting:
        wanted = waiting.pop()
        if wanted.name.lower() in seen:
            continue
        seen.add(wanted.name.lower())
        found = importlib.metadata.distribution(wanted.name)
        yield found
        needs = [Requirement(line) for line in found.requires or ()]
        extras = [{"extra": extra} for extra in wanted.extras] or [{"extra": ""}]
        waiting += [need for need in needs if not need.marker or any(need.marker.evaluate(dict(e)) for e in extras)]


def licence(distribution: importlib.metadata.Distribution) -> str:
    about = distribution.metadata
    classifiers = [line for line in about.get_all("Classifier", []) if line.startswith("License")]
    return about.get("License-Expression") or " ".join(classifiers) or about.get("License") or "unknown"


def forbids(told: str) -> bool:
    """Whether a licence would reach over to Newskeep itself, or is not stated."""
    return bool(re.search(r"GPL|General Public License|unknown", re.sub(r"LGPL|Lesser General Public", "", told)))


@pytest.mark.parametrize("told", ["GPL-3.0-only", "AGPL-3.0", "GNU General Public License v2", "unknown"])
def test_a_licence_that_reaches_over_is_seen(told: str) -> None:
    assert forbids(told)


@pytest.mark.parametrize("told", ["MIT", "LGPL-3.0-only", "GNU Lesser General Public License v3", "MPL-2.0"])
def test_a_licence_that_stays_with_its_package_is_let_be(told: str) -> None:
    assert not forbids(told)


def test_nothing_at_run_time_is_under_the_gpl() -> None:
    licences = {found.name: licence(found) for found in installed_for_use()}

    assert len(licences) > len(PROJECT["dependencies"])  # the search went beyond the direct ones
    assert {name: told for name, told in licences.items() if forbids(told)} == {}


# --- documents


def test_the_settings_page_is_written_from_the_table_of_settings() -> None:
    page = settings_page.page()

    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == page, "run `make docs`"


def test_the_readme_can_be_read_in_two_minutes() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 150


def test_the_changelog_tells_of_this_version() -> None:
    assert f"## {PROJECT['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def commands(program: str) -> list[str]:
    """Each call of *program* in a code block or between backticks in the documents, without the remark beside it."""
    found = set()
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        lines = [line for block in re.findall(r"```\w*\n(.*?)```", text, re.DOTALL) for line in block.splitlines()]
        lines += re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
        found |= {
            part for line in lines for part in re.split(r"\s{2,}|\$ |\s>+\s", line) if part.startswith(f"{program} ")
        }
    return sorted(found)


@pytest.mark.parametrize("line", commands("newskeep"))
def test_each_newskeep_command_in_the_documents_exists(line: str) -> None:
    with suppress(click.MissingParameter):  # a sentence may name a verb without its arguments
        files = (".html", ".jsonl", ".warc.gz")
        parse(newskeep, ["-" if word.endswith(files) else word for word in shlex.split(line)[1:]])


def parse(group: click.Command, words: list[str]) -> None:
    """Read *words* as click would, without running anything; raises click's own error for what is not there."""
    context = group.make_context(group.name, list(words), resilient_parsing=False)
    if isinstance(group, click.Group) and context._protected_args:
        _, command, rest = group.resolve_command(context, [*context._protected_args, *context.args])
        assert command, f"no verb {words[0]}"
        parse(command, rest)


@pytest.mark.parametrize("words", [["nonesuch"], ["extract", "--nonesuch", "-"]])
def test_a_command_that_does_not_exist_is_noticed(words: list[str]) -> None:
    with pytest.raises(click.UsageError):
        parse(newskeep, words)


@pytest.mark.parametrize("line", commands("make"))
def test_each_make_target_in_the_documents_exists(line: str) -> None:
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)

    assert line.split()[1] in targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_each_file_that_a_document_links_to_exists(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8"))

    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_verb_is_named_in_the_documents() -> None:
    text = " ".join(document.read_text(encoding="utf-8") for document in DOCUMENTS)

    assert [verb for verb in newskeep.verbs if f"newskeep {verb}" not in text] == []
