"""The versions of the rule sets are those of the rules' sources."""

import ast
from pathlib import Path

import pytest

from tools import ruleset


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A rule set of one folder with one module."""
    (tmp_path / "teasers").mkdir()
    (tmp_path / "teasers" / "lists.py").write_text('"""Lists."""\n\nLONGEST = 40  # characters\n', encoding="utf-8")
    (tmp_path / "ruleset.py").write_text('READING_RULES = "2026-11-05-00000000"  # reading\n', encoding="utf-8")
    monkeypatch.setattr(ruleset, "ROOT", tmp_path)
    monkeypatch.setattr(ruleset, "FILE", tmp_path / "ruleset.py")
    monkeypatch.setattr(ruleset, "SOURCES", {"READING_RULES": ("teasers",)})
    return tmp_path / "teasers"


def test_committed_versions_are_those_of_the_sources() -> None:
    assert ruleset.outdated() == [], "the rules have changed: run `make ruleset`"


@pytest.mark.parametrize("name", ruleset.SOURCES)
def test_what_the_rules_import_belongs_to_a_rule_set(name: str) -> None:
    listed = {path for known in ruleset.SOURCES for path in ruleset.sources(known)}
    types = {
        f"news/{name}.py" for name in ("access", "article", "errors", "rule_ids", "ruleset")
    }  # they decide nothing
    imported = {file for path in ruleset.sources(name) if path.suffix == ".py" for file in imports(path)}

    assert {str(file.relative_to(ruleset.ROOT)) for file in imported - listed} <= types


def imports(path: Path) -> set[Path]:
    """The files of this project that a module imports."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    modules = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    found = (ruleset.ROOT / module.replace(".", "/") for module in modules)
    files = (path / "__init__.py" if path.is_dir() else path.with_suffix(".py") for path in found)
    return {file for file in files if file.is_file()}


@pytest.mark.parametrize(
    "text",
    [
        "LONGEST = (\n    40\n)\n",
        '"""Lists of other articles."""\n\n# letters\nLONGEST = 40\n',
    ],
)
def test_layout_comments_and_docstrings_are_no_change(rules: Path, text: str) -> None:
    before = ruleset.rules_hash("READING_RULES")

    (rules / "lists.py").write_text(text, encoding="utf-8")

    assert ruleset.rules_hash("READING_RULES") == before


def test_a_moved_module_is_no_change(rules: Path) -> None:
    before = ruleset.rules_hash("READING_RULES")

    (rules / "lists.py").rename(rules / "timed_lists.py")

    assert ruleset.rules_hash("READING_RULES") == before


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("lists.py", "LONGEST = 41\n"),
        ("promos.py", "OFFER = 'newsletter'\n"),
        ("phrases.txt", "read more\n"),
    ],
)
def test_a_changed_rule_and_a_new_file_are_a_change(rules: Path, file: str, text: str) -> None:
    before = ruleset.rules_hash("READING_RULES")

    (rules / file).write_text(text, encoding="utf-8")

    assert ruleset.rules_hash("READING_RULES") != before


def test_renewing_writes_hash_and_date_once(rules: Path) -> None:
    assert ruleset.outdated() == ["READING_RULES"]
    assert ruleset.renew("2026-12-01")
    assert ruleset.FILE.read_text() == (
        f'READING_RULES = "2026-12-01-{ruleset.rules_hash("READING_RULES")}"  # reading\n'
    )
    assert not ruleset.renew("2026-12-02")


def test_the_hash_is_the_same_in_every_version_of_python(rules: Path) -> None:
    module = (
        'import re\nclass A:\n    """B."""\n    x: int = -1\n    def f(self, *, a="é\\u0378", **b):\n'
        '        return f"{a!r:>{self.x}} {b[0]}" "!"\n'
    )
    (rules / "lists.py").write_text(module, encoding="utf-8")

    assert ruleset.rules_hash("READING_RULES") == "5f1f7c9a"
