"""Why a search found nothing: which of its terms emptied it, and whether nobody looked at that time."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, text

from archive.search import Filters, count_articles
from news.text import storable

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
class Nothing:
    """`terms` that an article must have; what would be found `without` each excluded term and without all filters."""

    terms: tuple[Term, ...] = ()
    without: tuple[Term, ...] = ()
    unfiltered: int | None = None  # None: there were no filters
    gaps: tuple[Days, ...] = ()  # days of the time asked for on which nobody looked
    first_looked: date | None = None
    imported: bool = False  # there are articles, though nobody has looked for any


def why_nothing(conn: Connection, query: str, filters: Filters, today: date) -> Nothing:
    """What is to be said of a search for *query* that found nothing."""
    terms = _TERM.findall(storable(query))[:MOST_TERMS]
    looked = [row.day for row in conn.execute(_LOOKED, {"outlet": filters.outlet})]
    return Nothing(
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
