"""Remove articles for good: rows first, then records; a removal that was killed in between is finished by the next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, text

from archive.home import Home
from archive.removal.erasing import Erased, erase_ordered
from archive.removal.register import Hold, enter, enter_again, holds, release
from archive.removal.rows import delete_articles, redact_links
from news.article import short_id
from news.errors import NewsError
from news.exit_codes import ExitCode

_AT_ONCE = 200  # articles in a transaction


class Held(NewsError):
    """A legal hold forbids the removal; nothing was removed."""

    exit_code = ExitCode.CONFIGURATION_INVALID

    def __init__(self, held: Sequence[Hold]) -> None:
        ids = ", ".join(short_id("a", hold.article_id) for hold in held[:5])
        hint = f"newskeep hold --release {short_id('a', held[0].article_id)}"
        super().__init__(f"{ids}: on hold, reason: {held[0].reason}", hint)


@dataclass(frozen=True, slots=True)
class Removed:
    """What a removal did: how many articles are gone, and what was erased of their captures."""

    articles: int
    erased: Erased


def remove_articles(
    engine: Engine, home: Home, article_ids: Sequence[int], reason: str, *, everywhere: bool = False
) -> Removed:
    """Remove these articles; with *everywhere* their text is refused from other outlets as well.

    Raises Held when one of them is on hold, ArchiveUnavailable. `finish_removals` finishes what was killed in between.
    """
    removed = 0
    for start in range(0, len(article_ids), _AT_ONCE):
        some = article_ids[start : start + _AT_ONCE]
        with engine.begin() as conn:
            if held := holds(conn, some):
                raise Held(held)
            removed += delete_articles(conn, some, reason, everywhere=everywhere)
    return Removed(removed, finish_removals(engine, home))


def finish_removals(engine: Engine, home: Home) -> Erased:
    """Erase what earlier removals left, and the captures of removed pages that were met again since."""
    with engine.begin() as conn:
        enter(conn, redact_links(conn))
    return erase_ordered(engine, home)


def apply_removals(engine: Engine, home: Home, removals: Iterable[Mapping[str, Any]]) -> int:
    """Remove again, from a restored archive, what the register of a newer one lists; return how many articles."""
    with engine.begin() as conn:
        enter_again(conn, removals)
        back = list(conn.scalars(_BACK))
        release(conn, back)  # a hold of the backup is older than the removal, which a hold would have refused
    return remove_articles(engine, home, back, "removed before").articles


_BACK = text("""
select distinct a.id from removals r cross join unnest(r.url_keys) as key join articles a on a.url_key = key order by 1
""")
