"""Readings, with the blocks that they removed, against their seals."""

from typing import Any

from sqlalchemy import Connection, Row

from archive.seals import reading_seal
from archive.verify.row_check import RowCheck


def _problem(_: Connection, row: Row[Any]) -> str | None:
    if row.seal is not None and reading_seal(row._asdict(), row.blocks) != row.seal:
        return "the reading or one of its removed blocks has changed since it was stored"
    return None


_BLOCKS = """
(select coalesce(json_agg(b order by b.position), '[]')
 from (select position, label, rule, score, text from blocks where reading_id = d.id) as b)
"""

READINGS = RowCheck(
    id="readings",
    title="readings and removed blocks against their seals",
    table="readings",
    rows=f"""
    select d.capture_id, d.rules, d.text_digest, d.fields, d.words_removed, d.seal, {_BLOCKS} as blocks
    from readings d where d.id = k.key
    """,  # noqa: S608 - our own constants
    articles="""
    select article_id from revisions where reading_id = k.key
    union select l.article_id from readings d join captures c on c.id = d.capture_id join links l using (url_key)
    where d.id = k.key and l.article_id is not null
    """,
    of_articles="select reading_id from revisions where article_id = any(cast(:articles as bigint[]))",
    problem=_problem,
    size=lambda row: 500 + 2 * row.words_removed * 8,
)
