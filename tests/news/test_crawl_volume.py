"""The usual number of new articles in a part of the week."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from news.crawl_volume import part_of_week, usual_at

SUNDAY = datetime(2026, 11, 22, 19, tzinfo=UTC)
VIENNA = ZoneInfo("Europe/Vienna")


def weeks(*numbers: int) -> list[tuple[datetime, int]]:
    return [(SUNDAY - timedelta(weeks=week), number) for week, number in enumerate(numbers, 1)]


def test_a_number_between_the_earlier_ones_is_normal() -> None:
    usual = usual_at(SUNDAY, 38, weeks(29, 51, 40, 33, 45), VIENNA)
    assert usual
    assert (usual.least, usual.most, usual.time, usual.normal) == (29, 51, "Sunday evening", True)


def test_a_number_outside_of_them_is_not() -> None:
    usual = usual_at(SUNDAY, 3, weeks(29, 51, 40, 33, 45), VIENNA)
    assert usual
    assert not usual.normal


def test_four_crawls_say_nothing() -> None:
    assert usual_at(SUNDAY, 38, weeks(29, 51, 40, 33), VIENNA) is None


def test_other_days_and_hours_are_not_compared() -> None:
    other = [(SUNDAY - timedelta(days=day), 500) for day in range(1, 7)]
    other += [(began - timedelta(hours=8), 500) for began, _ in weeks(1, 2, 3, 4, 5)]
    assert usual_at(SUNDAY, 38, other, VIENNA) is None
    usual = usual_at(SUNDAY, 38, other + weeks(29, 51, 40, 33, 45), VIENNA)
    assert usual
    assert usual.most == 51


def test_of_many_the_tenth_at_either_end_is_left_out() -> None:
    usual = usual_at(SUNDAY, 38, weeks(0, 900, *range(30, 48)), VIENNA)
    assert usual
    assert (usual.least, usual.most) == (31, 46)


def test_the_part_of_the_week_is_the_outlets_own() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert part_of_week(late, UTC) == "Sunday evening"
    assert part_of_week(late, VIENNA) == "Monday night"
