"""Stories: read which articles carry a text, split and merge stories by hand, find others on the same event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, text

from archive.ingest.rows import lock_texts, write_merges
from news.agencies import agency_named
from news.errors import ArchiveError
from news.exit_codes import ExitCode
from news.sameness import events
from news.sameness.overlap import passages_of


class NotPossible(ArchiveError):
    """The story cannot be split or merged in this way; nothing was changed."""

    exit_code = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class Member:
    """An article of a story.

    `share` is the percentage of words of the shorter text that it had in common with the article it was matched with
    when it came, `passages` are the longest common passages; both are empty for the first article.
    """

    story_id: int
    id: int
    outlet: str
    url: str
    headline: str | None
    relation: str
    matched_article_id: int | None
    evidence: Mapping[str, Any]
    first_captured_at: datetime
    date_published: datetime | None
    words: int
    agency: str | None
    earliest: bool
    share: int | None = None
    passages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SameEvent:
    """An article of another story on the same event. `alike` is 0 to 1."""

    id: int
    story_id: int
    outlet: str
    headline: str | None
    date: datetime
    alike: float


def read_story(conn: Connection, story_id: int) -> list[Member]:
    """Read the articles of a story, the earliest capture first; none for a merged or unknown story."""
    return _members(conn, story_id=story_id)


def copies_of_crawl(conn: Connection, crawl_id: int) -> list[Member]:
    """Read every story for which a crawl found a copy, as `read_story` does, the oldest story first."""
    return _members(conn, crawl_id=crawl_id)


def split_article(engine: Engine, article_id: int, *, keep: bool = True) -> tuple[int, int]:
    """Move an article permanently into a story of its own; return the numbers of the old and the new story.

    Without *keep* everything is rolled back in the end. Raises NotPossible when the article is alone in its story.
    """
    with engine.connect() as conn:
        lock_texts(conn)
        story_id = conn.execute(_STORY_OF, {"id": article_id}).scalar_one()
        others = [number for number in _articles(conn, story_id) if number != article_id]
        if not others:
            raise NotPossible("the article stands alone in its story", f"newskeep story s{story_id:x}")
        own = int(conn.execute(_NEW_STORY).scalar_one())
        values = {"id": article_id, "story_id": own, "was": story_id}
        for statement in (_MOVE, _BECOMES_FIRST):
            conn.execute(statement, values)
        conn.execute(_NEXT_FIRST, {"story_id": story_id})
        conn.execute(_APART, {"article_id": article_id, "others": others})
        if keep:
            conn.commit()
    return story_id, own


def merge_stories(engine: Engine, story_id: int, other_id: int, *, keep: bool = True) -> int:
    """Merge two stories permanently into the older one; return its number.

    Without *keep* everything is rolled back in the end. Raises NotPossible when they are one story already.
    """
    into, old = sorted((story_id, other_id))
    with engine.connect() as conn:
        lock_texts(conn)
        staying, moved = _articles(conn, into), _articles(conn, old)
        if into == old or not staying or not moved:
            raise NotPossible("these are one story already", f"newskeep story s{into:x}")
        conn.execute(_NO_LONGER_APART, {"staying": staying, "moved": moved})
        conn.execute(_TOGETHER, {"first": staying[0], "other": moved[0]})
        conn.execute(_JOINED, {"story_id": old, "first": staying[0]})
        write_merges(conn, [{"old": old, "into": into}])
        if keep:
            conn.commit()
    return into


def same_event(conn: Connection, story_id: int, limit: int = 20) -> list[SameEvent]:
    """Find articles of other stories within three days that report the same event, the most similar first."""
    own = conn.execute(_FIRST_TEXT, {"story_id": story_id}).first()
    if own is None:
        return []
    words = events.telling_words(own.headline, own.body)
    if not words:
        return []
    values = {"story_id": story_id, "at": own.at, "window": events.WINDOW, "terms": " | ".join(f"{w}:*" for w in words)}
    rows = {row.id: row for row in conn.execute(_AROUND, values)}
    others = {row.id: (row.headline, row.body) for row in rows.values()}
    alike = events.similarities(own.headline, own.body, others)
    matches = [_same_event(rows[key], value) for key, value in alike.items() if value >= events.ALIKE]
    best_of_story = {article.story_id: article for article in reversed(matches)}
    return sorted(best_of_story.values(), key=lambda article: -article.alike)[:limit]


def _members(conn: Connection, *, story_id: int | None = None, crawl_id: int | None = None) -> list[Member]:
    return [_member(row._asdict()) for row in conn.execute(_MEMBERS, {"story_id": story_id, "crawl_id": crawl_id})]


def _member(values: dict[str, Any]) -> Member:
    evidence, agency = values["evidence"], agency_named(values.pop("body"))
    share = evidence.get("share") if values["matched_article_id"] is not None else None
    passages = passages_of(values.pop("body_then"), evidence.get("passages", ()))
    return Member(**values, agency=agency, share=share, passages=tuple(passages))


def _same_event(row: Any, alike: float) -> SameEvent:
    return SameEvent(row.id, row.story_id, row.outlet, row.headline, row.at, round(alike, 2))


def _articles(conn: Connection, story_id: int) -> list[int]:
    return list(conn.execute(_ARTICLES, {"story_id": story_id}).scalars())


_MEMBERS = text("""
select m.story_id, a.id, o.name as outlet, a.url, r.headline, m.relation, m.matched_article_id, m.evidence,
       a.first_captured_at, r.date_published, t.words, t.body, came.body as body_then,
       row_number() over (partition by m.story_id order by a.first_captured_at, a.id) = 1 as earliest
from articles a
join story_members m on m.article_id = a.id
join outlets o on o.id = a.outlet_id
join revisions r on r.id = a.revision_id
join texts t on t.digest = r.text_digest
join revisions first on first.article_id = a.id and first.number = 1
join texts came on came.digest = first.text_digest
where m.story_id = cast(:story_id as bigint) or m.story_id in (
    select own.story_id from revisions new join story_members own on own.article_id = new.article_id
    where new.crawl_id = cast(:crawl_id as bigint) and new.number = 1 and own.relation = 'copy'
)
order by m.story_id, a.first_captured_at, a.id
""")

_STORY_OF = text("select story_id from articles where id = :id")

_ARTICLES = text("select id from articles where story_id = :story_id order by first_captured_at, id")

_NEW_STORY = text("insert into stories default values returning id")

_MOVE = text("update articles set story_id = :story_id where id = :id")

_BECOMES_FIRST = text("""
update story_members set story_id = :story_id, relation = 'first', matched_article_id = null, since = now(),
    evidence = jsonb_build_object('rule', 'split_by_hand', 'story', cast(:was as bigint))
where article_id = :id
""")

# A story always has a first article.
_NEXT_FIRST = text("""
update story_members set relation = 'first', matched_article_id = null where article_id = (
    select id from articles where story_id = :story_id order by first_captured_at, id limit 1
) and not exists (select from story_members where story_id = :story_id and relation = 'first')
""")

_JOINED = text("""
update story_members set relation = 'copy', matched_article_id = :first, since = now(),
    evidence = jsonb_build_object('rule', 'merged_by_hand', 'story', cast(:story_id as bigint))
where story_id = :story_id and relation = 'first'
""")

_APART = text("""
insert into story_decisions (article_id, other_article_id, together)
select least(cast(:article_id as bigint), b), greatest(cast(:article_id as bigint), b), false
from unnest(cast(:others as bigint[])) as b
on conflict (article_id, other_article_id) do update set together = false, decided_at = now()
""")

# One pair is enough: they are in one story now, and only a person can separate them.
_TOGETHER = text("""
insert into story_decisions (article_id, other_article_id, together)
values (least(cast(:first as bigint), :other), greatest(cast(:first as bigint), :other), true)
on conflict (article_id, other_article_id) do update set together = true, decided_at = now()
""")

_NO_LONGER_APART = text("""
update story_decisions set together = true, decided_at = now()
where not together
  and ((article_id = any(cast(:staying as bigint[])) and other_article_id = any(cast(:moved as bigint[])))
       or (article_id = any(cast(:moved as bigint[])) and other_article_id = any(cast(:staying as bigint[]))))
""")

_FIRST_TEXT = text("""
select r.headline, t.body, coalesce(r.date_published, a.first_captured_at) as at
from articles a join revisions r on r.id = a.revision_id join texts t on t.digest = r.text_digest
where a.story_id = :story_id order by a.first_captured_at, a.id limit 1
""")

# A thousand texts with some of the words are enough to see which words are rare.
_AROUND = text("""
select a.id, a.story_id, o.name as outlet, r.headline, t.body, coalesce(r.date_published, a.first_captured_at) as at
from articles a
join revisions r on r.id = a.revision_id
join texts t on t.digest = r.text_digest
join outlets o on o.id = a.outlet_id
cross join (select cast(:at as timestamptz) - cast(:window as interval) as begins,
                   cast(:at as timestamptz) + cast(:window as interval) as ends) as around
where a.story_id <> :story_id
  and (r.date_published between begins and ends
       or (r.date_published is null and a.first_captured_at between begins and ends))
  and a.search @@ to_tsquery('simple', :terms)
order by ts_rank(a.search, to_tsquery('simple', :terms)) desc, a.id limit 1000
""")
