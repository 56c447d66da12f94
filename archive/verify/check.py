"""What a check of the archive is: it looks at part after part and yields the damage found in each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from archive.home import Home


@dataclass(frozen=True, slots=True)
class Damage:
    """Something that is not as it was stored.

    `place` is a table with a row's key, or a file with `@` and a record's offset. `articles` are the row numbers of
    the articles that it concerns. `repaired`: it was replaced from a second copy.
    """

    check: str
    place: str
    problem: str
    articles: tuple[int, ...] = ()
    repaired: bool = False

    @property
    def part(self) -> str:
        """The part of the archive that a check looks at in one piece: a row, or a whole file."""
        return self.place.partition("@")[0]


@dataclass(frozen=True, slots=True)
class Scope:
    """What to look at: all, or only the rows and captures of these `articles`."""

    engine: Engine
    home: Home
    articles: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What one step looked at: its `parts`, their `number` and size in bytes, up to `position`."""

    parts: Sequence[str]
    position: str
    number: int
    size: int
    damages: Sequence[Damage] = ()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Check:
    """A check: `id` in --json and in the table `damages`, and what it compares, in words."""

    id: str
    title: str

    def total(self, scope: Scope) -> int:
        """Return how many parts there are, about."""
        raise NotImplementedError

    def looks(self, scope: Scope, after: str | None = None) -> Iterator[Look]:
        """Look at all parts in the order of their keys, from the one behind position *after*."""
        raise NotImplementedError
