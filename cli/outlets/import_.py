"""`newskeep outlets import`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from cli.outlets.entries import outlet_of
from cli.outlets.known import opened, page_key
from cli.outlets.options import as_json, dry_run
from cli.output import emit, say, tell
from news.errors import SettingError

if TYPE_CHECKING:
    from crawler.outlets.file import Outlets

_MAX_BYTES = 20_000_000


@click.command("import")
@click.argument("file", type=click.File("rb"))
@dry_run
@as_json
def import_(file: IO[bytes], dry_run: bool, json_: bool) -> None:
    """Add the outlets of an OPML file or of another outlets.toml; those already there are left as they are.

    \b
    newskeep outlets import feeds.opml --dry-run
    newskeep outlets import other/outlets.toml
    """
    from crawler.outlets.edit import add_outlets

    home, known = opened()
    body = file.read(_MAX_BYTES)
    new, left = _new_among(known, _opml_entries(body) if _is_xml(body) else _toml_entries(body, file.name))
    if new and not dry_run:
        add_outlets(home.outlets_file, new)
    for entry in new:
        _tell(entry, dry_run, json_)
    say(f"{len(new)} {'would be added' if dry_run else 'added'}, {left} already there")


def _tell(entry: Mapping[str, Any], dry_run: bool, json_: bool) -> None:
    if json_:
        emit({"type": "outlet", "outlet": entry["name"], "url": entry["url"], "written": not dry_run})
    else:
        tell(f"{'would add' if dry_run else 'added'} {entry['name']:<20} {entry['url']}")


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
    import tomllib

    from crawler.outlets.file import parse_outlets

    try:
        text = body.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise SettingError(f"{name} is neither OPML nor TOML") from error
    parse_outlets(text, Path(name).name)
    return [dict(entry) for entry in tomllib.loads(text).get("outlet", [])]


def _new_among(known: Outlets, given: Iterable[dict[str, Any]]) -> tuple[list[dict[str, Any]], int]:
    """The entries of outlets that are not there yet, each with a name of its own, and how many were there."""
    pages = {page_key(outlet.url) for outlet in known.outlets}
    names = {outlet.name.lower() for outlet in known.outlets}
    new, left = [], 0
    for entry in given:
        key = page_key(entry["url"])
        if key in pages:
            left += 1
            continue
        name = _free_name(outlet_of(entry).name, names)
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
