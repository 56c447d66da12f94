"""Options of an outlet: how each is read from outlets.toml and how the archive's row keeps it."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from crawler.channels.plain_values import MAX_URL_CHARS, language_tag
from news.outlets import Listing, OnPaywall, Outlet
from news.urls import canonicalise

Reader = Callable[[Any], Any]


class Wrong(ValueError):
    """A value that cannot be used: what is wrong, what to do, and where inside the value (list places and keys).

    `others` are further mistakes in the same list or table.
    """

    def __init__(self, message: str, help: str = "", inside: tuple[str | int, ...] = (), *, key: bool = False) -> None:
        super().__init__(message)
        self.message, self.help, self.inside, self.key = message, help, inside, key
        self.others: list[Wrong] = []

    def within(self, place: str | int) -> "Wrong":
        """The same mistake (and the others), seen from the list or table around it."""
        self.inside = (place, *self.inside)
        for other in self.others:
            other.inside = (place, *other.inside)
        return self


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


def many(reader: Reader) -> Reader:
    """A reader of lists of what *reader* reads; one thing alone is a list of one."""

    def read(value: Any) -> tuple[Any, ...]:
        given = value if isinstance(value, list) else [value]
        if len(given) > 1000:
            raise Wrong("a list of more than 1,000")
        if value is not given:
            return (reader(value),)
        return tuple(_read_each((place, reader, item) for place, item in enumerate(given)))

    return read


def _read_each(parts: Iterable[tuple[str | int, Reader, Any]]) -> list[Any]:
    """What each part's reader makes of it; raises one Wrong that carries all."""
    read, wrongs = [], []
    for place, reader, value in parts:
        try:
            read.append(reader(value))
        except Wrong as wrong:
            wrongs.append(wrong.within(place))
    if wrongs:
        wrongs[0].others += [each for wrong in wrongs[1:] for each in (wrong, *wrong.others)]
        raise wrongs[0]
    return read


def table(readers: Mapping[str, Reader]) -> Reader:
    """A reader of tables with these keys."""

    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Wrong(f"{_shown(value)} where a table is expected", f"{{ {' = …, '.join(readers)} = … }}")
        read = _read_each((key, readers.get(key, _unknown(key, readers)), item) for key, item in value.items())
        return dict(zip(value, read, strict=True))

    return read


def _unknown(key: str, readers: Mapping[str, Reader]) -> Reader:
    def refuse(_: Any) -> Any:
        raise Wrong(f"unknown key “{key[:80]}”", nearest(key, readers), key=True)

    return refuse


def nearest(key: str, known: Mapping[str, Any]) -> str:
    near = get_close_matches(key, known, n=1)
    return f"did you mean “{near[0]}”?" if near else f"known keys: {', '.join(known)}"[:150]


def listing(value: Any) -> Listing:
    if isinstance(value, str):
        return Listing(url(value))
    given = table({"url": url, "links": selector})(value)
    if "url" not in given:
        raise Wrong("a listing without “url”")
    return Listing(given["url"], given.get("links"))


# The keys of an outlet, in the order in which they are shown.
OUTLET_KEYS: Mapping[str, Reader] = {
    "name": name,
    "title": text,
    "url": url,
    "language": language,
    "timezone": timezone,
    "schedule": schedule,
    "every": every,
    "delay": seconds,
    "feeds": many(url),
    "sitemaps": many(url),
    "listings": many(listing),
    "article_url": pattern,
    "skip_url": many(pattern),
    "revisit": many(duration),
    "teasers": table({"remove": many(selector), "keep": many(selector)}),
    "on_paywall": on_paywall,
    "enabled": boolean,
    "note": text,
}
_OF_ONE_OUTLET = ("name", "title", "url", "feeds", "sitemaps", "listings", "article_url", "enabled", "note")
DEFAULT_KEYS: Mapping[str, Reader] = {key: read for key, read in OUTLET_KEYS.items() if key not in _OF_ONE_OUTLET}
TOP_KEYS: Mapping[str, Reader] = {"contact": text, "defaults": table(DEFAULT_KEYS), "outlet": many(table(OUTLET_KEYS))}

_IN_COLUMNS = frozenset({"name", "url"})


def to_row(outlet: Outlet) -> dict[str, Any]:
    """The values that differ from what an outlet has when nobody says anything, as JSON can hold them."""
    return {
        field.name: _row_value(value)
        for field in fields(Outlet)
        if field.name not in _IN_COLUMNS and (value := getattr(outlet, field.name)) != field.default
    }


def from_row(name: str, url: str, row: Mapping[str, Any]) -> Outlet:
    """The outlet that `to_row` wrote down; a value in another form, of another version's, is left out."""
    given = {
        key: value
        for key, text in row.items()
        if key in _ROW_READERS and (value := _read_row_value(key, text)) is not None
    }
    return Outlet(name, url, **given)


def _row_value(value: object) -> object:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Listing):
        return {"url": value.url, "links": value.links}
    return [_row_value(one) for one in value] if isinstance(value, tuple) else value


def _read_row_value(key: str, value: Any) -> Any:
    try:
        return _ROW_READERS[key](value)
    except (TypeError, ValueError, KeyError, OverflowError):
        return None


def _row_text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _length(value: Any) -> timedelta:
    return timedelta(seconds=float(value))


def _row_every(value: Any) -> timedelta | str:
    return "auto" if value == "auto" else _length(value)


def _row_listing(value: Any) -> Listing:
    links = value["links"]
    return Listing(_row_text(value["url"]), None if links is None else _row_text(links))


def _row_many(read: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    def read_all(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise TypeError(value)
        return tuple(map(read, value))

    return read_all


_ROW_READERS: Mapping[str, Callable[[Any], Any]] = {
    "title": _row_text,
    "language": _row_text,
    "timezone": _row_text,
    "schedule": _row_text,
    "every": _row_every,
    "budget": _length,
    "delay": float,
    "feeds": _row_many(_row_text),
    "sitemaps": _row_many(_row_text),
    "listings": _row_many(_row_listing),
    "article_url": _row_text,
    "skip_url": _row_many(_row_text),
    "revisit": _row_many(_length),
    "remove": _row_many(_row_text),
    "keep": _row_many(_row_text),
    "on_paywall": OnPaywall,
    "enabled": _truth,
    "note": _row_text,
}
