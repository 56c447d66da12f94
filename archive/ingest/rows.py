"""The rows of a batch: made from its pages, and written in an order that the foreign keys allow."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, text

from archive.article_fields import reading_fields, revision_fields, search_config
from archive.captures import StoredRecord
from archive.frontier import Settlement, settle
from archive.ingest.existing import ExistingArticle, PreparedPage
from archive.ingest.fetched import FetchedPage
from archive.models import blocks, captures, readings, revisions, stories
from archive.seals import reading_seal, revision_seal
from news.article import Flag
from news.dispositions import Disposition
from news.sameness.judge import JudgedArticle, Sameness

Row = dict[str, Any]


@dataclass(slots=True)
class Rows:
    """The rows that a batch will write, by table."""

    captures: list[Row] = field(default_factory=list)
    texts: dict[bytes, Row] = field(default_factory=dict)
    stories: list[Row] = field(default_factory=list)
    articles: list[Row] = field(default_factory=list)
    readings: list[Row] = field(default_factory=list)
    blocks: list[Row] = field(default_factory=list)
    revisions: dict[int, Row] = field(default_factory=dict)
    members: list[Row] = field(default_factory=list)
    merges: list[Row] = field(default_factory=list)  # stories that turned out to be one: old and into
    fingerprints: list[tuple[int, int]] = field(default_factory=list)  # key and revision
    lines: list[tuple[int, int]] = field(default_factory=list)  # of the memory: key and article
    ended: list[Row] = field(default_factory=list)  # revisions of earlier batches that hold no longer
    latest: dict[int, Row] = field(default_factory=dict)  # articles with another latest revision
    checked: dict[int, datetime] = field(default_factory=dict)  # articles that were looked at
    earlier: dict[int, datetime] = field(default_factory=dict)  # articles that an import saw before we did
    states: dict[int, Flag | None] = field(default_factory=dict)  # what has become of articles' addresses
    settlements: dict[int | None, list[Settlement]] = field(default_factory=dict)  # by crawl

    def end_revision(self, revision_id: int, valid_to: datetime) -> None:
        """Let a revision hold until then, whether it is written already or in this batch."""
        if revision_id in self.revisions:
            self.revisions[revision_id]["valid_to"] = valid_to
        else:
            self.ended.append({"id": revision_id, "valid_to": valid_to})


class Ids:
    """Fresh ids of several tables, taken from the database for many rows at once."""

    def __init__(self, conn: Connection, expected: int) -> None:
        self._conn = conn
        self._expected = expected
        self._free: dict[str, list[int]] = {}

    def take(self, *tables: str) -> list[int]:
        """Return one id of each table."""
        return [self._one(table) for table in tables]

    def _one(self, table: str) -> int:
        if not self._free.get(table):
            self._free[table] = take_many_ids(self._conn, table, max(1, self._expected))[::-1]
        return self._free[table].pop()


def write_rows(conn: Connection, rows: Rows) -> None:
    """Write all of it in the caller's transaction."""
    _seal(rows)
    _insert(conn, captures, rows.captures)
    if rows.texts:
        conn.execute(_INSERT_TEXTS, {"rows": _as_rows(list(rows.texts.values()))})
    _insert(conn, stories, rows.stories)
    if rows.articles:
        without_bodies = [{name: value for name, value in row.items() if name != "body"} for row in rows.articles]
        conn.execute(_INSERT_ARTICLES, {"rows": _as_rows(without_bodies)})
    _insert(conn, readings, rows.readings)
    _insert(conn, blocks, rows.blocks)
    _many(conn, _END_REVISION, rows.ended)
    _insert(conn, revisions, list(rows.revisions.values()))
    _many(conn, _LATEST, list(rows.latest.values()))
    if rows.members:
        conn.execute(_INSERT_MEMBERS, {"rows": _as_rows(rows.members)})
    write_merges(conn, rows.merges)
    if rows.fingerprints:
        keys, revision_ids = zip(*sorted(rows.fingerprints), strict=True)
        conn.execute(_FINGERPRINTS, {"keys": array_of(keys), "ids": array_of(revision_ids)})
    if rows.lines:
        keys, article_ids = zip(*rows.lines, strict=True)
        conn.execute(_LINES, {"keys": array_of(keys), "ids": array_of(article_ids)})
    fresh = {row["id"]: row["captured_at"] for row in rows.articles}  # their rows say it already
    checked = {number: at for number, at in sorted(rows.checked.items()) if fresh.get(number) != at}
    if checked:
        conn.execute(_CHECKED, {"ids": list(checked), "times": list(checked.values())})
    for article_id in sorted(rows.earlier):
        for statement in _EARLIER:
            conn.execute(statement, {"id": article_id, "at": rows.earlier[article_id]})
    for article_id in sorted(rows.states):
        conn.execute(_STATE, {"id": article_id, "state": rows.states[article_id]})
    for crawl_id, settlements in rows.settlements.items():
        settle(conn, crawl_id, *settlements)


def _seal(rows: Rows) -> None:
    """Add the seals, once the values are final."""
    blocks_of = {reading["id"]: list[Row]() for reading in rows.readings}
    for block in rows.blocks:
        blocks_of[block["reading_id"]].append(block)
    for reading in rows.readings:
        reading["seal"] = reading_seal(reading, blocks_of[reading["id"]])
    for revision in rows.revisions.values():
        revision["seal"] = revision_seal(revision)


def take_many_ids(conn: Connection, table: str, number: int) -> list[int]:
    """Take *number* new ids of one table, in order."""
    if not number:
        return []
    return list(conn.execute(_MANY_IDS, {"table": table, "number": number}).scalars())


def array_of(numbers: Iterable[int]) -> str:
    """Return numbers as PostgreSQL writes an array; the driver takes five times as long for thousands of them."""
    return "{" + ",".join(map(str, numbers)) + "}"


def text_row(prepared: PreparedPage) -> Row:
    """Make the row of the text, which is stored once for all pages that show it."""
    body = prepared.body
    return {"digest": prepared.digest, "letters": prepared.letters, "body": body, "words": prepared.words}


def reading_row(prepared: PreparedPage, reading_id: int, capture_id: int | None) -> Row:
    """Make the row of a reading: what our rules made of the capture."""
    article = prepared.article
    return {
        "id": reading_id,
        "capture_id": capture_id,
        "rules": article.rules,
        "text_digest": prepared.digest,
        "fields": reading_fields(article),
        "words_removed": sum(len(block.text.split()) for block in article.removed),
    }


def block_rows(prepared: PreparedPage, reading_id: int) -> list[Row]:
    """Make the rows of the removed blocks, in page order."""
    return [
        {
            "reading_id": reading_id,
            "position": position,
            "label": block.label,
            "rule": block.rule,
            "score": round(100 * min(max(block.score, 0), 1)),
            "text": block.text,
        }
        for position, block in enumerate(prepared.article.removed)
    ]


def revision_values(prepared: PreparedPage, kinds: Sequence[str]) -> Row:
    """Make the values of a revision: what the outlet said."""
    return {
        **revision_fields(prepared.article),
        "crawl_id": prepared.page.crawl_id,
        "text_digest": prepared.digest,
        "wording_digest": prepared.wording_digest,
        "changes": list(kinds),
        "captured_at": prepared.page.fetched_at,
        "valid_from": prepared.page.fetched_at,
        "valid_to": None,
    }


def capture_row(
    record: StoredRecord, url_key: int, outlet_id: int | None, crawl_id: int | None, capture_id: int
) -> dict[str, Any]:
    """Make the row of a record that is on disk."""
    place = {"record_offset": record.offset, "record_length": record.length}
    told = {name: value for name, value in asdict(record).items() if name not in ("offset", "length")}
    return told | place | {"id": capture_id, "outlet_id": outlet_id, "crawl_id": crawl_id, "url_key": url_key}


def settlement_of(page: FetchedPage, disposition: Disposition, reason: str | None) -> Settlement:
    """Return how the link ended."""
    return Settlement(
        link_id=page.link_id,
        disposition=disposition,
        reason=reason,
        fetched_at=None if disposition is Disposition.FAILED else page.fetched_at,
        etag=page.etag,
        last_modified=page.last_modified,
        body_digest=page.record.digest if page.record and disposition is not Disposition.FAILED else None,
        due_at=page.due_at,
    )


def latest_row(prepared: PreparedPage, article_id: int, revision_id: int) -> dict[str, Any]:
    """Make what an article's row holds of its latest revision."""
    article = prepared.article
    return {
        "id": article_id,
        "revision_id": revision_id,
        "flags": sorted(article.flags),
        "search_config": search_config(article.language),
        "headline": article.headline,
        "lead": article.lead,
        "body": prepared.body,
        "text_digest": prepared.digest,
        "date_published": article.date_published,
    }


def member_row(article_id: int, story_id: int, twin: ExistingArticle | None, verdict: Sameness) -> dict[str, Any]:
    """Return why the article belongs to its story."""
    return {
        "article_id": article_id,
        "story_id": story_id,
        "relation": "copy" if twin else "first",
        "matched_article_id": twin.article.id if twin else None,
        "evidence": dict(verdict.evidence),
    }


def judged_article(prepared: PreparedPage, article_id: int, key: int, digests: dict[int, bytes]) -> JudgedArticle:
    """Return the article in the form with which later pages of the batch are compared."""
    return JudgedArticle(
        article_id, prepared.outlet_id, key, digests, prepared.headline, prepared.body, prepared.words, prepared.walled
    )


def may_merge(conn: Connection, story_id: int, other_id: int) -> bool:
    """Return whether no person has kept the two stories apart."""
    return not conn.execute(_APART, {"one": story_id, "other": other_id}).scalar_one()


def write_merges(conn: Connection, merges: Sequence[Mapping[str, Any]]) -> None:
    """Move the articles of each `old` story to the one `into` which it went."""
    for merge in merges:
        for statement in (_ALIAS, _MOVE_ARTICLES, _MOVE_MEMBERS):
            conn.execute(statement, dict(merge))


def lock_texts(conn: Connection) -> None:
    """Lock out other writers of texts and stories until the transaction ends."""
    conn.execute(_LOCK_TEXTS)


def _insert(conn: Connection, table: Table, rows: list[Row]) -> None:
    """All rows in one statement and one parameter: a third of the time of one message for each row."""
    if rows:
        names = ", ".join(rows[0])
        source = f"json_populate_recordset(null::{table.name}, cast(:rows as json))"
        statement = text(f"insert into {table.name} ({names}) select {names} from {source}")  # noqa: S608 - our names
        conn.execute(statement, {"rows": _as_rows(rows)})


def _as_rows(rows: list[Row]) -> str:
    return json.dumps(rows, ensure_ascii=False, default=_as_json)


def _as_json(value: object) -> str:
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} goes into no column")


def _many(conn: Connection, statement: Any, rows: list[Row] | list[Mapping[str, Any]]) -> None:
    if rows:
        conn.execute(statement, rows)


# Of revisions that are new, so none can be there yet: looking first would cost an eighth of the server's time.
_FINGERPRINTS = text("""
insert into fingerprints (key, revision_id) select * from unnest(cast(:keys as bigint[]), cast(:ids as bigint[]))
""")

_LINES = text("""
insert into block_memory (key, article_id)
select * from unnest(cast(:keys as bigint[]), cast(:ids as bigint[])) on conflict do nothing
""")

_MANY_IDS = text("select nextval(pg_get_serial_sequence(:table, 'id')) from generate_series(1, :number)")


def search_vector(config: str, headline: str, lead: str, body: str) -> str:
    """Return the SQL of an article's search vector; the text is cut off, since a tsvector holds 1 MB."""
    named = f"cast({config} as regconfig)"
    return f"""
    setweight(to_tsvector({named}, left(coalesce({headline}, ''), 2000)), 'A')
    || setweight(to_tsvector({named}, left(coalesce({lead}, ''), 10000)), 'B')
    || setweight(to_tsvector({named}, left({body}, 100000)), 'C')
    """


# In the order of their keys, so that two writers never wait for each other in a circle.
_INSERT_TEXTS = text("""
insert into texts (digest, letters, body, words)
select digest, letters, body, words from json_populate_recordset(null::texts, cast(:rows as json)) order by digest
on conflict (digest) do nothing
""")

# The bodies are in `texts` by now; they need not travel twice.
_INSERT_ARTICLES = text(f"""
insert into articles (id, outlet_id, url, canonical_url, url_key, story_id, revision_id, flags, first_captured_at,
                      last_checked_at, dated_at, search_config, search)
select r.id, r.outlet_id, r.url, r.canonical_url, r.url_key, r.story_id, r.revision_id, r.flags, r.captured_at,
       r.captured_at, coalesce(r.date_published, r.captured_at), r.search_config,
       {search_vector("r.search_config", "r.headline", "r.lead", "t.body")}
from json_to_recordset(cast(:rows as json)) as r(
    id bigint, outlet_id bigint, url text, canonical_url text, url_key bigint, story_id bigint, revision_id bigint,
    flags text[], captured_at timestamptz, search_config text, headline text, lead text, text_digest bytea,
    date_published timestamptz
) join texts t on t.digest = r.text_digest
order by r.id
""")  # noqa: S608 - put together from constants

_GIVEN = [f"cast(:{name} as text)" for name in ("search_config", "headline", "lead", "body")]

_LATEST = text(f"""
update articles set revision_id = :revision_id, flags = cast(:flags as text[]),
    dated_at = coalesce(cast(:date_published as timestamptz), first_captured_at),
    search_config = cast(:search_config as text), search = {search_vector(*_GIVEN)}
where id = :id
""")  # noqa: S608 - put together from constants

# With what was at that time the earliest copy that we saw.
_INSERT_MEMBERS = text("""
insert into story_members (article_id, story_id, relation, matched_article_id, evidence)
select r.article_id, r.story_id, r.relation, r.matched_article_id, case when r.relation = 'first' then r.evidence else
    r.evidence || jsonb_build_object('earliest', (
        select a.id from articles a where a.story_id = r.story_id order by a.first_captured_at, a.id limit 1
    )) end
from json_populate_recordset(null::story_members, cast(:rows as json)) as r order by r.article_id
""")

_END_REVISION = text("update revisions set valid_to = :valid_to where id = :id")

_STATE = text("""
update articles set flags = array(
    select flag from unnest(flags) as flag where flag not in ('withdrawn', 'paywalled_later')
    union select cast(:state as text) where cast(:state as text) is not null order by 1
) where id = :id
""")

_EARLIER = (
    text("""
    update articles a set first_captured_at = least(first_captured_at, :at),
        dated_at = coalesce(r.date_published, least(first_captured_at, :at))
    from revisions r where a.id = :id and r.id = a.revision_id
    """),
    text("update revisions set valid_from = least(valid_from, :at) where article_id = :id and number = 1"),
)

_CHECKED = text("""
update articles a set last_checked_at = greatest(a.last_checked_at, c.at)
from unnest(cast(:ids as bigint[]), cast(:times as timestamptz[])) as c(id, at) where a.id = c.id
""")
_APART = text("""
select exists (
    select from story_decisions d
    join articles one on one.id = d.article_id join articles other on other.id = d.other_article_id
    where not d.together
      and ((one.story_id = :one and other.story_id = :other) or (one.story_id = :other and other.story_id = :one))
)
""")

# Aliases of the old story lead to the new one as well, so that one step always is enough.
_ALIAS = text("update stories set merged_into = :into where id = :old or merged_into = :old")

_MOVE_ARTICLES = text("update articles set story_id = :into where story_id = :old")

_MOVE_MEMBERS = text("update story_members set story_id = :into where story_id = :old")

# One writer of new texts at a time, in the whole database: a copy can share passages with anything, and of two copies
# that arrive at once the second has to find the first. Taken after all other locks, which avoids deadlocks.
_LOCK_TEXTS = text("select pg_advisory_xact_lock(28268, 0)")  # "nl"; the first number keeps it apart from other locks
