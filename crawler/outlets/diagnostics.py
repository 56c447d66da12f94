"""Mistakes in outlets.toml, shown like a compiler's: message, place, line, caret; and where each key and value stands.

TOML libraries for Python do not say where a key stands, so a small scanner finds it. It scans valid TOML only.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from news.errors import SettingError

KeyPath = tuple[str | int, ...]

_MAX_PROBLEMS = 50
_MAX_LINE = 200
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: what is wrong, its span (start, end) in the text, and what would be right."""

    message: str
    span: tuple[int, int]
    help: str = ""


class OutletsInvalid(SettingError):
    """outlets.toml cannot be used; `problems` are all its mistakes, in the order of the file."""

    def __init__(self, name: str, text: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.span))
        lines = [render(problem, name, text) for problem in self.problems[:_MAX_PROBLEMS]]
        if len(self.problems) > _MAX_PROBLEMS:
            lines.append(f"and {len(self.problems) - _MAX_PROBLEMS} more in {name}")
        super().__init__("\nerror: ".join(lines))  # the first "error: " is printed with each error


def render(problem: Problem, name: str, text: str) -> str:
    """Return the mistake as it is printed, without the word "error" before it."""
    start = min(problem.span[0], len(text))
    begin = text.rfind("\n", 0, start) + 1
    end = text.find("\n", start)
    whole = text[begin : len(text) if end < 0 else end]
    number, column = text.count("\n", 0, start) + 1, start - begin
    length = max(1, min(problem.span[1] - start, len(whole) - column))
    margin = f"{number} | "
    caret = f"{' ' * len(str(number))} | {' ' * column}{'^' * length}"
    if column + length > _MAX_LINE:  # a terminal folds such a line, and the caret would be lost
        whole, caret = whole[column : column + 60], f"{' ' * len(str(number))} | ^"
    line = _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", whole.replace("\t", " ")[:_MAX_LINE])
    place = f"{' ' * len(str(number))}--> {name}:{number}:{column + 1}"
    return f"{problem.message}\n{place}\n{margin}{line}\n{caret}{f'  {problem.help}' if problem.help else ''}"


# Positions -----------------------------------------------------------------------------------------------------------


_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\])*"|\'[^\']*\'', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([btnfre\"\\]))")
_ESCAPED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b", '"': '"', "\\": "\\"}
_SCALAR = re.compile(r"[^,\]}#\n]+")


@dataclass(slots=True)
class Positions:
    """Spans (start, end) of keys, values and table headers in the text, by path; list items count from 0."""

    keys: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)
    values: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)
    headers: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)

    def of(self, path: KeyPath, *, key: bool = False) -> tuple[int, int]:
        """Return the span of a value (or key), or of the nearest table around it that has one."""
        first, second = (self.keys, self.values) if key else (self.values, self.keys)
        while path:
            for spans in (first, second, self.headers):
                if path in spans:
                    return spans[path]
            path = path[:-1]
        return (0, 0)


def find_positions(text: str) -> Positions:
    """Find the positions in *text*: valid TOML without carriage returns."""
    return _Scanner(text).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text, self.at, self.positions = text, 0, Positions()
        self.tables: dict[KeyPath, int] = {}  # last entry of each array of tables so far

    def scan(self) -> Positions:
        table: KeyPath = ()
        while self._skip(_BLANK) < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
        return self.positions

    def _skip(self, blank: re.Pattern[str]) -> int:
        found = blank.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at

    def _header(self) -> KeyPath:
        start, is_list = self.at, self.text.startswith("[[", self.at)
        self.at += 2 if is_list else 1
        names = [name for name, _ in self._key()]
        self.at += 2 if is_list else 1
        path = self._numbered(names, is_list)
        self.positions.headers[path] = (start, self.at)
        return path

    def _numbered(self, names: list[str], is_list: bool) -> KeyPath:
        """Return the path of a header, with the number of the entry in each array of tables."""
        path: KeyPath = ()
        for position, name in enumerate(names, 1):
            path = (*path, name)
            if is_list and position == len(names):
                self.tables[path] = self.tables.get(path, -1) + 1
            if path in self.tables:
                path = (*path, self.tables[path])
        return path

    def _key(self) -> list[tuple[str, tuple[int, int]]]:
        parts = []
        while True:
            start = self._skip(_SPACE)
            found = _STRING.match(self.text, start) or _BARE.match(self.text, start)
            assert found  # tomllib has read it
            self.at = found.end()
            parts.append((_unquoted(found[0]), (start, self.at)))
            if self.text[self._skip(_SPACE) : self.at + 1] != ".":
                return parts
            self.at += 1

    def _pair(self, table: KeyPath) -> None:
        path = table
        for name, span in self._key():
            path = (*path, name)
            self.positions.keys.setdefault(path, span)
        self.at += 1  # the equals sign
        self._skip(_SPACE)
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        start = self.at
        opening = self.text[start]
        if opening == "[":
            self._items(path)
        elif opening == "{":
            self._inline(path)
        else:
            found = _STRING.match(self.text, start) or _SCALAR.match(self.text, start)
            assert found  # tomllib has read it
            self.at = start + len(found[0].rstrip())
        self.positions.values[path] = (start, self.at)

    def _items(self, path: KeyPath) -> None:
        self.at += 1
        number = 0
        while self.text[self._skip(_BLANK)] != "]":
            self._value((*path, number))
            number += 1
            if self.text[self._skip(_BLANK)] == ",":
                self.at += 1
        self.at += 1

    def _inline(self, path: KeyPath) -> None:
        self.at += 1
        while self.text[self._skip(_BLANK)] != "}":
            self._pair(path)
            if self.text[self._skip(_BLANK)] == ",":
                self.at += 1
        self.at += 1


def _unquoted(key: str) -> str:
    if key.startswith("'"):
        return key[1:-1]
    return _ESCAPE.sub(_character, key[1:-1]) if key.startswith('"') else key


def _character(found: re.Match[str]) -> str:
    digits = found[1] or found[2]
    return chr(int(digits, 16)) if digits else _ESCAPED[found[3]]
