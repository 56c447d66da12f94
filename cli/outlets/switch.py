"""`newskeep outlets on` and `off`."""

from collections.abc import Iterable

import click

from cli.completion import complete_outlet
from cli.outlets.known import named, opened
from cli.outlets.options import as_json, dry_run
from cli.output import emit, say


@click.command()
@click.argument("outlets", metavar="NAME|URL...", nargs=-1, required=True, shell_complete=complete_outlet)
@dry_run
@as_json
def on(outlets: tuple[str, ...], dry_run: bool, json_: bool) -> None:
    """Collect from these outlets again.

    \b
    newskeep outlets on krone
    newskeep outlets on krone spiegel --dry-run
    """
    _switch(outlets, True, dry_run, json_)


@click.command()
@click.argument("outlets", metavar="NAME|URL...", nargs=-1, required=True, shell_complete=complete_outlet)
@dry_run
@as_json
def off(outlets: tuple[str, ...], dry_run: bool, json_: bool) -> None:
    """Stop collecting from these outlets; what was collected stays.

    \b
    newskeep outlets off krone
    newskeep outlets off krone spiegel --dry-run
    """
    _switch(outlets, False, dry_run, json_)


def _switch(texts: Iterable[str], enabled: bool, dry_run: bool, json_: bool) -> None:
    from crawler.outlets.edit import set_key

    home, known = opened()
    state = "on" if enabled else "off"
    for outlet in [named(known, text) for text in texts]:
        already = outlet.enabled is enabled
        if not already and not dry_run:
            set_key(home.outlets_file, outlet.name, "enabled", enabled)
        if json_:
            emit({"type": "outlet", "outlet": outlet.name, "enabled": enabled, "written": not (already or dry_run)})
        elif dry_run and not already:
            say(f"would switch {outlet.name} {state}")
        else:
            say(f"{outlet.name} is {state}{' already' if already else ''}")
