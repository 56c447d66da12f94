"""Open outlets.toml, find an outlet in it by name or address, visit its site."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from cli.exits import USAGE
from news.errors import NewsError
from news.text import one_line

if TYPE_CHECKING:
    from archive.home import Home
    from crawler.outlets.file import Outlets
    from crawler.outlets.survey import Survey
    from news.outlets import Outlet


class NoSuchOutlet(NewsError):
    """No outlet of outlets.toml has that name or address."""

    exit_code = USAGE


def opened() -> tuple[Home, Outlets]:
    """The data folder and what its outlets.toml says. Raises OutletsInvalid with all mistakes."""
    from archive.home import open_home
    from crawler.outlets.file import load_outlets

    home = open_home()
    return home, load_outlets(home.outlets_file)


def named(known: Outlets, text: str) -> Outlet:
    """The outlet of that name or home page. Raises NoSuchOutlet, naming the nearest."""
    from difflib import get_close_matches

    outlet = known.named(text) or at_home(known.outlets, text)
    if outlet is None:
        near = get_close_matches(text, [outlet.name for outlet in known.outlets], n=1)
        guess = f"; did you mean “{near[0]}”?" if near else ""
        raise NoSuchOutlet(f"there is no outlet “{one_line(text)}” in outlets.toml{guess}", "newskeep outlets list")
    return outlet


def at_home(outlets: Iterable[Outlet], url: str) -> Outlet | None:
    """The outlet whose home page *url* is, in whatever spelling."""
    key = page_key(url)
    return next((outlet for outlet in outlets if key is not None and page_key(outlet.url) == key), None)


def page_key(url: str) -> int | None:
    """What all spellings of an address have in common; None for what is no address."""
    from news.urls import canonicalise, url_key

    try:
        return url_key(canonicalise(url))
    except ValueError:
        return None


def contact_of(home: Home, known: Outlets) -> str | None:
    """Where outlets can write to."""
    contact: str | None = known.contact or home.settings["NEWSKEEP_CONTACT"]
    return contact


def look_at(home: Home, outlet: Outlet, known: Outlets) -> Survey:
    """Visit the outlet's site, keeping nothing. Raises OutletBlocked or SettingError."""
    from crawler.outlets.survey import survey

    return survey(home, outlet, contact_of(home, known), datetime.now(UTC))


as_json = click.option("--json", "json_", is_flag=True, help="One JSON object a line.")
dry_run = click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
