"""Reads outlets.toml into outlets. All mistakes are found at once; one is enough to refuse the file."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.outlets import options
from crawler.outlets.diagnostics import OutletsInvalid, Places, Problem, find_places
from crawler.outlets.options import Reader, Wrong
from news.errors import SettingError
from news.outlets import Outlet
from news.urls import host_of

MAX_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Outlets:
    """The file: `outlets` with the defaults filled in; `given` names the keys that each entry sets itself."""

    contact: str | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    outlets: tuple[Outlet, ...] = ()
    given: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def named(self, name: str) -> Outlet | None:
        """The outlet of that name."""
        return next((outlet for outlet in self.outlets if outlet.name == name), None)


def load_outlets(path: Path) -> Outlets:
    """The outlets in the file at *path*; none when there is no file. Raises OutletsInvalid with all mistakes."""
    return parse_outlets(read_text(path), path.name)


def read_text(path: Path) -> str:
    """The file's text with plain line ends; empty when there is no file. Raises SettingError when it cannot be read."""
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


def parse_outlets(text: str, name: str = "outlets.toml") -> Outlets:
    """The outlets in *text*. Raises OutletsInvalid with all mistakes."""
    text = text.replace("\r\n", "\n")
    try:
        given = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise OutletsInvalid(name, text, [_syntax_problem(text, error)]) from error
    reading = _Reading(find_places(text))
    found = reading.outlets(given)
    if reading.problems:
        raise OutletsInvalid(name, text, reading.problems)
    return found


_WHERE = re.compile(r"^(.*?) \(at (?:line (\d+), column (\d+)|end of document)\)$", re.DOTALL)


def _syntax_problem(text: str, error: Exception) -> Problem:
    found = _WHERE.match(str(error))
    if isinstance(error, RecursionError) or not found:
        return Problem(f"not TOML: {'nested too deeply' if isinstance(error, RecursionError) else error}", (0, 1))
    at = len(text)
    if found[2]:
        lines = text.split("\n")
        at = sum(len(line) + 1 for line in lines[: int(found[2]) - 1]) + int(found[3]) - 1
    return Problem(f"not TOML: {found[1][:1].lower()}{found[1][1:200]}", (at, at + 1))


class _Reading:
    """One reading of a file: the values that are good, and a problem for each that is not."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.problems: list[Problem] = []

    def outlets(self, given: Mapping[str, Any]) -> Outlets:
        self._refuse_unknown(given, options.TOP_KEYS, ())
        contact = self._value(options.text, given.get("contact"), ("contact",))
        defaults = self._table(given.get("defaults", {}), options.DEFAULT_KEYS, ("defaults",))
        entries = [self._entry(entry, ("outlet", number)) for number, entry in enumerate(self._list(given))]
        outlets = [outlet_of(entry, defaults) for entry in entries if "url" in entry and "name" in entry]
        self._refuse_same_names(entries)
        keys = {entry["name"]: _typed(entry) for entry in entries if "name" in entry}
        return Outlets(contact, defaults, tuple(outlets), keys)

    def _list(self, given: Mapping[str, Any]) -> list[Any]:
        entries = given.get("outlet", [])
        if isinstance(entries, list):
            return entries
        self._add("one outlet where a list is expected", ("outlet",), "write [[outlet]], with two brackets")
        return []

    def _entry(self, entry: Any, path: tuple[str | int, ...]) -> dict[str, Any]:
        read = self._table(entry, options.OUTLET_KEYS, path)
        if not isinstance(entry, dict):
            return read
        if "url" not in entry:
            self._add("an outlet without “url”", path, 'the smallest entry is url = "https://…"')
        if "schedule" in entry and "every" in entry:
            self._add("“schedule” and “every” in one outlet", (*path, "every"), "keep one of them", key=True)
        if "name" not in entry and "url" in read:
            read["name"], read["_derived"] = name_from_url(read["url"]), True
        return read

    def _table(self, given: Any, readers: Mapping[str, Reader], path: tuple[str | int, ...]) -> dict[str, Any]:
        if not isinstance(given, dict):
            self._add("a table is expected here", path)
            return {}
        self._refuse_unknown(given, readers, path)
        read = {key: self._value(readers[key], given[key], (*path, key)) for key in given if key in readers}
        return {key: value for key, value in read.items() if value is not None}

    def _value(self, reader: Reader, given: Any, path: tuple[str | int, ...]) -> Any:
        if given is None:
            return None
        try:
            return reader(given)
        except Wrong as wrong:
            for each in (wrong, *wrong.others):
                self._add(each.message, (*path, *each.inside), each.help, key=each.key)
            return None

    def _refuse_unknown(self, given: Mapping[str, Any], known: Mapping[str, Any], path: tuple[str | int, ...]) -> None:
        for key in given:
            if key not in known:
                self._add(f"unknown key “{key[:80]}”", (*path, key), options.nearest(key, known), key=True)

    def _refuse_same_names(self, entries: list[dict[str, Any]]) -> None:
        first: dict[str, int] = {}
        for number, entry in enumerate(entries):
            if "name" in entry and first.setdefault(entry["name"].lower(), number) != number:
                help = "give this one a name of its own" if "_derived" in entry else "names are used once"
                place = ("outlet", number, "url" if "_derived" in entry else "name")
                self._add(f"a second outlet named “{entry['name']}”", place, help)

    def _add(self, message: str, path: tuple[str | int, ...], help: str = "", *, key: bool = False) -> None:
        self.problems.append(Problem(message, self.places.of(path, key=key), help))


def _typed(entry: Mapping[str, Any]) -> frozenset[str]:
    """The keys that somebody typed: a name made from the address is none."""
    return frozenset(entry) - ({"_derived", "name"} if "_derived" in entry else set())


def outlet_of(entry: Mapping[str, Any], defaults: Mapping[str, Any]) -> Outlet:
    """The outlet of an entry whose values are read; what it leaves open comes from *defaults*."""
    when = {"schedule", "every"}
    inherited = {key: value for key, value in defaults.items() if not (key in when and when & entry.keys())}
    given = {**inherited, **entry}
    teasers = {**defaults.get("teasers", {}), **entry.get("teasers", {})}
    fields = {key: value for key, value in given.items() if key not in ("teasers", "_derived")}
    if given.get("every") == "auto" and isinstance(defaults.get("every"), timedelta):
        fields["budget"] = defaults["every"]
    return replace(Outlet(**fields), remove=teasers.get("remove", ()), keep=teasers.get("keep", ()))


_SHARED_ENDINGS = frozenset({"ac", "co", "com", "edu", "gob", "gov", "gv", "ne", "net", "or", "org"})


def name_from_url(url: str) -> str:
    """The main label of the host: "spiegel" from https://www.spiegel.de; of a bare IP address its numbers and port."""
    host = host_of(url).strip("[]")
    if re.fullmatch(r"[\d.]+|.*:.*", host):
        port = urlsplit(url).port
        return "-".join(part for part in re.split(r"[.:]+", host) if part) + (f"-{port}" if port else "")
    labels = [label for label in host.split(".") if label]
    is_shared = len(labels) > 2 and labels[-2] in _SHARED_ENDINGS and len(labels[-1]) == 2
    main = labels[-3] if is_shared else labels[-2] if len(labels) > 1 else labels[0]
    return main.lstrip("_-")[:64] or "outlet"


def toml_lines(entry: Mapping[str, Any]) -> Iterator[str]:
    """The lines `key = value` of *entry*, whose values are texts, numbers, truths and lists of texts."""
    for key, value in entry.items():
        yield f"{key} = {toml_value(value)}"


def toml_value(value: object) -> str:
    """*value* as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(toml_lines(value)) + " }"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
