"""`newskeep init`: make what a data folder is missing."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import click

from archive.home import OTHER_FOLDER, Home, find_home, open_home
from cli.archive_helpers import connected_archive
from cli.output import emit, say
from news.errors import SettingError
from news.settings import SETTINGS

SECTION = "Begin"

OUTLETS = """\
# The outlets that Newskeep collects. Edit this file, or use `newskeep outlets add URL`: it keeps your comments.
# `newskeep outlets check` says what is wrong in it.

# A mail or web address that outlets can write to. It goes into the user agent; nothing is crawled without it.
{contact}

# [defaults]
# every = "30m"          # how often an outlet is crawled
# delay = 2              # seconds between two requests to one site

# The smallest entry is an address; name, language, feeds and sitemaps are discovered:
# [[outlet]]
# url = "https://www.example.org"
"""

_CONTACT_IN = "contact in "
NO_CONTACT = '# contact = "you@example.org"'


Missing = dict[str, Callable[[], object]]  # what `init` makes: a name, and the function that makes it


@click.command()
@click.option("--contact", help="Mail or web address that outlets can write to; goes into the user agent.")
@click.option("--dry-run", is_flag=True, help="Say what would be made, make nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def init(contact: str | None, dry_run: bool, as_json: bool) -> None:
    """Make the data folder, outlets.toml, settings and database if missing.

    \b
    newskeep init --contact you@example.org
    NEWSKEEP_HOME=/srv/news newskeep init --dry-run

    In files that exist, only --contact changes something. `docker compose` reads .env, which has a new password for the
    database: it is made beside a docker-compose.yml in the current folder, otherwise in the data folder.
    """
    home = find_home()
    outlets = outlets_text(contact)
    missing = what_is_missing(home, outlets, contact)
    if not dry_run:
        open_home()
        for name, make in missing.items():
            _make(name, make)
    then = _next_command(home, contact)
    if as_json:
        emit({"type": "init", "home": str(home.path), "made": list(missing), "dry_run": dry_run, "next": then})
    else:
        _report(home, missing, contact, then, dry_run=dry_run)


def outlets_text(contact: str | None) -> str:
    """Return the first outlets.toml. Raises SettingError if the contact is not valid."""
    if not contact:
        return OUTLETS.format(contact=NO_CONTACT)
    if not contact.isprintable() or not ("@" in contact or contact.startswith(("http://", "https://"))):
        raise SettingError(f"--contact {contact!r} is neither a mail nor a web address", "--contact you@example.org")
    from crawler.outlets.file import parse_outlets, toml_value

    text = OUTLETS.format(contact=f"contact = {toml_value(contact)}")
    parse_outlets(text)
    return text


def settings_text() -> str:
    """Return the first newskeep.toml: every setting with its purpose and default, commented out."""
    from crawler.outlets.file import toml_value

    lines = ["# Settings of this data folder; the environment wins. Remove a # to set one.", ""]
    for setting in SETTINGS:
        if setting.name != "NEWSKEEP_HOME":  # this file is in it
            default = toml_value("" if setting.default is None else setting.default)
            lines += [f"# {setting.purpose}", f"# {setting.name} = {default}", ""]
    return "\n".join(lines)


def compose_text(contact: str | None) -> str:
    """Return the first .env for `docker compose`, with a new password."""
    return (
        "# Read by `docker compose`. Keep it secret; the password is set when the database starts for the first time.\n"
        f"POSTGRES_PASSWORD={secrets.token_hex(24)}\n"
        f"{_contact_line(contact or '')}\n"
    )


_COMPOSE_CONTACT = re.compile(r"^NEWSKEEP_CONTACT=.*$", re.MULTILINE)


def _contact_line(contact: str) -> str:
    """Return the line for compose, quoted: there only the single quote and the backslash are special."""
    quoted = "'" + contact.replace("\\", "\\\\").replace("'", "\\'") + "'" if contact else ""
    return f"NEWSKEEP_CONTACT={quoted}"


def what_is_missing(home: Home, outlets: str, contact: str | None) -> Missing:
    """List what `init` has to make in *home*, in order; make nothing."""
    compose = _compose_folder(home) / ".env"
    things = (
        (home.path, lambda: None),  # made by opening it
        (home.captures, home.captures.mkdir),
        (home.outlets_file, lambda: _write(home.outlets_file, outlets)),
        (home.path / "newskeep.toml", lambda: _write(home.path / "newskeep.toml", settings_text())),
        (compose, lambda: _write(compose, compose_text(contact), mode=0o600)),
    )
    there = {path: os.path.isdir if path == home.captures else os.path.lexists for path, _ in things}
    missing: Missing = {str(path): make for path, make in things if not there[path](path)}
    missing |= _contacts(home.outlets_file, compose, contact) if contact else {}
    return missing if _has_database(home) else missing | {"database": lambda: _make_database(home)}


def _contacts(outlets: Path, compose: Path, contact: str) -> Missing:
    """Return the existing files that have another contact. Raises OutletsInvalid."""
    from crawler.outlets.edit import set_contact
    from crawler.outlets.file import load_outlets, read_text

    wrong: Missing = {}
    if outlets.exists() and load_outlets(outlets).contact != contact:
        wrong[f"{_CONTACT_IN}{outlets}"] = lambda: set_contact(outlets, contact)
    text = read_text(compose)
    changed = _COMPOSE_CONTACT.sub(lambda _: _contact_line(contact), text)
    if changed != text:
        wrong[f"{_CONTACT_IN}{compose}"] = lambda: compose.write_text(changed, encoding="utf-8")
    return wrong


def _make(name: str, make: Callable[[], object]) -> None:
    try:
        make()
    except OSError as error:
        raise SettingError(f"{name} cannot be made: {error.strerror}", OTHER_FOLDER) from error


def _compose_folder(home: Home) -> Path:
    here = Path.cwd()
    return here if (here / "docker-compose.yml").is_file() else home.path


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file unless it exists."""
    with suppress(FileExistsError), open(path, "x", encoding="utf-8", opener=partial(os.open, mode=mode)) as file:
        file.write(text)


def _has_database(home: Home) -> bool:
    from archive.database import embedded_server, schema_status

    if not home.settings["NEWSKEEP_DATABASE_URL"]:
        return embedded_server(home).state().version is not None
    with connected_archive(home) as engine:
        return schema_status(engine).current is not None


def _make_database(home: Home) -> None:
    from archive.database import upgrade

    with connected_archive(home) as engine:
        upgrade(engine)


def _next_command(home: Home, contact: str | None) -> str:
    from crawler.outlets.file import load_outlets

    outlets = load_outlets(home.outlets_file)
    if not (contact or outlets.contact or home.settings["NEWSKEEP_CONTACT"]):
        return f"put your contact into {home.outlets_file}, then: newskeep outlets add https://www.example.org"
    return "newskeep crawl --help" if outlets.outlets else "newskeep outlets add https://www.example.org"


def _report(home: Home, missing: Missing, contact: str | None, then: str, *, dry_run: bool) -> None:
    say(f"Data folder {home.path}")
    for name in missing:
        does, did = ("change", "changed") if name.startswith(_CONTACT_IN) else ("make", "made")
        say(f"  {f'would {does}' if dry_run else did}  {name}")
    if not missing:
        say("  nothing is missing")
    if contact and home.settings["NEWSKEEP_CONTACT"] not in (None, contact):
        say(f"  NEWSKEEP_CONTACT is set to {home.settings['NEWSKEEP_CONTACT']} and has precedence")
    say(f"next: {then}")
