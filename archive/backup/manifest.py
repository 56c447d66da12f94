"""The manifest of a backup: what is in it, with sizes, digests and counts."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from archive.backup.target import BACKUPS, Target
from archive.captures.object_store import STEP
from news.errors import BackupDamaged, SchemaOutdated

MANIFEST = "manifest.json"
_VERSION = 1
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_BACKUP_NAME = re.compile(r"[0-9]{8}-[0-9]{6}")


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the backup; `sha256` in hexadecimal."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class CaptureCopy:
    """A capture file: its parts in order. `source` identifies the state of the original that was copied."""

    name: str
    size: int
    sha256: str
    source: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class TableContent:
    """The number of rows of a table, and a digest of them in any order."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One backup. `absent` lists capture files that could not be copied, each with the reason.

    `archive` distinguishes archives that share an address by mistake. `left_out` are settings that a person has to set
    again. `removals` are the articles that were removed from the archive, to be removed again after a restore.
    """

    name: str
    made_at: str
    version: str
    archive: str
    schema: str
    server: int
    dumped_by: int
    database: Part
    settings: tuple[Part, ...]
    left_out: tuple[str, ...]
    captures: tuple[CaptureCopy, ...]
    absent: Mapping[str, str]
    tables: Mapping[str, TableContent]
    removals: tuple[Mapping[str, Any], ...]

    @property
    def size(self) -> int:
        """Bytes of all files that the backup needs, shared ones included."""
        return sum(part.size for part in (self.database, *self.settings)) + sum(file.size for file in self.captures)

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.tables.values())


def write_manifest(target: Target, manifest: Manifest) -> None:
    """Write the manifest, with a digest of its own."""
    body = {"v": _VERSION, **asdict(manifest)}
    text = json.dumps({**body, "sha256": _digest(body)}, indent=1, sort_keys=True)
    target.write(f"{BACKUPS}/{manifest.name}/{MANIFEST}", [text.encode()])


def read_manifest(target: Target, name: str) -> Manifest:
    """Read the manifest of the backup *name*. Raises BackupDamaged, or SchemaOutdated for a newer program's."""
    path = f"{BACKUPS}/{name}/{MANIFEST}"
    with target.read(path) as file:
        data = file.read()
    try:
        body = json.loads(data)
        digest = body.pop("sha256")
        if body["v"] > _VERSION:
            raise SchemaOutdated(f"{target.address}/{path} was written by a newer Newskeep", "install that version")
        if digest != _digest(body):
            raise ValueError("its digest differs")
        return _manifest(body)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupDamaged(f"{target.address}/{path} cannot be used: {error}") from error


def manifests(target: Target) -> list[Manifest]:
    """Return the manifests of all backups, the newest first. Raises BackupDamaged when one cannot be read."""
    return [read_manifest(target, name) for name in backup_names(target) if MANIFEST in folder(target, name)]


def backup_names(target: Target) -> list[str]:
    """Return the names of all backups, the newest first; unfinished ones included."""
    return sorted((name for name in target.sizes(BACKUPS) if _BACKUP_NAME.fullmatch(name)), reverse=True)


def folder(target: Target, name: str) -> dict[str, int]:
    """Return name and size of the files that belong to the backup *name* alone."""
    return target.sizes(f"{BACKUPS}/{name}")


def read_part(target: Target, part: Part) -> Iterator[bytes]:
    """Yield the bytes of a part. Raises BackupDamaged at the end when they are not those that were written."""
    digest, size = sha256(), 0
    with target.read(part.name) as file:
        while piece := file.read(STEP):
            digest.update(piece)
            size += len(piece)
            yield piece
    if (size, digest.hexdigest()) != (part.size, part.sha256):
        raise BackupDamaged(f"{target.address}/{part.name} has other bytes than were written")


def _digest(body: Mapping[str, Any]) -> str:
    return sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _manifest(body: dict[str, Any]) -> Manifest:
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in body.items() if name != "v"
    }
    values["database"] = Part(**body["database"])
    values["settings"] = tuple(Part(**part) for part in body["settings"])
    values["captures"] = tuple(
        CaptureCopy(**{**file, "parts": tuple(Part(**part) for part in file["parts"])}) for file in body["captures"]
    )
    values["tables"] = {name: TableContent(**table) for name, table in body["tables"].items()}
    if not all(_PLAIN_NAME.fullmatch(file.name) for file in values["captures"]):
        raise ValueError("a capture file has no plain name")  # a path could lead out of the folder
    return Manifest(**values)
