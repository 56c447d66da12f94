"""Which processes work on a data folder. PostgreSQL's stand in it, which a recycled process id cannot pretend."""

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path


def works_in(pid: int, folder: Path) -> bool:
    """True when process *pid* lives (a zombie stands nowhere) and its working directory is *folder*."""
    try:
        return os.path.samestat(os.stat(f"/proc/{pid}/cwd"), folder.stat())
    except PermissionError:
        return os.geteuid() == 0 and _owner_sees(pid, folder)
    except OSError:
        return False


def _owner_sees(pid: int, folder: Path) -> bool:
    """The same, asked as the account of both: in a container root may not look into another account's processes."""
    try:
        process, there = os.stat(f"/proc/{pid}"), folder.stat()
        if process.st_uid != there.st_uid:
            return False
        told = subprocess.run(  # noqa: S603
            ["stat", "-L", "-c", "%d:%i", f"/proc/{pid}/cwd"],  # noqa: S607 - wherever the system has it
            user=process.st_uid, group=process.st_gid, extra_groups=[],
            capture_output=True, text=True, check=False, cwd="/",
        )  # fmt: skip
    except OSError:
        return False
    return told.stdout.strip() == f"{there.st_dev}:{there.st_ino}"


def postgres_in(folder: Path) -> list[int]:
    """The PostgreSQL processes at work in *folder*, as far as our account may look."""
    return [pid for pid in _all_pids() if _is_postgres(pid) and works_in(pid, folder)]


def end(pids: list[int]) -> None:
    """Ask the processes to end."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


def _all_pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdecimal()]


def _is_postgres(pid: int) -> bool:
    try:  # an open shell in the folder is not one; everybody may read this name, unlike the link to the program
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip() == "postgres"
    except OSError:
        return False
