"""Errors, grouped by what the caller can do.

NewsError
  OutletError     skip the outlet, try again at its next turn
    FeedUnreadable, OutletBlocked
  ArticleError    skip the article, keep the capture for another try
    NotAnArticle, PageTooCostly, PaywallStub
  ArchiveError    stop; nothing was written
    ArchiveUnavailable (TransactionConflict), SchemaOutdated, StoreUnavailable, CrawlLost,
    CaptureDamaged (BodyTooLarge), BackupDamaged
  SettingError    stop; the user has to change a setting
  Busy            another process works on it; wait or try again later

`exit_code` is the exit code of the command line. Messages name the thing and its value;
`hint` is the next command to try.
"""

from collections.abc import Collection

from news.access import AccessState
from news.exit_codes import ExitCode


class NewsError(Exception):
    """Base of all errors that Newskeep raises on purpose."""

    exit_code: ExitCode = ExitCode.OUR_BUG

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class OutletError(NewsError):
    exit_code = ExitCode.NOTHING_FETCHED


class FeedUnreadable(OutletError):
    pass


class OutletBlocked(OutletError):
    pass


class ArticleError(NewsError):
    exit_code = ExitCode.SOME_PAGES_FAILED


class NotAnArticle(ArticleError):
    """A page that is something else; `wall` is what it puts in place of an article, if it does."""

    def __init__(self, message: str, wall: AccessState | None = None) -> None:
        super().__init__(message)
        self.wall = wall


class PaywallStub(ArticleError):
    """The page shows only the beginning of its article, and the outlet's entry leaves such pages out."""


class PageTooCostly(ArticleError):
    """A page that would take a parser minutes: too large, too deep, or a tag with too many attributes."""


class ArchiveError(NewsError):
    exit_code = ExitCode.DATABASE


class ArchiveUnavailable(ArchiveError):
    pass


class TransactionConflict(ArchiveUnavailable):
    """PostgreSQL rolled this transaction back in favour of another one: the same again will probably do."""


class SchemaOutdated(ArchiveError):
    pass


class StoreUnavailable(ArchiveError):
    """An object store does not answer, or returns other bytes than were stored."""


class CrawlLost(ArchiveError):
    """Another process took this one for dead and closed its crawls `crawl_ids`."""

    exit_code = ExitCode.ALREADY_RUNNING

    def __init__(self, message: str, crawl_ids: Collection[int]) -> None:
        super().__init__(message)
        self.crawl_ids = frozenset(crawl_ids)


class CaptureDamaged(ArchiveError):
    exit_code = ExitCode.BOOKS_OR_DAMAGE


class BodyTooLarge(CaptureDamaged):
    """A compressed body with more bytes than the limit."""


class BackupDamaged(ArchiveError):
    """A part of a backup is missing, has other bytes than were written, or does not give what the archive held."""

    exit_code = ExitCode.BOOKS_OR_DAMAGE


class SettingError(NewsError):
    exit_code = ExitCode.CONFIGURATION_INVALID


class Busy(NewsError):
    exit_code = ExitCode.ALREADY_RUNNING
