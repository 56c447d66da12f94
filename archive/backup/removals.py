"""Tell the newest backup of removals, so that no restore brings back what was removed after it was made."""

from dataclasses import replace

from sqlalchemy import Engine

from archive.backup.manifest import manifests, write_manifest
from archive.backup.target import Target
from archive.locks import hold_captures
from archive.removal.register import removals_of


def note_removals(engine: Engine, address: str) -> None:
    """Write the present register of removals into the newest backup at *address*, if there is one.

    Raises Busy while a backup runs, which reads the register at its end; StoreUnavailable, SettingError, BackupDamaged.
    """
    with hold_captures(engine):
        target = Target(address)
        for newest in manifests(target)[:1]:
            with engine.connect() as conn:
                write_manifest(target, replace(newest, removals=tuple(removals_of(conn))))
