"""Read outlets.toml. All mistakes are found at once; a file with a mistake is refused."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.outlets.diagnostics import KeyPath, OutletsInvalid, Positions, Problem, find_positions
from crawler.outlets.options import FILE_TABLE, OUTLET_TABLE, InvalidValue, by_field, read_value
from news.errors import SettingError
from news.outlets import Outlet
from news.urls import host_of

MAX_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class OutletsFile:
    """Outlets of the file with [defaults] filled in; `keys_by_outlet` holds the keys that each entry sets itself.

    `exists` is False where there is no file.
    """

    contact: str | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    outlets: tuple[Outlet, ...] = ()
    keys_by_outlet: Mapping[str, frozenset[str]] = field(default_factory=dict)
    exists: bool = True

    def by_name(self, name: str) -> Outlet | None:
        """Return the outlet of that name, or None."""
        return next((outlet for outlet in self.outlets if outlet.name == name), None)


def load_outlets(path: Path) -> OutletsFile:
    """Read the file at *path*; without a file there are no outlets. Raises OutletsInvalid with all mistakes."""
    return replace(parse_outlets(read_text(path), path.name), exists=path.exists())


def read_text(path: Path) -> str:
    """Read the text with plain line ends; empty without a file. Raises SettingError if it cannot be read."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise SettingError(f"{path} cannot be read: {error.strerror}", "newskeep doctor") from error
    if len(raw) > MAX_BYTES:
        raise SettingError(f"{path} is larger than {MAX_BYTES} bytes")
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise SettingError(f"{path.name}:{line} is not UTF-8", "save the file as UTF-8") from error


def parse_outlets(text: str, name: str = "outlets.toml") -> OutletsFile:
    """Read the outlets in *text*. Raises OutletsInvalid with all mistakes."""
    text = text.replace("\r\n", "\n")
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise OutletsInvalid(name, text, [_syntax_problem(text, error)]) from error
    reading = _Reading(find_positions(text))
    found = reading.outlets(document)
    if reading.problems:
        raise OutletsInvalid(name, text, reading.problems)
    return found


_TIMES = {"schedule", "every"}
_PLACE = re.compile(r"^(.*?) \(at (?:line (\d+), column (\d+)|end of document)\)$", re.DOTALL)


def _syntax_problem(text: str, error: Exception) -> Problem:
    found = _PLACE.match(str(error))
    if isinstance(error, RecursionError) or not found:
        return Problem(f"not TOML: {'nested too deeply' if isinstance(error, RecursionError) else error}", (0, 1))
    at = len(text)
    if found[2]:
        lines = text.split("\n")
        at = sum(len(line) + 1 for line in lines[: int(found[2]) - 1]) + int(found[3]) - 1
    return Problem(f"not TOML: {found[1][:1].lower()}{found[1][1:200]}", (at, at + 1))


@dataclass(frozen=True, slots=True)
class _Entry:
    """Entry of an outlet: the keys that it sets, and its values by field of Outlet."""

    keys: frozenset[str]
    fields: Mapping[str, Any]

    @property
    def name(self) -> str:
        return self.fields.get("name") or ""


class _Reading:
    """Collects the problems while a file is read."""

    def __init__(self, positions: Positions) -> None:
        self.positions = positions
        self.problems: list[Problem] = []

    def outlets(self, document: Mapping[str, Any]) -> OutletsFile:
        top = {key: value for key, value in document.items() if key != "outlet"}
        shared = read_value(FILE_TABLE, top, self._report)
        defaults = by_field(shared.get("defaults") or {})
        entries = [self._entry(entry, ("outlet", number)) for number, entry in enumerate(self._list(document))]
        self._refuse_same_names(entries)
        if self.problems:
            return OutletsFile()
        outlets = tuple(_outlet_of(entry.fields, defaults) for entry in entries)
        return OutletsFile(shared.get("contact"), defaults, outlets, {entry.name: entry.keys for entry in entries})

    def _list(self, document: Mapping[str, Any]) -> list[Any]:
        entries = document.get("outlet", [])
        if isinstance(entries, list):
            return entries
        self._add("one outlet where a list is expected", ("outlet",), "write [[outlet]], with two brackets")
        return []

    def _entry(self, entry: Any, path: KeyPath) -> _Entry:
        if not isinstance(entry, dict):
            self._add("a table is expected here", path)
            return _Entry(frozenset(), {})
        fields = by_field(read_value(OUTLET_TABLE, entry, self._report, path))
        if "url" not in entry:
            self._add("an outlet without “url”", path, 'the smallest entry is url = "https://…"')
        if "schedule" in entry and "every" in entry:
            self._add("“schedule” and “every” in one outlet", (*path, "every"), "keep one of them", key=True)
        if "name" not in entry and fields.get("url"):
            fields["name"] = name_from_url(fields["url"])
        return _Entry(frozenset(entry), fields)

    def _refuse_same_names(self, entries: list[_Entry]) -> None:
        first: dict[str, int] = {}
        for number, entry in enumerate(entries):
            if entry.name and first.setdefault(entry.name.lower(), number) != number:
                named = "name" in entry.keys
                help = "names are used once" if named else "give this one a name of its own"
                self._add(f"a second outlet named “{entry.name}”", ("outlet", number, "name" if named else "url"), help)

    def _report(self, mistake: InvalidValue, path: KeyPath) -> None:
        self._add(mistake.message, path, mistake.help, key=mistake.key)

    def _add(self, message: str, path: KeyPath, help: str = "", *, key: bool = False) -> None:
        self.problems.append(Problem(message, self.positions.of(path, key=key), help))


def _outlet_of(fields: Mapping[str, Any], defaults: Mapping[str, Any]) -> Outlet:
    """Return the outlet with these values of its fields; what they leave open comes from *defaults*."""
    own_time = _TIMES & fields.keys()
    inherited = {key: value for key, value in defaults.items() if not (own_time and key in _TIMES)}
    budget = defaults.get("every") if fields.get("every") == "auto" else None
    return Outlet(**inherited | dict(fields), budget=budget if isinstance(budget, timedelta) else None)


_SHARED_ENDINGS = frozenset({"ac", "co", "com", "edu", "gob", "gov", "gv", "ne", "net", "or", "org"})


def name_from_url(url: str) -> str:
    """Return the main label of the host ("spiegel" of https://www.spiegel.de), or an IP address with its port."""
    host = host_of(url).strip("[]")
    if re.fullmatch(r"[\d.]+|.*:.*", host):
        port = urlsplit(url).port
        return "-".join(part for part in re.split(r"[.:]+", host) if part) + (f"-{port}" if port else "")
    labels = [label for label in host.split(".") if label]
    is_shared = len(labels) > 2 and labels[-2] in _SHARED_ENDINGS and len(labels[-1]) == 2
    main = labels[-3] if is_shared else labels[-2] if len(labels) > 1 else labels[0]
    return main.lstrip("_-")[:64] or "outlet"


def toml_lines(entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines `key = value` of *entry*."""
    for key, value in entry.items():
        yield f"{key} = {toml_value(value)}"


def toml_value(value: object) -> str:
    """Return a text, number, boolean, list or table as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(toml_lines(value)) + " }"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
