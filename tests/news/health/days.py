"""Days of an outlet, for the rules of health."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from news.health.outlet_day import OutletDay, Silence

TODAY = date(2026, 9, 23)  # a Wednesday
HOUR = timedelta(hours=1)


def day_before(back: int, articles: int = 24, **fields: object) -> OutletDay:
    """Return the day *back* days before today; its articles are spread over the hours from six to midnight."""
    hours = tuple(articles // 18 + (hour - 6 < articles % 18) if hour >= 6 else 0 for hour in range(24))
    usual = {"words": 400 * articles, "words_median": 400.0, "headlines": articles, "dates": articles,
             "authors": articles, "leads": articles, "sections": articles, "images": articles, "languages": articles,
             "removed_share": 0.3, "hours": hours, "longest_silence": 7 * HOUR}  # fmt: skip
    return OutletDay(day=TODAY - timedelta(days=back), articles=articles, **usual | fields)  # type: ignore[arg-type]


def weeks(number: int, publish: Callable[[date], int] = lambda _: 24) -> list[OutletDay]:
    """Return the days of *number* weeks that end with yesterday."""
    return [day_before(back, publish(TODAY - timedelta(days=back))) for back in range(7 * number, 0, -1)]


def last(days: list[OutletDay], *changes: dict[str, object]) -> list[OutletDay]:
    """Return *days* with the last ones changed."""
    number = len(changes)
    return days[:-number] + [replace(day, **new) for day, new in zip(days[-number:], changes, strict=True)]


def silence(hours: float, since: datetime = datetime(2026, 9, 22, 9, tzinfo=UTC), away: float = 0) -> Silence:
    gap = ((since, since + away * HOUR),) if away else ()
    return Silence(since, since + hours * HOUR, gap)
