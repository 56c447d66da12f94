"""How many new articles a crawl usually brings in a part of the week."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

ENOUGH = 5  # fewer crawls say nothing
MOST_RECENT = 40  # habits change: so many weeks of one crawl a day, or ten of four in an evening
_PARTS = ("night", "morning", "afternoon", "evening")  # of six hours each, from midnight


@dataclass(frozen=True, slots=True)
class Usual:
    """The number of `new` articles against the usual `least` to `most` in that part of the week (`time`)."""

    new: int
    least: int
    most: int
    time: str

    @property
    def normal(self) -> bool:
        """True when *new* is within what is usual."""
        return self.least <= self.new <= self.most


def part_of_week(moment: datetime, zone: tzinfo) -> str:
    """Return the part of the week in *zone*, as "Sunday evening"."""
    local = moment.astimezone(zone)
    return f"{local:%A} {_PARTS[local.hour // 6]}"


def usual_at(moment: datetime, new: int, earlier: Iterable[tuple[datetime, int]], zone: tzinfo) -> Usual | None:
    """Compare *new* articles with *earlier* crawls (the latest first) of the same part of the week.

    From ten crawls on, the tenth with the least and the tenth with the most are left out. None below five crawls.
    """
    time = part_of_week(moment, zone)
    same_part = [number for began, number in earlier if part_of_week(began, zone) == time][:MOST_RECENT]
    if len(same_part) < ENOUGH:
        return None
    cut = len(same_part) // 10
    ordered = sorted(same_part)
    return Usual(new, ordered[cut], ordered[-1 - cut], time)
