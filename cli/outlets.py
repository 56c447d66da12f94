"""`newskeep outlets`: who is collected from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.output import emit, say, tell
from news.errors import ArchiveError, SettingError

if TYPE_CHECKING:
    from archive.home import Home
    from crawler.outlets.file import Outlets
    from crawler.outlets.opml import Subscription
    from crawler.outlets.survey import Reading, Survey
    from news.outlets import Outlet

as_json = click.option("--json", "json_", is_flag=True, help="One JSON object a line.")
dry_run = click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
ARTICLES_TRIED = 5


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def outlets() -> None:
    """Add, list, show, test, check, import and export outlets.

    \b
    newskeep outlets test https://www.example.org     try an outlet, save nothing
    newskeep outlets add https://www.example.org      collect from it from now on
    """


# add -----------------------------------------------------------------------------------------------------------------


@outlets.command()
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

    home, known = _opened()
    entry = _new_entry(known, url, name)
    outlet = _outlet(entry)
    look = None if no_look else _look(home, outlet, known)
    if not dry_run:
        add_outlets(home.outlets_file, [entry])
        _remember(home, outlet, look)
    _say_added(home, outlet, look, dry_run, json_)


def _new_entry(known: Outlets, url: str, name: str | None) -> dict[str, Any]:
    """The smallest entry; with a name only when one is given. Raises SettingError when it would not be good."""
    same = _already(known, url)
    if same:
        raise SettingError(f"{url} is already there as “{same.name}”", f"newskeep outlets show {same.name}")
    entry = {"name": name, "url": url} if name else {"url": url}
    outlet = _asked_for(entry)
    if known.named(outlet.name):
        raise SettingError(f"there is another outlet named “{outlet.name}”", f"newskeep outlets add {url} --name NAME")
    return entry


def _outlet(entry: Mapping[str, Any]) -> Outlet:
    """The outlet that *entry* would be. Raises SettingError with what is wrong with it."""
    from crawler.outlets.edit import with_entries
    from crawler.outlets.file import parse_outlets

    return parse_outlets(with_entries("", [entry]), "the new entry").outlets[0]


def _asked_for(entry: Mapping[str, Any]) -> Outlet:
    """The outlet of an entry that was typed at the command line. Raises UsageError for a value that cannot be used."""
    from crawler.outlets.values import OUTLET_KEYS, Wrong

    for key, value in entry.items():
        try:
            OUTLET_KEYS[key](value)
        except Wrong as wrong:
            raise click.UsageError(f"{wrong.message}; {wrong.help}" if wrong.help else wrong.message) from wrong
    return _outlet(entry)


def _already(known: Outlets, url: str) -> Outlet | None:
    key = _page_key(url)
    return next((outlet for outlet in known.outlets if key is not None and _page_key(outlet.url) == key), None)


def _page_key(url: str) -> int | None:
    from news.urls import canonicalise, url_key

    try:
        return url_key(canonicalise(url))
    except ValueError:
        return None


def _say_added(home: Home, outlet: Outlet, look: Survey | None, dry_run: bool, json_: bool) -> None:
    if json_:
        found = {"found": _found_fields(look), "per_day": look.per_day} if look else {}
        emit({"outlet": outlet.name, "url": outlet.url, "written": not dry_run, **found})
        return
    if look:
        _say_found(look)
    say(f"{'would add' if dry_run else 'added'} “{outlet.name}” to {home.outlets_file}")
    if not dry_run:
        say(f"  next: newskeep crawl {outlet.name}")


def _remember(home: Home, outlet: Outlet, look: Survey | None) -> None:
    """Keep what was found where `show` and the first crawl find it; a database that is away does not stop anybody."""
    if look is None:
        return
    from archive.database import open_archive
    from archive.outlets import ensure_outlet, save_found

    try:
        engine = open_archive(home)
        with engine.begin() as conn:
            save_found(conn, ensure_outlet(conn, outlet.name, outlet.url), _found_fields(look))
        engine.dispose()
    except ArchiveError as error:
        say(f"not remembered ({error}); the first crawl will look again")


# list and show -------------------------------------------------------------------------------------------------------


@outlets.command("list")
@as_json
def list_(json_: bool) -> None:
    """List the outlets.

    \b
    newskeep outlets list
    newskeep outlets list --json
    """
    _, known = _opened()
    for outlet in known.outlets:
        if json_:
            emit({"outlet": outlet.name, **_set_fields(outlet)})
        else:
            state = "" if outlet.enabled else "  off"
            click.echo(f"{outlet.name:<20} {outlet.url:<45} {_when(outlet)}{state}")
    if not known.outlets:
        say("no outlets yet\n  next: newskeep outlets add https://…")


@outlets.command()
@click.argument("name")
@as_json
def show(name: str, json_: bool) -> None:
    """Show an outlet's values, and whether each was set by you or found.

    \b
    newskeep outlets show spiegel
    newskeep outlets show spiegel --json
    """
    home, known = _opened()
    outlet = _named(known, name)
    found = _found_in_archive(home, outlet.name)
    marked = list(_marked(outlet, known, found or {}))
    if json_:
        emit(
            {
                "outlet": name,
                "looked": found is not None,
                "values": [dict(zip(_MARKS, row, strict=True)) for row in marked],
            }
        )
        return
    click.echo(name)
    for key, value, mark in marked:
        for number, part in enumerate(value if isinstance(value, list) else [value]):
            tell(f"  {'' if number else key:<12} {'' if number else mark:<8} {_in_words(part)}")
    if found is None:
        say(f"not looked yet\n  next: newskeep crawl {name}")


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(f"{key} {given}" for key, given in value.items()) if isinstance(value, dict) else str(value)


_MARKS = ("key", "value", "mark")


def _marked(outlet: Outlet, known: Outlets, found: Mapping[str, Any]) -> Iterable[tuple[str, Any, str]]:
    """Each value with its mark: set (in the entry), default (in [defaults]) or found."""
    own = known.given.get(outlet.name, frozenset())
    for key, value in _set_fields(outlet).items():
        if key != "name" or "name" in own:
            yield key, value, "set" if key in own else "default" if key in known.defaults else "built in"
    for key, value in found.items():
        if key not in own and key not in known.defaults and value not in (None, [], ()):
            yield key, value, "found"


# test ----------------------------------------------------------------------------------------------------------------


@outlets.command()
@click.argument("target", metavar="URL|NAME")
@as_json
def test(target: str, json_: bool) -> None:
    """Try an outlet without saving anything: what it announces, and five of its articles read.

    \b
    newskeep outlets test https://www.example.org
    newskeep outlets test spiegel
    """
    from crawler.outlets.survey import read_some

    home, known = _opened()
    outlet = known.named(target) or _asked_for({"url": target})
    look = _look(home, outlet, known)
    readings = read_some(home, outlet, look.links[:ARTICLES_TRIED], _contact(home, known), datetime.now(UTC))
    if json_:
        _emit_test(outlet, look, readings)
    else:
        _say_found(look, tell)
        for reading in readings:
            _say_reading(reading)
    if not any(reading.article for reading in readings):
        say("no article could be read")
        click.get_current_context().exit(5)


def _emit_test(outlet: Outlet, look: Survey, readings: Iterable[Reading]) -> None:
    emit({"outlet": outlet.name, "url": outlet.url, "found": _found_fields(look), "links": len(look.links),
          "per_day": look.per_day, "problems": look.found.problems})  # fmt: skip
    for reading in readings:
        article = reading.article
        fields = {} if article is None else {
            "headline": article.headline, "words": len(article.body.split()), "published_at": article.date_published,
            "removed": [{"text": block.text, "label": block.label, "rule": block.rule} for block in article.removed],
        }  # fmt: skip
        emit({"url": reading.url, **({"problem": reading.problem} if reading.problem else {}), **fields})


def _say_found(look: Survey, line: Callable[[str], None] = say) -> None:
    for key, value in _found_fields(look).items():
        shown = (
            value
            if not isinstance(value, list)
            else f"{len(value)}: " + " ".join(value[:3]) + (" …" * (len(value) > 3))
        )
        line(f"  {key:<10} {shown}")
    pace = f", about {look.per_day:.0f} a day" if look.per_day else ""
    line(f"  {'links':<10} {len(look.links)}{pace}")
    for problem in look.found.problems[:10]:
        line(f"  problem    {problem}")


def _say_reading(reading: Reading) -> None:
    article = reading.article
    if article is None:
        tell(f"  ✗ {reading.url}\n      {reading.problem}")
        return
    when = article.date_published.isoformat(" ", "minutes") if article.date_published else "no date"
    tell(f"  ✓ {article.headline or '(no headline)'}\n      {len(article.body.split())} words · {when} · {reading.url}")
    removed: dict[str, list[str]] = {}
    for block in article.removed:
        removed.setdefault(block.label.value, []).append(block.text)
    for label, texts in removed.items():
        tell(f"      removed {len(texts)} {label}: “{texts[0][:60]}”" + (" …" if len(texts) > 1 else ""))


# check ---------------------------------------------------------------------------------------------------------------


@outlets.command()
@as_json
def check(json_: bool) -> None:
    """Check outlets.toml, and say when each outlet is due.

    \b
    newskeep outlets check
    newskeep outlets check --json
    """
    from scheduler.timetable import next_times

    home, known = _opened()
    now = datetime.now(UTC)
    for outlet in known.outlets:
        zone = _zone(outlet)
        times = next_times(outlet.schedule, outlet.every, zone, now, 3) if outlet.enabled else ()
        if json_:
            emit({"outlet": outlet.name, "enabled": outlet.enabled, "when": _when(outlet), "timezone": zone or "UTC",
                  "next": [time.isoformat() for time in times]})  # fmt: skip
        elif outlet.enabled:
            shown = ", ".join(f"{time:%a %d %b %H:%M %Z}" for time in times)
            click.echo(f"{outlet.name:<20} {_when(outlet)}; next {shown}")
        else:
            click.echo(f"{outlet.name:<20} off")
    say(f"{home.outlets_file}: {len(known.outlets)} outlet{'s' if len(known.outlets) != 1 else ''}, no mistakes")


def _zone(outlet: Outlet) -> str | None:
    from crawler.discovery.describe import time_zone

    return outlet.timezone or time_zone(outlet.url, outlet.language)


def _when(outlet: Outlet) -> str:
    from scheduler.timetable import in_words

    return in_words(outlet.schedule, outlet.every)


# import and export ---------------------------------------------------------------------------------------------------


@outlets.command("import")
@click.argument("file", type=click.File("rb"))
@dry_run
@as_json
def import_(file: Any, dry_run: bool, json_: bool) -> None:
    """Add the outlets of an OPML file or of another outlets.toml; those already there are left as they are.

    \b
    newskeep outlets import feeds.opml --dry-run
    newskeep outlets import other/outlets.toml
    """
    from crawler.outlets.edit import add_outlets

    home, known = _opened()
    body = file.read(20_000_000)
    given = (
        _opml_entries(body) if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else _toml_entries(body, file.name)
    )
    new, left = _news_among(known, given)
    if new and not dry_run:
        add_outlets(home.outlets_file, new)
    for entry in new:
        _say_imported(entry, dry_run, json_)
    say(f"{len(new)} {'would be added' if dry_run else 'added'}, {left} already there")


def _say_imported(entry: Mapping[str, Any], dry_run: bool, json_: bool) -> None:
    if json_:
        emit({"outlet": entry["name"], "url": entry["url"], "written": not dry_run})
    else:
        click.echo(f"{'would add' if dry_run else 'added'} {entry['name']:<20} {entry['url']}")


def _opml_entries(body: bytes) -> list[dict[str, Any]]:
    from crawler.outlets.opml import read_opml

    sites = [
        {"title": site.title, "url": site.url, "language": site.language, "feeds": list(site.feeds)}
        for site in read_opml(body)
    ]
    return [{key: value for key, value in site.items() if value} for site in sites]


def _toml_entries(body: bytes, name: str) -> list[dict[str, Any]]:
    import tomllib

    from crawler.outlets.file import parse_outlets

    try:
        text = body.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise SettingError(f"{name} is neither OPML nor TOML") from error
    parse_outlets(text, Path(name).name)
    return [dict(entry) for entry in tomllib.loads(text).get("outlet", [])]


def _news_among(known: Outlets, given: Iterable[dict[str, Any]]) -> tuple[list[dict[str, Any]], int]:
    """The entries of outlets that are not there yet, each with a name of its own, and how many were there."""
    pages = {_page_key(outlet.url) for outlet in known.outlets}
    names = {outlet.name.lower() for outlet in known.outlets}
    new, left = [], 0
    for entry in given:
        key = _page_key(entry["url"])
        if key in pages:
            left += 1
            continue
        name = _free_name(_outlet(entry).name, names)
        names.add(name.lower())
        pages.add(key)
        new.append({"name": name, **{field: value for field, value in entry.items() if field != "name"}})
    return new, left


def _free_name(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free.lower() in taken:
        number += 1
        free = f"{name[:60]}-{number}"
    return free


@outlets.command()
@click.option("--format", "format_", type=click.Choice(["opml", "toml"]), default="opml", show_default=True)
def export(format_: str) -> None:
    """Print the outlets as OPML, for a feed reader, or as TOML.

    \b
    newskeep outlets export > outlets.opml
    newskeep outlets export --format toml > copy.toml
    """
    from crawler.outlets.file import read_text
    from crawler.outlets.opml import write_opml

    home, known = _opened()
    if format_ == "toml":
        click.echo(read_text(home.outlets_file), nl=False)
    else:
        click.echo(write_opml(_subscription(home, outlet) for outlet in known.outlets), nl=False)


def _subscription(home: Home, outlet: Outlet) -> Subscription:
    from crawler.outlets.opml import Subscription

    found = {} if outlet.feeds is not None else _found_in_archive(home, outlet.name) or {}
    feeds = outlet.feeds if outlet.feeds is not None else tuple(found.get("feeds") or ())
    return Subscription(outlet.url, outlet.title or found.get("title") or outlet.name, outlet.language, feeds)


# on and off ----------------------------------------------------------------------------------------------------------


@outlets.command()
@click.argument("names", nargs=-1, required=True)
@dry_run
def on(names: tuple[str, ...], dry_run: bool) -> None:
    """Collect from these outlets again.

    \b
    newskeep outlets on krone
    newskeep outlets on krone spiegel --dry-run
    """
    _switch(names, True, dry_run)


@outlets.command()
@click.argument("names", nargs=-1, required=True)
@dry_run
def off(names: tuple[str, ...], dry_run: bool) -> None:
    """Stop collecting from these outlets; what was collected stays.

    \b
    newskeep outlets off krone
    newskeep outlets off krone spiegel --dry-run
    """
    _switch(names, False, dry_run)


def _switch(names: Iterable[str], enabled: bool, dry_run: bool) -> None:
    from crawler.outlets.edit import set_key

    home, known = _opened()
    chosen = [_named(known, name) for name in names]
    for outlet in chosen:
        if outlet.enabled is enabled:
            say(f"{outlet.name} is {'on' if enabled else 'off'} already")
        elif dry_run:
            say(f"would switch {outlet.name} {'on' if enabled else 'off'}")
        else:
            set_key(home.outlets_file, outlet.name, "enabled", enabled)
            say(f"{outlet.name} is {'on' if enabled else 'off'}")


# What the verbs share ------------------------------------------------------------------------------------------------


def _opened() -> tuple[Home, Outlets]:
    from archive.home import open_home
    from crawler.outlets.file import load_outlets

    home = open_home()
    return home, load_outlets(home.outlets_file)


def _named(known: Outlets, name: str) -> Outlet:
    from difflib import get_close_matches

    outlet = known.named(name)
    if outlet is None:
        near = get_close_matches(name, [outlet.name for outlet in known.outlets], n=1)
        guess = f"; did you mean “{near[0]}”?" if near else ""
        raise SettingError(f"there is no outlet “{name}” in outlets.toml{guess}", "newskeep outlets list")
    return outlet


def _contact(home: Home, known: Outlets) -> str | None:
    contact: str | None = known.contact or home.settings["NEWSKEEP_CONTACT"]
    return contact


def _look(home: Home, outlet: Outlet, known: Outlets) -> Survey:
    from crawler.outlets.survey import survey

    return survey(home, outlet, _contact(home, known), datetime.now(UTC))


def _found_fields(look: Survey) -> dict[str, Any]:
    """What was found, as JSON has it; empty values left out."""
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


def _set_fields(outlet: Outlet) -> dict[str, Any]:
    """The outlet's values as outlets.toml writes them; what is not set is left out."""
    from dataclasses import fields

    values = {field.name: getattr(outlet, field.name) for field in fields(outlet)}
    teasers = {key: list(values.pop(key)) for key in ("remove", "keep")}
    values["teasers"] = {key: given for key, given in teasers.items() if given}
    return {key: _plain(value) for key, value in values.items() if value not in (None, (), {})}


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


def _found_in_archive(home: Home, name: str) -> dict[str, Any] | None:
    """What crawls have found of the outlet; None when nobody has looked yet, or the archive cannot say."""
    if not (home.settings["NEWSKEEP_DATABASE_URL"] or home.postgres.exists()):
        return None
    from sqlalchemy import select

    from archive import models
    from archive.database import open_archive

    try:
        engine = open_archive(home)
    except ArchiveError as error:
        say(f"what was found is not shown: {error}")
        return None
    with engine.connect() as conn:
        row = conn.execute(
            select(models.outlets.c.id, models.outlets.c.found, models.outlets.c.found_at).where(
                models.outlets.c.name == name
            )
        ).one_or_none()
        channels = [] if row is None else _channels(conn, row.id)
    engine.dispose()
    if row is None or (row.found_at is None and not channels):
        return None
    return {**row.found, **_by_kind(channels)}


def _channels(conn: Any, outlet_id: int) -> list[Any]:
    from archive.channels import known_channels

    return known_channels(conn, outlet_id)


def _by_kind(channels: Iterable[Any]) -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = {}
    for channel in channels:
        if channel.kind.value != "robots":
            kinds.setdefault(f"{channel.kind.value}s", []).append(channel.url)
    return kinds
