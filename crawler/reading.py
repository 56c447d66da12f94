"""How an outlet's page becomes an article: fresh from the network, or again from its capture."""

from dataclasses import dataclass
from datetime import datetime

from w3lib.encoding import http_content_type_encoding

from archive.captures import read_record
from archive.home import Home
from crawler.extraction.page import read_page
from news.article import Article
from news.errors import ArchiveError, ArticleError, SettingError, StoreUnavailable
from news.outlets import Outlet
from news.teasers import remove_teasers


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
