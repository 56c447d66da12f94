"""Options of an outlet: read and check their values, and write them as JSON for the archive's row and for people."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from crawler.channels.plain_values import MAX_URL_CHARS, language_tag
from crawler.outlets.diagnostics import KeyPath
from news.outlets import DEFAULTS, OPTIONS, Kind, Listing, OnPaywall, Option, Outlet
from news.urls import canonicalise

Reader = Callable[[Any], Any]


class Wrong(ValueError):
    """A value that cannot be used: what is wrong, and what to do. `key` says that its key is wrong."""

    def __init__(self, message: str, help: str = "", *, key: bool = False) -> None:
        super().__init__(message)
        self.message, self.help, self.key = message, help, key


Report = Callable[[Wrong, KeyPath], None]


@dataclass(frozen=True, slots=True)
class Many:
    """A list of values of one shape; a single value counts as a list of one."""

    item: "Shape"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with these keys. A text in its place is the value of `key_of_text`, which the table must have."""

    keys: Mapping[str, "Shape"]
    key_of_text: str | None = None
    make: Callable[..., Any] = dict


Shape = Reader | Many | Table


# Reading -------------------------------------------------------------------------------------------------------------


def read_value(shape: Shape, value: Any, report: Report, path: KeyPath = ()) -> Any:
    """Value of that shape, without its parts that are wrong; each of them is handed to *report* with its path."""
    try:
        if isinstance(shape, Many):
            return _read_list(shape, value, report, path)
        return _read_table(shape, value, report, path) if isinstance(shape, Table) else shape(value)
    except Wrong as wrong:
        report(wrong, path)
        return None


def _read_list(shape: Many, value: Any, report: Report, path: KeyPath) -> tuple[Any, ...]:
    if not isinstance(value, list):
        return (read_value(shape.item, value, report, path),)
    if len(value) > 1000:
        raise Wrong("a list of more than 1,000")
    return tuple(read_value(shape.item, item, report, (*path, number)) for number, item in enumerate(value))


def _read_table(shape: Table, value: Any, report: Report, path: KeyPath) -> Any:
    if isinstance(value, str) and shape.key_of_text:
        return shape.make(**{shape.key_of_text: read_value(shape.keys[shape.key_of_text], value, report, path)})
    if not isinstance(value, dict):
        raise Wrong(f"{_shown(value)} where a table is expected", f"{{ {' = …, '.join(shape.keys)} = … }}")
    unknown = [key for key in value if key not in shape.keys]
    for key in unknown:
        report(Wrong(f"unknown key “{key[:80]}”", nearest(key, shape.keys), key=True), (*path, key))
    if shape.key_of_text and shape.key_of_text not in value:
        if unknown:
            return None  # most likely that key, misspelt
        raise Wrong(f"a table without “{shape.key_of_text}”")
    return shape.make(
        **{
            key: read_value(shape.keys[key], item, report, (*path, key))
            for key, item in value.items()
            if key in shape.keys
        }
    )


def nearest(key: str, known: Iterable[str]) -> str:
    """Help for an unknown key: the known key that it resembles, or all known keys."""
    near = get_close_matches(key, known, n=1)
    return f"did you mean “{near[0]}”?" if near else f"known keys: {', '.join(known)}"[:150]


# Values --------------------------------------------------------------------------------------------------------------


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_KINDS = {str: "a text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a table"}


def _shown(value: object) -> str:
    if isinstance(value, str):
        return "“" + _CONTROL.sub("\N{REPLACEMENT CHARACTER}", value[:80]) + "”"
    return _KINDS.get(type(value), "a date" if hasattr(value, "isoformat") else "this")


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise Wrong(f"{_shown(value)} where a text is expected", "put it in quotes")
    if not value.strip() or len(value) > 10_000:
        raise Wrong("an empty text" if not value.strip() else "a text of more than 10,000 characters")
    if _CONTROL.search(value):
        raise Wrong("a control character in a text")
    return value


def name(value: Any) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", text(value)):
        raise Wrong(f"{_shown(value)} cannot be a name", "letters, digits, “-”, “_” and “.”, 64 at most")
    return str(value)


def url(value: Any) -> str:
    try:
        parts = urlsplit(text(value))
        canonicalise(value)
    except ValueError as error:
        if isinstance(error, Wrong):
            raise
        help = f"did you mean “https://{value}”?" if _is_bare_host(value) else "http:// or https:// and a host"
        raise Wrong(f"{_shown(value)} is not a web address", help) from error
    if parts.username or parts.password:
        raise Wrong("a user name or password in an address", "it would be stored and shown; leave it out")
    if len(value) > MAX_URL_CHARS:
        raise Wrong(f"an address of more than {MAX_URL_CHARS} characters")
    return str(value)


def _is_bare_host(value: str) -> bool:
    return bool(re.fullmatch(r"(?:[\w-]+(?:\.[\w-]+)+(?::\d+)?|[\w-]+:\d+)(?:/\S*)?", value))


def boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Wrong(f"{_shown(value)} where true or false is expected", "true or false, without quotes")
    return value


def seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Wrong(f"{_shown(value)} where a number of seconds is expected", "for example 2 or 0.5")
    if not 0 <= value <= 3600:
        raise Wrong("a delay outside 0 to 3600 seconds")
    return float(value)


_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def duration(value: Any) -> timedelta:
    found = re.fullmatch(r"\s*(\d{1,5})\s*([mhdw])\s*", text(value), re.ASCII)
    if not found:
        raise Wrong(f"{_shown(value)} is not a duration", "a number and m, h, d or w: “30m”, “6h”, “1d”")
    length = timedelta(**{_UNITS[found[2]]: int(found[1])})
    if not timedelta(minutes=1) <= length <= timedelta(days=3660):
        raise Wrong(f"{_shown(value)} is outside one minute to ten years")
    return length


def every(value: Any) -> timedelta | str:
    return "auto" if value == "auto" else duration(value)


def schedule(value: Any) -> str:
    given = text(value)
    if len(given.split()) != 5 or len(given) > 200:
        raise Wrong(f"{_shown(value)} is not a schedule", "five fields: minute hour day month weekday")
    try:
        next(CronSim(given, datetime(2026, 1, 1, tzinfo=UTC)))
    except (CronSimError, RecursionError) as error:
        raise Wrong(f"{_shown(value)} is not a schedule", f"{str(error)[:1].lower()}{str(error)[1:80]}") from error
    except StopIteration as error:
        raise Wrong(f"{_shown(value)} never comes") from error
    return given


def timezone(value: Any) -> str:
    try:
        ZoneInfo(text(value))
    except (KeyError, OSError, ValueError) as error:
        if isinstance(error, Wrong):
            raise
        zones = {zone.casefold(): zone for zone in available_timezones()}
        cities = {zone.rpartition("/")[2]: whole for zone, whole in zones.items()}
        folded = value.casefold().replace(" ", "_")
        near = get_close_matches(folded, zones, n=1) or get_close_matches(folded, cities, n=1)
        best = near and (zones.get(near[0]) or cities[near[0]])
        raise Wrong(
            f"{_shown(value)} is not a time zone", f"did you mean “{best}”?" if best else "such as “Europe/Berlin”"
        ) from error
    return str(value)


def language(value: Any) -> str:
    given = text(value)
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|\d{3}))?", given):
        near = language_tag(given)
        raise Wrong(
            f"{_shown(value)} is not a language tag", f"did you mean “{near}”?" if near else "such as “de” or “de-AT”"
        )
    return language_tag(given) or given


def pattern(value: Any) -> str:
    try:
        re.compile(text(value))
    except (re.error, OverflowError, RecursionError) as error:
        raise Wrong(f"{_shown(value)} is not a regular expression", str(error)[:120]) from error
    return str(value)


def selector(value: Any) -> str:
    try:
        LexborHTMLParser("").css(text(value))
    except SelectolaxError as error:
        raise Wrong(f"{_shown(value)} is not a CSS selector") from error
    return str(value)


def on_paywall(value: Any) -> OnPaywall:
    try:
        return OnPaywall(value)
    except (ValueError, TypeError) as error:
        raise Wrong(f"{_shown(value)} is no way to treat paywalls", "“headline” or “skip”") from error


_READERS: Mapping[Kind, Shape] = {
    Kind.NAME: name,
    Kind.TEXT: text,
    Kind.URL: url,
    Kind.LANGUAGE: language,
    Kind.TIMEZONE: timezone,
    Kind.SCHEDULE: schedule,
    Kind.INTERVAL: every,
    Kind.DURATION: duration,
    Kind.SECONDS: seconds,
    Kind.PATTERN: pattern,
    Kind.SELECTOR: selector,
    Kind.LISTING: Table({"url": url, "links": selector}, key_of_text="url", make=Listing),
    Kind.ON_PAYWALL: on_paywall,
    Kind.SWITCH: boolean,
}


def _shape_of(option: Option) -> Shape:
    reader = _READERS[option.kind]
    return Many(reader) if option.many else reader


def _table_of(options: Iterable[Option]) -> Table:
    """Shape of a table with the keys of *options*; "teasers.keep" is a key in a table of its own."""
    keys: dict[str, Any] = {}
    for option in options:
        table, _, key = option.key.rpartition(".")
        (keys.setdefault(table, {}) if table else keys)[key] = _shape_of(option)
    return Table({key: Table(shape) if isinstance(shape, dict) else shape for key, shape in keys.items()})


# `every` of [defaults], kept with an outlet whose own is "auto"; no key of its own in outlets.toml.
_BUDGET = Option(
    "budget", Kind.DURATION, "The time between two crawls that auto must not fall below on average.", '"30m"'
)
_STORED = (*OPTIONS, _BUDGET)
_IN_COLUMNS = ("name", "url")  # of the archive's table of outlets

OUTLET_TABLE = _table_of(OPTIONS)
_DEFAULTS_TABLE = _table_of(option for option in OPTIONS if option.shared)
FILE_TABLE = Table({"contact": text, "defaults": _DEFAULTS_TABLE, "outlet": Many(OUTLET_TABLE)})
_ROW_TABLE = _table_of(option for option in _STORED if option.key not in _IN_COLUMNS)


def by_field(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a table that was read, by the field of Outlet that holds each."""
    fields = {}
    for option in _STORED:
        table, _, key = option.key.rpartition(".")
        holder = (values.get(table) or {}) if table else values
        if key in holder:
            fields[option.field] = holder[key]
    return fields


# Writing -------------------------------------------------------------------------------------------------------------


def set_values(outlet: Outlet) -> dict[str, Any]:
    """Values of the outlet by key, in the form of outlets.toml; what is not set (None, empty) is left out."""
    return _by_key(outlet, (option for option in _STORED if getattr(outlet, option.field) not in (None, ())))


def to_row(outlet: Outlet) -> dict[str, Any]:
    """Values that differ from the defaults, by key, in the form of outlets.toml: the archive keeps them as JSON."""
    stored = (option for option in _STORED if option.key not in _IN_COLUMNS)
    return _by_key(outlet, (option for option in stored if getattr(outlet, option.field) != DEFAULTS[option.field]))


def from_row(name: str, url: str, row: Mapping[str, Any]) -> Outlet:
    """Outlet that `to_row` wrote; options that cannot be read, such as those of another version, are left out."""
    unreadable: set[str | int] = set()
    values = read_value(_ROW_TABLE, dict(row), lambda _, path: unreadable.add(path[0]))
    return Outlet(name, url, **by_field({key: value for key, value in values.items() if key not in unreadable}))


def _by_key(outlet: Outlet, options: Iterable[Option]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for option in options:
        table, _, key = option.key.rpartition(".")
        (values.setdefault(table, {}) if table else values)[key] = _written(getattr(outlet, option.field))
    return values


def _written(value: Any) -> Any:
    if isinstance(value, timedelta):
        return _short_duration(value)
    if isinstance(value, Listing):
        return {"url": value.url, "links": value.links} if value.links else {"url": value.url}
    return [_written(item) for item in value] if isinstance(value, tuple) else value


def _short_duration(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    unit, size = next((unit, size) for unit, size in (("d", 1440), ("h", 60), ("m", 1)) if minutes % size == 0)
    return f"{minutes // size}{unit}"
