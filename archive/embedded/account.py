"""Which account the embedded server runs under. PostgreSQL refuses to run as root, so root needs another one."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_NOBODY = 65534  # where the password file names no "nobody": the kernel's own overflow uid


@dataclass(frozen=True, slots=True)
class Account:
    """A user and group id; `switch` says whether the server's processes must change to it."""

    uid: int
    gid: int
    switch: bool

    @property
    def popen_arguments(self) -> dict[str, Any]:
        """What makes subprocess start a program under this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}

    def give(self, path: Path) -> None:
        """Make *path* this account's own."""
        if self.switch:
            os.chown(path, self.uid, self.gid)


def folder_owner(folder: Path) -> Account:
    """The account that owns *folder*: what root creates in it for good must stay readable to that one."""
    found = folder.stat()
    return Account(found.st_uid, found.st_gid, switch=os.geteuid() == 0)


def server_account(folder: Path) -> Account:
    """The account for a server whose files lie in *folder*: ours, or as root the folder's owner, or else nobody."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switch=False)
    owner = folder_owner(folder)
    return owner if owner.uid != 0 else _nobody()


def _nobody() -> Account:
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return Account(_NOBODY, _NOBODY, switch=True)
    return Account(entry.pw_uid, entry.pw_gid, switch=True)
