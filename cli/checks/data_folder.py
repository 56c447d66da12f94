"""Check the data folder: access rights, disk, outlets.toml and the contact."""

import os
import shlex
import shutil
import stat
import tomllib
from collections.abc import Iterator
from pathlib import Path

from archive.home import Home
from cli.checks.finding import Finding
from crawler.outlets.file import OutletsFile, load_outlets
from news.errors import SettingError
from news.exit_codes import ExitCode
from news.health.machine import LEAST_DAYS, LEAST_FREE

GIGABYTE = 1_000_000_000
_OTHERS_WRITE = stat.S_IWOTH
_SECRET = stat.S_IRWXG | stat.S_IRWXO
_FEW_DAYS = 30


def check_rights(home: Home) -> Iterator[Finding]:
    """Check that only we can write the parts of the data folder; name the command that mends it."""
    if locked_out := _rights((home.path, _OTHERS_WRITE)):
        yield locked_out
        return
    wrong = [finding for finding in map(_rights, _parts(home)) if finding]
    yield from wrong or [Finding.fine("data folder", f"{home.path}, writable")]


def _parts(home: Home) -> Iterator[tuple[Path, int]]:
    """Return each part that exists, with the bits of its mode that must be off."""
    parts = {
        home.path: _OTHERS_WRITE,
        home.captures: _OTHERS_WRITE,
        home.outlets_file: _OTHERS_WRITE,
        home.path / "newskeep.toml": _SECRET if _names_database(home.path / "newskeep.toml") else _OTHERS_WRITE,
        home.path / ".env": _SECRET,
        home.postgres: _SECRET,
    }
    return ((path, bits) for path, bits in parts.items() if path.exists())


def _names_database(settings: Path) -> bool:
    """Return True when the file may hold the database's password."""
    try:
        return "NEWSKEEP_DATABASE_URL" in tomllib.loads(settings.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False


def _rights(part: tuple[Path, int]) -> Finding | None:
    path, off = part
    where = shlex.quote(str(path))
    if not os.access(path, os.R_OK | os.W_OK | (os.X_OK if path.is_dir() else 0)):
        remedy = f"sudo chown -R {os.geteuid()}:{os.getegid()} {where} && chmod -R u+rwX {where}"
        return Finding.bad("data folder", f"{path} is not writable", remedy, ExitCode.CONFIGURATION_INVALID)
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & off:
        remedy = f"chmod {mode & ~off:04o} {where}"
        problem = f"{path} is open to others (mode {mode:04o})"
        return Finding.bad("data folder", problem, remedy, ExitCode.CONFIGURATION_INVALID)
    return None


def check_disk(home: Home, bytes_a_day: float | None) -> Finding:
    """Check the free space, and how long it lasts at *bytes_a_day* (None: not known)."""
    return judge_disk(shutil.disk_usage(home.path).free, bytes_a_day)


def judge_disk(free: int, bytes_a_day: float | None) -> Finding:
    """Judge the free space: bad under half a gigabyte or a week, a note under a month."""
    days = free / bytes_a_day if bytes_a_day else None
    text = f"{free / GIGABYTE:,.1f} GB free" + _forecast(days, bytes_a_day)
    if free < LEAST_FREE or (days is not None and days < LEAST_DAYS):
        remedy = "make room, or move NEWSKEEP_HOME to a larger disk"
        return Finding.bad("disk", text, remedy, ExitCode.CONFIGURATION_INVALID)
    if days is not None and days < _FEW_DAYS:
        return Finding.note("disk", text)
    return Finding.fine("disk", text)


def _forecast(days: float | None, bytes_a_day: float | None) -> str:
    if days is None or bytes_a_day is None:
        return ""
    rate = f"{bytes_a_day / 1e6:,.1f} MB a day in the last week"
    return f", {rate}: full in {days:,.0f} days" if days < 3650 else f", {rate}: enough for ten years"


def check_settings(home: Home) -> Iterator[Finding]:
    """Check that outlets.toml can be read and that a contact is set."""
    try:
        outlets = load_outlets(home.outlets_file)
    except SettingError as error:
        yield Finding.of("outlets.toml", error)
        yield _contact(home, None)
        return
    yield _outlets(home, outlets)
    yield _contact(home, outlets)


def _outlets(home: Home, outlets: OutletsFile) -> Finding:
    if not home.outlets_file.exists():
        return Finding.note("outlets.toml", f"{home.outlets_file} does not exist", "newskeep init")
    if not outlets.outlets:
        return Finding.note("outlets.toml", "no outlets in it yet", "newskeep outlets add https://www.example.org")
    off = sum(not outlet.enabled for outlet in outlets.outlets)
    return Finding.fine("outlets.toml", f"outlets: {len(outlets.outlets)}, switched off: {off}")


def _contact(home: Home, outlets: OutletsFile | None) -> Finding:
    contact = home.settings["NEWSKEEP_CONTACT"] or (outlets.contact if outlets else None)
    if contact:
        return Finding.fine("contact", contact)
    if outlets is None:
        return Finding.note("contact", "not known while outlets.toml cannot be read")
    return Finding.bad(
        "contact", "none, so no live site may be crawled",
        f'write  contact = "you@…"  at the top of {home.outlets_file}', ExitCode.CONFIGURATION_INVALID,
    )  # fmt: skip
