"""Mistakes in outlets.toml, shown like a compiler's: what, where, the line, and a caret under it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from news.errors import SettingError

_SHOWN = 50
_MAX_LINE = 200
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: `span` is where in the text, `help` what to do about it."""

    message: str
    span: tuple[int, int]
    help: str = ""


class OutletsInvalid(SettingError):
    """outlets.toml cannot be used; `problems` are all its mistakes in the file's order."""

    def __init__(self, name: str, text: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.span))
        shown = [render(problem, name, text) for problem in self.problems[:_SHOWN]]
        if len(self.problems) > _SHOWN:
            shown.append(f"and {len(self.problems) - _SHOWN} more in {name}")
        super().__init__("\nerror: ".join(shown))  # whoever prints it writes the first "error: "


def render(problem: Problem, name: str, text: str) -> str:
    """The mistake as people see it, without the word "error" before it."""
    start = min(problem.span[0], len(text))
    begin = text.rfind("\n", 0, start) + 1
    end = text.find("\n", start)
    whole = text[begin : len(text) if end < 0 else end]
    number, column = text.count("\n", 0, start) + 1, start - begin
    length = max(1, min(problem.span[1] - start, len(whole) - column))
    margin = f"{number} | "
    caret = f"{' ' * len(str(number))} | {_blank(whole[:column])}{'^' * length}"
    if column + length > _MAX_LINE:  # the caret would be lost in a line folded by the terminal
        whole, caret = whole[column : column + 60], f"{' ' * len(str(number))} | ^"
    shown = _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", whole.replace("\t", " ")[:_MAX_LINE])
    place = f"{' ' * len(str(number))}--> {name}:{number}:{column + 1}"
    return f"{problem.message}\n{place}\n{margin}{shown}\n{caret}{f'  {problem.help}' if problem.help else ''}"


def _blank(before: str) -> str:
    return " " * len(before)
