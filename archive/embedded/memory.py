"""How much of the machine's memory the embedded server keeps pages of its tables in."""

import os
from pathlib import Path

_SHARE = 16  # the rest of memory serves it too, as the system's cache of files
_LEAST, _MOST = 128, 1024  # MB; PostgreSQL's own choice, and what a million articles have use for
_LIMIT = Path("/sys/fs/cgroup/memory.max")


def shared_buffers() -> str:
    """A share of what this machine or container has, as PostgreSQL writes it."""
    return f"{buffers_of(min(_machine(), _container() or _machine()))}MB"


def buffers_of(memory: int) -> int:
    """MB for so many bytes of memory."""
    return max(_LEAST, min(_MOST, memory // _SHARE // 2**20))


def _machine() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGESIZE")


def _container() -> int | None:
    """The container's limit; None without one."""
    try:
        return int(_LIMIT.read_text(encoding="ascii"))
    except (OSError, ValueError):  # no container, or "max"
        return None
