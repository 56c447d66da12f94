"""The data folder: its place, its parts, and the settings in force."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from news.errors import SettingError
from news.settings import SETTINGS, Settings, read_settings

OTHER_FOLDER = "NEWSKEEP_HOME=~/news newskeep init   # a folder of your own; or run this as the owner of that folder"


@dataclass(frozen=True, slots=True)
class Home:
    """NEWSKEEP_HOME and its parts."""

    path: Path
    settings: Settings

    @property
    def outlets_file(self) -> Path:
        return self.path / "outlets.toml"

    @property
    def captures(self) -> Path:
        return self.path / "captures"

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"


def default_home(environ: Mapping[str, str]) -> Path:
    """Return the default data folder: below /var/lib for root, else in the user's data folder."""
    if os.geteuid() == 0:
        return Path("/var/lib/newskeep")
    data = environ.get("XDG_DATA_HOME") or Path(environ.get("HOME") or "/") / ".local" / "share"
    return Path(data) / "newskeep"


def find_home(environ: Mapping[str, str] = os.environ) -> Home:
    """Find the data folder, existing or not. Raises SettingError for a setting that cannot be read."""
    folder = Path(environ.get("NEWSKEEP_HOME") or default_home(environ))
    try:
        path = folder.expanduser().absolute()
    except RuntimeError as error:  # ~name of an unknown user
        raise SettingError(f"NEWSKEEP_HOME={folder}: {error}") from error
    return Home(path, read_settings(environ, settings_in(path / "newskeep.toml")))


def open_home(environ: Mapping[str, str] = os.environ) -> Home:
    """Find the data folder and create it when missing. Raises SettingError for a setting that cannot be read.

    Only for commands that may make a new archive; the others take `existing_archive` or `existing_home`.
    """
    home = find_home(environ)
    try:
        home.path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(f"NEWSKEEP_HOME={home.path} cannot be created: {error.strerror}", OTHER_FOLDER) from error
    return home


def existing_archive(environ: Mapping[str, str] = os.environ) -> Home:
    """Find the data folder of an archive that exists: its database is in the folder, or a setting names another.

    Raises SettingError when there is none: a folder that is mistyped or not mounted must not become a new archive.
    """
    return _refuse_new(find_home(environ), environ, ())


def existing_home(environ: Mapping[str, str] = os.environ) -> Home:
    """Find the data folder of an archive, as `existing_archive`, or one with settings or outlets for an archive."""
    return _refuse_new(find_home(environ), environ, ("outlets.toml", "newskeep.toml"))


def home_for_daemon(environ: Mapping[str, str] = os.environ) -> Home:
    """Return `existing_home`, or the empty volume of a container for a new archive."""
    home = find_home(environ)
    return open_home(environ) if os.path.ismount(home.path) and _is_empty(home.path) else existing_home(environ)


def home_for_address(environ: Mapping[str, str] = os.environ) -> Home:
    """Return `existing_home`, or the default data folder for a new archive when it is missing or empty."""
    home = find_home(environ)
    return open_home(environ) if not environ.get("NEWSKEEP_HOME") and _is_empty(home.path) else existing_home(environ)


def flush_to_disk(path: Path) -> None:
    """Flush a file or folder to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_new(home: Home, environ: Mapping[str, str], signs: tuple[str, ...]) -> Home:
    if home.settings["NEWSKEEP_DATABASE_URL"]:
        return open_home(environ)
    if not any(os.path.exists(home.path / sign) for sign in ("postgres", *signs)):
        raise SettingError(
            f"there is no archive in {home.path}",
            "check NEWSKEEP_HOME, and that its disk is mounted; `newskeep init` makes a new archive",
        )
    return home


def _is_empty(folder: Path) -> bool:
    """Return whether the folder is missing or has nothing but what a new file system has."""
    try:
        return not set(os.listdir(folder)) - {"lost+found"}
    except FileNotFoundError:
        return True
    except OSError:
        return False


def settings_in(path: Path) -> Mapping[str, object]:
    """Return the values of a newskeep.toml as they stand there; none without the file. Raises SettingError."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingError(f"{path} cannot be read: {error.strerror}", OTHER_FOLDER) from error
    except ValueError as error:
        raise SettingError(f"{path}: {error}", f"correct it, or `mv {path} {path}.old` and `newskeep init`") from error
    names = [setting.name for setting in SETTINGS]
    unknown = sorted(values.keys() - set(names))
    if unknown:
        near = get_close_matches(unknown[0].upper(), names, n=1)
        guess = f"; did you mean {near[0]}?" if near else ""
        raise SettingError(f"{path}: unknown setting {', '.join(unknown)}{guess}", f"correct {path}")
    return values
