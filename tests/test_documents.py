"""Documents, comments and docstrings name only files, modules, make targets and commands that exist."""

import ast
import re
import shlex
import tokenize
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from cli.main import newskeep
from tools import settings_page

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("archive", "benchmarks", "cli", "crawler", "migrations", "news", "scheduler", "tests", "tools")
FOLDERS = (*PACKAGES, "docs", "web")
MANUALS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")] + sorted(ROOT.glob("docs/*.md"))
DOCUMENTS = [
    *MANUALS,
    ROOT / "CHANGELOG.md",
    *sorted(ROOT.glob("docs/*/*.md")),
    *sorted(ROOT.glob("benchmarks/**/*.md")),
]
SCRIPTS = [ROOT / name for name in ("Makefile", "Dockerfile", "docker-compose.yml", ".ci/run", "pyproject.toml")]
CONFIGURATIONS = [
    *(ROOT / name for name in (".env.example", ".github/workflows/ci.yml", ".pre-commit-config.yaml")),
    *(ROOT / "docs" / name for name in ("newskeep.service", "prometheus-rules.yml")),
]
SOURCES = [path for folder in PACKAGES for path in sorted((ROOT / folder).rglob("*.py"))]

PLACEHOLDER = re.compile(r"[A-Z_-]{3,}|.*[*…<{].*|NNNN.*")
PATH = re.compile(
    rf"(?<![\w/.:@~-])(?:{'|'.join(FOLDERS)}|\.ci|\.github)/[\w./*…<>{{}}-]*|(?<![\w/.*-])\w[\w-]*\.(?:py|md)\b"
)
MODULE = re.compile(rf"(?<![\w/.@-])(?:{'|'.join(PACKAGES)})(?:\.[a-zA-Z_]\w*)+(?![\w/-]|\.\w)")
HOSTS_AND_FILES = (
    "org",
    "com",
    "net",
    "at",
    "de",
    "test",
    "example",
    "toml",
    "xml",
    "html",
    "py",
    "md",
    "jsonl",
    "gz",
    "ini",
    "txt",
)

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ALLOWED = {"archive/"}  # part of an address in examples


class Text(NamedTuple):
    """A piece of prose, and where it begins."""

    path: Path
    line: int
    text: str

    def place(self, position: int) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line + self.text.count(chr(10), 0, position)}"


@cache
def prose() -> list[Text]:
    """All documents and configuration files, and all comments and docstrings of the code."""
    whole = [Text(path, 1, path.read_text(encoding="utf-8")) for path in DOCUMENTS]
    return (
        whole
        + [configuration(path) for path in CONFIGURATIONS]
        + [text for path in SCRIPTS for text in shell_comments(path)]
        + [text for path in SOURCES for text in [*comments(path), *docstrings(path)]]
    )


def configuration(path: Path) -> Text:
    """Return a configuration file as prose, each of its commands alone on a line and without the program's folder."""
    around = r"^#\s*|^\s*(?:- run: |Exec\w+=-?)|\bsudo -u \w+ |\S+/bin/(?=newskeep )"
    return Text(path, 1, re.sub(around, "", path.read_text(encoding="utf-8"), flags=re.MULTILINE))


def shell_comments(path: Path) -> Iterator[Text]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if comment := re.search(r"(?:^|\s)#\s(.*)", line):
            yield Text(path, number, comment[1])


def comments(path: Path) -> Iterator[Text]:
    with tokenize.open(path) as file:
        for token in tokenize.generate_tokens(file.readline):
            if token.type == tokenize.COMMENT:
                yield Text(path, token.start[0], token.string)


def docstrings(path: Path) -> Iterator[Text]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node, clean=False)
            if text:
                yield Text(path, node.body[0].lineno, text)


# --- paths


def missing_paths(text: Text) -> Iterator[str]:
    """Yield each path or file name in *text* that does not exist, with its place."""
    for found in PATH.finditer(text.text):
        named = found[0].rstrip(".")
        if named not in ALLOWED and not path_exists(named, text.path.parent):
            yield f"{text.place(found.start())}: {named}"


def path_exists(named: str, folder: Path) -> bool:
    parts = named.split("/")
    fixed = "/".join(part for part in parts[: next((i for i, p in enumerate(parts) if PLACEHOLDER.fullmatch(p)), None)])
    if "/" not in named:
        return named in file_names() or PLACEHOLDER.fullmatch(named.partition(".")[0]) is not None
    return any((root / (fixed + end)).exists() for root in (ROOT, folder) for end in ("", ".py"))


@cache
def file_names() -> frozenset[str]:
    return frozenset(path.name for folder in (*FOLDERS, "") for path in (ROOT / folder).glob("**/*" if folder else "*"))


def test_each_path_that_a_text_names_exists() -> None:
    assert [wrong for text in prose() for wrong in missing_paths(text)] == []


@pytest.mark.parametrize(
    "named",
    ["docs/nonesuch.md", "crawler/nonesuch", "`tests/nonesuch/OUTLET/`", "see nonesuch.py", "(scheduler/none.py)"],
)
def test_a_path_that_does_not_exist_is_noticed(named: str) -> None:
    assert len(list(missing_paths(Text(ROOT / "README.md", 1, named)))) == 1


@pytest.mark.parametrize(
    "named",
    ["crawler/", "docs/settings.md", "docs/decisions/NNNN-title.md", "https://example.org/docs/x.md", "news/text.py."],
)
def test_a_path_that_exists_or_is_a_pattern_or_an_address_passes(named: str) -> None:
    assert list(missing_paths(Text(ROOT / "README.md", 1, named))) == []


# --- modules


def missing_modules(text: Text) -> Iterator[str]:
    """Yield each dotted name in *text* that is neither a module nor a name in one, with its place."""
    for found in MODULE.finditer(text.text):
        if found[0].rpartition(".")[2] not in HOSTS_AND_FILES and not module_exists(found[0].split(".")):
            yield f"{text.place(found.start())}: {found[0]}"


def module_exists(parts: list[str]) -> bool:
    path = ROOT / parts[0]
    rest = parts[1:]
    while rest and ((path / rest[0]).is_dir() or (path / f"{rest[0]}.py").is_file()):
        path = path / rest.pop(0)
    return not rest or rest[0] in names_of(path / "__init__.py" if path.is_dir() else path.with_suffix(".py"))


@cache
def names_of(path: Path) -> frozenset[str]:
    """Return the names that a module defines or imports."""
    if not path.is_file():
        return frozenset()
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    names = [getattr(node, "name", getattr(node, "id", None)) for node in nodes]
    return frozenset(name for name in names if isinstance(name, str))


def test_each_module_that_a_text_names_exists() -> None:
    assert [wrong for text in prose() for wrong in missing_modules(text)] == []


@pytest.mark.parametrize(
    ("named", "wrong"), [("crawler.nonesuch", 1), ("news.settings.SETTINGS", 0), ("news.example.org", 0)]
)
def test_a_module_that_does_not_exist_is_noticed(named: str, wrong: int) -> None:
    assert len(list(missing_modules(Text(ROOT / "README.md", 1, named)))) == wrong


# --- commands


def code_spans(text: str) -> Iterator[tuple[int, str]]:
    """Yield what stands between backticks or alone on a line of a code block or an example, with its position."""
    for found in re.finditer(
        r"(?<!`)`([^`\n]+)`(?!`)|^[ \t]*((?:\w+=\S+ )?(?:newskeep|make) [^`\n]+)$", text, re.MULTILINE
    ):
        for part in re.split(r"\s{2,}|\$ ?\(?|\)|\s[>|#]+\s", found[1] or found[2]):
            yield found.start(), re.sub(r"^(?:[A-Z_]+=\S+ )+", "", part.strip())


def wrong_commands(text: Text) -> Iterator[str]:
    """Yield each `newskeep` command and make target in *text* that does not exist, with its place."""
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    for position, span in code_spans(text.text):
        words = re.sub(r"'[^']*'|\"[^\"]*\"", "TEXT", span).split()
        if words[:1] == ["newskeep"] and (wrong := unknown_word(words[1:])):
            yield f"{text.place(position)}: {span} ({wrong})"
        if words[:1] == ["make"] and len(words) > 1 and words[1] not in targets:
            yield f"{text.place(position)}: {span}"


def unknown_word(words: list[str]) -> str | None:
    """Return the first word that is neither a verb nor an option of its verb, where one is expected."""
    command: click.Command = newskeep
    rest = list(words)
    while isinstance(command, click.Group) and rest and re.fullmatch(r"[a-z]+", rest[0]):
        verb = command.get_command(click.Context(command), rest[0])
        if verb is None:
            return rest[0]
        command = verb
        rest.pop(0)
    if command.context_settings.get("ignore_unknown_options"):  # another program's
        return None
    options = {"--help", "-h", "--version"} | {
        name for option in command.params for name in option.opts + option.secondary_opts
    }
    given = [re.split(r"[=,;.]", word)[0] for word in rest if re.match(r"--?[a-z]", word)]
    return next((word for word in given if word not in options), None)


def test_each_command_that_a_text_names_exists() -> None:
    assert [wrong for text in prose() for wrong in wrong_commands(text)] == []


@pytest.mark.parametrize(
    "named",
    [
        "`newskeep nonesuch`",
        "newskeep outlets nonesuch x",
        "`newskeep show ID --nonesuch`",
        "`make nonesuch`",
        "A=1 newskeep nope",
    ],
)
def test_a_command_that_does_not_exist_is_noticed(named: str) -> None:
    assert len(list(wrong_commands(Text(ROOT / "README.md", 1, named)))) == 1


def hints() -> Iterator[Text]:
    """Yield the commands in messages: text constants with one at a line's start or after a colon; X for each value."""
    for path in SOURCES:
        if path.is_relative_to(ROOT / "tests"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            parts = node.values if isinstance(node, ast.JoinedStr) else [node]
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in parts)
            if isinstance(node, ast.Constant | ast.JoinedStr):
                for found in re.finditer(r"(?:^|: )(newskeep [a-z][^;\n`]*)", text, re.MULTILINE):
                    yield Text(path, node.lineno, re.split(r"\s{2,}|, ", found[1])[0])


def test_each_command_that_a_message_recommends_exists() -> None:
    assert [wrong for text in hints() for wrong in wrong_commands(text)] == []


def examples() -> list[str]:
    """Each `newskeep` command in a manual, without the remark beside it."""
    spans = {span for path in MANUALS for _, span in code_spans(path.read_text(encoding="utf-8"))}
    return sorted(span for span in spans if span.startswith("newskeep "))


@pytest.mark.parametrize("line", examples())
def test_each_command_in_a_manual_can_be_typed(line: str) -> None:
    with suppress(click.MissingParameter):  # a sentence may name a verb without its arguments
        files = (".html", ".jsonl", ".warc.gz", ".wacz")
        parse(newskeep, ["-" if word.endswith(files) else word for word in shlex.split(line)[1:]])


def parse(group: click.Command, words: list[str]) -> None:
    """Read *words* as click would, without running anything. Raises click's own error for what is wrong."""
    context = group.make_context(group.name, list(words), resilient_parsing=False)
    if isinstance(group, click.Group) and context._protected_args:
        _, command, rest = group.resolve_command(context, [*context._protected_args, *context.args])
        assert command, f"no verb {words[0]}"
        parse(command, rest)


def test_every_verb_is_named_in_a_manual() -> None:
    text = " ".join(path.read_text(encoding="utf-8") for path in MANUALS)

    assert [verb for verb in newskeep.verbs if f"newskeep {verb}" not in text] == []


def test_a_command_in_a_configuration_file_is_seen() -> None:
    unit = configuration(ROOT / "docs" / "newskeep.service")

    assert {"newskeep daemon", "newskeep db stop"} <= {span for _, span in code_spans(unit.text)}


# --- single documents


def test_the_settings_page_is_written_from_the_table_of_settings() -> None:
    page = settings_page.page()

    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == page, "run `make docs`"


def test_the_readme_can_be_read_in_two_minutes() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 150


def test_the_changelog_tells_of_this_version() -> None:
    assert f"## {PROJECT['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def anchors(document: Path) -> set[str]:
    """Return the fragments under which GitHub links to the document's headings."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_file_and_heading_that_a_document_links_to_exists(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)", document.read_text(encoding="utf-8"))
    targets = [(document.parent / path if path else document, fragment) for path, fragment in links]

    assert [path for path, _ in targets if not path.exists()] == []
    assert [fragment for path, fragment in targets if fragment and fragment not in anchors(path)] == []


def test_the_changelog_has_three_headings_and_entries_of_one_line_each() -> None:
    lines = [line for line in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()[6:] if line]

    headings = r"## \d+\.\d+\.\d+.*|### (?:Added|Changed|Fixed)|[A-Z][a-z ]+:"
    assert [line for line in lines if not re.fullmatch(rf"{headings}|- .{{1,147}}\.", line)] == []


def test_no_change_is_told_twice() -> None:
    entries = re.findall(r"^- .*", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    words = [frozenset(re.findall(r"[\w.-]{3,}", entry.lower())) - {"the", "and", "newskeep"} for entry in entries]

    assert [(a, b) for a, b in combinations(words, 2) if len(a & b) > 0.6 * min(len(a), len(b))] == []


DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
PARTS = ("**Context.** ", "**Decision.** ", "**Consequences.** ", "**What would change it.** ")


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_is_dated_has_four_parts_and_fifteen_lines(path: Path) -> None:
    title, date, *lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line]

    assert re.fullmatch(r"# \d+\. .+", title)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", date)
    assert [line[: line.index("**", 2) + 3] for line in lines if line.startswith("**")] == list(PARTS)
    assert len(lines) + 2 <= 15


def test_the_index_of_decisions_has_each_number_with_title_and_date() -> None:
    def row(path: Path) -> str:
        title, _, date = path.read_text(encoding="utf-8").splitlines()[:3]
        return f"- [{path.name[:4]}]({path.name}) {title.partition('. ')[2]} ({date})"

    index = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    assert [line for line in index.splitlines() if line.startswith("- ")] == [row(path) for path in DECISIONS]


def test_every_dependency_is_in_the_table_of_dependencies() -> None:
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").replace(".", "-")
    names = [re.split(r"[\[><=~! ]", line)[0] for line in PROJECT["dependencies"]]
    assert [name for name in names if not re.search(rf"\| (?:[\w-]+, )?{name}\b", text)] == []
