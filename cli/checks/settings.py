"""Contact and outlets.toml."""

from collections.abc import Iterator

from archive.home import Home
from cli.checks.finding import Finding
from cli.exits import CONFIGURATION_INVALID
from crawler.outlets.file import Outlets, load_outlets
from news.errors import SettingError


def check_settings(home: Home) -> Iterator[Finding]:
    """Whether outlets.toml can be read, and whether outlets could reach us."""
    try:
        outlets = load_outlets(home.outlets_file)
    except SettingError as error:
        yield Finding.of("outlets.toml", error)
        yield _contact(home, None)
        return
    yield _outlets(home, outlets)
    yield _contact(home, outlets)


def _outlets(home: Home, outlets: Outlets) -> Finding:
    if not home.outlets_file.exists():
        return Finding.note("outlets.toml", f"{home.outlets_file} does not exist", "newskeep init")
    if not outlets.outlets:
        return Finding.note("outlets.toml", "no outlets in it yet", "newskeep outlets add https://www.example.org")
    off = sum(not outlet.enabled for outlet in outlets.outlets)
    return Finding.fine("outlets.toml", f"outlets: {len(outlets.outlets)}, switched off: {off}")


def _contact(home: Home, outlets: Outlets | None) -> Finding:
    contact = home.settings["NEWSKEEP_CONTACT"] or (outlets.contact if outlets else None)
    if contact:
        return Finding.fine("contact", contact)
    if outlets is None:
        return Finding.note("contact", "not known while outlets.toml cannot be read")
    return Finding.bad(
        "contact", "none, so that no live site may be crawled",
        f'write  contact = "you@…"  at the top of {home.outlets_file}', CONFIGURATION_INVALID,
    )  # fmt: skip
