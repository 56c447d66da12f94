"""How much news an outlet usually has on such a day at such an hour."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

ENOUGH = 5  # fewer crawls like this one say nothing
MOST_RECENT = 40  # habits change: so many weeks of one crawl a day, or ten of four in an evening
_PARTS = ("night", "morning", "afternoon", "evening")  # of six hours each, from midnight


@dataclass(frozen=True, slots=True)
class Usual:
    """`new` beside the usual `least` to `most` of crawls on such a `time`: "Sunday evening"."""

    new: int
    least: int
    most: int
    time: str

    @property
    def normal(self) -> bool:
        """True when *new* is within what is usual."""
        return self.least <= self.new <= self.most


def part_of_week(moment: datetime, zone: tzinfo) -> str:
    """ "Sunday evening", in *zone*."""
    local = moment.astimezone(zone)
    return f"{local:%A} {_PARTS[local.hour // 6]}"


def usual_at(moment: datetime, new: int, earlier: Iterable[tuple[datetime, int]], zone: tzinfo) -> Usual | None:
    """*new* articles beside those of *earlier* crawls (the latest first) of the same part of the week.

    Of ten and more, the tenth with the least and with the most are left out. None when fewer than five are alike.
    """
    time = part_of_week(moment, zone)
    alike = [number for began, number in earlier if part_of_week(began, zone) == time][:MOST_RECENT]
    if len(alike) < ENOUGH:
        return None
    cut = len(alike) // 10
    ordered = sorted(alike)
    return Usual(new, ordered[cut], ordered[-1 - cut], time)
