"""The rows of an export: those articles that matched as of a time, whatever became of the archive later.

Only what is never changed is read, or what has its past beside it: revisions and readings are only added, a reading
says when (`read_at`), and `articles_past` has what an article's row said before.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, text

from archive.article_fields import CONFIGS
from archive.export.request import CannotExport, Request
from archive.export.tables import Column, Table
from archive.ingest.rows import search_vector
from archive.search import match_sql, match_values

_READERS = "newskeep export"  # the name of sessions that write no article
_AT_ONCE = 200  # rows that come over the wire together; a text may have two million characters


@dataclass(frozen=True, slots=True)
class OutletCoverage:
    """An outlet of the selection: its articles, and on how many of its days (UTC) there was a crawl."""

    outlet: str
    articles: int
    first_crawl: datetime | None
    days: int
    days_without: int


class Dataset:
    """The selection of a request. Everything is read in one transaction; use `open_dataset`."""

    def __init__(self, conn: Connection, request: Request) -> None:
        self.request = request
        self._conn = conn
        self._select()

    def count(self, table: Table) -> int:
        """Count the rows of a table."""
        return int(self._conn.execute(text(table.count)).scalar_one())

    def rows(
        self, table: Table, columns: Sequence[Column], after: int = 0
    ) -> Generator[tuple[int, dict[str, Any]], None, None]:
        """Yield each row behind the key *after* with its key."""
        return self.stream(table.sql(columns), after)

    def stream(self, statement: str, after: int) -> Generator[tuple[int, dict[str, Any]], None, None]:
        """Yield the rows of a query for `export_key` and other columns, over the selection (`selected`)."""
        streamed = text(statement).execution_options(stream_results=True, max_row_buffer=_AT_ONCE)
        with self._conn.execute(streamed, {"after": after}) as found:
            for row in found.mappings():
                values = dict(row)
                yield int(values.pop("export_key")), values

    def scalar(self, statement: str) -> Any:
        """Return the only value of a query over the selection."""
        return self._conn.execute(text(statement)).scalar_one()

    def article_ids(self) -> str:
        """Return the ids of the articles, as PostgreSQL writes a multirange: short where they follow each other."""
        ranges = "range_agg(int8range(article_id, article_id, '[]'))"
        return str(self.scalar(f"select coalesce({ranges}, '{{}}')::text from selected"))  # noqa: S608 - ours

    def rules(self) -> Mapping[str, int]:
        """Count the texts that each version of the reading rules read."""
        return {row.rules: row.articles for row in self._conn.execute(_RULES)}

    def coverage(self) -> list[OutletCoverage]:
        """Describe the crawls of each outlet of the selection up to the time of the export."""
        values = {"as_of": self.request.as_of}
        return [OutletCoverage(**row._mapping) for row in self._conn.execute(_COVERAGE, values)]

    def gaps(self) -> Iterator[Mapping[str, Any]]:
        """Yield the times in which an outlet of the selection was not looked at, and why."""
        streamed = _GAPS.execution_options(stream_results=True, max_row_buffer=_AT_ONCE)
        with self._conn.execute(streamed, {"as_of": self.request.as_of}) as found:
            yield from map(dict, found.mappings())

    def _select(self) -> None:
        """Make the temporary table `selected`, one row an article."""
        query, filters = self.request.query, self.request.filters
        language = f"{filters.language}%".lower() if filters.language else None
        values = filters.values() | {"as_of": self.request.as_of, "language": language}
        values |= {"languages": list(CONFIGS), "language_configs": list(CONFIGS.values())}
        self._conn.execute(text(_PREPARE))
        if query:
            values = match_values(self._conn, query, filters) | values
            for match in (match_sql(values, _MATCH), match_sql(values, _MATCH_PAST)):
                insert = f"insert into matched select id from ({match}) as found on conflict do nothing"  # noqa: S608
                self._conn.execute(text(insert), values)
            self._conn.execute(text(_ANY_PLAN))
        self._conn.execute(_SELECT, values | {"all": not query})
        self._conn.execute(text("analyze selected"))


@contextmanager
def open_dataset(engine: Engine, request: Request) -> Iterator[Dataset]:
    """Select what the request asks for. Raises CannotExport for a time that is not over yet."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as conn, conn.begin():
        conn.execute(text(f"set local application_name = '{_READERS}'"))
        if request.as_of > settled_at(conn):
            raise CannotExport(
                f"--as-of {request.as_of.isoformat()} is not over yet",
                "name a day that is over, or leave it out for now",
            )
        yield Dataset(conn, request)


def settled_at(conn: Connection) -> datetime:
    """Return the latest time before which nothing is written any more: no transaction has been open for longer."""
    settled: datetime = conn.execute(_SETTLED, {"readers": [_READERS, "pg_dump"]}).scalar_one()
    return settled


# A row says when its transaction began.
_SETTLED = text("""
select least(clock_timestamp(), min(xact_start)) - interval '1 millisecond' from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()
  and application_name <> all(cast(:readers as text[]))
""")

_PREPARE = """
create temporary table matched (id bigint primary key) on commit drop;
create temporary table selected (
    article_id bigint primary key, revision_id bigint, number int, story_id bigint, flags text[],
    first_captured_at timestamptz
) on commit drop
"""

# What the search set for itself.
_ANY_PLAN = """
set local enable_seqscan to default; set local cpu_operator_cost to default; analyze matched
"""

# Articles by what they say now, unless they said something else was.
_MATCH = """(
select a.id from articles a join revisions r on r.id = a.revision_id join readings d on d.id = r.reading_id
where a.search @@ cast(:query_{number} as tsquery) and a.search_config || '' = any(cast(:configs_{number} as text[]))
  and (r.number = 1 or d.read_at <= :as_of)
)"""

# Articles that were revised since, by what they said was.
_MATCH_PAST = f"""(
select was.article_id as id from (
    select distinct r.article_id from revisions r join readings d on d.id = r.reading_id
    where r.number > 1 and d.read_at > :as_of
) as revised
cross join lateral (
    select r.article_id, r.headline, r.lead, t.body, coalesce(c.config, 'simple') as config
    from revisions r join readings d on d.id = r.reading_id join texts t on t.digest = r.text_digest
    left join unnest(cast(:languages as text[]), cast(:language_configs as text[])) as c(language, config)
        on c.language = lower(split_part(replace(r.language, '_', '-'), '-', 1))
    where r.article_id = revised.article_id and d.read_at <= :as_of order by r.number desc limit 1
) as was
where was.config = any(cast(:configs_{{number}} as text[]))
  and ({search_vector("was.config", "was.headline", "was.lead", "was.body")}) @@ cast(:query_{{number}} as tsquery)
)"""  # noqa: S608 - put together from constants

_SELECT = text("""
insert into selected
select a.id, r.id, r.number, was.story_id, was.flags, was.first_captured_at
from articles a
cross join lateral (
    select r.* from revisions r join readings d on d.id = r.reading_id
    where r.article_id = a.id and d.read_at <= :as_of order by r.number desc limit 1
) as r
cross join lateral (
    select story_id, flags, first_captured_at from (
        (select story_id, flags, first_captured_at, 0 as place from articles_past p
         where p.article_id = a.id and p.until > :as_of order by p.until limit 1)
        union all select a.story_id, a.flags, a.first_captured_at, 1
    ) as states order by place limit 1
) as was
where (:all or a.id in (select id from matched))
  and (cast(:outlet as text) is null or a.outlet_id = (select id from outlets where name = :outlet))
  and (cast(:language as text) is null or lower(r.language) like :language)
  and (cast(:since as date) is null or coalesce(r.date_published, was.first_captured_at)
       >= cast(:since as date)::timestamp at time zone 'UTC')
  and (cast(:until as date) is null or coalesce(r.date_published, was.first_captured_at)
       < (cast(:until as date) + 1)::timestamp at time zone 'UTC')
""")

_RULES = text("""
select d.rules, count(*) as articles from selected s
join revisions r on r.id = s.revision_id join readings d on d.id = r.reading_id group by d.rules order by d.rules
""")

_OF_SELECTION = """
select a.outlet_id, count(*) as articles from selected s join articles a on a.id = s.article_id group by a.outlet_id
"""

_COVERAGE = text(f"""
select o.name as outlet, chosen.articles, looked.first_crawl, coalesce(looked.days, 0) as days,
       coalesce((cast(:as_of as timestamptz) at time zone 'UTC')::date - looked.first_day + 1 - looked.days, 0)
       as days_without
from ({_OF_SELECTION}) as chosen join outlets o on o.id = chosen.outlet_id
cross join lateral (
    select min(c.started_at) as first_crawl, count(distinct (c.started_at at time zone 'UTC')::date)::int as days,
           min((c.started_at at time zone 'UTC')::date) as first_day
    from coverage c where c.outlet_id = o.id and c.looked and c.ended_at <= :as_of
) as looked
order by o.name
""")  # noqa: S608 - put together from constants

_GAPS = text(f"""
select o.name as outlet, c.started_at, least(c.ended_at, cast(:as_of as timestamptz)) as ended_at, c.reason
from ({_OF_SELECTION}) as chosen join outlets o on o.id = chosen.outlet_id join coverage c on c.outlet_id = o.id
where not c.looked and c.started_at < :as_of order by o.name, c.started_at, c.id
""")  # noqa: S608 - put together from constants
