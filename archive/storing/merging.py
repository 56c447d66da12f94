"""Stories that turn out to be one: the older keeps its number, the other's leads to it for ever."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text


def may_merge(conn: Connection, story_id: int, other_id: int) -> bool:
    """Whether nobody has said that the two tell different stories."""
    return not conn.execute(_APART, {"one": story_id, "other": other_id}).scalar_one()


def write_merges(conn: Connection, merges: Sequence[Mapping[str, Any]]) -> None:
    """Move the articles of each `old` story to the one `into` which it went."""
    for merge in merges:
        for statement in (_ALIAS, _ARTICLES, _MEMBERS):
            conn.execute(statement, dict(merge))


_APART = text("""
select exists (
    select from story_decisions d
    join articles one on one.id = d.article_id join articles other on other.id = d.other_article_id
    where not d.together
      and ((one.story_id = :one and other.story_id = :other) or (one.story_id = :other and other.story_id = :one))
)
""")

# Aliases of the old story lead to the new one as well, so that one step always is enough.
_ALIAS = text("update stories set merged_into = :into where id = :old or merged_into = :old")

_ARTICLES = text("update articles set story_id = :into where story_id = :old")

_MEMBERS = text("update story_members set story_id = :into where story_id = :old")
