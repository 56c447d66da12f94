"""Full-text search, each article in the words of its own language."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, text

from archive.searching import CONFIGS, search_config
from news.text import storable

# Around the words that were found, in a snippet. From the private use area, so that no page means them.
FOUND_START, FOUND_END = "\ue000", "\ue001"


class Order(StrEnum):
    """RANK orders the newest thousand hits by how well they match."""

    RANK = "rank"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found; `snippet` marks the words with FOUND_START and FOUND_END."""

    id: int
    outlet: str
    url: str
    headline: str | None
    language: str | None
    date_published: datetime | None
    first_captured_at: datetime
    story_id: int
    rank: float
    snippet: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a search beside its words. Days are those of UTC, both included."""

    outlet: str | None = None
    language: str | None = None
    since: date | None = None
    until: date | None = None

    def values(self) -> dict[str, Any]:
        """As the statements take them."""
        language = self.language
        return {
            "configs": [search_config(language)] if language else sorted({*CONFIGS.values(), "simple"}),
            "outlet": self.outlet,
            "language": f"{language.lower()}%" if language else None,
            "since": self.since,
            "until": self.until,
        }


def count_articles(conn: Connection, query: str, filters: Filters) -> int:
    """How many articles match."""
    return int(conn.execute(_COUNT, filters.values() | {"query": storable(query)}).scalar_one())


def search_articles(
    conn: Connection,
    query: str,
    *,
    outlet: str | None = None,
    language: str | None = None,
    since: date | None = None,
    until: date | None = None,
    limit: int = 20,
    order: Order = Order.RANK,
) -> list[Hit]:
    """Articles whose latest revision matches *query* (words, "phrases", or, -not), published in [since, until].

    An article without a date counts by its first capture. Days are those of UTC, both included.
    """
    values = Filters(outlet, language, since, until).values() | {
        "query": storable(query),
        "limit": limit,
        "pool": max(limit, 1000) if order is Order.RANK else limit,
        "by_rank": order is Order.RANK,
        "marks": f"StartSel={FOUND_START}, StopSel={FOUND_END}, MaxWords=30, MinWords=12, MaxFragments=2",
    }
    return [Hit(**row._mapping) for row in conn.execute(_SEARCH, values)]


# One query for each way in which a language's stems differ; the index answers each. The date order is laid on what was
# found: walking the dates would read the whole archive for a word that nobody wrote.
_MATCHING = """
with asked as materialized (
    select config, websearch_to_tsquery(cast(config as regconfig), :query) as query
    from unnest(cast(:configs as text[])) as config
), found as materialized (
    select a.id, a.outlet_id, a.url, a.story_id, a.first_captured_at, a.revision_id, a.search, a.search_config, q.query
    from asked q join articles a on a.search @@ q.query and a.search_config = q.config
), matching as (
    select f.*, o.name as outlet, r.headline, r.language, r.date_published, r.text_digest
    from found f
    join outlets o on o.id = f.outlet_id
    join revisions r on r.id = f.revision_id
    where (cast(:outlet as text) is null or o.name = :outlet)
      and (cast(:language as text) is null or lower(r.language) like :language)
      and (cast(:since as date) is null
           or (coalesce(r.date_published, f.first_captured_at) at time zone 'UTC')::date >= :since)
      and (cast(:until as date) is null
           or (coalesce(r.date_published, f.first_captured_at) at time zone 'UTC')::date <= :until)
)
"""

_NUMBER = "select count(*) from matching"

_BEST = """
, newest as (
    select * from matching order by coalesce(date_published, first_captured_at) desc, id desc limit :pool
), best as (
    select n.*, ts_rank_cd(n.search, n.query, 32) as rank from newest n
    order by case when :by_rank then ts_rank_cd(n.search, n.query, 32) end desc nulls last,
             coalesce(n.date_published, n.first_captured_at) desc, n.id desc
    limit :limit
)
select b.id, b.outlet, b.url, b.headline, b.language, b.date_published, b.first_captured_at, b.story_id, b.rank,
       ts_headline(cast(b.search_config as regconfig), left(t.body, 100000), b.query, :marks) as snippet
from best b join texts t on t.digest = b.text_digest
order by case when :by_rank then b.rank end desc nulls last,
         coalesce(b.date_published, b.first_captured_at) desc, b.id desc
"""

_COUNT = text(_MATCHING + _NUMBER)
_SEARCH = text(_MATCHING + _BEST)
