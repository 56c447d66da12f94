"""Addresses against their keys."""

from typing import Any

from sqlalchemy import Connection, Row

from archive.verify.row_check import RowCheck
from news.reasons import Reason
from news.urls import page_key


def _problem(_: Connection, row: Row[Any]) -> str | None:
    if row.reason == Reason.REMOVED:
        return None  # it has no address any more
    if page_key(row.canonical_url) != row.url_key or page_key(row.url) != row.url_key:
        return "an address does not have its key"
    return None


LINKS = RowCheck(
    id="links",
    title="addresses against their keys",
    table="links",
    rows="select url, canonical_url, url_key, reason from links where id = k.key",
    articles="select article_id from links where id = k.key and article_id is not null",
    of_articles="select id from links where article_id = any(cast(:articles as bigint[]))",
    problem=_problem,
)
