"""`newskeep outlets add` and `import`: add entries to outlets.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urljoin

import click

from archive.home import Home
from cli.outlets.outlets_file import as_json, dry_run, home_key, open_outlets, outlet_with_home, survey_outlet
from cli.outlets.values import found_values, print_survey, save_survey
from cli.output import emit, print_text, say
from news.errors import OutletBlocked, SettingError
from news.outlets import Outlet

if TYPE_CHECKING:
    from crawler.outlets.file import OutletsFile
    from crawler.outlets.survey import Survey

_MAX_BYTES = 20_000_000


@click.command()
@click.argument("url")
@click.option("--name", help="Name of the outlet; by default the main part of its host.")
@click.option("--no-look", is_flag=True, help="Do not visit the site now; the first crawl does.")
@dry_run
@as_json
def add(url: str, name: str | None, no_look: bool, dry_run: bool, json_: bool) -> None:
    """Add the outlet whose home page is URL; a feed or sitemap is added with the home page of its site.

    \b
    newskeep outlets add https://www.example.org
    newskeep outlets add https://news.example.org --name example-news --dry-run
    """
    from crawler.outlets.edit import add_outlets

    home, file = open_outlets()
    entry, survey = _new_entry(file, {"name": name, "url": url} if name else {"url": url}), None
    if not no_look:
        entry, survey = _surveyed(home, file, entry, quiet=json_)
    outlet = outlet_of(entry)
    if not dry_run:
        add_outlets(home.outlets_file, [entry])
        if survey:
            save_survey(home, outlet, survey)
    _report_added(home, outlet, survey, dry_run, json_)


def _new_entry(file: OutletsFile, entry: dict[str, Any]) -> dict[str, Any]:
    """Return the entry. Raises SettingError if *file* has the outlet or its name already."""
    url = entry["url"]
    outlet = outlet_from_arguments(entry)
    same = outlet_with_home(file.outlets, url)
    if same:
        raise SettingError(f"{url} is already there as “{same.name}”", f"newskeep outlets show {same.name}")
    if file.by_name(outlet.name):
        raise SettingError(f"there is another outlet named “{outlet.name}”", f"newskeep outlets add {url} --name NAME")
    return entry


def _surveyed(home: Home, file: OutletsFile, entry: dict[str, Any], *, quiet: bool) -> tuple[dict[str, Any], Survey]:
    """Return the entry and its survey; of a feed or sitemap, those of the site that it belongs to, if that answers."""
    url = entry["url"]
    survey = survey_outlet(home, outlet_of(entry), file, quiet=quiet)
    for page in dict.fromkeys([survey.site, urljoin(url, "/")]) if survey.channel else ():
        if page is None or home_key(page) in (None, home_key(url)):
            continue
        of_site = _new_entry(file, {**entry, "url": page, f"{survey.channel}s": [url]})
        try:
            found = survey_outlet(home, outlet_of(of_site), file, quiet=quiet)
        except OutletBlocked:
            continue
        if found.channel is None:
            return of_site, found
    return entry, survey


def _report_added(home: Home, outlet: Outlet, survey: Survey | None, dry_run: bool, json_: bool) -> None:
    if json_:
        found = {"found": found_values(survey), "per_day": survey.per_day} if survey else {}
        emit({"type": "outlet", "outlet": outlet.name, "url": outlet.url, "written": not dry_run, **found})
        return
    if survey:
        print_survey(survey, say)
    say(f"{'would add' if dry_run else 'added'} “{outlet.name}” to {home.outlets_file}")
    if not dry_run:
        say(f"  next: newskeep crawl {outlet.name}")


@click.command("import")
@click.argument("file", type=click.File("rb"))
@dry_run
@as_json
def import_(file: IO[bytes], dry_run: bool, json_: bool) -> None:
    """Add the outlets of an OPML file or of another outlets.toml; outlets already there stay as they are.

    \b
    newskeep outlets import feeds.opml --dry-run
    newskeep outlets import other/outlets.toml
    """
    from crawler.outlets.edit import add_outlets

    home, outlets_file = open_outlets()
    body = file.read(_MAX_BYTES)
    entries = _opml_entries(body) if _is_xml(body) else _toml_entries(body, file.name)
    new, skipped = _new_entries(outlets_file, entries)
    if new and not dry_run:
        add_outlets(home.outlets_file, new)
    for entry in new:
        _report_imported(entry, dry_run, json_)
    say(f"{len(new)} {'would be added' if dry_run else 'added'}, {skipped} already there")


def _report_imported(entry: Mapping[str, Any], dry_run: bool, json_: bool) -> None:
    if json_:
        emit({"type": "outlet", "outlet": entry["name"], "url": entry["url"], "written": not dry_run})
    else:
        print_text(f"{'would add' if dry_run else 'added'} {entry['name']:<20} {entry['url']}")


def _is_xml(body: bytes) -> bool:
    return body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _opml_entries(body: bytes) -> list[dict[str, Any]]:
    from crawler.outlets.opml import read_opml

    sites = [
        {"title": site.title, "url": site.url, "language": site.language, "feeds": list(site.feeds)}
        for site in read_opml(body)
    ]
    return [{key: value for key, value in site.items() if value} for site in sites]


def _toml_entries(body: bytes, name: str) -> list[dict[str, Any]]:
    from crawler.outlets.file import parse_outlets

    try:
        text = body.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise SettingError(f"{name} is neither OPML nor TOML") from error
    parse_outlets(text, Path(name).name)
    return [dict(entry) for entry in tomllib.loads(text).get("outlet", [])]


def _new_entries(file: OutletsFile, entries: Iterable[dict[str, Any]]) -> tuple[list[dict[str, Any]], int]:
    """Entries of outlets that *file* does not have, each with a free name; and the number of outlets it has already."""
    pages = {home_key(outlet.url) for outlet in file.outlets}
    names = {outlet.name.lower() for outlet in file.outlets}
    new, skipped = [], 0
    for entry in entries:
        key = home_key(entry["url"])
        if key in pages:
            skipped += 1
            continue
        name = _free_name(outlet_of(entry).name, names)
        names.add(name.lower())
        pages.add(key)
        new.append({"name": name, **{field: value for field, value in entry.items() if field != "name"}})
    return new, skipped


def _free_name(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free.lower() in taken:
        number += 1
        free = f"{name[:60]}-{number}"
    return free


# Entries -------------------------------------------------------------------------------------------------------------


def outlet_of(entry: Mapping[str, Any]) -> Outlet:
    """Return the outlet that *entry* describes. Raises OutletsInvalid with all mistakes."""
    from crawler.outlets.edit import with_entries
    from crawler.outlets.file import parse_outlets

    return parse_outlets(with_entries("", [entry]), "the new entry").outlets[0]


def outlet_from_arguments(entry: Mapping[str, Any]) -> Outlet:
    """Return the outlet of an entry given at the command line. Raises UsageError for a value that cannot be used."""
    from crawler.outlets.options import OUTLET_TABLE, InvalidValue, read_value

    mistakes: list[InvalidValue] = []
    read_value(OUTLET_TABLE, entry, lambda mistake, _: mistakes.append(mistake))
    for mistake in mistakes:
        message = f"{mistake.message}; {mistake.help}" if mistake.help else mistake.message
        raise click.UsageError(message, click.get_current_context(silent=True)) from mistake
    return outlet_of(entry)
