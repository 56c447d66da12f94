"""Restore a backup where nothing is in the way, and prove that one could be restored."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256

from sqlalchemy import Connection, Engine, text

from archive.backup.captures import begins_with, restore_capture
from archive.backup.contents import (
    Progress,
    archive_id,
    capture_ends,
    differing_tables,
    holds_rows,
    no_progress,
    table_contents,
)
from archive.backup.dump import load, server_version
from archive.backup.make import OUTLETS, SETTINGS_FILE
from archive.backup.manifest import MANIFEST, Manifest, backup_names, folder, read_manifest, read_part
from archive.backup.target import Target
from archive.captures.index import note_restored
from archive.connection_url import shown_url
from archive.database import connect_archive, connect_to, database_url, embedded_server, make_engine
from archive.embedded import EmbeddedServer
from archive.home import Home, flush_to_disk
from archive.removal.removal import apply_removals
from archive.roles import grant_rights
from archive.schema import alembic_config, migration_steps, schema_status, upgrade
from news.errors import ArchiveUnavailable, BackupDamaged, SchemaOutdated, SettingError

_SCRATCH = "test-restore"  # a folder in the data folder, while a backup is tried
_SHOWN = 3


def choose(target: Target, name: str | None = None) -> Manifest:
    """Return the manifest of the backup *name*, or of the newest. Raises SettingError when there is none."""
    names = [found for found in backup_names(target) if MANIFEST in folder(target, found)]
    if not names or name not in (None, *names):
        which = f"no backup {name}" if names else "no backup"
        raise SettingError(f"there is {which} in {target.address}", f"newskeep backup {target.address} --list")
    return read_manifest(target, name or names[0])


def refuse_what_is_in_the_way(home: Home, manifest: Manifest) -> None:
    """Raise SettingError for files that differ from the backup's, ArchiveUnavailable when there is too little room."""
    settings = {home.path / _file_name(part.name): part.sha256 for part in manifest.settings}
    others = [path for path, digest in settings.items() if path.exists() and _digest(path.read_bytes()) != digest]
    copies = {home.captures / copy.name: copy for copy in manifest.captures}
    others += [path for path, copy in copies.items() if path.exists() and not begins_with(path, copy)]
    if others:
        raise SettingError(
            f"the backup has other files than these: {', '.join(map(str, others[:_SHOWN]))}",
            f"mv {others[0]} {others[0]}.old   # nothing is overwritten",
        )
    missing = sum(copy.size for path, copy in copies.items() if not path.exists())
    if missing > (free := _free_bytes(home)):
        raise ArchiveUnavailable(
            f"the captures need {missing / 1e9:,.1f} GB, and {home.path} has {free / 1e9:,.1f} GB free",
            "make room on that disk, or set NEWSKEEP_HOME",
        )


def look(home: Home, manifest: Manifest) -> None:
    """Raise what `restore` would raise before it writes anything."""
    refuse_newer(manifest)
    refuse_what_is_in_the_way(home, manifest)
    if home.settings["NEWSKEEP_DATABASE_URL"] or embedded_server(home).state().version is not None:
        engine = connect_archive(home)
        try:
            _holds(engine, database_url(home), manifest)
        finally:
            engine.dispose()


def restore(home: Home, target: Target, manifest: Manifest, progress: Progress = no_progress) -> int:
    """Restore the backup into *home* and its database; return how many articles were removed from it again.

    These are the ones that the newest backup at *target* lists as removed.
    It may be repeated after it was killed: files that are there already are compared and stay. Raises SettingError,
    before anything is written, when a file or a database is in the way; SchemaOutdated for the backup of a newer
    program; BackupDamaged and ArchiveUnavailable: then the database is empty as before, unless the rows that were
    loaded differ from those that were copied.
    """
    refuse_newer(manifest)
    refuse_what_is_in_the_way(home, manifest)
    engine = connect_archive(home)
    try:
        url = database_url(home)
        has_it = _holds(engine, url, manifest)
        _restore_files(home, target, manifest, progress)
        if not has_it:
            empty_database(engine)
            load_database(engine, url, target, manifest, progress)
        upgrade(engine)
        with engine.begin() as conn:
            grant_rights(conn)
            note_restored(conn, home, [copy.name for copy in manifest.captures])
        return apply_removals(engine, home, choose(target).removals)
    finally:
        engine.dispose()


def prove(home: Home, target: Target, manifest: Manifest, progress: Progress = no_progress) -> None:
    """Load the backup's database into a server of its own, read all its files, and compare all with the manifest.

    Raises BackupDamaged for any difference.
    """
    refuse_newer(manifest)
    with _scratch_database(home) as (engine, url):
        load_database(engine, url, target, manifest, progress)
        with engine.connect() as conn:
            _compare_captures(conn, manifest)
    parts = [*manifest.settings, *(part for copy in manifest.captures for part in copy.parts)]
    for number, part in enumerate(parts):
        progress("files", number, len(parts))
        for _ in read_part(target, part):
            pass
    progress("files", len(parts), len(parts))


def refuse_newer(manifest: Manifest) -> None:
    """Raise SchemaOutdated for the backup of a database that this program does not know."""
    if manifest.schema not in migration_steps():
        raise SchemaOutdated(
            f"the backup's schema is {manifest.schema}, and this program knows it up to {migration_steps()[-1]}",
            f"install Newskeep {manifest.version} or newer",
        )


def empty_database(engine: Engine) -> None:
    """Remove the empty tables that `newskeep init` makes."""
    from alembic import command

    if schema_status(engine).current:
        with engine.connect() as conn:
            command.downgrade(alembic_config(connection=conn), "base")
            conn.execute(text("drop table alembic_version"))
            conn.commit()


def refuse_rows(engine: Engine, url: str) -> None:
    """Raise SettingError when the database has a row in any table."""
    with engine.connect() as conn:
        if holds_rows(conn):
            raise SettingError(
                f"the database {shown_url(url)} is not empty, and nothing is overwritten",
                "NEWSKEEP_DATABASE_URL of an empty database; for the embedded one NEWSKEEP_HOME of a new folder",
            )


def load_database(engine: Engine, url: str, target: Target, manifest: Manifest, progress: Progress) -> None:
    """Load the copy of the database into an empty one, and compare each table's rows with the manifest."""

    def pieces() -> Iterator[bytes]:
        done = 0
        for piece in read_part(target, manifest.database):
            done += len(piece)
            progress("database", done, manifest.database.size)
            yield piece

    load(url, max(server_version(engine), manifest.dumped_by), pieces())
    with engine.connect() as conn:
        refuse_differing(differing_tables(table_contents(conn, progress), manifest.tables))


def refuse_differing(tables: Sequence[str]) -> None:
    """Raise BackupDamaged when *tables* have other rows than those they were copied from."""
    if tables:
        raise BackupDamaged(f"these tables differ from those that were copied: {', '.join(tables)}")


def _holds(engine: Engine, url: str, manifest: Manifest) -> bool:
    """Return whether the database is the backup's, loaded by a run that was killed. Raises SettingError for another."""
    with engine.connect() as conn:
        is_same = holds_rows(conn) and archive_id(conn) == manifest.archive
        if is_same and not differing_tables(table_contents(conn), manifest.tables):
            return True
    refuse_rows(engine, url)
    return False


def _free_bytes(home: Home) -> int:
    existing = next(folder for folder in (home.path, *home.path.parents) if folder.exists())
    return shutil.disk_usage(existing).free


def _restore_files(home: Home, target: Target, manifest: Manifest, progress: Progress) -> None:
    home.captures.mkdir(parents=True, exist_ok=True)
    for number, copy in enumerate(manifest.captures):
        progress("captures", number, len(manifest.captures))
        restore_capture(home.captures, target, copy)
    progress("captures", len(manifest.captures), len(manifest.captures))
    for part in manifest.settings:
        path = home.path / _file_name(part.name)
        half = path.with_name(f"{path.name}.part")
        half.write_bytes(b"".join(read_part(target, part)))
        half.rename(path)
    flush_to_disk(home.captures)
    flush_to_disk(home.path)


def _compare_captures(conn: Connection, manifest: Manifest) -> None:
    """Raise BackupDamaged when a row points behind the end of its file's copy."""
    sizes = {copy.name: copy.size for copy in manifest.captures}
    short = [
        name for name, end in capture_ends(conn).items() if sizes.get(name, 0) < end and name not in manifest.absent
    ]
    if short:
        raise BackupDamaged(f"rows point at captures that the backup does not have: {', '.join(short[:_SHOWN])}")


@contextmanager
def _scratch_database(home: Home) -> Iterator[tuple[Engine, str]]:
    """Run a server for a moment. It is as fast as one for tests: a power cut loses nothing of value."""
    folder = home.path / _SCRATCH
    server = EmbeddedServer(folder / "postgres", durable=False)
    _end(server)  # a killed run left it
    try:
        server.start()
        engine = make_engine(lambda: connect_to(server.url))
        try:
            yield engine, server.url
        finally:
            engine.dispose()
    finally:
        _end(server)


def _end(server: EmbeddedServer) -> None:
    server.stop()
    shutil.rmtree(server.folder.parent, ignore_errors=True)


def _file_name(part: str) -> str:
    """Return the name in the data folder of a part with settings. Raises BackupDamaged for any other."""
    name = part.rpartition("/")[2]
    if name not in (OUTLETS, SETTINGS_FILE):
        raise BackupDamaged(f"the manifest names a file that is none of ours: {part}")
    return name


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()
