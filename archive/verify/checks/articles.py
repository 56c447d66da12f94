"""Articles: the chain of their revisions, their story, address and search index."""

from typing import Any

from sqlalchemy import Connection, Row, text

from archive.article_fields import search_config
from archive.ingest.rows import search_vector
from archive.verify.row_check import RowCheck
from news.urls import page_key


def _problem(conn: Connection, row: Row[Any]) -> str | None:
    return _chain_problem(row) or _row_problem(row) or _address_problem(conn, row)


def _chain_problem(row: Row[Any]) -> str | None:
    if not row.numbers or row.numbers != list(range(1, len(row.numbers) + 1)):
        return f"its revisions are numbered {row.numbers or 'not at all'}: there is a hole"
    if row.revision_id != row.ids[-1]:
        return "its latest revision is not the last of its revisions"
    if row.ends[-1] is not None or row.ends[:-1] != row.starts[1:] or row.starts != sorted(row.starts):
        return "a revision does not end when the next begins"
    return None


def _row_problem(row: Row[Any]) -> str | None:
    if row.story_id != row.member_of:
        return "its story is not the one that it is a member of"
    if row.first_captured_at != row.starts[0] or row.dated_at != (row.date_published or row.first_captured_at):
        return "the date that search sorts it by is not that of its revisions"
    if row.search_config != search_config(row.language) or not row.search_fits:
        return "the search index does not have its text"
    return None


def _address_problem(conn: Connection, row: Row[Any]) -> str | None:
    if page_key(row.canonical_url) != row.url_key:
        return "its canonical URL does not have its key"
    known = conn.scalar(_LINK, {"key": page_key(row.url), "url": row.url})
    return None if known else f"its address is no link of the archive: {row.url}"


_LINK = text("select true from links where url_key = :key and url = :url")

ARTICLES = RowCheck(
    id="articles",
    title="revisions without holes, stories, addresses and search",
    table="articles",
    rows=f"""
    select a.url, a.canonical_url, a.url_key, a.revision_id, a.story_id, a.first_captured_at, a.dated_at,
           a.search_config, r.language, r.date_published, chain.*,
           (select story_id from story_members where article_id = a.id) as member_of,
           a.search is not distinct from {search_vector("a.search_config", "r.headline", "r.lead", "t.body")}
               as search_fits
    from articles a
    left join revisions r on r.id = a.revision_id
    left join texts t on t.digest = r.text_digest
    cross join lateral (
        select array_agg(id order by number) as ids, array_agg(number order by number) as numbers,
               array_agg(valid_from order by number) as starts, array_agg(valid_to order by number) as ends
        from revisions where article_id = a.id
    ) as chain
    where a.id = k.key
    """,  # noqa: S608 - our own constants
    articles="select k.key",
    of_articles="select unnest(cast(:articles as bigint[]))",
    problem=_problem,
    size=lambda _: 4000,
)
