"""Explain why a page is, or is not, in the archive: what is recorded about its address, step by step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from sqlalchemy import Connection, text

from archive.channels import ROBOTS
from archive.remembered_lines import RememberedLine, remembered_lines
from news.urls import page_key, same_site


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """The row of an address in the frontier. The channel is the one in which it was found first."""

    id: int
    outlet: str
    url: str
    canonical_url: str
    url_key: int
    state: str
    disposition: str | None
    reason: str | None
    title: str | None
    attempts: int
    seen: int
    first_seen_at: datetime
    last_seen_at: datetime
    last_fetched_at: datetime | None
    due_at: datetime | None
    article_id: int | None
    revision: int | None
    channel_kind: str | None
    channel_url: str | None
    channel_title: str | None
    imported: bool


@dataclass(frozen=True, slots=True)
class CaptureFetch:
    """A fetch of the page; `url` is where it came from, after redirects."""

    url: str
    captured_at: datetime
    status: int
    size: int
    digest: bytes
    file: str
    revisit: bool


@dataclass(frozen=True, slots=True)
class RedirectFetch:
    """A redirect from the address: its status (200: by the page itself), where it leads, and its capture."""

    url: str
    status: int
    location: str
    captured_at: datetime
    crawl_id: int | None
    file: str
    record_offset: int


@dataclass(frozen=True, slots=True)
class ReadingFacts:
    """The latest stored reading of the page. `removed`: (label, rule, blocks, lowest score)."""

    headline: str | None
    words: int
    words_removed: int
    rules: str
    date_published: datetime | None
    fields: Mapping[str, Any]
    removed: list[tuple[str, str, int, int]] = field(default_factory=list)
    remembered: list[RememberedLine] = field(default_factory=list)  # lines that site memory removed


@dataclass(frozen=True, slots=True)
class EventFacts:
    """An entry in a link's history."""

    at: datetime
    crawl_id: int | None
    disposition: str
    reason: str | None
    evidence: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """A feed, sitemap, listing or robots.txt at the address."""

    outlet: str
    kind: str
    url: str
    disposition: str | None
    reason: str | None
    first_seen_at: datetime
    last_seen_at: datetime | None
    links_last: int | None
    failures: int

    @property
    def is_robots(self) -> bool:
        return self.kind == ROBOTS


@dataclass(frozen=True, slots=True)
class StoredFacts:
    """The article at the address. `revisions`: number and start of validity."""

    article_id: int
    story_id: int
    story_articles: int
    flags: list[str]
    revisions: list[tuple[int, datetime]]


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that is recorded of an address; a step that did not happen is None or empty."""

    link: LinkFacts | None = None
    channels: list[ChannelFacts] = field(default_factory=list)
    robots: ChannelFacts | None = None
    capture: CaptureFetch | None = None
    captures: int = 0
    redirects: list[RedirectFetch] = field(default_factory=list)  # the latest first
    reading: ReadingFacts | None = None
    events: list[EventFacts] = field(default_factory=list)
    stored: StoredFacts | None = None


def explain_address(conn: Connection, url_key: int) -> Explanation:
    """Explain the address with this key."""
    row = conn.execute(_LINK_AT, {"key": url_key}).first()
    channels = [ChannelFacts(**channel._mapping) for channel in conn.execute(_CHANNELS_AT, {"key": url_key})]
    if row is None:
        return Explanation(channels=channels, redirects=_redirects(conn, url_key))
    return _of_link(conn, LinkFacts(**row._mapping))


def explain_article(conn: Connection, article_id: int) -> Explanation:
    """Explain the address at which the article was found first."""
    row = conn.execute(_LINK_OF_ARTICLE, {"id": article_id}).first()
    if row is None:
        return Explanation(stored=_stored(conn, article_id), reading=_reading(conn, article_id))
    return _of_link(conn, LinkFacts(**row._mapping))


def outlet_of_site(conn: Connection, address: str) -> str | None:
    """Return the name of the outlet whose home page is on the address's site; None without one."""
    return next((row.name for row in conn.execute(_OUTLETS) if same_site(row.url, address)), None)


def _redirects(conn: Connection, url_key: int) -> list[RedirectFetch]:
    return [RedirectFetch(**row._mapping) for row in conn.execute(_REDIRECTS, {"key": url_key})]


def _of_link(conn: Connection, link: LinkFacts) -> Explanation:
    captures = conn.execute(_CAPTURES, {"key": link.url_key}).all()
    # an outlet's links may lead to other sites, each with a robots.txt of its own; a removed link has no address
    key = page_key(urljoin(link.url, "/robots.txt"))
    robots = conn.execute(_ROBOTS, {"outlet": link.outlet, "kind": ROBOTS, "key": key}).first()
    events = [EventFacts(**row._mapping) for row in conn.execute(_EVENTS, {"id": link.id})]
    article_id = link.article_id
    return Explanation(
        link=link,
        robots=ChannelFacts(**robots._mapping) if robots else None,
        capture=CaptureFetch(**captures[0]._mapping) if captures else None,
        captures=len(captures),
        redirects=_redirects(conn, link.url_key),
        reading=_reading(conn, article_id) if article_id is not None else None,
        events=events,
        stored=_stored(conn, article_id) if article_id is not None else None,
    )


def _reading(conn: Connection, article_id: int) -> ReadingFacts:
    row = conn.execute(_READING, {"id": article_id}).one()._asdict()
    reading_id = row.pop("reading_id")
    removed = [tuple(blocks) for blocks in conn.execute(_REMOVED, {"id": reading_id})]
    return ReadingFacts(**row, removed=removed, remembered=remembered_lines(conn, reading_id, article_id))


def _stored(conn: Connection, article_id: int) -> StoredFacts:
    revisions = [(row.number, row.valid_from) for row in conn.execute(_REVISIONS, {"id": article_id})]
    story_id, articles, flags = conn.execute(_STORY, {"id": article_id}).one()
    return StoredFacts(article_id, story_id, articles, flags, revisions)


_LINK = """
select l.id, o.name as outlet, l.url, l.canonical_url, l.url_key, l.state, l.disposition, l.reason, l.title, l.attempts,
       l.seen, l.first_seen_at, l.last_seen_at, l.last_fetched_at, l.due_at, l.article_id, l.revision,
       c.kind as channel_kind, c.url as channel_url, c.title as channel_title,
       l.channel_id is null and l.crawl_id is null as imported
from links l join outlets o on o.id = l.outlet_id left join channels c on c.id = l.channel_id
"""
_CHANNEL = """
select o.name as outlet, c.kind, c.url, c.disposition, c.reason, c.first_seen_at, c.last_seen_at,
       c.links_last, c.failures
from channels c join outlets o on o.id = c.outlet_id
"""

_LINK_AT = text(_LINK + " where l.url_key = :key")
_LINK_OF_ARTICLE = text(
    _LINK + " join articles a on a.id = l.article_id where a.id = :id order by (l.url = a.url) desc, l.id limit 1"
)
_CHANNELS_AT = text(_CHANNEL + " where c.url_key = :key order by o.name")
_ROBOTS = text(_CHANNEL + " where o.name = :outlet and c.kind = :kind and c.url_key = :key limit 1")

_CAPTURES = text("""
select url, captured_at, status, size, digest, file, revisit_of is not null as revisit
from captures where url_key = :key and location is null order by captured_at desc, id desc limit 1000
""")

_REDIRECTS = text("""
select url, status, location, captured_at, crawl_id, file, record_offset
from captures where url_key = :key and location is not null order by captured_at desc, id desc limit 20
""")

_EVENTS = text("""
select at, crawl_id, disposition, reason, evidence from link_events where link_id = :id order by id
""")

_READING = text("""
select r.headline, t.words, d.words_removed, d.rules, r.date_published, d.fields, d.id as reading_id
from articles a
join revisions r on r.id = a.revision_id
join texts t on t.digest = r.text_digest
join readings d on d.id = r.reading_id
where a.id = :id
""")

_REMOVED = text("""
select label, rule, count(*)::int, min(score)::int from blocks where reading_id = :id
group by label, rule order by count(*) desc, label, rule
""")

_REVISIONS = text("select number, valid_from from revisions where article_id = :id order by number")

_STORY = text("""
select a.story_id, (select count(*) from articles where story_id = a.story_id), a.flags
from articles a where a.id = :id
""")

_OUTLETS = text("select name, url from outlets order by id")
