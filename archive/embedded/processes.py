"""Which processes work on a data folder. PostgreSQL's stand in it, which a recycled process id cannot pretend."""

import os
import signal
from contextlib import suppress
from pathlib import Path


def works_in(pid: int, folder: Path) -> bool:
    """True when process *pid* lives (a zombie stands nowhere) and its working directory is *folder*."""
    try:
        return os.path.samestat(os.stat(f"/proc/{pid}/cwd"), folder.stat())
    except OSError:
        return False


def postgres_in(folder: Path) -> list[int]:
    """The PostgreSQL processes at work in *folder*, as far as our account may look."""
    return [pid for pid in _all_pids() if works_in(pid, folder) and _is_postgres(pid)]


def end(pids: list[int]) -> None:
    """Ask the processes to end."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


def _all_pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdecimal()]


def _is_postgres(pid: int) -> bool:
    try:  # an open shell in the folder is not one; a deleted program shows as "postgres (deleted)"
        return Path(os.readlink(f"/proc/{pid}/exe")).name.startswith("postgres")
    except OSError:
        return False
