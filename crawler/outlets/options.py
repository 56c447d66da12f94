"""Options of an outlet: read and check values; write them as JSON, for the archive's row and for `outlets show`."""

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


class InvalidValue(ValueError):
    """A value that cannot be used: what is wrong, and what would be right. `key` means that its key is wrong."""

    def __init__(self, message: str, help: str = "", *, key: bool = False) -> None:
        super().__init__(message)
        self.message, self.help, self.key = message, help, key


Report = Callable[[InvalidValue, KeyPath], None]


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
    """Read a value of that shape; call *report* with each mistake and its path. Wrong parts become None."""
    try:
        if isinstance(shape, Many):
            return _read_list(shape, value, report, path)
        return _read_table(shape, value, report, path) if isinstance(shape, Table) else shape(value)
    except InvalidValue as error:
        report(error, path)
        return None


def _read_list(shape: Many, value: Any, report: Report, path: KeyPath) -> tuple[Any, ...]:
    if not isinstance(value, list):
        return (read_value(shape.item, value, report, path),)
    if len(value) > 1000:
        raise InvalidValue("a list of more than 1,000")
    return tuple(read_value(shape.item, item, report, (*path, number)) for number, item in enumerate(value))


def _read_table(shape: Table, value: Any, report: Report, path: KeyPath) -> Any:
    if isinstance(value, str) and shape.key_of_text:
        return shape.make(**{shape.key_of_text: read_value(shape.keys[shape.key_of_text], value, report, path)})
    if not isinstance(value, dict):
        raise InvalidValue(f"{_quoted(value)} where a table is expected", f"{{ {' = …, '.join(shape.keys)} = … }}")
    unknown = [key for key in value if key not in shape.keys]
    for key in unknown:
        report(InvalidValue(f"unknown key “{key[:80]}”", nearest(key, shape.keys), key=True), (*path, key))
    if shape.key_of_text and shape.key_of_text not in value:
        if unknown:
            return None  # probably that key, misspelt
        raise InvalidValue(f"a table without “{shape.key_of_text}”")
    return shape.make(
        **{
            key: read_value(shape.keys[key], item, report, (*path, key))
            for key, item in value.items()
            if key in shape.keys
        }
    )


def nearest(key: str, keys: Iterable[str]) -> str:
    """Return help for an unknown key: the known key that it resembles, or all known keys."""
    near = get_close_matches(key, keys, n=1)
    return f"did you mean “{near[0]}”?" if near else f"known keys: {', '.join(keys)}"


# Values: a reader for each kind. It returns the value as Outlet holds it, or raises InvalidValue. --------------------


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_KINDS = {str: "a text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a table"}


def _quoted(value: object) -> str:
    if isinstance(value, str):
        return "“" + _CONTROL.sub("\N{REPLACEMENT CHARACTER}", value[:80]) + "”"
    return _KINDS.get(type(value), "a date" if hasattr(value, "isoformat") else "this")


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidValue(f"{_quoted(value)} where a text is expected", "put it in quotes")
    if not value.strip() or len(value) > 10_000:
        raise InvalidValue("an empty text" if not value.strip() else "a text of more than 10,000 characters")
    if _CONTROL.search(value):
        raise InvalidValue("a control character in a text")
    return value


def name(value: Any) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", text(value)):
        raise InvalidValue(f"{_quoted(value)} cannot be a name", "letters, digits, “-”, “_” and “.”, 64 at most")
    return str(value)


def url(value: Any) -> str:
    try:
        parts = urlsplit(text(value))
        canonicalise(value)
    except ValueError as error:
        if isinstance(error, InvalidValue):
            raise
        help = f"did you mean “https://{value}”?" if _is_bare_host(value) else "http:// or https:// and a host"
        raise InvalidValue(f"{_quoted(value)} is not a web address", help) from error
    if parts.username or parts.password:
        raise InvalidValue("a user name or password in an address", "it would be stored and shown; leave it out")
    if len(value) > MAX_URL_CHARS:
        raise InvalidValue(f"an address of more than {MAX_URL_CHARS} characters")
    return str(value)


def _is_bare_host(value: str) -> bool:
    return bool(re.fullmatch(r"(?:[\w-]+(?:\.[\w-]+)+(?::\d+)?|[\w-]+:\d+)(?:/\S*)?", value))


def boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidValue(f"{_quoted(value)} where true or false is expected", "true or false, without quotes")
    return value


def seconds(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidValue(f"{_quoted(value)} where a number of seconds is expected", "for example 2 or 0.5")
    if not 0 <= value <= 3600:
        raise InvalidValue("a delay outside 0 to 3600 seconds")
    return float(value)


def count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidValue(f"{_quoted(value)} where a whole number is expected", "for example 500")
    if not 1 <= value <= 1_000_000:
        raise InvalidValue("a number outside 1 to 1,000,000")
    return value


_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def duration(value: Any) -> timedelta:
    match = re.fullmatch(r"\s*(\d{1,5})\s*([mhdw])\s*", text(value), re.ASCII)
    if not match:
        raise InvalidValue(f"{_quoted(value)} is not a duration", "a number and m, h, d or w: “30m”, “6h”, “1d”")
    length = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if not timedelta(minutes=1) <= length <= timedelta(days=3660):
        raise InvalidValue(f"{_quoted(value)} is outside one minute to ten years")
    return length


def every(value: Any) -> timedelta | str:
    return "auto" if value == "auto" else duration(value)


def schedule(value: Any) -> str:
    line = text(value)
    if len(line.split()) != 5 or len(line) > 200:
        raise InvalidValue(f"{_quoted(value)} is not a schedule", "five fields: minute hour day month weekday")
    try:
        next(CronSim(line, datetime(2026, 1, 1, tzinfo=UTC)))
    except (CronSimError, RecursionError) as error:
        raise InvalidValue(
            f"{_quoted(value)} is not a schedule", f"{str(error)[:1].lower()}{str(error)[1:80]}"
        ) from error
    except StopIteration as error:
        raise InvalidValue(f"{_quoted(value)} never comes") from error
    return line


def timezone(value: Any) -> str:
    try:
        ZoneInfo(text(value))
    except (KeyError, OSError, ValueError) as error:
        if isinstance(error, InvalidValue):
            raise
        zones = {zone.casefold(): zone for zone in available_timezones()}
        cities = {zone.rpartition("/")[2]: whole for zone, whole in zones.items()}
        folded = value.casefold().replace(" ", "_")
        near = get_close_matches(folded, zones, n=1) or get_close_matches(folded, cities, n=1)
        best = near and (zones.get(near[0]) or cities[near[0]])
        raise InvalidValue(
            f"{_quoted(value)} is not a time zone", f"did you mean “{best}”?" if best else "such as “Europe/Berlin”"
        ) from error
    return str(value)


def language(value: Any) -> str:
    tag = text(value)
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|\d{3}))?", tag):
        near = language_tag(tag)
        raise InvalidValue(
            f"{_quoted(value)} is not a language tag", f"did you mean “{near}”?" if near else "such as “de” or “de-AT”"
        )
    return language_tag(tag) or tag


def pattern(value: Any) -> str:
    try:
        re.compile(text(value))
    except (re.error, OverflowError, RecursionError) as error:
        raise InvalidValue(f"{_quoted(value)} is not a regular expression", str(error)[:120]) from error
    return str(value)


def selector(value: Any) -> str:
    try:
        LexborHTMLParser("").css(text(value))
    except SelectolaxError as error:
        raise InvalidValue(f"{_quoted(value)} is not a CSS selector") from error
    return str(value)


def on_paywall(value: Any) -> OnPaywall:
    try:
        return OnPaywall(value)
    except (ValueError, TypeError) as error:
        raise InvalidValue(f"{_quoted(value)} is not a way to treat paywalls", "“headline” or “skip”") from error


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
    Kind.COUNT: count,
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
    """Return the shape of a table with these options; "teasers.keep" is the key `keep` of the table `teasers`."""
    keys: dict[str, Any] = {}
    for option in options:
        table, _, key = option.key.rpartition(".")
        (keys.setdefault(table, {}) if table else keys)[key] = _shape_of(option)
    return Table({key: Table(shape) if isinstance(shape, dict) else shape for key, shape in keys.items()})


# Follows from `every` of [defaults]; it has no key in outlets.toml.
_BUDGET = Option("budget", Kind.DURATION, "Average time between two crawls, at least, where `every` is auto.", '"30m"')
_STORED = (*OPTIONS, _BUDGET)
_IN_COLUMNS = ("name", "url")  # of the archive's table of outlets

OUTLET_TABLE = _table_of(OPTIONS)
_DEFAULTS_TABLE = _table_of(option for option in OPTIONS if option.shared)
FILE_TABLE = Table({"contact": text, "defaults": _DEFAULTS_TABLE, "outlet": Many(OUTLET_TABLE)})
_ROW_TABLE = _table_of(option for option in _STORED if option.key not in _IN_COLUMNS)


def by_field(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a table that was read, by field of Outlet."""
    fields = {}
    for option in _STORED:
        table, _, key = option.key.rpartition(".")
        holder = (values.get(table) or {}) if table else values
        if key in holder:
            fields[option.field] = holder[key]
    return fields


# Writing -------------------------------------------------------------------------------------------------------------


def set_values(outlet: Outlet) -> dict[str, Any]:
    """Return the values of the outlet by key, in the form of outlets.toml, without those that are None or empty."""
    return _by_key(outlet, (option for option in _STORED if getattr(outlet, option.field) not in (None, ())))


def to_row(outlet: Outlet) -> dict[str, Any]:
    """Return the values that differ from the defaults, by key, in the form of outlets.toml, as JSON for the row."""
    stored = (option for option in _STORED if option.key not in _IN_COLUMNS)
    return _by_key(outlet, (option for option in stored if getattr(outlet, option.field) != DEFAULTS[option.field]))


def from_row(name: str, url: str, row: Mapping[str, Any]) -> Outlet:
    """Return the outlet that `to_row` wrote, without values that cannot be read, such as those of another version."""
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
