"""`newskeep outlets show`, `list`, `check` and `export`: print what outlets.toml says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from archive.home import Home
from cli.archive_helpers import format_time
from cli.completion import complete_outlet
from cli.outlets.outlets_file import as_json, find_outlet, open_outlets
from cli.outlets.values import access_in_archive, archive_if_there, in_words, timetable, values_in_archive, zone_of
from cli.output import emit, plural, print_text, say
from news.outlets import Outlet
from news.text import one_line

if TYPE_CHECKING:
    from archive.access import AccessInterval
    from archive.outlets import Collected
    from crawler.outlets.file import OutletsFile
    from crawler.outlets.opml import Subscription

Marked = dict[str, tuple[Any, str]]  # key: (value, mark)
_TIMES = 3  # next turns that `check` prints


@click.command()
@click.argument("outlet", metavar="NAME|URL", shell_complete=complete_outlet)
@as_json
def show(outlet: str, json_: bool) -> None:
    """Show an outlet's values, each marked set (by you), found (on its site) or default, and its access states.

    An access state is a paywall, a consent wall, an opt-out from text and data mining or the like: see `v_access`.

    \b
    newskeep outlets show spiegel
    newskeep outlets show https://www.spiegel.de --json
    """
    home, file = open_outlets()
    chosen = find_outlet(file, outlet)
    found, access = values_in_archive(home, chosen.name), access_in_archive(home, chosen.name)
    values = marked(chosen, file, found or {}, built_in(home, chosen))
    if json_:
        rows = [{"key": key, "value": value, "mark": mark} for key, (value, mark) in values.items()]
        states = [asdict(interval) for interval in access]
        emit({"type": "outlet", "outlet": chosen.name, "looked": found is not None, "values": rows, "access": states})
        return
    print_text(chosen.name)
    for key, (value, mark) in values.items():
        for number, part in enumerate(value if isinstance(value, list) else [value]):
            print_text(f"  {'' if number else key:<12} {'' if number else mark:<8} {in_words(part)}")
    for number, interval in enumerate(access):
        print_text(f"  {'' if number else 'access':<12} {_access_in_words(interval)}")
    if found is None:
        say(f"not looked yet\n  next: newskeep crawl {chosen.name}")


def _access_in_words(interval: AccessInterval) -> str:
    since, until = format_time(interval.since), format_time(interval.until) if interval.until else None
    when = f"from {since} to {until}" if until else f"since {since}"
    pages = f", {plural(interval.pages, 'page')}" if interval.pages else ""
    return f"{interval.state.replace('_', ' ')} {when}{pages}; {interval.source}: {one_line(interval.evidence)}"


def built_in(home: Home, outlet: Outlet) -> dict[str, Any]:
    """Return values that apply where nothing is set and nothing was found."""
    zone = zone_of(outlet) or "UTC"
    when = {} if outlet.schedule else {"every": timetable(outlet).removeprefix("every ")}
    return {"timezone": zone, "delay": home.settings["CRAWL_DELAY_SECONDS"], **when, "listings": [outlet.url]}


def marked(outlet: Outlet, file: OutletsFile, found: Mapping[str, Any], defaults: Mapping[str, Any]) -> Marked:
    """Return each value with its mark, in the order of the options; a set value has precedence over a found one."""
    from crawler.outlets.options import OUTLET_TABLE, set_values

    own = file.keys_by_outlet.get(outlet.name, frozenset())
    values: Marked = {key: (value, "default") for key, value in defaults.items()}
    shown = {key: value for key, value in found.items() if value not in (None, [], ()) and not key.endswith("_at")}
    values |= {key: (value, "found") for key, value in shown.items()}
    values |= {key: (value, "set" if key in own else "default") for key, value in set_values(outlet).items()}
    order = list(OUTLET_TABLE.keys)
    return dict(sorted(values.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order)))


@click.command()
@as_json
def check(json_: bool) -> None:
    """Check outlets.toml, and say when each outlet is due.

    \b
    newskeep outlets check
    newskeep outlets check --json
    """
    home, file = open_outlets()
    now = datetime.now(UTC)
    for outlet in file.outlets:
        zone, times = zone_of(outlet), _next_times(outlet, now)
        if json_:
            emit({"type": "outlet", "outlet": outlet.name, "enabled": outlet.enabled, "when": timetable(outlet),
                  "timezone": zone or "UTC", "next": [time.isoformat() for time in times]})  # fmt: skip
        elif outlet.enabled:
            turns = ", ".join(_time_in_words(time, now) for time in times)
            print_text(f"{outlet.name:<20} {timetable(outlet)}; next {turns}")
        else:
            print_text(f"{outlet.name:<20} off")
    if not home.outlets_file.exists():
        say(f"{home.outlets_file} is not there yet\n  next: newskeep outlets add https://…")
        return
    say(f"{home.outlets_file}: {plural(len(file.outlets), 'outlet')}, no mistakes")


def _next_times(outlet: Outlet, now: datetime) -> tuple[datetime, ...]:
    from scheduler.timetable import next_turns

    return next_turns(outlet, zone_of(outlet), now, _TIMES) if outlet.enabled else ()


def _time_in_words(time: datetime, now: datetime) -> str:
    """Return the time of a turn in words, with the year if it is not this year."""
    return f"{time:%a %d %b %H:%M %Z}" if time.year == now.year else f"{time:%a %d %b %Y %H:%M %Z}"


@click.command("list")
@as_json
def list_(json_: bool) -> None:
    """List the outlets, with the number of their articles and the last successful look at each.

    \b
    newskeep outlets list
    newskeep outlets list --json
    """
    from archive.outlets import Collected, collected
    from crawler.outlets.options import set_values

    home, file = open_outlets()
    with archive_if_there(home) as conn:
        so_far = collected(conn) if conn else None
    for outlet in file.outlets:
        of_outlet = None if so_far is None else so_far.get(outlet.name, Collected())
        if json_:
            archived = asdict(of_outlet) if of_outlet else {}
            emit({"type": "outlet", "outlet": outlet.name, **set_values(outlet), **archived})
        else:
            state = "" if outlet.enabled else "  off"
            print_text(
                f"{outlet.name:<20} {outlet.url:<45} {timetable(outlet):<20}{_so_far(of_outlet)}{state}".rstrip()
            )
    if not file.outlets:
        say("no outlets yet\n  next: newskeep outlets add https://…")


def _so_far(collected: Collected | None) -> str:
    if collected is None:
        return ""
    last = f"last look {format_time(collected.looked_at)}" if collected.looked_at else "not looked yet"
    return f"  {plural(collected.articles, 'article')}, {last}"


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

    home, file = open_outlets()
    if format_ == "toml":
        click.echo(read_text(home.outlets_file), nl=False)
    else:
        click.echo(write_opml(_subscription(home, outlet) for outlet in file.outlets), nl=False)


def _subscription(home: Home, outlet: Outlet) -> Subscription:
    from crawler.outlets.opml import Subscription

    found = {} if outlet.feeds is not None else values_in_archive(home, outlet.name) or {}
    feeds = outlet.feeds if outlet.feeds is not None else tuple(found.get("feeds") or ())
    return Subscription(outlet.url, outlet.title or found.get("title") or outlet.name, outlet.language, feeds)
