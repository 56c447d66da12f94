"""Open outlets.toml, find an outlet in it by name or address, visit its site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from archive.home import Home, existing_home
from cli.output import say
from news.errors import NewsError
from news.exit_codes import ExitCode
from news.outlets import Outlet
from news.reasons import in_words
from news.text import one_line
from news.urls import page_key

if TYPE_CHECKING:
    from crawler.fetch import Fetched
    from crawler.outlets.file import OutletsFile
    from crawler.outlets.survey import Survey


class NoSuchOutlet(NewsError):
    """No outlet of outlets.toml has that name or address."""

    exit_code = ExitCode.USAGE


def open_outlets() -> tuple[Home, OutletsFile]:
    """Open the data folder and read its outlets.toml. Raises OutletsInvalid with all mistakes."""
    from crawler.outlets.file import load_outlets

    home = existing_home()
    return home, load_outlets(home.outlets_file)


def find_outlet(file: OutletsFile, text: str) -> Outlet:
    """Return the outlet with that name or home page. Raises NoSuchOutlet, which suggests the nearest name."""
    outlet = file.by_name(text) or outlet_with_home(file.outlets, text)
    if outlet is None:
        near = get_close_matches(text, [outlet.name for outlet in file.outlets], n=1)
        guess = f"; did you mean “{near[0]}”?" if near else ""
        raise NoSuchOutlet(f"there is no outlet “{one_line(text)}” in outlets.toml{guess}", "newskeep outlets list")
    return outlet


def outlet_with_home(outlets: Iterable[Outlet], url: str) -> Outlet | None:
    """Return the outlet whose home page is *url*, in any spelling of the address."""
    key = home_key(url)
    return next((outlet for outlet in outlets if key is not None and home_key(outlet.url) == key), None)


def home_key(url: str) -> int | None:
    """Return the key that all spellings of an address share; None for a text that is no address."""
    return page_key(url)


def contact_of(home: Home, file: OutletsFile) -> str | None:
    """Return the contact address for the user agent."""
    contact: str | None = home.settings["NEWSKEEP_CONTACT"] or file.contact
    return contact


def survey_outlet(
    home: Home,
    outlet: Outlet,
    file: OutletsFile,
    *,
    quiet: bool = False,
    known: Mapping[str, Sequence[str]] | None = None,
) -> Survey:
    """Visit the outlet's site without saving anything; unless *quiet*, print each answer as it arrives.

    *known* channels ({kind: URLs}) are read where the home page cannot be; None ends the survey there. Raises
    OutletBlocked or SettingError.
    """
    from crawler.outlets.survey import survey

    progress = None if quiet else _print_answer
    return survey(home, outlet, contact_of(home, file), datetime.now(UTC), progress, known)


def _print_answer(page: Fetched) -> None:
    say(f"  {in_words(page.error) if page.error else f'HTTP {page.status}':<10} {page.url}")


as_json = click.option("--json", "json_", is_flag=True, help="One JSON object a line.")
dry_run = click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
