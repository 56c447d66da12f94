"""A fetched page on its way into the archive, and how it ended there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from news.article import Article
from news.dispositions import Disposition, comes_back

if TYPE_CHECKING:  # pages are also read where there is no database
    from archive.captures import CapturedResponse, StoredRecord
    from archive.frontier import Link

# Read the capture at (file, offset, length) with today's rules; None when that fails.
Reread = Callable[[str, int, int], Article | None]

_RECHECKED = frozenset(Disposition) - {Disposition.SKIPPED, Disposition.FAILED}


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """A fetched page. The stages of `crawler.reading` give it an `article`, or it has a `disposition` and is not read.

    `url` is the address that answered, after redirects; `encoding` is that of the HTTP header. With an article, the
    archive finds the disposition by comparison. `record` is None for a page without a capture. With `reread`, a text
    that differs only because our rules have changed is no revision.

    A page without a crawl is imported, and may be older than what the archive has. The capture time of an `undated`
    page is unknown.
    """

    link_id: int
    crawl_id: int | None
    fetched_at: datetime
    record: StoredRecord | None = None
    article: Article | None = None
    disposition: Disposition | None = None  # without article: SKIPPED, FAILED or UNCHANGED
    reason: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    due_at: datetime | None = None
    reread: Reread | None = None
    undated: bool = False
    url: str = ""
    body: bytes = b""
    encoding: str | None = None
    announced_at: datetime | None = None  # as the feed or sitemap said that named it
    broke_off: bool = False  # the body's length is unknown and its last tag is missing
    link: Link | None = None  # of a crawl

    @classmethod
    def unlinked(
        cls,
        url: str,
        body: bytes = b"",
        fetched_at: datetime | None = None,
        encoding: str | None = None,
        announced_at: datetime | None = None,
    ) -> FetchedPage:
        """Return a page that is only read, or whose link is not known yet; without a time it is undated."""
        at, undated = fetched_at or datetime.now(UTC), fetched_at is None
        return cls(0, None, at, undated=undated, url=url, body=body, encoding=encoding, announced_at=announced_at)

    @classmethod
    def captured(cls, capture: CapturedResponse, body: bytes) -> FetchedPage:
        """Return the page that *capture* holds, whose unpacked *body* is given; its link is not known yet."""
        return cls.unlinked(capture.url, body, capture.captured_at, capture.charset, capture.announced_at)

    def ended(self, disposition: Disposition, reason: str | None = None) -> FetchedPage:
        """Return the page with its end; a failure that may pass makes it due at once."""
        retry = disposition is Disposition.FAILED and comes_back(reason, self.link.attempts if self.link else 0)
        due_at = self.fetched_at if retry else self.due_at if disposition in _RECHECKED else None
        return replace(self, disposition=disposition, reason=reason, article=None, due_at=due_at)


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
