"""Full-text search, each article in the words of its own language; why a search found nothing."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, text

from archive.article_fields import CONFIGS, search_config
from news.text import storable

# They mark the found words in a snippet. Characters of the private use area, which no page uses for anything else.
FOUND_START, FOUND_END = "\ue000", "\ue001"
MOST_TERMS = 12
MOST_COUNTED = 10_000
_WINDOW = 4000  # newest articles of a language, looked at first where many match
RANKED = 500  # newest matches, of which the best come first
_TERM = re.compile(r'-?"[^"]*"|\S+')
_DAY = timedelta(days=1)

Days = tuple[date, date]  # from, to: both included


class Order(StrEnum):
    """The order of hits. RANK puts the best matches among the newest RANKED first."""

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

    @property
    def config(self) -> str | None:
        """The only text search configuration of the articles; None: all."""
        return search_config(self.language) if self.language else None

    def values(self) -> dict[str, Any]:
        """Return the parameters of the SQL statements."""
        language = (self.language or "").lower()
        alone = list(CONFIGS.values()).count(CONFIGS.get(language, "")) == 1  # then the configuration says it all
        return {
            "outlet": self.outlet,
            "language": f"{language}%" if language and not alone else None,
            "since": self.since,
            "until": self.until,
        }


@dataclass(frozen=True, slots=True)
class Term:
    """A term of a query, and how many articles match it alone within the filters of the search.

    `unfiltered` is their number without the filters. `stop_word_of` names the languages (as PostgreSQL calls them) in
    which it is a stop word. Numbers end at MOST_COUNTED.
    """

    text: str
    articles: int
    unfiltered: int
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


def count_articles(conn: Connection, query: str, filters: Filters) -> int:
    """Count the articles that match, up to MOST_COUNTED."""
    return _count(conn, match_values(conn, query, filters))


def matching_articles(conn: Connection, query: str, filters: Filters) -> list[int]:
    """Return the row numbers of all articles that match."""
    values = match_values(conn, query, filters)
    return list(conn.scalars(text(f"select id from ({match_sql(values, _MATCH)}) as found"), values))  # noqa: S608


def search_articles(
    conn: Connection, query: str, filters: Filters, *, limit: int = 20, order: Order = Order.RANK
) -> tuple[list[Hit], int]:
    """Find articles whose latest revision matches *query* (words, "phrases", or, -not) within *filters*.

    Return the hits and the number of matches, counted up to MOST_COUNTED. The day of an article without a date is that
    of its first capture.
    """
    values = match_values(conn, query, filters)
    total = _count(conn, values)
    pool = max(limit, RANKED) if order is Order.RANK else limit
    values |= {
        "ids": _newest(conn, values | {"pool": pool}, total),
        "limit": limit,
        "by_rank": order is Order.RANK,
        "marks": f"StartSel={FOUND_START}, StopSel={FOUND_END}, MaxWords=30, MinWords=12, MaxFragments=2",
    }
    return [Hit(**row._mapping) for row in conn.execute(_SEARCH, values)], total


def configs_in_use(conn: Connection) -> list[str]:
    """List the text search configurations of the articles."""
    return list(conn.execute(_CONFIGS_IN_USE).scalars())


def explain_empty_search(conn: Connection, query: str, filters: Filters, today: date) -> EmptySearch:
    """Explain why a search for *query* found nothing."""
    terms = _TERM.findall(storable(query))[:MOST_TERMS]
    first_looked = conn.execute(_FIRST_LOOKED, {"outlet": filters.outlet}).scalar_one()
    return EmptySearch(
        tuple(_count_alone(conn, term, filters) for term in _required(terms)),
        tuple(_count_without(conn, terms, place, filters) for place, term in enumerate(terms) if term.startswith("-")),
        count_articles(conn, query, Filters()) if filters != Filters() else None,
        tuple(_gaps(conn, filters, first_looked, today)),
        first_looked,
        first_looked is None and conn.execute(_ARTICLES, {"outlet": filters.outlet}).scalar_one(),
    )


def ignored_terms(conn: Connection, query: str, filters: Filters) -> dict[str, tuple[str, ...]]:
    """Return the terms to exclude that are stop words, which PostgreSQL drops, each with the languages it is one of."""
    terms = [term for term in _TERM.findall(storable(query))[:MOST_TERMS] if re.match(r"-.*\w", term)]
    found = {term: _stop_word_of(conn, term, filters) for term in terms}
    return {term: languages for term, languages in found.items() if languages}


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
    articles = count_articles(conn, term, filters)
    unfiltered = articles or (count_articles(conn, term, Filters()) if filters != Filters() else 0)
    return Term(term, articles, unfiltered, _stop_word_of(conn, term, filters))


def _stop_word_of(conn: Connection, term: str, filters: Filters) -> tuple[str, ...]:
    configs = [config for config in configs_in_use(conn) if filters.config in (None, config)]
    return tuple(conn.execute(_STOP_WORD, {"term": term, "configs": configs}).scalars())


def _count_without(conn: Connection, terms: Sequence[str], place: int, filters: Filters) -> Term:
    articles = count_articles(conn, " ".join([*terms[:place], *terms[place + 1 :]]), filters)
    return Term(terms[place], articles, articles)


def match_values(conn: Connection, query: str, filters: Filters) -> dict[str, Any]:
    """Prepare the connection for a search, and return the parameters of its statements.

    `query_0`, `configs_0` and so on are the question as PostgreSQL reads it, and the configurations that read it so.
    """
    configs = [config for config in configs_in_use(conn) if filters.config in (None, config)]
    values = filters.values() | {"query": storable(query), "configs": configs}
    for number, reading in enumerate(conn.execute(_READINGS, values).all()):
        values |= {f"query_{number}": reading.query, f"configs_{number}": reading.configs}
    conn.execute(_INDEX_ONLY)
    return values


def match_sql(values: Mapping[str, Any], match: str) -> str:
    """Return SQL for the articles that match: *match* for each reading of the question."""
    arms = [match.format(number=number) for number in range(len(values["configs"])) if f"query_{number}" in values]
    return " union all ".join(arms) or "select id, dated_at from articles where false"


def _count(conn: Connection, values: Mapping[str, Any]) -> int:
    statement = text(f"select count(*) from ({match_sql(values, _MATCH)} limit :most) as found")  # noqa: S608
    return int(conn.execute(statement, {**values, "most": MOST_COUNTED}).scalar_one())


def _newest(conn: Connection, values: Mapping[str, Any], total: int) -> list[int]:
    """Find the newest matches, `pool` of them.

    Where there are many, look among the newest articles first: to fetch each match would take a second.
    """
    window = _WINDOW if total >= MOST_COUNTED else 0
    while window and (begin := conn.execute(_BEGIN, {**values, "window": window}).scalar()):
        ids = _newest_of(conn, match_sql(values, _MATCH_SINCE), {**values, "begin": begin})
        if len(ids) == values["pool"]:
            return ids
        window *= 8
    return _newest_of(conn, match_sql(values, _MATCH), values)


def _newest_of(conn: Connection, matches: str, values: Mapping[str, Any]) -> list[int]:
    statement = f"select id from ({matches}) as found order by dated_at desc, id desc limit :pool"  # noqa: S608
    return list(conn.execute(text(statement), values).scalars())


def _gaps(conn: Connection, filters: Filters, first_looked: date | None, today: date) -> list[Days]:
    """Find the days without a crawl; none unless the search named days, since `first_looked` is enough then."""
    if filters.since is None and filters.until is None:
        return []
    last = min(filters.until or today, today)
    first = filters.since or min(first_looked or last, last)
    if first > last:
        return []
    begin = max(first, min(first_looked or last, last))
    looked = conn.execute(_LOOKED, {"outlet": filters.outlet, "first": begin, "last": last}).scalars()
    return missing_days(looked, first, last)


# The planner must not read all articles instead of the index. It takes no account of what unpacking the lexemes of an
# article costs; here the cost of an operator says it. All work is done by one process.
_INDEX_ONLY = text("""
select set_config('enable_seqscan', 'off', true), set_config('cpu_operator_cost', '2', true),
       set_config('jit', 'off', true), set_config('max_parallel_workers_per_gather', '0', true)
""")

# In each language, words have other stems and stop words; most languages read a question in the same way.
_READINGS = text("""
select query::text as query, array_agg(config) as configs from (
    select config, websearch_to_tsquery(cast(config as regconfig), :query) as query
    from unnest(cast(:configs as text[])) as config
) as reading where numnode(query) > 0 group by query
""")

# The query is a constant and stands alone, so that the index answers it: no article's lexemes are unpacked. What is
# joined to a column keeps its other index out, which would list all articles of a language.
_MATCH = """(
select a.id, a.dated_at from articles a
where a.search @@ cast(:query_{number} as tsquery) and a.search_config || '' = any(cast(:configs_{number} as text[]))
  and (cast(:outlet as text) is null or a.outlet_id = (select id from outlets where name = :outlet))
  and (cast(:language as text) is null
       or exists (select from revisions r where r.id = a.revision_id and lower(r.language) like :language))
  and (cast(:since as date) is null or a.dated_at >= cast(:since as date)::timestamp at time zone 'UTC')
  and (cast(:until as date) is null or a.dated_at < (cast(:until as date) + 1)::timestamp at time zone 'UTC')
)"""
_MATCH_SINCE = _MATCH.replace("search_config || ''", "search_config")[:-1] + " and a.dated_at >= :begin)"

# The date since when no language has more than so many articles; null when all have fewer.
_BEGIN = text("""
select max(date) from unnest(cast(:configs as text[])) as config cross join lateral (
    select dated_at as date from articles a
    where a.search_config = config
      and (cast(:until as date) is null or a.dated_at < (cast(:until as date) + 1)::timestamp at time zone 'UTC')
    order by dated_at desc offset :window limit 1
) as nth
""")

_SEARCH = text("""
with ranked as (
    select a.*, q.query, case when :by_rank then ts_rank_cd(a.search, q.query, 32) end as place
    from unnest(cast(:ids as bigint[])) as newest(id)
    join articles a on a.id = newest.id
    join (
        select config, websearch_to_tsquery(cast(config as regconfig), :query) as query
        from unnest(cast(:configs as text[])) as config
    ) q on q.config = a.search_config
), best as (
    select * from ranked order by place desc nulls last, dated_at desc, id desc limit :limit
)
select b.id, o.name as outlet, b.url, r.headline, r.language, r.date_published, b.first_captured_at, b.story_id,
       coalesce(b.place, ts_rank_cd(b.search, b.query, 32)) as rank,
       ts_headline(cast(b.search_config as regconfig), left(t.body, 100000), b.query, :marks) as snippet
from best b
join outlets o on o.id = b.outlet_id
join revisions r on r.id = b.revision_id
join texts t on t.digest = r.text_digest
order by b.place desc nulls last, b.dated_at desc, b.id desc
""")

# One look into the index for each configuration.
_CONFIGS_IN_USE = text("""
with recursive used as (
    (select search_config as config from articles order by search_config limit 1)
    union all
    select (select search_config from articles where search_config > used.config order by search_config limit 1)
    from used where used.config is not null
)
select config from used where config is not null
""")

# Only days with a successful look count: "did not look" is not "looked and found nothing".
_FIRST_LOOKED = text("""
select (min(first.at) at time zone 'UTC')::date
from outlets o cross join lateral (
    select started_at as at from coverage c where c.outlet_id = o.id and c.looked order by started_at limit 1
) as first
where cast(:outlet as text) is null or o.name = :outlet
""")

_LOOKED = text("""
select day::date from generate_series(cast(:first as date), cast(:last as date), interval '1 day') as day
where exists (
    select from outlets o join coverage c on c.outlet_id = o.id
    where c.looked and (cast(:outlet as text) is null or o.name = :outlet)
      and c.started_at >= day at time zone 'UTC' and c.started_at < (day + interval '1 day') at time zone 'UTC'
)
""")

_ARTICLES = text("""
select exists (select from articles a join outlets o on o.id = a.outlet_id
               where cast(:outlet as text) is null or o.name = :outlet)
""")

_STOP_WORD = text("""
select config from unnest(cast(:configs as text[])) as config
where numnode(websearch_to_tsquery(cast(config as regconfig), :term)) = 0
order by config
""")
