"""Read the archive: an article, its revisions, the text removed from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from archive.channels import ROBOTS
from news.article import parse_id
from news.sameness.revisions import weight
from news.text import storable
from news.urls import page_key


@dataclass(frozen=True, slots=True)
class ArchivedArticle:
    """An article in one of its revisions, with its origin. `capture_id` is None for an imported text."""

    id: int
    outlet: str
    url: str
    canonical_url: str
    story_id: int
    flags: list[str]
    first_captured_at: datetime
    last_checked_at: datetime
    number: int
    revisions: int
    headline: str | None
    lead: str | None
    body: str
    words: int
    authors: list[str]
    language: str | None
    date_published: datetime | None
    date_modified: datetime | None
    changes: list[str]
    captured_at: datetime
    valid_from: datetime
    valid_to: datetime | None
    rules: str
    fields: Mapping[str, Any]
    words_removed: int
    removed: int
    capture_id: int | None
    addresses: list[str]  # other than `url`
    copies: int  # other articles of the story


@dataclass(frozen=True, slots=True)
class RemovedBlock:
    """A block of removed text. `score` is in per cent."""

    article_id: int
    headline: str | None
    number: int
    label: str
    rule: str
    score: int
    text: str


@dataclass(frozen=True, slots=True)
class RevisionText:
    """The text of an article in one revision."""

    article_id: int
    outlet: str
    number: int
    headline: str | None
    lead: str | None
    body: str
    changes: list[str]
    date_published: datetime | None
    date_modified: datetime | None
    valid_from: datetime


def find_article(conn: Connection, id_or_url: str) -> int | None:
    """Find an article by a short id (a1f3c) or any spelling of one of its addresses; its row number, or None."""
    kind_and_number = parse_id(id_or_url)
    if kind_and_number:
        kind, number = kind_and_number
        article_id = conn.execute(_ARTICLE_EXISTS, {"id": number}).scalar() if kind == "a" else None
        return int(article_id) if article_id else None
    key = key_of(id_or_url)
    return article_at(conn, key) if key is not None else None


def article_at(conn: Connection, url_key: int) -> int | None:
    """Find the article at the address with that key; its row number, or None."""
    article_id = conn.execute(_ARTICLE_AT, {"key": url_key}).scalar()
    return int(article_id) if article_id else None


def address_of(conn: Connection, short_id: str) -> str | None:
    """Return the address of the article with a short id (a1f3c); None for anything else."""
    kind_and_number = parse_id(short_id)
    article_id = find_article(conn, short_id) if kind_and_number else None
    return None if article_id is None else str(conn.execute(_ADDRESS, {"id": article_id}).scalar_one())


def find_story(conn: Connection, short_id: str) -> int | None:
    """Find a story by a short id (s77); its row number, that of its successor when it was merged, or None."""
    kind_and_number = parse_id(short_id)
    if not kind_and_number or kind_and_number[0] != "s":
        return None
    story_id = conn.execute(_STORY, {"id": kind_and_number[1]}).scalar()
    return int(story_id) if story_id else None


def key_of(address: str) -> int | None:
    """Return the key of an address as people type it, with or without https://; None when it is not an address."""
    typed = storable(address).strip()
    if not any(mark in typed for mark in "./:"):  # a word, or an id with a mistake in it
        return None
    return page_key(typed if "://" in typed else f"https://{typed}")


def kind_at(conn: Connection, outlet_id: int, key: int) -> str | None:
    """Tell whether the address with that key is an "article" or which kind of channel; None when it is unknown."""
    kind = conn.execute(_KIND_AT, {"outlet_id": outlet_id, "key": key, "robots": ROBOTS}).scalar()
    return str(kind) if kind else None


def read_article(conn: Connection, article_id: int, revision: int | None = None) -> ArchivedArticle | None:
    """Read the article in that revision (None: the latest); None when there is no such revision."""
    row = conn.execute(_ARTICLE, {"id": article_id, "number": revision}).first()
    return ArchivedArticle(**row._mapping) if row else None


def removed_blocks(
    conn: Connection, *, article_id: int | None = None, revision: int | None = None, crawl_id: int | None = None
) -> list[RemovedBlock]:
    """List the removed blocks of an article's revision (None: the latest), or of everything that a crawl stored."""
    rows = conn.execute(_REMOVED, {"article_id": article_id, "number": revision, "crawl_id": crawl_id})
    return [RemovedBlock(**row._mapping) for row in rows]


def revision_texts(conn: Connection, article_id: int) -> list[RevisionText]:
    """List the revisions of an article in order."""
    return [RevisionText(**row._mapping) for row in conn.execute(_TEXTS_OF_ARTICLE, {"id": article_id})]


def texts_revised(
    conn: Connection, *, crawl_id: int | None = None, since: datetime | None = None
) -> list[tuple[RevisionText, RevisionText]]:
    """Pair each revision that a crawl added, or captured since then, with the one before; weightiest change first."""
    added = {(a, n) for a, n in conn.execute(_ADDED, {"crawl_id": crawl_id, "since": since})}
    revisions = sorted({pair for a, n in added for pair in ((a, n - 1), (a, n))})
    values = {"articles": [article_id for article_id, _ in revisions], "numbers": [number for _, number in revisions]}
    rows = [RevisionText(**row._mapping) for row in conn.execute(_TEXTS_OF_REVISIONS, values)]
    by_number = {(row.article_id, row.number): row for row in rows}
    pairs = [(by_number[a, n - 1], by_number[a, n]) for a, n in sorted(added)]
    return sorted(pairs, key=lambda pair: weight(pair[1].changes))


def articles_of_outlet(conn: Connection, outlet: str) -> list[int]:
    """Return the articles of an outlet."""
    return list(conn.scalars(_OF_OUTLET, {"outlet": outlet}))


def random_articles(conn: Connection, number: int, outlet: str | None) -> list[int]:
    """Return *number* articles at random, or fewer where there are not so many."""
    return list(conn.scalars(_RANDOM, {"number": number, "outlet": outlet}))


_OF_OUTLET = text("select a.id from articles a join outlets o on o.id = a.outlet_id where o.name = :outlet order by 1")

_RANDOM = text("""
select a.id from articles a join outlets o on o.id = a.outlet_id
where cast(:outlet as text) is null or o.name = :outlet order by random() limit :number
""")

_ARTICLE_EXISTS = text("select id from articles where id = :id")

_ARTICLE_AT = text("""
select id from (
    select id, 0 as rank from articles where url_key = :key
    union all select article_id, 1 from links where url_key = :key and article_id is not null
) as found order by rank limit 1
""")

_ADDRESS = text("select url from articles where id = :id")

_KIND_AT = text("""
select kind from channels
where outlet_id = :outlet_id and url_key = :key and kind <> :robots and last_read_at is not null
union all select 'article' from links where url_key = :key and (article_id is not null or reason = 'removed')
limit 1
""")

_STORY = text("select coalesce(merged_into, id) from stories where id = :id")

_ARTICLE = text("""
select a.id, o.name as outlet, a.url, a.canonical_url, a.story_id, a.flags, a.first_captured_at, a.last_checked_at,
       r.number, (select count(*) from revisions where article_id = a.id) as revisions,
       r.headline, r.lead, t.body, t.words, r.authors, r.language, r.date_published, r.date_modified, r.changes,
       r.captured_at, r.valid_from, r.valid_to, d.rules, d.fields, d.words_removed,
       (select count(*) from blocks where reading_id = d.id) as removed, d.capture_id,
       array(
           select l.url from links l where l.article_id = a.id and l.url <> a.url order by l.id limit 100
       ) as addresses,
       (select count(*) - 1 from articles where story_id = a.story_id) as copies
from articles a
join outlets o on o.id = a.outlet_id
join revisions r on r.article_id = a.id
join texts t on t.digest = r.text_digest
join readings d on d.id = r.reading_id
where a.id = :id and (r.number = cast(:number as int) or (cast(:number as int) is null and r.id = a.revision_id))
""")

_REMOVED = text("""
select r.article_id, r.headline, r.number, b.label, b.rule, b.score, b.text
from revisions r join articles a on a.id = r.article_id join blocks b on b.reading_id = r.reading_id
where (cast(:crawl_id as bigint) is null or r.crawl_id = :crawl_id)
  and (cast(:article_id as bigint) is null or a.id = :article_id)
  and (cast(:crawl_id as bigint) is not null or r.number = cast(:number as int)
       or (cast(:number as int) is null and r.id = a.revision_id))
order by r.article_id, r.number, b.position
""")

_REVISION_TEXTS = """
select r.article_id, o.name as outlet, r.number, r.headline, r.lead, t.body, r.changes, r.date_published,
       r.date_modified, r.valid_from
from revisions r
join articles a on a.id = r.article_id
join outlets o on o.id = a.outlet_id
join texts t on t.digest = r.text_digest
"""

_TEXTS_OF_ARTICLE = text(_REVISION_TEXTS + "where r.article_id = :id order by r.number")

_TEXTS_OF_REVISIONS = text(f"""
{_REVISION_TEXTS}
join unnest(cast(:articles as bigint[]), cast(:numbers as int[])) as wanted(article_id, number)
  on r.article_id = wanted.article_id and r.number = wanted.number
""")

_ADDED = text("""
select article_id, number from revisions
where number > 1 and (crawl_id = cast(:crawl_id as bigint) or captured_at >= cast(:since as timestamptz))
""")
