"""How far apart an outlet's articles with one line lie: counted in its articles, stored ones and those of the batch."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, text

from news.site_memory import Sighting

_MOST = 100  # articles that are counted; no line is taken for boilerplate that lies so far apart


class Seen(NamedTuple):
    """An article that had a line, in which period of the memory and when it was first fetched.

    `place` is that among the outlet's pages in the batch; None for an article that was stored before.
    """

    period: int
    at: datetime
    place: int | None
    one: Sighting


class Spacing:
    """Counts the articles of outlets; asks the database once for each two articles in a batch."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._places: Counter[int] = Counter()
        self._stored: dict[tuple[int, int | None], int] = {}

    def next_place(self, outlet_id: int) -> int:
        """The place of the outlet's next page in the batch."""
        self._places[outlet_id] += 1
        return self._places[outlet_id] - 1

    def articles(self, outlet_id: int, seen: Sequence[Seen], until_now: bool) -> int:
        """How many of the outlet's articles came from the first of *seen* to the last, or to the next of the batch."""
        stored = sorted((one for one in seen if one.place is None), key=lambda seen: (seen.at, seen.one.article))
        places = [one.place for one in seen if one.place is not None] + [self._places[outlet_id]] * until_now
        fresh = max(places) - (0 if stored else min(places)) + 1 if places else 0
        return fresh + (self._between(outlet_id, stored[0], None if places else stored[-1]) if stored else 0)

    def _between(self, outlet_id: int, first: Seen, last: Seen | None) -> int:
        """How many articles were stored from the first to the last, or since."""
        key = first.one.article, last and last.one.article
        if key not in self._stored:
            values = {"outlet_id": outlet_id, "since": first.at, "first": key[0], "last": key[1], "most": _MOST}
            self._stored[key] = self._conn.execute(_PASSED, values | {"until": last and last.at}).scalar_one()
        return self._stored[key]


# Imports give one time to many articles: their numbers are in order too.
_PASSED = text("""
select count(*) from (
    select from articles where outlet_id = :outlet_id
        and first_captured_at >= :since and (cast(:until as timestamptz) is null or first_captured_at <= :until)
        and id >= :first and (cast(:last as bigint) is null or id <= :last)
    limit :most
) as passed
""")
