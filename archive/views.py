"""The public views: documented in docs/schema.md, stable between releases. Ids are as people see them (a1f3c, s77)."""

from archive.article_fields import COLUMNS

# A left join, which PostgreSQL leaves out of queries that name none of the reading's fields.
V_ARTICLES = f"""
create view v_articles as
select 'a' || to_hex(a.id) as id, o.name as outlet, a.url, a.canonical_url,
       r.headline, r.lead, t.body, r.language, r.authors, r.date_published, r.date_modified,
       a.first_captured_at, 's' || to_hex(a.story_id) as story_id, a.flags,
       r.number as revisions, t.words,
       {", ".join(column.sql for column in COLUMNS)}
from articles a
join outlets o on o.id = a.outlet_id
join revisions r on r.id = a.revision_id
join texts t on t.digest = r.text_digest
left join readings d on d.id = r.reading_id
"""  # noqa: S608 - put together from constants

V_REVISIONS = """
create view v_revisions as
select 'a' || to_hex(r.article_id) as article_id, a.url, r.number, r.headline, r.lead, t.body, r.authors,
       r.date_published, r.date_modified, r.captured_at, r.valid_from, r.valid_to, r.changes
from revisions r
join articles a on a.id = r.article_id
join texts t on t.digest = r.text_digest
"""

V_STORIES = """
create view v_stories as
select 's' || to_hex(s.id) as id, count(*) as articles, count(distinct a.outlet_id) as outlets,
       min(a.first_captured_at) as first_captured_at,
       (array_agg(r.headline order by a.first_captured_at, a.id))[1] as headline,
       array_agg('a' || to_hex(a.id) order by a.first_captured_at, a.id) as article_ids
from stories s
join articles a on a.story_id = s.id
join revisions r on r.id = a.revision_id
group by s.id
"""

V_COVERAGE = """
create view v_coverage as
select o.name as outlet, c.looked, c.started_at, c.ended_at, c.links, c.new, c.reason, c.crawl_id as crawl
from coverage c
join outlets o on o.id = c.outlet_id
"""

V_LINKS = """
create view v_links as
select l.url, l.canonical_url, o.name as outlet, 'article' as kind, l.disposition, l.reason,
       l.first_seen_at, l.last_seen_at, 'a' || to_hex(l.article_id) as article_id
from links l
join outlets o on o.id = l.outlet_id
union all
select c.url, c.url, o.name, c.kind, c.disposition, c.reason, c.first_seen_at,
       coalesce(c.last_seen_at, c.first_seen_at), null
from channels c
join outlets o on o.id = c.outlet_id
"""

V_ACCESS = """
create view v_access as
select o.name as outlet, s.state, s.source, s.since, s.ended_at as until, s.last_seen_at, s.evidence, s.pages,
       s.crawl_id as crawl
from access_states s
join outlets o on o.id = s.outlet_id
"""

# In the order in which they are created; dropped the other way round.
VIEWS = {
    "v_articles": V_ARTICLES,
    "v_revisions": V_REVISIONS,
    "v_stories": V_STORIES,
    "v_coverage": V_COVERAGE,
    "v_links": V_LINKS,
    "v_access": V_ACCESS,
}
