"""The reason for a fetch that ended without a page: one short name each, shown in the ledger and in `v_links`."""

import ssl
from collections.abc import Iterator

import aiohttp
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)

from news.errors import NotAnArticle, PageTooCostly
from news.reasons import Reason

CRAWL_STOPPED = "stopping"  # no reason for the ledger: the link still waits


class Refused(IgnoreRequest):
    """We chose not to fetch, for this `reason`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


# The network or the outlet failed, not the page: a later try may succeed.
TRANSIENT = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    ConnectionError,
)

_REASONS: tuple[tuple[type[BaseException], Reason], ...] = (
    (CannotResolveHostError, Reason.DNS),
    (DownloadTimeoutError, Reason.TIMEOUT),
    (DownloadConnectionRefusedError, Reason.CONNECTION_REFUSED),
    (DownloadCancelledError, Reason.TOO_LARGE),
    (ResponseDataLossError, Reason.CUT_OFF),
    (DownloadFailedError, Reason.CONNECTION_FAILED),
    (UnsupportedURLSchemeError, Reason.BAD_URL),
    (NotSupported, Reason.NOT_HTTP),
    (PageTooCostly, Reason.PAGE_TOO_COSTLY),
    (NotAnArticle, Reason.NOT_ARTICLE),
    (ConnectionError, Reason.CONNECTION_FAILED),
)
_TLS = (ssl.SSLError, ssl.CertificateError, aiohttp.ClientSSLError)


def reason_of(error: BaseException) -> str:
    """Return the reason for *error*; an unexpected error keeps its class name: `error_KeyError`."""
    chain = tuple(_chain(error))
    refused = next((part for part in chain if isinstance(part, Refused)), None)
    if refused:
        return refused.reason
    if any(isinstance(part, _TLS) for part in chain):
        return Reason.TLS
    if any(isinstance(part, aiohttp.ClientResponseError) for part in chain):
        return Reason.BAD_HTTP
    return next((reason for kind, reason in _REASONS if isinstance(error, kind)), f"error_{type(error).__name__}")


def _chain(error: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = error
    for _ in range(8):
        if current is None:
            return
        yield current
        current = current.__cause__ or getattr(current, "os_error", None) or current.__context__
