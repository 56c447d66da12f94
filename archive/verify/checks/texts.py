"""Texts against their digests."""

from typing import Any

from sqlalchemy import Connection, Row

from archive.verify.row_check import RowCheck
from news.sameness.normal_forms import Compared, body_digest, letters_digest


def _problem(_: Connection, row: Row[Any]) -> str | None:
    if body_digest(row.body) != row.digest:
        return "the text does not have its digest"
    words = Compared.of(None, row.body).words
    if letters_digest("".join(words)) != row.letters or len(words) != row.words:
        return "the digest of its letters, or the number of its words, is not that of the text"
    return None


TEXTS = RowCheck(
    id="texts",
    title="texts against their digests",
    table="texts",
    key="digest",
    type="bytea",
    rows="select digest, letters, body, words from texts where digest = k.key",
    articles="select article_id from revisions where text_digest = k.key",
    of_articles="select text_digest from revisions where article_id = any(cast(:articles as bigint[]))",
    problem=_problem,
    size=lambda row: len(row.body),
)
