"""Full-text search, each article in the words of its own language; why a search found nothing."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, text

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

MOST_TERMS = 12
_TERM = re.compile(r'-?"[^"]*"|\S+')
_DAY = timedelta(days=1)

Days = tuple[date, date]  # from, to: both included


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a query and the articles that match it alone, within the filters of the search.

    `stop_word_of` names the languages (as PostgreSQL calls them) in whose articles nobody looks for it.
    """

    text: str
    articles: int
    stop_word_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EmptySearch:
    """`terms` that an article must have; what would be found `without` each excluded term and without all filters."""

    terms: tuple[Term, ...] = ()
    without: tuple[Term, ...] = ()
    unfiltered: int | None = None  # None: there were no filters
    gaps: tuple[Days, ...] = ()  # days of the time asked for on which nobody looked
    first_looked: date | None = None
    imported: bool = False  # there are articles, though nobody has looked for any


def explain_empty_search(conn: Connection, query: str, filters: Filters, today: date) -> EmptySearch:
    """What is to be said of a search for *query* that found nothing."""
    terms = _TERM.findall(storable(query))[:MOST_TERMS]
    looked = [row.day for row in conn.execute(_LOOKED, {"outlet": filters.outlet})]
    return EmptySearch(
        tuple(_alone(conn, term, filters) for term in _wanted(terms)),
        tuple(_left_out(conn, terms, place, filters) for place, term in enumerate(terms) if term.startswith("-")),
        count_articles(conn, query, Filters()) if filters != Filters() else None,
        tuple(_gaps(looked, filters, today)),
        looked[0] if looked else None,
        not looked and conn.execute(_ARTICLES, {"outlet": filters.outlet}).scalar_one(),
    )


def missing_days(looked: Iterable[date], first: date, last: date) -> list[Days]:
    """The stretches of days from *first* to *last* that are not among *looked*."""
    seen = sorted({day for day in looked if first <= day <= last} | {last + _DAY})
    stretches, begin = [], first
    for day in seen:
        if begin < day:
            stretches.append((begin, day - _DAY))
        begin = day + _DAY
    return stretches


def _wanted(terms: Sequence[str]) -> list[str]:
    return [term for term in dict.fromkeys(terms) if not term.startswith("-") and term.lower() != "or"]


def _alone(conn: Connection, term: str, filters: Filters) -> Term:
    stopped = conn.execute(_STOP_WORD, {"term": term, "configs": filters.values()["configs"]}).scalars()
    return Term(term, count_articles(conn, term, filters), tuple(stopped))


def _left_out(conn: Connection, terms: Sequence[str], place: int, filters: Filters) -> Term:
    rest = " ".join([*terms[:place], *terms[place + 1 :]])
    return Term(terms[place], count_articles(conn, rest, filters))


def _gaps(looked: Sequence[date], filters: Filters, today: date) -> list[Days]:
    """Only where days were asked for: otherwise the first look says it all."""
    if filters.since is None and filters.until is None:
        return []
    last = min(filters.until or today, today)
    first = filters.since or min([*looked, last])
    return missing_days(looked, first, last) if first <= last else []


# "Did not look" is another thing than "looked and found nothing": only what was looked at counts.
_LOOKED = text("""
select distinct (c.started_at at time zone 'UTC')::date as day
from coverage c join outlets o on o.id = c.outlet_id
where c.looked and (cast(:outlet as text) is null or o.name = :outlet)
order by day
""")

_ARTICLES = text("""
select exists (select from articles a join outlets o on o.id = a.outlet_id
               where cast(:outlet as text) is null or o.name = :outlet)
""")

_STOP_WORD = text("""
select config from (select distinct search_config as config from articles) as used
where config = any(cast(:configs as text[])) and numnode(websearch_to_tsquery(cast(config as regconfig), :term)) = 0
order by config
""")

# Those of PostgreSQL 15, the oldest we run on.
CONFIGS = {
    "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "da": "danish", "nl": "dutch", "en": "english",
    "fi": "finnish", "fr": "french", "de": "german", "el": "greek", "hi": "hindi", "hu": "hungarian",
    "id": "indonesian", "ga": "irish", "it": "italian", "lt": "lithuanian", "ne": "nepali", "no": "norwegian",
    "nb": "norwegian", "nn": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "es": "spanish", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip


def search_config(language: str | None) -> str:
    """The configuration for a language tag such as de-AT; `simple` (no stems) for one without."""
    primary = (language or "").replace("_", "-").partition("-")[0].lower()
    return CONFIGS.get(primary, "simple")
