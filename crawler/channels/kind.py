"""What a kind of channel is, and the registry of kinds: each module in `crawler.channels.kinds` defines one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import ClassVar

from archive.channels import FoundChannel
from crawler.channels import kinds as kinds_package
from crawler.channels.homepage import HomeMarkup, HomePage
from news.errors import FeedUnreadable, NewsError
from news.outlets import FoundLink, Outlet
from news.urls import page_key

_WEB_PAGE = re.compile(
    rb"(?>\xef\xbb\xbf|\s|<\?xml[^>]*>|<!--.*?-->)*+<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Document:
    """A body with the URL it came from after redirects, and the URL that was requested."""

    body: bytes
    url: str
    content_type: str | None = None
    requested_url: str | None = None

    @property
    def is_html(self) -> bool:
        """True when the body begins as a web page does, perhaps after comments or an XML declaration."""
        return _WEB_PAGE.match(self.body[:4000]) is not None

    def is_at(self, url: str) -> bool:
        """Return whether the document was requested at *url*, in any spelling."""
        return page_key(self.requested_url or self.url) == page_key(url)


@dataclass(frozen=True, slots=True)
class Announced:
    """What a document announces; `home` is set when it is the outlet's home page. `site` is the page a feed names."""

    links: Sequence[FoundLink] = ()
    channels: Sequence[FoundChannel] = ()
    title: str | None = None
    language: str | None = None
    home: HomePage | None = None
    site: str | None = None


class ChannelKind:
    """One kind of channel. A subclass overrides what differs; the module's `KIND` is its only instance."""

    name: ClassVar[str]  # stored with each channel, and shown
    order: ClassVar[int] = 50  # kinds are read and recognised in this order, the lowest first
    announces: ClassVar[bool] = True  # it lists links or further channels
    is_html: ClassVar[bool] = False  # a web page; other channels may list it, and it is no article
    is_permanent: ClassVar[bool] = False  # read at every crawl once found, also when no other channel names it any more
    surveyed: ClassVar[int] = 4  # channels of the kind that a survey of an outlet reads at most
    is_conditional: ClassVar[bool] = True  # requests carry the ETag and date of the last answer

    def option(self, outlet: Outlet) -> Sequence[str] | None:
        """Return URLs that outlets.toml sets; None when it leaves this kind to discovery."""
        return None

    def first_urls(self, outlet: Outlet) -> Sequence[str]:
        """Return URLs to read at every crawl, whatever else is found."""
        return self.option(outlet) or ()

    def named_on(self, page: HomeMarkup) -> Sequence[str]:
        """Return URLs of this kind that the home page names."""
        return ()

    def guesses(self, url: str) -> Sequence[str]:
        """Where the site of *url* may have such a channel, the likeliest first; tried when nothing is declared."""
        return ()

    def recognises(self, document: Document) -> bool:
        """Return whether *document* is of this kind. Only asked when `is_html` fits."""
        try:
            self.read(document, Outlet("", document.url))
        except NewsError:
            return False
        return True

    def read(self, document: Document, outlet: Outlet, since: datetime | None = None) -> Announced:
        """Return what *document* announces; channels last changed before *since* may be left out.

        Raises FeedUnreadable or PageTooCostly.
        """
        raise NotImplementedError

    def problem(self, links_before: int | None, announced: Announced) -> str | None:
        """Why the document is suspicious although it could be read; *links_before* is None at the first reading."""
        return None


@lru_cache(maxsize=1)
def channel_kinds() -> dict[str, ChannelKind]:
    """Return every kind by its name, in reading order."""
    modules = (
        import_module(f"{kinds_package.__name__}.{found.name}") for found in iter_modules(kinds_package.__path__)
    )
    found = sorted((module.KIND for module in modules), key=lambda kind: kind.order)
    return {kind.name: kind for kind in found}


def read_home(body: bytes, url: str, content_type: str | None = None) -> HomePage:
    """Read the home page in *body*, fetched from *url*, and the channels that it names. Raises PageTooCostly."""
    page = HomeMarkup(body, url, content_type)
    return page.read({name: tuple(kind.named_on(page)) for name, kind in channel_kinds().items()})


def read_channel(
    document: Document, outlet: Outlet, expected: ChannelKind, since: datetime | None = None, *, proven: bool = False
) -> tuple[ChannelKind, Announced]:
    """Return the kind of channel that *document* is by its body, and what it announces; in doubt it is *expected*.

    *proven*: the channel was read as that kind before; then a web page in its place is a fault of the server, not a
    listing. Raises FeedUnreadable or PageTooCostly.
    """
    kind = expected
    if expected.is_html and not document.is_html:
        kind = recognise(document) or expected
    try:
        return kind, kind.read(document, outlet, since)
    except FeedUnreadable:
        other = recognise(document)
        if other is None or other is kind or (proven and other.is_html):
            raise
        return other, other.read(document, outlet, since)


def announced_by(document: Document, outlet: Outlet) -> Sequence[FoundLink] | None:
    """Return links that a channel of *outlet* announces; None for an article."""
    kind = recognise(document)
    return kind.read(document, outlet).links if kind else None


def recognise(document: Document) -> ChannelKind | None:
    """Return the kind of channel that *document* is; None for an article."""
    is_html = document.is_html
    candidates = (kind for kind in channel_kinds().values() if kind.announces and kind.is_html == is_html)
    return next((kind for kind in candidates if kind.recognises(document)), None)
