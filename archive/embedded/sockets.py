"""The address under which clients find the server's socket."""

import hashlib
import os
import stat
from pathlib import Path
from urllib.parse import quote

from news.errors import ArchiveUnavailable

_LONGEST = 100  # bytes; the kernel takes 107 for the socket's whole path
_SOCKET_NAME = "/.s.PGSQL.5432"


def server_url(data: Path, port: int, owner: str) -> str:
    """The libpq URL of the database *owner* behind the socket in the folder *data*."""
    return f"postgresql://{owner}@/{owner}?host={quote(os.fsencode(_short(data)), safe='')}&port={port}"


def forget_url(data: Path) -> None:
    """Take away what `server_url` may have made."""
    if _needs_link(data):
        _link(data).unlink(missing_ok=True)


def _needs_link(data: Path) -> bool:
    name = os.fsencode(data)
    return len(name) + len(_SOCKET_NAME) > _LONGEST or b"," in name


def _link(data: Path) -> Path:
    return _private_folder() / hashlib.sha256(os.fsencode(data)).hexdigest()[:16]


def _short(data: Path) -> Path:
    """*data*, or a link to it where its name is too long for a socket or has a comma (libpq then reads two hosts)."""
    if not _needs_link(data):
        return data
    link = _link(data)
    if not (link.is_symlink() and link.readlink() == data):
        beside = link.with_suffix(f".{os.getpid()}")
        beside.unlink(missing_ok=True)
        beside.symlink_to(data)
        beside.replace(link)
    return link


def _private_folder() -> Path:
    folder = Path(f"/tmp/newskeep-{os.geteuid()}")  # noqa: S108 - short on purpose; who owns it is checked
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise ArchiveUnavailable(
            f"{folder} is not a private folder of ours", f"remove {folder}, or set a shorter NEWSKEEP_HOME"
        )
    return folder
