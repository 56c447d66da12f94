"""An outlet's entry as its row in the archive keeps it, so that a worker needs no outlets.toml."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import timedelta
from typing import Any

from news.outlets import Listing, OnPaywall, Outlet

_IN_COLUMNS = frozenset({"name", "url"})


def to_row(outlet: Outlet) -> dict[str, Any]:
    """The values that differ from what an outlet has when nobody says anything, as JSON can hold them."""
    return {
        field.name: _plain(value)
        for field in fields(Outlet)
        if field.name not in _IN_COLUMNS and (value := getattr(outlet, field.name)) != field.default
    }


def from_row(name: str, url: str, row: Mapping[str, Any]) -> Outlet:
    """The outlet that `to_row` wrote down; a value in another form, of another version's, is left out."""
    given = {key: value for key, text in row.items() if key in _READERS and (value := _read(key, text)) is not None}
    return Outlet(name, url, **given)


def _plain(value: object) -> object:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Listing):
        return {"url": value.url, "links": value.links}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def _read(key: str, value: Any) -> Any:
    try:
        return _READERS[key](value)
    except (TypeError, ValueError, KeyError, OverflowError):
        return None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _length(value: Any) -> timedelta:
    return timedelta(seconds=float(value))


def _every(value: Any) -> timedelta | str:
    return "auto" if value == "auto" else _length(value)


def _listing(value: Any) -> Listing:
    links = value["links"]
    return Listing(_text(value["url"]), None if links is None else _text(links))


def _many(read: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    def read_all(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise TypeError(value)
        return tuple(map(read, value))

    return read_all


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "title": _text,
    "language": _text,
    "timezone": _text,
    "schedule": _text,
    "every": _every,
    "budget": _length,
    "delay": float,
    "feeds": _many(_text),
    "sitemaps": _many(_text),
    "listings": _many(_listing),
    "article_url": _text,
    "skip_url": _many(_text),
    "revisit": _many(_length),
    "remove": _many(_text),
    "keep": _many(_text),
    "on_paywall": OnPaywall,
    "enabled": _truth,
    "note": _text,
}
