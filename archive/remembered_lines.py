"""The stored memory of boilerplate: evidence for the removal of a line, and forgetting old lines."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, text

from archive.ingest.boilerplate_memory import AROUND, first_key, keys_around
from news.sameness.boilerplate import HEADLINE, OTHERS, RECURS, line_key
from news.sameness.normal_forms import letters_of


@dataclass(frozen=True, slots=True)
class RememberedLine:
    """A line, the rule that set it aside, and the other articles that contain it or have it as headline.

    Memory keeps a dozen articles of a line at most, and none of a link that was merely announced.
    """

    text: str
    rule: str
    articles: list[int]


def remembered_lines(conn: Connection, reading_id: int, article_id: int) -> list[RememberedLine]:
    """Return the lines of a reading that the memory of boilerplate set aside, in page order."""
    rows = conn.execute(_LINES, {"reading": reading_id, "rules": [RECURS, HEADLINE]})
    lines = []
    for line, rule, outlet_id, at in rows.all():  # a handful a page
        key = line_key(None if rule == HEADLINE else outlet_id, letters_of(line))
        others = conn.scalars(_ARTICLES, {"keys": keys_around(at, key), "own": article_id})
        lines.append(RememberedLine(line, rule, list(others)))
    return lines


_LINES = text("""
select b.text, b.rule, a.outlet_id, coalesce(c.captured_at, d.read_at) as at
from blocks b
join readings d on d.id = b.reading_id
left join captures c on c.id = d.capture_id
join revisions r on r.reading_id = d.id
join articles a on a.revision_id = r.id
where b.reading_id = :reading and b.rule = any(cast(:rules as text[]))
order by b.position
""")

_ARTICLES = text("""
select distinct article_id from block_memory
where key = any(cast(:keys as bigint[])) and article_id <> :own order by article_id
""")

_PERIODS = 13  # a year; what a daemon that slept longer left behind takes room and does no harm
_AT_ONCE, _TIMES = 5_000, 50


def forget_lines(engine: Engine, now: datetime) -> int:
    """Delete lines that no longer prove anything, at most 250,000; return how many."""
    since, until = (first_key(now, -periods) for periods in (AROUND + _PERIODS, AROUND))
    values = {"since": since, "until": until, "others": OTHERS, "most": _AT_ONCE}
    rows = 0
    for _ in range(_TIMES):
        with engine.begin() as conn:  # each lasts a moment
            gone = conn.execute(_FORGET, values).rowcount
        rows += gone
        if gone < _AT_ONCE:
            break
    return rows


_FORGET = text("""
delete from block_memory m using (
    select key from block_memory where key >= :since and key < :until
    group by key having count(*) <= :others order by key limit :most
) as old where m.key = old.key
""")
