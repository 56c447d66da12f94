"""Summarise a crawl beyond its counts: removed text, kinds of edits, comparison with earlier crawls."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC

from sqlalchemy import Connection, text

from news.crawl_volume import Usual, usual_at
from news.dates import zone_named


@dataclass(frozen=True, slots=True)
class CrawlSummary:
    """What a crawl stored, beyond its counts.

    `blocks` were removed from `texts` texts, `least` to `most` per cent of each text. `usual` is described in
    news.crawl_volume.
    """

    blocks: int = 0
    texts: int = 0
    least: int = 0
    most: int = 0
    changes: Mapping[str, int] = field(default_factory=dict)  # {"headline": 3}: the weightiest change of each revision
    copied: Mapping[str, int] = field(default_factory=dict)  # {"krone": 5}: copies by the outlet of the first text
    usual: Usual | None = None


def summarise_crawl(conn: Connection, crawl_id: int) -> CrawlSummary:
    """Summarise a crawl that has ended."""
    values = {"crawl_id": crawl_id}
    removed = conn.execute(_REMOVED, values).one()
    return CrawlSummary(
        removed.blocks,
        removed.texts,
        removed.least,
        removed.most,
        {row.kind: row.number for row in conn.execute(_CHANGES, values)},
        {row.outlet: row.number for row in conn.execute(_COPIED, values)},
        _usual(conn, crawl_id),
    )


def failed_addresses(conn: Connection, crawl_id: int) -> list[str]:
    """List the addresses of links that failed in that crawl and were not found since."""
    return list(conn.execute(_LEFT, {"crawl_id": crawl_id}).scalars())


def _usual(conn: Connection, crawl_id: int) -> Usual | None:
    whole = conn.execute(_WHOLE_CRAWLS, {"crawl_id": crawl_id}).all()
    if not whole or whole[0].id != crawl_id:
        return None
    crawl, *earlier = whole
    starts = [(other.started_at, other.new) for other in earlier]
    return usual_at(crawl.started_at, crawl.new, starts, zone_named(crawl.zone) or UTC)


_REMOVED = text("""
with stored as (
    select d.words_removed as removed, t.words, (select count(*) from blocks where reading_id = d.id) as blocks
    from revisions r join readings d on d.id = r.reading_id join texts t on t.digest = r.text_digest
    where r.crawl_id = :crawl_id
)
select coalesce(sum(blocks), 0)::int as blocks, count(*) as texts,
       coalesce(min(round(100.0 * removed / greatest(removed + words, 1))), 0)::int as least,
       coalesce(max(round(100.0 * removed / greatest(removed + words, 1))), 0)::int as most
from stored where blocks > 0
""")

_CHANGES = text("""
select changes[1] as kind, count(*)::int as number from revisions
where crawl_id = :crawl_id and number > 1 and cardinality(changes) > 0 group by 1 order by 2 desc, 1
""")

_COPIED = text("""
select o.name as outlet, count(*)::int as number
from revisions r
join story_members m on m.article_id = r.article_id and m.relation = 'copy'
join articles a on a.id = m.matched_article_id
join outlets o on o.id = a.outlet_id
where r.crawl_id = :crawl_id and r.number = 1 group by 1 order by 2 desc, 1
""")

_LEFT = text("""
select url from links where crawl_id = :crawl_id and state = 'done' and disposition = 'failed'
union all
select l.url from guest_links g join links l on l.id = g.link_id
where g.crawl_id = :crawl_id and g.disposition = 'failed'
""")

# Crawls of the whole outlet: not of one address, not cut short by --limit or --since, no retry.
_WHOLE_CRAWLS = text("""
select c.id, c.started_at, coalesce((c.counts ->> 'new')::int, 0) as new,
       coalesce(o.settings ->> 'timezone', o.found ->> 'timezone') as zone
from crawls c join outlets o on o.id = c.outlet_id
where c.outlet_id = (select outlet_id from crawls where id = :crawl_id) and c.id <= :crawl_id
  and c.state = 'finished' and c.target = o.url
  and not coalesce(c.reasons -> 'skipped', '{}') ?| array['limit', 'since', 'crawl_timeout']
  and exists (select 1 from coverage v where v.crawl_id = c.id and v.looked)
order by c.id desc limit 2000
""")
