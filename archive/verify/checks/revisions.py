"""Revisions against their seals."""

from typing import Any

from sqlalchemy import Connection, Row

from archive.seals import revision_seal
from archive.verify.row_check import RowCheck


def _problem(_: Connection, row: Row[Any]) -> str | None:
    if row.seal is not None and revision_seal(row._asdict()) != row.seal:
        return "headline, lead, authors, dates or another value has changed since the revision was stored"
    return None


REVISIONS = RowCheck(
    id="revisions",
    title="revisions against their seals",
    table="revisions",
    rows="select r.* from revisions r where r.id = k.key",
    articles="select article_id from revisions where id = k.key",
    of_articles="select id from revisions where article_id = any(cast(:articles as bigint[]))",
    problem=_problem,
    size=lambda _: 300,
)
