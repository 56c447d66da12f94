"""`newskeep outlets show`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import click

from cli.completion import complete_outlet
from cli.outlets.known import named, opened
from cli.outlets.options import as_json
from cli.outlets.remembered import remembered
from cli.outlets.values import in_words, set_values, timetable, zone_of
from cli.output import emit, say, tell

if TYPE_CHECKING:
    from archive.home import Home
    from crawler.outlets.file import Outlets
    from news.outlets import Outlet

Marked = dict[str, tuple[Any, str]]  # key: (value, mark)


@click.command()
@click.argument("outlet", metavar="NAME|URL", shell_complete=complete_outlet)
@as_json
def show(outlet: str, json_: bool) -> None:
    """Show an outlet's values, each marked set (by you), found (on its site) or default.

    \b
    newskeep outlets show spiegel
    newskeep outlets show https://www.spiegel.de --json
    """
    home, known = opened()
    chosen = named(known, outlet)
    found = remembered(home, chosen.name)
    values = marked(chosen, known, found or {}, built_in(home, chosen))
    if json_:
        rows = [{"key": key, "value": value, "mark": mark} for key, (value, mark) in values.items()]
        emit({"type": "outlet", "outlet": chosen.name, "looked": found is not None, "values": rows})
        return
    tell(chosen.name)
    for key, (value, mark) in values.items():
        for number, part in enumerate(value if isinstance(value, list) else [value]):
            tell(f"  {'' if number else key:<12} {'' if number else mark:<8} {in_words(part)}")
    if found is None:
        say(f"not looked yet\n  next: newskeep crawl {chosen.name}")


def built_in(home: Home, outlet: Outlet) -> dict[str, Any]:
    """What holds where nobody set anything and nothing was found."""
    zone = zone_of(outlet) or "UTC"
    when = {} if outlet.schedule else {"every": timetable(outlet).removeprefix("every ")}
    return {"timezone": zone, "delay": home.settings["CRAWL_DELAY_SECONDS"], **when, "listings": [outlet.url]}


def marked(outlet: Outlet, known: Outlets, found: Mapping[str, Any], defaults: Mapping[str, Any]) -> Marked:
    """Each value with its mark, in the order of outlets.toml: what is set goes before what is found."""
    own = known.given.get(outlet.name, frozenset())
    values: Marked = {key: (value, "default") for key, value in defaults.items()}
    values |= {key: (value, "found") for key, value in found.items() if value not in (None, [], ())}
    values |= {key: (value, "set" if key in own else "default") for key, value in set_values(outlet).items()}
    order = [field.name for field in fields(outlet)]
    return dict(sorted(values.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order)))
