"""Renew the versions of the rule sets in news/ruleset.py. `make ruleset` runs it; a test compares."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "news" / "ruleset.py"
# A folder stands for all files in it, so that a new one counts by its presence.
SOURCES = {
    "READING_RULES": (
        "crawler/extraction",
        "news/teasers",
        "news/agencies.py",
        "news/dates.py",
        "news/edit_kind_words.py",
        "news/notices.py",
        "news/phrases.py",
        "news/text.py",
    ),
    "BOILERPLATE_RULES": ("news/sameness/normal_forms.py", "news/sameness/boilerplate.py"),
}
_LINE = r'^{name} = "(?P<prefix>(?:[a-z]+-)?)(?P<date>\d{{4}}-\d\d-\d\d)-(?P<hash>[0-9a-f]{{8}})"'
_HASH_LENGTH = 8
_LEFT_OUT = frozenset(("lineno", "col_offset", "end_lineno", "end_col_offset", "ctx", "kind", "type_comment"))


def outdated() -> list[str]:
    """Return the names of the versions in news/ruleset.py whose hash is not that of the sources."""
    text = FILE.read_text(encoding="utf-8")
    return [name for name in SOURCES if _version(text, name)["hash"] != rules_hash(name)]


def renew(today: str) -> bool:
    """Write the hashes, with *today* as the date of those that changed. Return whether any did."""
    text = FILE.read_text(encoding="utf-8")
    for name in outdated():
        found = _version(text, name)
        text = f"{text[: found.start('date')]}{today}-{rules_hash(name)}{text[found.end('hash') :]}"
    changed = text != FILE.read_text(encoding="utf-8")
    if changed:
        FILE.write_text(text, encoding="utf-8")
    return changed


def rules_hash(name: str) -> str:
    """Return the hash of the rule set *name*: moved files, comments, docstrings and layout do not change it."""
    hashes = sorted(sha256(normal_form(path)).hexdigest() for path in sources(name))
    return sha256("".join(hashes).encode()).hexdigest()[:_HASH_LENGTH]


def sources(name: str) -> list[Path]:
    """Return the files of the rule set *name*, data files included. Raises FileNotFoundError if one is missing."""
    return [path for source in SOURCES[name] for path in _files(ROOT / source)]


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    found = [file for file in sorted(path.rglob("*")) if file.is_file() and "__pycache__" not in file.parts]
    if not found:
        raise FileNotFoundError(f"{path.relative_to(ROOT)} holds no rules; correct SOURCES in tools/ruleset.py")
    return found


def normal_form(path: Path) -> bytes:
    """Return what counts of a file: all of a data file; of Python its syntax tree, the same in Python 3.11 to 3.13."""
    if path.suffix != ".py":
        return path.read_bytes()
    return "".join(_walk(ast.parse(path.read_bytes()))).encode()


def _walk(value: object) -> Iterator[str]:
    """Yield the tree as text, without positions, docstrings and empty fields, of which newer Pythons have more."""
    if isinstance(value, ast.AST):
        yield f"({type(value).__name__}"
        for name, field in ast.iter_fields(value):
            if name not in _LEFT_OUT and field is not None and field != []:
                yield f" {name}="
                yield from _walk(_without_docstring(value, field) if name == "body" else field)
        yield ")"
    elif isinstance(value, list):
        yield "["
        for item in value:
            yield from _walk(item)
        yield "]"
    else:
        yield f"{value!a};"


def _without_docstring(node: ast.AST, body: object) -> object:
    if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
        return node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    return body


def _version(text: str, name: str) -> re.Match[str]:
    found = re.search(_LINE.format(name=name), text, re.MULTILINE)
    if found is None:
        raise ValueError(f'{FILE.name} has no line {name} = "YYYY-MM-DD-hash"')
    return found


if __name__ == "__main__":
    renewed = renew(datetime.now(UTC).date().isoformat())
    print(f"news/ruleset.py is {'renewed' if renewed else 'up to date'}")
