"""`newskeep outlets add`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.outlets.entries import asked_for, outlet_of
from cli.outlets.findings import tell_found
from cli.outlets.known import at_home, look_at, opened
from cli.outlets.options import as_json, dry_run
from cli.outlets.remembered import remember
from cli.outlets.values import found_values
from cli.output import emit, say
from news.errors import SettingError

if TYPE_CHECKING:
    from archive.home import Home
    from crawler.outlets.file import Outlets
    from crawler.outlets.survey import Survey
    from news.outlets import Outlet


@click.command()
@click.argument("url")
@click.option("--name", help="What it is called; by default the main part of its host.")
@click.option("--no-look", is_flag=True, help="Do not visit the site now; the first crawl will.")
@dry_run
@as_json
def add(url: str, name: str | None, no_look: bool, dry_run: bool, json_: bool) -> None:
    """Add the outlet whose home page is URL.

    \b
    newskeep outlets add https://www.example.org
    newskeep outlets add https://news.example.org --name example-news --dry-run
    """
    from crawler.outlets.edit import add_outlets

    home, known = opened()
    entry = _new_entry(known, url, name)
    outlet = outlet_of(entry)
    look = None if no_look else look_at(home, outlet, known)
    if not dry_run:
        add_outlets(home.outlets_file, [entry])
        if look:
            remember(home, outlet, look)
    _tell(home, outlet, look, dry_run, json_)


def _new_entry(known: Outlets, url: str, name: str | None) -> dict[str, Any]:
    """The smallest entry; with a name only when one is given. Raises SettingError when it would not be good."""
    same = at_home(known.outlets, url)
    if same:
        raise SettingError(f"{url} is already there as “{same.name}”", f"newskeep outlets show {same.name}")
    entry = {"name": name, "url": url} if name else {"url": url}
    outlet = asked_for(entry)
    if known.named(outlet.name):
        raise SettingError(f"there is another outlet named “{outlet.name}”", f"newskeep outlets add {url} --name NAME")
    return entry


def _tell(home: Home, outlet: Outlet, look: Survey | None, dry_run: bool, json_: bool) -> None:
    if json_:
        found = {"found": found_values(look), "per_day": look.per_day} if look else {}
        emit({"type": "outlet", "outlet": outlet.name, "url": outlet.url, "written": not dry_run, **found})
        return
    if look:
        tell_found(look, say)
    say(f"{'would add' if dry_run else 'added'} “{outlet.name}” to {home.outlets_file}")
    if not dry_run:
        say(f"  next: newskeep crawl {outlet.name}")
