"""Backups on schedule."""

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.backup.last_backup import FAILED_BACKUP, LAST_BACKUP, failed_backup, last_backup, note_failed, note_made
from archive.home import Home, open_home
from scheduler.backups import back_up, backup_is_due

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
PLACE = "s3://bucket/newskeep"


@pytest.fixture
def planned(tmp_path: Path) -> Home:
    """Return a data folder without a database, for which backups are planned twice a day."""
    return open_home({"NEWSKEEP_HOME": str(tmp_path), "BACKUP_TO": PLACE, "BACKUP_EVERY_SECONDS": str(12 * 3600)})


def noted(home: Home, name: str, hours: float) -> None:
    """Date a note so many hours before now."""
    at = (NOW - timedelta(hours=hours)).timestamp()
    os.utime(home.path / name, (at, at))


def test_no_backup_is_due_without_a_place(tmp_path: Path) -> None:
    assert not backup_is_due(open_home({"NEWSKEEP_HOME": str(tmp_path)}), NOW)


@pytest.mark.parametrize(("hours", "due"), [(12.1, True), (11.9, False), (-0.5, True)])
def test_a_backup_is_due_when_the_last_one_is_old_or_of_the_future(planned: Home, hours: float, due: bool) -> None:
    note_made(planned, PLACE)
    noted(planned, LAST_BACKUP, hours)

    assert backup_is_due(planned, NOW) is due


def test_a_backup_elsewhere_does_not_count(planned: Home) -> None:
    note_made(planned, "/mnt/usb")
    noted(planned, LAST_BACKUP, 1)

    assert backup_is_due(planned, NOW)


@pytest.mark.parametrize(("hours", "due"), [(1.1, True), (0.9, False)])
def test_a_failed_backup_is_tried_again_after_an_hour(planned: Home, hours: float, due: bool) -> None:
    assert backup_is_due(planned, NOW)
    note_failed(planned, "the disk is full")
    noted(planned, FAILED_BACKUP, hours)

    assert backup_is_due(planned, NOW) is due


def test_a_child_that_dies_counts_as_a_failure(planned: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "python").write_text("#!/bin/sh\nkill -9 $$\n")
    (tmp_path / "python").chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))

    asyncio.run(back_up(planned))

    assert (failed := failed_backup(planned))
    assert failed.text == "the process that made it ended with -9"


def test_the_child_makes_a_backup_or_notes_why_it_could_not(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "backups"
    monkeypatch.setenv("BACKUP_TO", str(place))
    asyncio.run(back_up(home))
    assert (failed := failed_backup(home))
    assert "is no folder" in failed.text

    place.mkdir()
    asyncio.run(back_up(home))
    assert failed_backup(home) is None
    assert (last := last_backup(home))
    assert last.text == str(place)
    assert len(list((place / "backups").iterdir())) == 1
