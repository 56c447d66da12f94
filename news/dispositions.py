"""How links end, and whether a crawl's books balance."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Disposition(StrEnum):
    """The one way in which a link that a crawl saw has ended."""

    NEW = "new"
    COPY = "copy"  # another outlet's text: an article of its own, joined to the story
    REVISED = "revised"
    UNCHANGED = "unchanged"
    MOVED = "moved"  # this outlet's text at another address
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a crawl saw and how it ended: `links` seen, `counts` by disposition, `reasons` by disposition and reason."""

    links: int
    counts: Mapping[Disposition, int]
    reasons: Mapping[tuple[Disposition, str], int] = field(default_factory=dict)

    @property
    def balanced(self) -> bool:
        """True when every link seen has exactly one disposition."""
        return sum(self.counts.values()) == self.links

    @property
    def fetched_nothing(self) -> bool:
        """True when links or channels were tried and none could be read."""
        read = sum(n for disposition, n in self.counts.items() if disposition is not Disposition.FAILED)
        return read == 0 and self.counts.get(Disposition.FAILED, 0) > 0
