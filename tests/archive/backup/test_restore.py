"""What a restore refuses, and what it finds damaged."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from archive.backup.contents import holds_rows
from archive.backup.manifest import Manifest
from archive.backup.removals import note_removals
from archive.backup.restore import choose, prove, restore
from archive.backup.run import run_backup
from archive.backup.target import Target
from archive.captures import read_record
from archive.captures.index import all_files
from archive.database import connect_archive, upgrade
from archive.home import Home
from archive.removal.removal import remove_articles
from news.errors import BackupDamaged, SettingError
from tests.archive.backup.conftest import page
from tests.newsroom import Newsroom

Publish = Callable[[int], None]


@pytest.fixture
def manifest(home: Home, target: Target, publish: Publish) -> Manifest:
    home.outlets_file.write_text("# outlets\n")
    publish(1)
    publish(2)
    return run_backup(home, target.address, 0).manifest


def files(home: Home) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in home.captures.glob("*.warc.gz")}


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_captures_are_read_from_where_they_were_restored(
    home: Home, empty_home: Home, target: Target, manifest: Manifest
) -> None:
    restore(empty_home, target, manifest)

    assert files(empty_home) == files(home)
    engine = connect_archive(empty_home)
    with engine.connect() as conn:
        assert {(file.state, file.place) for file in all_files(conn)} == {("spooled", str(empty_home.captures))}
        row = conn.execute(text("select file, record_offset, record_length from captures order by id limit 1")).one()
    engine.dispose()
    assert read_record(empty_home, *row).body == page(1)


@pytest.mark.parametrize("part", ["database", "captures", "settings", "manifest"])
def test_one_changed_byte_is_found(home: Home, empty_home: Home, target: Target, manifest: Manifest, part: str) -> None:
    name = {
        "database": manifest.database.name,
        "captures": manifest.captures[1].parts[0].name,
        "settings": manifest.settings[0].name,
        "manifest": f"backups/{manifest.name}/manifest.json",
    }[part]
    flip(Path(target.address, name))

    if part == "captures":
        with pytest.raises(BackupDamaged):
            prove(home, target, choose(target))
        assert not home.path.joinpath("test-restore").exists()
    with pytest.raises(BackupDamaged):
        restore(empty_home, target, choose(target))
    engine = connect_archive(empty_home)
    with engine.connect() as conn:
        assert not holds_rows(conn)
    engine.dispose()


def test_a_missing_part_is_damage(home: Home, empty_home: Home, target: Target, manifest: Manifest) -> None:
    Path(target.address, manifest.captures[0].parts[0].name).unlink()

    with pytest.raises(BackupDamaged, match="missing"):
        restore(empty_home, target, manifest)


def test_nothing_is_overwritten(
    home: Home, empty_home: Home, target: Target, manifest: Manifest, publish: Publish
) -> None:
    publish(3)
    with pytest.raises(SettingError, match="not empty"):
        restore(home, target, manifest)
    empty_home.outlets_file.write_text("# others\n")
    with pytest.raises(SettingError, match=r"outlets\.toml"):
        restore(empty_home, target, manifest)
    empty_home.outlets_file.unlink()
    empty_home.captures.mkdir()
    (empty_home.captures / manifest.captures[0].name).write_bytes(b"other")
    with pytest.raises(SettingError, match=r"warc\.gz"):
        restore(empty_home, target, manifest)

    assert files(empty_home) == {manifest.captures[0].name: b"other"}


def test_an_interrupted_restore_goes_on(home: Home, empty_home: Home, target: Target, manifest: Manifest) -> None:
    """Files that are there are compared and stay; so do those that have grown since, and so does a loaded database."""
    engine = connect_archive(empty_home)
    upgrade(engine)  # `newskeep init`
    engine.dispose()

    def interrupted(step: str, done: int, total: int | None) -> None:
        if step == "captures" and done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(empty_home, target, manifest, interrupted)
    assert len(files(empty_home)) == 1
    (first,) = empty_home.captures.glob("*.warc.gz")
    first.write_bytes(first.read_bytes() * 2)

    def loaded(step: str, done: int, total: int | None) -> None:
        if step == "tables" and done == total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(empty_home, target, manifest, loaded)
    restore(empty_home, target, manifest)

    assert files(empty_home) == {**files(home), first.name: first.read_bytes()}


def test_what_was_removed_since_the_backup_does_not_come_back(
    home: Home, engine: Engine, empty_home: Home, target: Target, manifest: Manifest, newsroom: Newsroom
) -> None:
    newsroom.close()
    newsroom.crawls.clear()
    remove_articles(engine, home, [1], "takedown")
    note_removals(engine, target.address)

    assert restore(empty_home, target, choose(target)) == 1

    unpacked = b"".join(map(gzip.decompress, files(empty_home).values()))
    assert (b"Page 1" in unpacked, b"Page 2" in unpacked) == (False, True)
    restored = connect_archive(empty_home)
    with restored.connect() as conn:
        assert conn.execute(text("select url from v_articles")).scalars().all() == ["https://krone.example/a-2"]
    restored.dispose()
