"""An outlet's values as outlets.toml writes them and as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crawler.outlets.survey import Survey
    from news.outlets import Outlet


def set_values(outlet: Outlet) -> dict[str, Any]:
    """What the entry and [defaults] say; what they leave open is left out."""
    from dataclasses import fields

    values = {field.name: getattr(outlet, field.name) for field in fields(outlet)}
    teasers = {key: list(values.pop(key)) for key in ("remove", "keep")}
    values["teasers"] = {key: given for key, given in teasers.items() if given}
    return {key: _plain(value) for key, value in values.items() if value not in (None, (), {})}


def found_values(look: Survey) -> dict[str, Any]:
    """What a look at the site found, as JSON has it; empty values left out."""
    found = look.found
    values = {
        "title": found.title,
        "language": found.language,
        "timezone": found.timezone,
        "delay": found.delay,
        "feeds": list(found.feeds),
        "sitemaps": list(found.sitemaps),
        "listings": list(found.listings),
    }
    return {key: value for key, value in values.items() if value not in (None, [])}


def in_words(value: Any) -> str:
    """One value, or one of several, as `show` prints it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(f"{key} {given}" for key, given in value.items()) if isinstance(value, Mapping) else str(value)


def timetable(outlet: Outlet) -> str:
    """When it is looked at: "every 30 minutes"."""
    from scheduler.timetable import in_words as schedule_in_words

    return schedule_in_words(outlet)


def zone_of(outlet: Outlet) -> str | None:
    """The time zone its schedule is read in, as set or as its address and language suggest."""
    from news.zones import time_zone

    return outlet.timezone or time_zone(outlet.url, outlet.language)


def _plain(value: Any) -> Any:
    from dataclasses import asdict, is_dataclass

    if isinstance(value, timedelta):
        return _short_duration(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {key: given for key, given in asdict(value).items() if given is not None}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _short_duration(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    unit, size = next((unit, size) for unit, size in (("d", 1440), ("h", 60), ("m", 1)) if minutes % size == 0)
    return f"{minutes // size}{unit}"
