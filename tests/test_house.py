"""Rules for the whole repository: imports run one way, tests mirror the packages, and lock and licences fit."""

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


# --- imports


def test_imports_run_one_way() -> None:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]

    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stdout


# --- tests

NO_MODULE = {
    "archive/test_migrations.py": "the migrations have a folder of their own",
    "archive/test_pooler.py": "PostgreSQL as others run it",
    "cli/test_no_archive.py": "every verb, in a folder without an archive",
    "crawler/extraction/test_hostile.py": "pages made to harm any module of the package",
    "crawler/extraction/test_reported_pages.py": "pages that users of any reader reported",
}


def is_mirrored(test: Path) -> bool:
    """Return whether a test file such as news/test_dates.py names a module or a package of its folder."""
    name = test.stem.removeprefix("test_")
    return any((ROOT / test.parent / found).exists() for found in (f"{name}.py", f"{name}_.py", f"{name}/__init__.py"))


def test_each_test_file_of_a_package_is_named_after_a_module_of_it() -> None:
    tests = ROOT / "tests"
    folders = [folder for folder in tests.iterdir() if (ROOT / folder.name / "__init__.py").exists()]
    files = [path.relative_to(tests) for folder in folders for path in sorted(folder.rglob("test_*.py"))]

    assert len(folders) >= 6
    assert {str(path) for path in files if not is_mirrored(path)} <= NO_MODULE.keys()


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
    """Yield the distributions that Newskeep needs at run time, and those that they need."""
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


def forbids(licence: str) -> bool:
    """Return whether a licence would apply to Newskeep itself, or is not stated."""
    return bool(re.search(r"GPL|General Public License|unknown", re.sub(r"LGPL|Lesser General Public", "", licence)))


@pytest.mark.parametrize("text", ["GPL-3.0-only", "AGPL-3.0", "GNU General Public License v2", "unknown"])
def test_a_licence_that_reaches_over_is_seen(text: str) -> None:
    assert forbids(text)


@pytest.mark.parametrize("text", ["MIT", "LGPL-3.0-only", "GNU Lesser General Public License v3", "MPL-2.0"])
def test_a_licence_that_stays_with_its_package_is_allowed(text: str) -> None:
    assert not forbids(text)


def test_nothing_at_run_time_is_under_the_gpl() -> None:
    licences = {found.name: licence(found) for found in installed_for_use()}

    assert len(licences) > len(PROJECT["dependencies"])  # the search went beyond the direct ones
    assert {name: text for name, text in licences.items() if forbids(text)} == {}
