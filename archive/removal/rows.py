"""Delete everything that the database holds of some articles, in one transaction."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, TextClause, text

from archive.ingest.rows import lock_texts
from archive.removal.register import Removal, enter
from news.sameness.judge import LEAST_NEAR


@dataclass(frozen=True, slots=True)
class Extent:
    """What is removed with an article, counted before; other articles with its text (`copies`) stay.

    Files `in_place` hold captures of it and are not changed: they were imported where they lie, and are not ours.
    """

    article_id: int
    outlet: str
    url: str
    headline: str | None
    first_captured_at: datetime
    revisions: int
    captures: int
    files: int
    copies: int
    in_place: list[str]


def extents(conn: Connection, article_ids: Sequence[int]) -> list[Extent]:
    """Count what these articles consist of."""
    return [Extent(**row._mapping) for row in conn.execute(_EXTENTS, {"ids": list(article_ids)})]


def with_copies(conn: Connection, article_ids: Sequence[int]) -> list[int]:
    """Return these articles and all others of their stories."""
    return list(conn.scalars(_WITH_COPIES, {"ids": list(article_ids)}))


def delete_articles(conn: Connection, article_ids: Sequence[int], reason: str, *, everywhere: bool) -> int:
    """Delete the rows of these articles and enter them in the register, with the records to erase; return how many.

    What a crawl writes at these addresses meanwhile waits. Articles that are gone are left out.
    """
    ids = {"ids": list(article_ids), "least": LEAST_NEAR}
    conn.execute(_LOCK_ADDRESSES, ids)
    lock_texts(conn)
    conn.execute(_GATHER, ids)
    removals = [
        Removal(
            article_id=row.id,
            outlet=row.outlet,
            reason=reason,
            url_keys=tuple(row.url_keys),
            letters=tuple(row.letters),
            everywhere=everywhere,
            first_captured_at=row.first_captured_at,
            places=tuple(zip(row.names, row.offsets, row.lengths, strict=True)),
        )
        for row in conn.execute(_REMOVALS, ids)
    ]
    conn.execute(_DELETE)
    enter(conn, removals)
    return len(removals)


def redact_links(conn: Connection) -> list[Removal]:
    """Clear the links that ended as removed since, and delete their captures; return what is to be entered for them."""
    rows = conn.execute(_RETURNED, {"least": LEAST_NEAR}).all()
    removals = [
        Removal(None, row.outlet, "removed before", (row.url_key,), places=tuple(zip(*row[2:], strict=True)))
        for row in rows
    ]
    keys = {"keys": [row.url_key for row in rows]}
    for statement in (_DROP_ORPHANS, _REDACT_KEYS):
        conn.execute(statement, keys)
    return removals


# A capture that another article was read from as well stays.
_GATHER = text("""
create temporary table gone on commit drop as
with a as (select id, url_key, story_id, revision_id from articles where id = any(cast(:ids as bigint[]))),
     l as (select id, url_key from links where article_id in (select id from a) or url_key in (select url_key from a)),
     r as (select id, reading_id, text_digest from revisions where article_id in (select id from a)),
     kept as (
         select d.capture_id from captures c join readings d on d.capture_id = c.id
         join revisions v on v.reading_id = d.id
         where c.url_key in (select url_key from l) and v.article_id not in (select id from a)
     ),
     own as (
         select id from captures where url_key in (select url_key from l)
         union select capture_id from readings where id in (select reading_id from r) and capture_id is not null
     ),
     c as (
         select id from own union select id from captures
         where revisit_of in (select id from own) and url_key in (select url_key from l)
     ),
     d as (
         select id, text_digest from readings where id in (select reading_id from r)
         union select id, text_digest from readings
         where capture_id in (select id from c where id not in (select capture_id from kept))
     )
select 'article' as kind, id, cast(null as bytea) as digest from a
union all select 'link', id, null from l
union all select 'story', story_id, null from a
union all select 'revision', id, null from r
union all select 'capture', id, null from c where id not in (select capture_id from kept)
union all select 'reading', id, null from d
union all select 'text', null, text_digest from r
union all select 'text', null, text_digest from d
""")


def _sql(statements: str) -> TextClause:
    """Return SQL in which @article, @link and others stand for the ids of that kind in the table `gone`."""
    return text(re.sub(r"@(\w+)", r"(select id from gone where kind = '\1')", statements))


_REMOVALS = _sql("""
select a.id, o.name as outlet, a.first_captured_at,
       array(select url_key from links where id in @link and (article_id = a.id or url_key = a.url_key)
             union select a.url_key) as url_keys,
       array(select distinct t.letters from revisions r join texts t on t.digest = r.text_digest
             where r.article_id = a.id and t.words >= :least) as letters,
       places.*
from articles a join outlets o on o.id = a.outlet_id
cross join lateral (
    select coalesce(array_agg(c.file), '{}') as names, coalesce(array_agg(c.record_offset), '{}') as offsets,
           coalesce(array_agg(c.record_length), '{}') as lengths
    from captures c where c.id in @capture and c.file not like '/%'
) as places
where a.id in @article order by a.id
""")

_DELETE = _sql("""
delete from holds where article_id in @article;
delete from story_decisions where article_id in @article or other_article_id in @article;
update story_members set matched_article_id = null, evidence = evidence - 'article' - 'earliest'
    where matched_article_id in @article and article_id not in @article;
delete from story_members where article_id in @article;
delete from fingerprints where revision_id in @revision;
delete from block_memory where article_id in @article;
delete from blocks where reading_id in @reading;
delete from revisions where id in @revision;
delete from readings where id in @reading;
update access_states s set evidence = 'removed' from links l where l.id in @link and position(l.url in s.evidence) > 0;
delete from link_events where link_id in @link;
insert into link_events (link_id, disposition, reason) select id, 'skipped', 'removed' from @link as l;
update links set url = 'removed:' || to_hex(url_key), canonical_url = 'removed:' || to_hex(url_key), title = null,
    announced_at = null, etag = null, last_modified = null, body_digest = null, wording_digest = null, revision = null,
    article_id = null, due_at = null, disposition = 'skipped', reason = 'removed'
    where id in @link;
delete from articles where id in @article;
update captures set revisit_of = null where revisit_of in @capture and id not in @capture;
delete from captures where id in @capture;
delete from texts t using gone g where g.kind = 'text' and t.digest = g.digest
    and not exists (select from revisions where text_digest = t.digest)
    and not exists (select from readings where text_digest = t.digest);
delete from stories s where merged_into in @story and not exists (select from articles where story_id = s.merged_into);
delete from stories s where id in @story and not exists (select from articles where story_id = s.id);
delete from damages where article_ids && array@article
""")

# As a crawl does before it writes at these addresses, see archive.ingest.store.
_LOCK_ADDRESSES = text("""
select pg_advisory_xact_lock(url_key) from (
    select url_key from articles where id = any(cast(:ids as bigint[]))
    union select url_key from links where article_id = any(cast(:ids as bigint[])) order by 1
) as keys
""")

_EXTENTS = text("""
select a.id as article_id, o.name as outlet, a.url, r.headline, a.first_captured_at,
       (select count(*) from revisions where article_id = a.id) as revisions,
       count(c.id) as captures, count(distinct c.file) as files,
       (select count(*) - 1 from articles where story_id = a.story_id) as copies,
       coalesce(array_agg(distinct c.file) filter (where c.file like '/%'), '{}') as in_place
from articles a join outlets o on o.id = a.outlet_id
left join revisions r on r.id = a.revision_id
left join links l on l.article_id = a.id left join captures c on c.url_key = l.url_key
where a.id = any(cast(:ids as bigint[])) group by a.id, o.name, r.headline order by a.id
""")

_WITH_COPIES = text("""
select id from articles where story_id in (select story_id from articles where id = any(cast(:ids as bigint[])))
order by id
""")

# A page whose address or text was removed before, and that a crawl or an import met again.
_RETURNED = text("""
select l.url_key, o.name as outlet, coalesce(array_agg(c.file) filter (where c.id is not null), '{}') as names,
       coalesce(array_agg(c.record_offset) filter (where c.id is not null), '{}') as offsets,
       coalesce(array_agg(c.record_length) filter (where c.id is not null), '{}') as lengths
from links l join outlets o on o.id = l.outlet_id
left join captures c on c.url_key = l.url_key and c.file not like '/%'
    and not exists (select from readings where capture_id = c.id)
where l.reason = 'removed' and l.state = 'done' and (c.id is not null or l.url not like 'removed:%')
group by l.url_key, o.name order by 1
""")

_DROP_ORPHANS = text("""
delete from captures c where url_key = any(cast(:keys as bigint[]))
    and not exists (select from readings where capture_id = c.id)
""")

_REDACT_KEYS = text("""
update links set url = 'removed:' || to_hex(url_key), canonical_url = 'removed:' || to_hex(url_key), title = null,
    announced_at = null, etag = null, last_modified = null, body_digest = null, wording_digest = null, due_at = null
where url_key = any(cast(:keys as bigint[]))
""")
