"""A changed outlets.toml is read once writing has ended; a broken one leaves the last good one in force."""

from pathlib import Path

import pytest

from scheduler.outlets_watch import OutletsWatch

ONE = '[[outlet]]\nurl = "https://one.example"\n'
TWO = ONE + '[[outlet]]\nurl = "https://two.example"\n'


@pytest.fixture
def watch(tmp_path: Path) -> OutletsWatch:
    """Return a watch that has read a file with one outlet."""
    path = tmp_path / "outlets.toml"
    path.write_text(ONE)
    watch = OutletsWatch(path)
    assert [watch.look(), watch.look()] == [False, True]
    return watch


def names(watch: OutletsWatch) -> list[str]:
    assert watch.outlets
    return [outlet.name for outlet in watch.outlets.outlets]


def test_a_file_that_stays_as_it_is_is_taken_up_once(watch: OutletsWatch) -> None:
    assert [watch.look(), watch.look()] == [False, False]
    assert names(watch) == ["one"]


def test_a_change_is_taken_up_at_the_second_look(watch: OutletsWatch) -> None:
    watch.path.write_text(TWO)

    assert [watch.look(), watch.look(), watch.look()] == [False, True, False]
    assert names(watch) == ["one", "two"]


def test_a_file_that_is_being_written_is_left_alone(watch: OutletsWatch) -> None:
    for text in ("", ONE, TWO):
        watch.path.write_text(text)
        assert not watch.look()
        assert names(watch) == ["one"]

    assert watch.look()
    assert names(watch) == ["one", "two"]


@pytest.mark.parametrize("broken", ['[[outlet]]\nurl = "https://x.example', '[[outlet]]\nlangauge = "de"\n'])
def test_a_broken_file_leaves_the_last_good_one_in_force_until_it_is_mended(watch: OutletsWatch, broken: str) -> None:
    watch.path.write_text(broken)

    assert [watch.look(), watch.look()] == [False, True]
    assert names(watch) == ["one"]
    assert watch.problem
    assert "outlets.toml:" in watch.problem

    watch.path.write_text(TWO)
    assert [watch.look(), watch.look()] == [False, True]
    assert (names(watch), watch.problem) == (["one", "two"], None)


def test_a_file_that_cannot_be_decoded_is_a_broken_one(watch: OutletsWatch) -> None:
    watch.path.write_bytes(b"\xff\xfe\x00")
    watch.look()
    watch.look()

    assert names(watch) == ["one"]
    assert watch.problem


def test_a_file_that_vanishes_switches_no_outlet_off(watch: OutletsWatch) -> None:
    watch.path.unlink()
    watch.look()
    watch.look()

    assert names(watch) == ["one"]
    assert watch.problem
    assert "gone" in watch.problem


def test_a_file_left_empty_by_a_full_disk_switches_no_outlet_off(watch: OutletsWatch) -> None:
    watch.path.write_text("\n")
    watch.look()
    watch.look()

    assert names(watch) == ["one"]
    assert watch.problem
    assert "empty" in watch.problem


def test_a_file_that_says_something_else_is_one_without_outlets(watch: OutletsWatch) -> None:
    watch.path.write_text("# nobody for now\n")
    watch.look()
    watch.look()

    assert (names(watch), watch.problem) == ([], None)
