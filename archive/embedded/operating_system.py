"""What the embedded server needs of the operating system: accounts, processes, file locks, memory, its socket."""

import fcntl
import hashlib
import os
import pwd
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from news.errors import ArchiveUnavailable

POLL_SECONDS = 0.02
_OVERFLOW_UID = 65534  # the kernel's own, for systems without an account "nobody"
_SHARE = 16  # a sixteenth of memory; the rest caches the server's files
_LEAST, _MOST = 128, 1024  # MB: PostgreSQL's default, and enough for a million articles
_MEMORY_LIMIT = Path("/sys/fs/cgroup/memory.max")
_LONGEST = 100  # bytes; the kernel allows 107 for the socket's whole path
_SOCKET_NAME = "/.s.PGSQL.5432"


@dataclass(frozen=True, slots=True)
class Account:
    """A user and group id; `switch` says whether the server's processes must change to it."""

    uid: int
    gid: int
    switch: bool

    @property
    def popen_arguments(self) -> dict[str, Any]:
        """Arguments with which subprocess starts a program under this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}

    def give(self, path: Path) -> None:
        """Make this account the owner of *path*."""
        if self.switch:
            os.chown(path, self.uid, self.gid)


def folder_owner(folder: Path) -> Account:
    """Return the account that owns *folder* and must be able to read what root creates in it."""
    status = folder.stat()
    return Account(status.st_uid, status.st_gid, switch=os.geteuid() == 0)


def server_account(folder: Path) -> Account:
    """Return the account for a server with its files in *folder*.

    That is our own; for root it is the folder's owner, or "nobody" where root owns it.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switch=False)
    owner = folder_owner(folder)
    return owner if owner.uid != 0 else _nobody()


def _nobody() -> Account:
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return Account(_OVERFLOW_UID, _OVERFLOW_UID, switch=True)
    return Account(entry.pw_uid, entry.pw_gid, switch=True)


# Processes


def works_in(pid: int, folder: Path) -> bool:
    """Return whether process *pid* lives and has *folder* as its working directory; a recycled process id has not."""
    try:
        return os.path.samestat(os.stat(f"/proc/{pid}/cwd"), folder.stat())
    except PermissionError:
        return os.geteuid() == 0 and _owner_sees(pid, folder)
    except OSError:
        return False


def _owner_sees(pid: int, folder: Path) -> bool:
    """Ask the same as the owner of both: in a container, root may not inspect another account's processes."""
    try:
        process, wanted_folder = os.stat(f"/proc/{pid}"), folder.stat()
        if process.st_uid != wanted_folder.st_uid:
            return False
        answer = subprocess.run(  # noqa: S603
            ["stat", "-L", "-c", "%d:%i", f"/proc/{pid}/cwd"],  # noqa: S607 - wherever the system has it
            user=process.st_uid, group=process.st_gid, extra_groups=[],
            capture_output=True, text=True, check=False, cwd="/",
        )  # fmt: skip
    except OSError:
        return False
    return answer.stdout.strip() == f"{wanted_folder.st_dev}:{wanted_folder.st_ino}"


def postgres_in(folder: Path) -> list[int]:
    """List the PostgreSQL processes at work in *folder*, as far as our account may inspect them."""
    return [pid for pid in _all_pids() if _is_postgres(pid) and works_in(pid, folder)]


def end_processes(pids: list[int]) -> None:
    """Ask the processes to end."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


def _all_pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdecimal()]


def _is_postgres(pid: int) -> bool:
    try:  # a shell in the folder is not PostgreSQL; every account may read this name, unlike the link to the program
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip() == "postgres"
    except OSError:
        return False


# Locks


def try_lock(path: Path) -> int | None:
    """Take the lock file *path*; None when another process holds it.

    Closing the returned descriptor releases it, and so does the end of the process, however it ends.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError:
        os.close(descriptor)
        raise
    folder_owner(path.parent).give(path)
    return descriptor


@contextmanager
def locked(path: Path, seconds: float) -> Iterator[None]:
    """Hold the lock *path*. Raises ArchiveUnavailable when another process holds it for *seconds*."""
    deadline = time.monotonic() + seconds
    while (descriptor := try_lock(path)) is None:
        if time.monotonic() > deadline:
            raise ArchiveUnavailable(f"another command has been at the embedded server for {seconds:.0f} s ({path})")
        time.sleep(POLL_SECONDS)
    try:
        yield
    finally:
        os.close(descriptor)


# Memory


def shared_buffers() -> str:
    """Return PostgreSQL's setting shared_buffers for the memory of this machine or container."""
    return f"{buffers_of(min(_machine_memory(), _container_memory() or _machine_memory()))}MB"


def buffers_of(memory: int) -> int:
    """Return the MB of shared buffers for *memory* bytes."""
    return max(_LEAST, min(_MOST, memory // _SHARE // 2**20))


def _machine_memory() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGESIZE")


def _container_memory() -> int | None:
    """Return the container's limit in bytes; None without one."""
    try:
        return int(_MEMORY_LIMIT.read_text(encoding="ascii"))
    except (OSError, ValueError):  # no container, or "max"
        return None


# The socket's address


def server_url(data: Path, port: int, owner: str) -> str:
    """Return the libpq URL of the database *owner* behind the socket in the folder *data*."""
    return f"postgresql://{owner}@/{owner}?host={quote(os.fsencode(_short(data)), safe='')}&port={port}"


def forget_url(data: Path) -> None:
    """Remove the link that `server_url` may have made."""
    if _needs_link(data):
        _link(data).unlink(missing_ok=True)


def _needs_link(data: Path) -> bool:
    name = os.fsencode(data)
    return len(name) + len(_SOCKET_NAME) > _LONGEST or b"," in name


def _link(data: Path) -> Path:
    return _socket_folder() / hashlib.sha256(os.fsencode(data)).hexdigest()[:16]


def _short(data: Path) -> Path:
    """Return *data*, or a link to it where its name is too long or has a comma (libpq then reads two hosts)."""
    if not _needs_link(data):
        return data
    link = _link(data)
    if not (link.is_symlink() and link.readlink() == data):
        new = link.with_suffix(f".{os.getpid()}")
        new.unlink(missing_ok=True)
        new.symlink_to(data)
        new.replace(link)
    return link


def _socket_folder() -> Path:
    folder = Path(f"/tmp/newskeep-{os.geteuid()}")  # noqa: S108 - short on purpose; who owns it is checked
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise ArchiveUnavailable(
            f"{folder} is not a private folder of ours", f"remove {folder}, or set a shorter NEWSKEEP_HOME"
        )
    return folder
