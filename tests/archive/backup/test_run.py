"""Backups while the archive is in use, one after the other, and after a kill."""

import errno
import gzip
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from archive.backup import target as targets
from archive.backup.last_backup import failed_backup, last_backup
from archive.backup.make import make_backup, prune
from archive.backup.manifest import manifests
from archive.backup.restore import choose, prove
from archive.backup.run import Made, run_backup
from archive.backup.target import Target
from archive.captures.upload import upload_finished
from archive.home import Home, open_home
from archive.locks import hold_captures
from news.errors import Busy, SettingError

Publish = Callable[[int], None]


def parts(target: Target) -> list[str]:
    return sorted(target.sizes("captures"))


def copied(target: Target, made: Made) -> dict[str, bytes]:
    """The capture files as the parts of the backup make them."""
    folder = Path(target.address)
    return {
        copy.name: b"".join((folder / part.name).read_bytes() for part in copy.parts) for copy in made.manifest.captures
    }


def originals(home: Home) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in home.captures.glob("*.warc.gz")}


def test_what_is_there_already_is_not_copied_again(home: Home, target: Target, publish: Publish) -> None:
    publish(1)
    first = run_backup(home, target.address, 0)
    before = parts(target)
    publish(2)
    second = run_backup(home, target.address, 0)

    assert len(before) == 1
    assert len(parts(target)) == 2
    assert set(first.manifest.captures) < set(second.manifest.captures)
    assert copied(target, second) == originals(home)
    assert [manifest.name for manifest in manifests(target)] == [second.manifest.name, first.manifest.name]


def test_a_growing_file_is_copied_up_to_its_last_whole_record(home: Home, target: Target, publish: Publish) -> None:
    publish(1)
    (path,) = home.captures.glob("*.warc.gz")
    whole, record = path.read_bytes(), gzip.compress(b"WARC/1.1\r\n" + os.urandom(1000))
    path.write_bytes(whole + record[:-1])
    first = run_backup(home, target.address, 0)
    assert copied(target, first) == {path.name: whole}

    path.write_bytes(whole + record)
    second = run_backup(home, target.address, 0)

    assert copied(target, second) == {path.name: whole + record}
    assert [part.size for part in second.manifest.captures[0].parts] == [len(whole), len(record)]


def test_a_file_that_was_rewritten_is_copied_anew(home: Home, target: Target, engine: Engine, publish: Publish) -> None:
    publish(1)
    run_backup(home, target.address, 0)
    (path,) = home.captures.glob("*.warc.gz")
    record = gzip.compress(b"WARC/1.1\r\n removed")
    path.write_bytes(record + path.read_bytes())
    with engine.begin() as conn:
        conn.execute(text("update captures set record_offset = record_offset + :size"), {"size": len(record)})

    made = run_backup(home, target.address, 1)

    assert copied(target, made) == originals(home)
    assert len(parts(target)) == 1


def test_articles_and_uploads_during_a_backup_leave_it_whole(
    home: Home, engine: Engine, target: Target, publish: Publish, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows of the copied database find their captures wherever these are moved meanwhile."""
    (tmp_path / "store").mkdir()
    monkeypatch.setenv("CAPTURE_STORE", f"file://{tmp_path / 'store'}")
    publish(1)
    done = set[str]()

    def disturb(step: str, *_: object) -> None:
        if step == "database" and step not in done:
            publish(2)
        if step == "captures" and step not in done:
            assert len(upload_finished(engine, open_home())) == 2
        done.add(step)

    made = run_backup(home, target.address, 0, progress=disturb)

    assert done >= {"database", "captures"}
    assert originals(home) == {}
    assert made.manifest.tables["public.articles"].rows == 1
    prove(home, target, made.manifest)
    again = run_backup(home, target.address, 0)
    assert (len(again.manifest.captures), len(parts(target))) == (2, 2)


def test_old_backups_go_with_what_they_alone_needed(home: Home, target: Target, publish: Publish) -> None:
    publish(1)
    names = [run_backup(home, target.address, 0).manifest.name for _ in range(3)]

    made = run_backup(home, target.address, 2)

    assert made.pruned == tuple(reversed(names[:2]))
    assert [manifest.name for manifest in manifests(target)] == [made.manifest.name, names[2]]
    assert set(target.sizes("backups")) == {made.manifest.name, names[2]}
    assert originals(home) == copied(target, Made(choose(target, names[2]), 0, ()))


def test_a_backup_is_newer_than_those_before_it_even_if_the_clock_was_set_back(
    home: Home, engine: Engine, target: Target
) -> None:
    first, _ = make_backup(engine, home, target, datetime(2026, 12, 1, 12, tzinfo=UTC))
    second, _ = make_backup(engine, home, target, datetime(2026, 12, 1, 11, tzinfo=UTC))

    assert (first.name, second.name) == ("20261201-120000", "20261201-120001")
    assert prune(target, 1) == (first.name,)


@pytest.mark.parametrize(
    "write",
    [pytest.param(1, marks=pytest.mark.slow), 2, pytest.param(3, marks=pytest.mark.slow)],
    ids=["database", "captures", "manifest"],
)
def test_a_killed_backup_leaves_the_former_one_and_the_next_goes_on(
    home: Home, target: Target, publish: Publish, write: int
) -> None:
    publish(1)
    former = run_backup(home, target.address, 0)
    publish(2)
    killed = subprocess.run([sys.executable, "-c", KILLED, target.address, str(write)], check=False)
    assert killed.returncode == -9
    assert choose(target) == former.manifest
    assert copied(target, former).items() < originals(home).items()

    made = run_backup(home, target.address, 0)

    assert copied(target, made) == originals(home)
    assert len(parts(target)) == 2
    assert set(target.sizes("backups")) == {former.manifest.name, made.manifest.name}


KILLED = """
import os, signal, sys
from archive.backup import target
from archive.backup.run import run_backup
from archive.home import open_home
copy, writes = target._copy, []
def killed(pieces, file):
    writes.append(file)
    if len(writes) == int(sys.argv[2]):
        file.write(next(iter(pieces))[:10])
        file.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    return copy(pieces, file)
target._copy = killed
run_backup(open_home(), sys.argv[1], 0)
"""


def test_a_failed_backup_is_noted_until_one_succeeds(
    home: Home, target: Target, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKUP_TO", target.address)
    home = open_home()

    def full(pieces: Iterable[bytes], file: object) -> tuple[int, str]:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(targets, "_copy", full)
        with pytest.raises(OSError, match="No space left"):
            run_backup(home, target.address, 0)
    failed = failed_backup(home)
    assert failed
    assert "No space left" in failed.text
    assert last_backup(home) is None

    run_backup(home, target.address, 0)
    assert failed_backup(home) is None
    assert (note := last_backup(home))
    assert note.text == target.address


def test_two_backups_at_once_are_one_too_many(home: Home, engine: Engine, target: Target) -> None:
    with hold_captures(engine), pytest.raises(Busy):
        run_backup(home, target.address, 0)


def test_a_place_holds_the_backups_of_one_archive(
    home: Home, target: Target, publish: Publish, empty_home: Home
) -> None:
    from archive.database import connect_archive, upgrade
    from archive.outlets import ensure_outlet

    publish(1)
    run_backup(home, target.address, 0)
    other = connect_archive(empty_home)
    upgrade(other)
    with other.begin() as conn:
        ensure_outlet(conn, "kurier", "https://kurier.example/")
    other.dispose()

    with pytest.raises(SettingError, match="another archive"):
        run_backup(empty_home, target.address, 0)
