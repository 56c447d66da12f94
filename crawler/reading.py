"""The item that travels through the pipelines: one answered link."""

from dataclasses import dataclass, replace
from datetime import datetime

from w3lib.encoding import http_content_type_encoding

from archive.captures import StoredRecord, read_record
from archive.frontier import Link
from archive.home import Home
from archive.ingest.store import PageToStore, Reread
from crawler.extraction.page import read_page
from news.article import Article
from news.dispositions import Disposition, comes_back
from news.errors import ArchiveError, ArticleError, SettingError, StoreUnavailable
from news.outlets import Outlet
from news.teasers import remove_teasers

_LOOKED_AT_AGAIN = frozenset(Disposition) - {Disposition.SKIPPED, Disposition.FAILED}


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was answered; `url` is where it came from after redirects, `encoding` what its header says.

    The pipelines give it an `article` or a `disposition`; one that has its disposition is not read.
    """

    link: Link
    crawl_id: int
    url: str
    body: bytes
    received_at: datetime
    encoding: str | None = None
    broke_off: bool = False  # nobody said where the body ends, and its last tag is missing
    record: StoredRecord | None = None
    etag: str | None = None
    last_modified: str | None = None
    article: Article | None = None
    disposition: Disposition | None = None
    reason: str | None = None
    due_at: datetime | None = None

    def ended(self, disposition: Disposition, reason: str | None = None) -> "Page":
        """The same page, its end decided; one that failed for a passing reason is due at once."""
        later = disposition is Disposition.FAILED and comes_back(reason, self.link.attempts)
        due_at = self.received_at if later else self.due_at if disposition in _LOOKED_AT_AGAIN else None
        return replace(self, disposition=disposition, reason=reason, article=None, due_at=due_at)

    def read_as(self, article: Article) -> "Page":
        """The same page with what was read on it."""
        return replace(self, article=article)

    def to_store(self, reread: Reread | None = None) -> PageToStore:
        """As the archive takes it."""
        return PageToStore(
            link_id=self.link.id,
            crawl_id=self.crawl_id,
            fetched_at=self.received_at,
            record=self.record,
            article=self.article,
            disposition=self.disposition,
            reason=self.reason,
            etag=self.etag,
            last_modified=self.last_modified,
            due_at=self.due_at,
            reread=reread,
        )


def read_for(outlet: Outlet, body: bytes, url: str, now: datetime, encoding: str | None) -> Article:
    """The article on the page, read with the outlet's own selectors. Raises as `read_page` does."""
    return read_page(
        body, url, now=now, encoding=encoding, remove=outlet.remove, keep=outlet.keep, timezone=outlet.timezone
    )


@dataclass(frozen=True, slots=True)
class Rereader:
    """Reads a capture of an outlet again with today's rules."""

    home: Home
    outlet: Outlet

    def __call__(self, file: str, offset: int, length: int) -> Article | None:
        """The article as today's rules read it; None when the capture or the page cannot be read.

        Raises StoreUnavailable.
        """
        try:
            capture = read_record(self.home, file, offset, length)
            encoding = http_content_type_encoding(capture.header("content-type"))
            read = read_for(self.outlet, capture.decoded_body(), capture.url, capture.captured_at, encoding)
        except StoreUnavailable:
            raise  # a better reading must not be taken for an edit because a store is away: the page waits
        except (ArchiveError, ArticleError, SettingError):
            return None
        return remove_teasers(read)
