"""Listings: home and section pages that link to articles."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from crawler.channels.homepage import HomeMarkup
from crawler.channels.kind import Announced, ChannelKind, Document, read_home
from crawler.channels.page_links import is_section, links, looks_like_article, parse_html, shape_of, unique_links
from crawler.extraction.page import read_page
from news.errors import NewsError, NotAnArticle
from news.outlets import FoundLink, Outlet
from news.reasons import Reason
from news.urls import is_on_site

MAX_SECTIONS = 80
_ENOUGH_LINKS = 5  # a listing that had so many links and now has none did not just have a quiet day


class ListingKind(ChannelKind):
    name = "listing"
    order = 30
    is_html = True

    def option(self, outlet: Outlet) -> Sequence[str] | None:
        return None if outlet.listings is None else [listing.url for listing in outlet.listings]

    def first_urls(self, outlet: Outlet) -> Sequence[str]:
        urls = self.option(outlet)
        return (outlet.url,) if urls is None else urls

    def named_on(self, page: HomeMarkup) -> Sequence[str]:
        """Return section pages; first those in a menu and those whose path begins the path of an article on it."""
        parents = {_parent(link.url) for link in page.articles}
        sections: dict[str, bool] = {}
        for link in page.links:
            if is_section(shape_of(link.url, page.url), link.text):
                likely = link.in_navigation or link.url.rstrip("/") in parents
                sections[link.url] = sections.get(link.url, False) or likely
        return sorted(sections, key=lambda section: not sections[section])[:MAX_SECTIONS]

    def recognises(self, document: Document) -> bool:
        """Return whether the page links to articles and is not one itself."""
        try:
            read_page(document.body, document.url)
        except NotAnArticle:
            return bool(article_links(document.body, document.url))
        except NewsError:
            pass
        return False

    def read(self, document: Document, outlet: Outlet, since: datetime | None = None) -> Announced:
        selector = next((listing.links for listing in outlet.listings or () if document.is_at(listing.url)), None)
        found = article_links(document.body, document.url, selector, document.content_type)
        if not document.is_at(outlet.url):
            sites = outlet.url, document.requested_url or document.url
            return Announced([link for link in found if is_on_site(link.url, sites)])
        # an outlet that has moved redirects its old home page to the new one, whose links are its own
        own = [link for link in found if is_on_site(link.url, (outlet.url, document.url))]
        return Announced(own, home=read_home(document.body, document.url, document.content_type))

    def problem(self, links_before: int | None, announced: Announced) -> str | None:
        """Report a listing that lost all its links: its layout has changed, or a script draws it now."""
        return Reason.LAYOUT_CHANGED if (links_before or 0) >= _ENOUGH_LINKS and not announced.links else None


KIND = ListingKind()


def _parent(url: str) -> str:
    parts = urlsplit(url)
    first = parts.path.strip("/").partition("/")[0]
    return f"{parts.scheme}://{parts.netloc}/{first}"


def article_links(
    body: bytes, url: str, selector: str | None = None, content_type: str | None = None
) -> tuple[FoundLink, ...]:
    """Return links to articles on the listing in *body*, fetched from *url*, in page order, each URL once.

    With *selector* (CSS): all links that it matches, or that stand in what it matches, on any site. Without it: those
    that look like articles of the same site. Raises PageTooCostly when the page would take the parser seconds, and
    SettingError when the selector is invalid.
    """
    found = links(parse_html(body, content_type), url, selector or "a[href]")
    return unique_links(link for link in found if selector or looks_like_article(link, url))
