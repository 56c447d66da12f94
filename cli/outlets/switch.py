"""`newskeep outlets on`, `off` and `remove`."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import click

from archive.home import Home
from cli.completion import complete_outlet
from cli.outlets.outlets_file import as_json, dry_run, find_outlet, open_outlets
from cli.outlets.values import archive_if_there
from cli.output import emit, say


def _of_outlets(verb: Callable[..., None]) -> Callable[..., None]:
    """Give a verb the arguments OUTLETS, --dry-run and --json."""
    named = click.argument("outlets", metavar="NAME|URL...", nargs=-1, required=True, shell_complete=complete_outlet)
    return named(dry_run(as_json(verb)))


@click.command()
@_of_outlets
def on(outlets: tuple[str, ...], dry_run: bool, json_: bool) -> None:
    """Collect from these outlets again, even if they were set aside because their crawls killed workers.

    \b
    newskeep outlets on krone
    newskeep outlets on krone spiegel --dry-run
    """
    _switch(outlets, True, dry_run, json_)


@click.command()
@_of_outlets
def off(outlets: tuple[str, ...], dry_run: bool, json_: bool) -> None:
    """Stop collecting from these outlets; what was collected stays.

    \b
    newskeep outlets off krone
    newskeep outlets off krone spiegel --dry-run
    """
    _switch(outlets, False, dry_run, json_)


@click.command()
@_of_outlets
def remove(outlets: tuple[str, ...], dry_run: bool, json_: bool) -> None:
    """Remove these outlets from outlets.toml; what was collected stays in the archive.

    \b
    newskeep outlets remove krone
    newskeep outlets remove krone spiegel --dry-run
    """
    from crawler.outlets.edit import remove_outlet

    home, file = open_outlets()
    for outlet in dict.fromkeys(find_outlet(file, text) for text in outlets):
        if not dry_run:
            remove_outlet(home.outlets_file, outlet.name)
        if json_:
            emit({"type": "outlet", "outlet": outlet.name, "url": outlet.url, "written": not dry_run})
        else:
            say(f"{'would remove' if dry_run else 'removed'} “{outlet.name}” from {home.outlets_file}")
    if not json_:
        say("what was collected stays in the archive")


def _switch(texts: Iterable[str], enabled: bool, dry_run: bool, json_: bool) -> None:
    from crawler.outlets.edit import set_key

    home, file = open_outlets()
    state = "on" if enabled else "off"
    for outlet in [find_outlet(file, text) for text in texts]:
        already = outlet.enabled is enabled
        if not already and not dry_run:
            set_key(home.outlets_file, outlet.name, "enabled", enabled)
        taken_back = enabled and not dry_run and _take_back(home, outlet.name)
        if json_:
            written = (taken_back or not already) and not dry_run
            emit({"type": "outlet", "outlet": outlet.name, "enabled": enabled, "written": written})
        elif taken_back:
            say(f"{outlet.name} is on again; it had been set aside")
        elif dry_run and not already:
            say(f"would switch {outlet.name} {state}")
        else:
            say(f"{outlet.name} is {state}{' already' if already else ''}")


def _take_back(home: Home, name: str) -> bool:
    """Put an outlet that was set aside back on the timetable; return whether it was set aside."""
    from scheduler.deaths import reinstate
    from scheduler.turn_queries import find_turn

    with archive_if_there(home) as conn:
        turn = find_turn(conn, name=name) if conn else None
        return bool(conn and turn and reinstate(conn, turn.outlet_id))
