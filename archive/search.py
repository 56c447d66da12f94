"""Full-text search, each article in the words of its own language; why a search found nothing."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, text

from news.text import storable

# PostgreSQL's text search configuration for each language; those of version 15, the oldest that we support.
CONFIGS = {
    "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "da": "danish", "nl": "dutch", "en": "english",
    "fi": "finnish", "fr": "french", "de": "german", "el": "greek", "hi": "hindi", "hu": "hungarian",
    "id": "indonesian", "ga": "irish", "it": "italian", "lt": "lithuanian", "ne": "nepali", "no": "norwegian",
    "nb": "norwegian", "nn": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "es": "spanish", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip

# They mark the found words in a snippet. Characters of the private use area, which no page uses for anything else.
FOUND_START, FOUND_END = "\ue000", "\ue001"
MOST_TERMS = 12
_TERM = re.compile(r'-?"[^"]*"|\S+')
_DAY = timedelta(days=1)

Days = tuple[date, date]  # from, to: both included


class Order(StrEnum):
    """The order of hits. RANK puts the best matches among the newest thousand first."""

    RANK = "rank"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that matches; in `snippet`, FOUND_START and FOUND_END enclose the found words."""

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
    """The filters of a search. Days are in UTC, both included."""

    outlet: str | None = None
    language: str | None = None
    since: date | None = None
    until: date | None = None

    def values(self) -> dict[str, Any]:
        """Return the parameters of the SQL statements."""
        language = self.language
        return {
            "configs": [search_config(language)] if language else sorted({*CONFIGS.values(), "simple"}),
            "outlet": self.outlet,
            "language": f"{language.lower()}%" if language else None,
            "since": self.since,
            "until": self.until,
        }


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a query, and how many articles match it alone within the filters of the search.

    `stop_word_of` names the languages (as PostgreSQL calls them) in which it is a stop word.
    """

    text: str
    articles: int
    stop_word_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EmptySearch:
    """Why a search found nothing.

    `terms` must all be in an article. `without` tells how many articles match without each excluded term,
    `unfiltered` how many without the filters.
    """

    terms: tuple[Term, ...] = ()
    without: tuple[Term, ...] = ()
    unfiltered: int | None = None  # None: there were no filters
    gaps: tuple[Days, ...] = ()  # days of the requested period without a crawl
    first_looked: date | None = None
    imported: bool = False  # there are articles, but no crawl has looked for any


def search_config(language: str | None) -> str:
    """Return the text search configuration for a language tag such as de-AT; `simple` (no stems) without one."""
    primary = (language or "").replace("_", "-").partition("-")[0].lower()
    return CONFIGS.get(primary, "simple")


def count_articles(conn: Connection, query: str, filters: Filters) -> int:
    """Count the articles that match."""
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
    """Find articles whose latest revision matches *query* (words, "phrases", or, -not), published in [since, until].

    The day of an article without a date is that of its first capture. Days are in UTC, both included.
    """
    values = Filters(outlet, language, since, until).values() | {
        "query": storable(query),
        "limit": limit,
        "pool": max(limit, 1000) if order is Order.RANK else limit,
        "by_rank": order is Order.RANK,
        "marks": f"StartSel={FOUND_START}, StopSel={FOUND_END}, MaxWords=30, MinWords=12, MaxFragments=2",
    }
    return [Hit(**row._mapping) for row in conn.execute(_SEARCH, values)]


def explain_empty_search(conn: Connection, query: str, filters: Filters, today: date) -> EmptySearch:
    """Explain why a search for *query* found nothing."""
    terms = _TERM.findall(storable(query))[:MOST_TERMS]
    looked = [row.day for row in conn.execute(_LOOKED, {"outlet": filters.outlet})]
    return EmptySearch(
        tuple(_count_alone(conn, term, filters) for term in _required(terms)),
        tuple(_count_without(conn, terms, place, filters) for place, term in enumerate(terms) if term.startswith("-")),
        count_articles(conn, query, Filters()) if filters != Filters() else None,
        tuple(_gaps(looked, filters, today)),
        looked[0] if looked else None,
        not looked and conn.execute(_ARTICLES, {"outlet": filters.outlet}).scalar_one(),
    )


def missing_days(looked: Iterable[date], first: date, last: date) -> list[Days]:
    """Return the periods between *first* and *last* that are not in *looked*."""
    days = sorted({day for day in looked if first <= day <= last} | {last + _DAY})
    stretches, begin = [], first
    for day in days:
        if begin < day:
            stretches.append((begin, day - _DAY))
        begin = day + _DAY
    return stretches


def _required(terms: Sequence[str]) -> list[str]:
    return [term for term in dict.fromkeys(terms) if not term.startswith("-") and term.lower() != "or"]


def _count_alone(conn: Connection, term: str, filters: Filters) -> Term:
    stopped = conn.execute(_STOP_WORD, {"term": term, "configs": filters.values()["configs"]}).scalars()
    return Term(term, count_articles(conn, term, filters), tuple(stopped))


def _count_without(conn: Connection, terms: Sequence[str], place: int, filters: Filters) -> Term:
    rest = " ".join([*terms[:place], *terms[place + 1 :]])
    return Term(terms[place], count_articles(conn, rest, filters))


def _gaps(looked: Sequence[date], filters: Filters, today: date) -> list[Days]:
    """Find the days without a crawl; none unless the search named days, since `first_looked` is enough then."""
    if filters.since is None and filters.until is None:
        return []
    last = min(filters.until or today, today)
    first = filters.since or min([*looked, last])
    return missing_days(looked, first, last) if first <= last else []


# One query for each text search configuration; the index answers each. The hits are sorted by date afterwards: reading
# articles in date order would read the whole archive for a word that is in none.
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

_COUNT = text(_MATCHING + "select count(*) from matching")  # noqa: S608 - put together from constants
_SEARCH = text(_MATCHING + _BEST)

# Only days with a successful look count: "did not look" is not "looked and found nothing".
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
