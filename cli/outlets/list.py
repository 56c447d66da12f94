"""`newskeep outlets list`."""

import click

from cli.outlets.known import opened
from cli.outlets.options import as_json
from cli.outlets.values import set_values, timetable
from cli.output import emit, say, tell


@click.command("list")
@as_json
def list_(json_: bool) -> None:
    """List the outlets.

    \b
    newskeep outlets list
    newskeep outlets list --json
    """
    _, known = opened()
    for outlet in known.outlets:
        if json_:
            emit({"type": "outlet", "outlet": outlet.name, **set_values(outlet)})
        else:
            state = "" if outlet.enabled else "  off"
            tell(f"{outlet.name:<20} {outlet.url:<45} {timetable(outlet)}{state}")
    if not known.outlets:
        say("no outlets yet\n  next: newskeep outlets add https://…")
