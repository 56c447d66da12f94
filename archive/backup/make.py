"""Make a backup, and remove those that are too old."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

from sqlalchemy import Engine

from archive.backup.captures import CaptureBackup
from archive.backup.contents import Progress, archive_id, capture_ends, no_progress, snapshot, table_contents
from archive.backup.dump import dump, server_version
from archive.backup.manifest import (
    MANIFEST,
    Manifest,
    Part,
    backup_names,
    folder,
    manifests,
    write_manifest,
)
from archive.backup.target import BACKUPS, CAPTURES, Target
from archive.database import database_url
from archive.home import Home, settings_in
from archive.programs import find_program, major_version
from archive.removal.register import removals_of
from archive.schema import schema_status
from news.errors import SettingError
from news.settings import SETTINGS

DATABASE = "database.sql.gz"
_NAME = "%Y%m%d-%H%M%S"
OUTLETS, SETTINGS_FILE = "outlets.toml", "newskeep.toml"
# Of one machine: an archive that is restored elsewhere, perhaps to try it, must not write to the places of this one.
_PLACES = frozenset({"NEWSKEEP_HOME", "NEWSKEEP_DATABASE_URL", "CAPTURE_STORE", "BACKUP_TO"})


def make_backup(
    engine: Engine, home: Home, target: Target, now: datetime, progress: Progress = no_progress
) -> tuple[Manifest, int]:
    """Back up the archive while it is in use; return the manifest and how many bytes were written to the target.

    The caller holds the captures (`archive.locks`). Raises StoreUnavailable, ArchiveUnavailable, BackupDamaged when an
    older backup's manifest cannot be read, and SettingError when the target holds backups of another archive.
    """
    remove_unfinished(target)
    older = manifests(target)
    name = _name(now, older[0].name if older else "")
    manifest, copied = _back_up(engine, home, target, name, older, progress)
    manifest = replace(manifest, made_at=now.astimezone(UTC).isoformat(timespec="seconds"))
    write_manifest(target, manifest)
    return manifest, copied + manifest.database.size + sum(part.size for part in manifest.settings)


def _back_up(
    engine: Engine, home: Home, target: Target, name: str, older: Sequence[Manifest], progress: Progress
) -> tuple[Manifest, int]:
    """Copy everything; return the manifest and how many bytes of captures were new."""
    url, server = database_url(home), server_version(engine)
    status = schema_status(engine)
    with snapshot(engine) as (conn, moment):
        archive = archive_id(conn)
        refuse_other_archive(target, older, archive)
        tables, ends = table_contents(conn, progress), capture_ends(conn)
        likely = older[0].database.size if older else None
        pieces = _counted(dump(url, server, moment), progress, likely)
        database = Part(f"{BACKUPS}/{name}/{DATABASE}", *target.write(f"{BACKUPS}/{name}/{DATABASE}", pieces))
    copier = CaptureBackup(home, target, {file.name: file for file in older[0].captures} if older else {}, progress)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:  # must see what is moved meanwhile
        captures, absent = copier.copy_all(conn, ends)
        removals = tuple(removals_of(conn))  # also those made since the snapshot
    texts, left_out = kept_settings(home)
    manifest = Manifest(
        name=name,
        made_at="",
        version=version("newskeep"),
        archive=archive,
        schema=status.current or "",
        server=server,
        dumped_by=major_version(find_program("pg_dump", server)) or server,
        database=database,
        settings=tuple(_write(target, f"{BACKUPS}/{name}/{file}", text) for file, text in texts.items()),
        left_out=left_out,
        captures=captures,
        absent=absent,
        tables=tables,
        removals=removals,
    )
    return manifest, copier.copied


def kept_settings(home: Home) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return outlets.toml, and newskeep.toml without secrets and places of this machine; and the names left out."""
    texts = {OUTLETS: home.outlets_file.read_bytes()} if home.outlets_file.exists() else {}
    values = settings_in(home.path / SETTINGS_FILE)
    secret = {setting.name for setting in SETTINGS if setting.secret} | _PLACES
    lines = [f"{name} = {json.dumps(value)}" for name, value in values.items() if name not in secret]
    if lines:
        texts[SETTINGS_FILE] = "\n".join([*lines, ""]).encode()
    return texts, tuple(sorted(secret & values.keys()))


def prune(target: Target, keep: int) -> tuple[str, ...]:
    """Remove all but the newest *keep* backups (0: none), and what no backup needs; return the names of those removed.

    A manifest goes before the files that it names, so that no half-removed backup is taken for a whole one.
    """
    all_of_them = manifests(target)
    kept = all_of_them[: keep or None]
    old = all_of_them[len(kept) :]
    for manifest in old:
        target.remove(f"{BACKUPS}/{manifest.name}/{MANIFEST}", f"{BACKUPS}/{manifest.name}")
    needed = {part.name for manifest in kept for copy in manifest.captures for part in copy.parts}
    there = (f"{CAPTURES}/{name}" for name in target.sizes(CAPTURES))
    target.remove(*(name for name in there if name not in needed))
    return tuple(manifest.name for manifest in old)


def remove_unfinished(target: Target) -> None:
    """Remove what killed runs left of their own; the captures that they copied are of use to the next run."""
    for name in backup_names(target):
        if MANIFEST not in folder(target, name):
            target.remove(f"{BACKUPS}/{name}")


def refuse_other_archive(target: Target, older: Sequence[Manifest], archive: str) -> None:
    """Raise SettingError when the target holds backups of another archive: each would remove the other's captures."""
    if any(manifest.archive not in ("", archive) for manifest in older):
        raise SettingError(f"{target.address} holds backups of another archive", "name a folder for this one alone")


def _name(now: datetime, newest: str) -> str:
    """Return the name of a backup, which sorts behind *newest* even if the clock was set back."""
    name = now.astimezone(UTC).strftime(_NAME)
    if name > newest:
        return name
    return (datetime.strptime(newest, _NAME).replace(tzinfo=UTC) + timedelta(seconds=1)).strftime(_NAME)


def _write(target: Target, name: str, text: bytes) -> Part:
    return Part(name, *target.write(name, [text]))


def _counted(pieces: Iterator[bytes], progress: Progress, total: int | None) -> Iterator[bytes]:
    done = 0
    for piece in pieces:
        done += len(piece)
        progress("database", done, total)
        yield piece
