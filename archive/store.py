"""Stores read pages: what each is compared with the archive, and all its rows, in one transaction per batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine

from archive.captures import CaptureFiles, Original, StoredRecord
from news.article import Article
from news.dispositions import Disposition


@dataclass(frozen=True, slots=True)
class PageToStore:
    """A fetched page. With `article` its disposition is found by comparison; without, it is the given one.

    `article.url` is the address the text came from (after redirects). `record` is None for what has no capture (imports).
    """

    link_id: int
    crawl_id: int | None
    fetched_at: datetime
    record: StoredRecord | None
    article: Article | None = None
    disposition: Disposition | None = None  # without article: SKIPPED, FAILED or UNCHANGED
    reason: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a page ended. `article_id`, `story_id` and `revision` (number) are None where nothing of it is in the archive."""

    link_id: int
    url: str
    disposition: Disposition
    reason: str | None = None
    article_id: int | None = None
    story_id: int | None = None
    revision: int | None = None
    changes: tuple[str, ...] = ()
    removed: int = 0  # blocks set aside
    evidence: Mapping[str, Any] | None = None


def store_pages(engine: Engine, batch: Sequence[PageToStore], captures: CaptureFiles | None = None) -> list[Outcome]:
    """Store up to about 50 pages, links settled and all, in one transaction; return one Outcome each, in order.

    Syncs *captures* (needed when a page has a record) before any row is written. A page that cannot be stored ends as failed
    with reason `store_error` and its neighbours are kept. Raises ArchiveUnavailable when the database is gone: then nothing was
    written and every link still waits.
    """
    raise NotImplementedError


def find_original(conn: Connection, url_key: int, digest: bytes) -> Original | None:
    """The capture whose body an identical re-fetch of the page can refer to."""
    raise NotImplementedError
