"""The statements of the frontier. Lists travel as arrays, so that a batch is one statement."""

# ruff: noqa: S608 - put together from constants of this file alone

from sqlalchemy import text

COLUMNS = ", ".join(
    f"l.{name}"
    for name in (
        "id",
        "outlet_id",
        "url",
        "canonical_url",
        "url_key",
        "disposition",
        "reason",
        "title",
        "announced_at",
        "attempts",
        "etag",
        "last_modified",
        "body_digest",
        "article_id",
        "seen",
        "first_seen_at",
        "last_fetched_at",
        "due_at",
    )
)

FOUND = """
unnest(cast(:urls as text[]), cast(:canonicals as text[]), cast(:keys as bigint[]), cast(:titles as text[]),
       cast(:times as timestamptz[])) as f(url, canonical_url, url_key, title, announced_at)
"""

# In the order of their keys: two crawls that enter the same pages never wait for each other in a circle.
INSERT_NEW = text(f"""
insert into links (outlet_id, channel_id, crawl_id, url, canonical_url, url_key, title, announced_at)
select :outlet_id, cast(:channel_id as bigint), :crawl_id, f.url, f.canonical_url, f.url_key, f.title, f.announced_at
from {FOUND} order by f.url_key
on conflict (url_key) do nothing
""")

MEET_OWN = text(f"""
with mine as (
    select l.id, f.title, f.announced_at, l.crawl_id is distinct from :crawl_id as first_time
    from links l join {FOUND} on f.url_key = l.url_key
    where l.outlet_id = :outlet_id order by l.id for no key update of l
)
update links l set
    crawl_id = :crawl_id,
    state = case when first_time then 'waiting' else l.state end,
    seen = l.seen + first_time::int,
    last_seen_at = now(),
    title = coalesce(mine.title, l.title),
    announced_at = greatest(l.announced_at, mine.announced_at)
from mine where l.id = mine.id
""")

MEET_GUESTS = text("""
insert into guest_links (crawl_id, link_id)
select :crawl_id, l.id from links l
where l.url_key = any(cast(:keys as bigint[])) and l.outlet_id <> :outlet_id order by l.id
on conflict do nothing
""")

OWED = "case when g.link_id is null then l.state = 'waiting' and l.crawl_id = :crawl_id else g.disposition is null end"

BY_KEYS = text(f"""
select {COLUMNS}, {OWED} as owed
from links l left join guest_links g on g.link_id = l.id and g.crawl_id = :crawl_id
where l.url_key = any(cast(:keys as bigint[]))
""")

OF_CRAWL = text(f"""
select {COLUMNS}, {OWED} as owed
from links l left join guest_links g on g.link_id = l.id and g.crawl_id = :crawl_id
where l.crawl_id = :crawl_id or g.link_id is not null order by l.id
""")

CLAIM_WAITING = text(f"""
update links l set crawl_id = :crawl_id
where l.outlet_id = :outlet_id and l.state = 'waiting' and l.crawl_id is distinct from :crawl_id
returning {COLUMNS}, true as owed
""")

CLAIM_DUE = text(f"""
update links l set crawl_id = :crawl_id, state = 'waiting'
where l.id in (
    select id from links
    where outlet_id = :outlet_id and due_at <= :now and crawl_id is distinct from :crawl_id
    order by due_at limit :limit for no key update
)
returning {COLUMNS}, true as owed
""")

CLAIM_FAILED = text(f"""
update links l set crawl_id = :crawl_id, state = 'waiting'
where l.crawl_id = :of_crawl and l.state = 'done' and l.disposition = 'failed'
returning {COLUMNS}, true as owed
""")

CLAIM_FAILED_GUESTS = text(f"""
with failed as (delete from guest_links where crawl_id = :of_crawl and disposition = 'failed' returning link_id),
     taken as (insert into guest_links (crawl_id, link_id) select :crawl_id, link_id from failed on conflict do nothing)
select {COLUMNS}, true as owed from links l join failed on failed.link_id = l.id
""")

SETTLEMENTS = """
unnest(cast(:link_id as bigint[]), cast(:disposition as text[]), cast(:reason as text[]),
       cast(:fetched_at as timestamptz[]), cast(:etag as text[]), cast(:last_modified as text[]),
       cast(:body_digest as bytea[]), cast(:due_at as timestamptz[]), cast(:evidence as text[]),
       cast(:article_id as bigint[]), cast(:revision as int[]), cast(:said_digest as bytea[]))
    as s(link_id, disposition, reason, fetched_at, etag, last_modified, body_digest, due_at, evidence, article_id,
         revision, said_digest)
"""

# Never a full lock: that would wait for guests, who merely refer to a link, and they for each other.
LOCK = text("select 1 from links where id = any(cast(:link_id as bigint[])) order by id for no key update")

# Unchanged after something was stored is what everybody expects: no event, or there would be two for every article.
EVENTS = text(f"""
insert into link_events (link_id, crawl_id, disposition, reason, evidence)
select s.link_id, cast(:crawl_id as bigint), s.disposition, s.reason, cast(s.evidence as jsonb)
from {SETTLEMENTS} join links l on l.id = s.link_id
where s.disposition in ('new', 'copy', 'revised', 'moved')
   or ((l.disposition, l.reason) is distinct from (s.disposition, s.reason)
       and not (s.disposition = 'unchanged' and (s.reason is null or s.reason = 'not_due')
                and l.disposition in ('new', 'copy', 'revised', 'moved', 'unchanged')))
order by s.link_id
""")

# What an address said before it was gone is forgotten: when it is back, with the same bytes even, it is read anew.
_GONE = "coalesce(s.reason like 'gone\\_%', false)"

SETTLE = text(f"""
update links l set
    state = 'done',
    disposition = s.disposition,
    reason = s.reason,
    attempts = case when s.disposition = 'failed' then l.attempts + 1 else 0 end,
    last_fetched_at = coalesce(s.fetched_at, l.last_fetched_at),
    etag = case when not {_GONE} then coalesce(s.etag, l.etag) end,
    last_modified = case when not {_GONE} then coalesce(s.last_modified, l.last_modified) end,
    body_digest = case when not {_GONE} then coalesce(s.body_digest, l.body_digest) end,
    due_at = s.due_at,
    article_id = coalesce(s.article_id, l.article_id),
    revision = coalesce(s.revision, l.revision),
    said_digest = coalesce(s.said_digest, l.said_digest)
from {SETTLEMENTS} where l.id = s.link_id
""")

SETTLE_IMPORTED = text(f"""
update links l set
    disposition = case when n.newest then s.disposition else l.disposition end,
    reason = case when n.newest then s.reason else l.reason end,
    last_fetched_at = greatest(s.fetched_at, l.last_fetched_at),
    body_digest = case when not n.newest then l.body_digest
                       when not {_GONE} then coalesce(s.body_digest, l.body_digest) end,
    article_id = case when n.newest then coalesce(s.article_id, l.article_id)
                      else coalesce(l.article_id, s.article_id) end,
    revision = case when n.newest then coalesce(s.revision, l.revision) else l.revision end,
    said_digest = case when n.newest then coalesce(s.said_digest, l.said_digest) else l.said_digest end
from {SETTLEMENTS}
cross join lateral (
    select coalesce(s.fetched_at >= o.last_fetched_at, true) as newest from links o where o.id = s.link_id
) as n
where l.id = s.link_id
""")

SETTLE_GUESTS = text(f"""
update guest_links g set disposition = s.disposition, reason = s.reason
from {SETTLEMENTS} where g.link_id = s.link_id and g.crawl_id = cast(:crawl_id as bigint)
""")

COUNT = text("""
select ended, reason, count(*) from (
    select case when state = 'done' then disposition end as ended, case when state = 'done' then reason end as reason
    from links where crawl_id = :crawl_id
    union all
    select disposition, reason from guest_links where crawl_id = :crawl_id
) as seen group by ended, reason
""")

CLOSED = text("select links, counts, reasons from crawls where id = :crawl_id and state <> 'running'")
