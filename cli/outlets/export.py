"""`newskeep outlets export`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.outlets.known import opened
from cli.outlets.remembered import remembered

if TYPE_CHECKING:
    from archive.home import Home
    from crawler.outlets.opml import Subscription
    from news.outlets import Outlet


@click.command()
@click.option("--format", "format_", type=click.Choice(["opml", "toml"]), default="opml", show_default=True)
def export(format_: str) -> None:
    """Print the outlets as OPML, for a feed reader, or as TOML.

    \b
    newskeep outlets export > outlets.opml
    newskeep outlets export --format toml > copy.toml
    """
    from crawler.outlets.file import read_text
    from crawler.outlets.opml import write_opml

    home, known = opened()
    if format_ == "toml":
        click.echo(read_text(home.outlets_file), nl=False)
    else:
        click.echo(write_opml(_subscription(home, outlet) for outlet in known.outlets), nl=False)


def _subscription(home: Home, outlet: Outlet) -> Subscription:
    from crawler.outlets.opml import Subscription

    found = {} if outlet.feeds is not None else remembered(home, outlet.name) or {}
    feeds = outlet.feeds if outlet.feeds is not None else tuple(found.get("feeds") or ())
    return Subscription(outlet.url, outlet.title or found.get("title") or outlet.name, outlet.language, feeds)
