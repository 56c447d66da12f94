"""What goes into the store and what comes out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from archive.captures import StoredRecord
from news.article import Article
from news.dispositions import Disposition

# Reads the capture at (file, offset, length) again with today's rules; None when it cannot be read.
Reread = Callable[[str, int, int], Article | None]


@dataclass(frozen=True, slots=True)
class PageToStore:
    """A fetched page. With `article` its disposition is found by comparison; without, it is the given one.

    `article.url` is the address the text came from (after redirects). `record` is None for what has no capture. With
    `reread`, a text that differs only because our rules have changed since is no revision.

    Without a crawl it is imported, and may be a capture from before what the archive knows. Of an `undated` one nobody
    knows when it was captured.
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
    reread: Reread | None = None
    undated: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a page ended; what has no link has `link_id` 0.

    `article_id`, `story_id` and `revision` (number) are None where nothing of it is archived.
    """

    link_id: int
    url: str
    disposition: Disposition
    reason: str | None = None
    article_id: int | None = None
    story_id: int | None = None
    revision: int | None = None
    changes: tuple[str, ...] = ()
    removed: Mapping[str, int] = field(default_factory=dict)  # blocks set aside, by label
    evidence: Mapping[str, Any] | None = None
