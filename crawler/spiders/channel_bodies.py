"""What the bodies of feeds, sitemaps and listings announce: links, and further channels of the outlet."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from scrapy.http import Response

from archive.channels import Channel, FoundChannel
from crawler.channels.homepage import HomePage, read_home
from crawler.channels.kinds.feed import Feed, read_feed
from crawler.channels.kinds.listing import article_links
from crawler.channels.kinds.sitemap import read_sitemap
from crawler.job import CrawlJob
from crawler.spiders.requests import content_type
from news.outlets import ChannelKind, FoundLink
from news.selection import newest_first
from news.urls import canonicalise, same_site, url_key

MAX_CHILDREN = 100  # of one sitemap index; some go back decades, one a day
NOT_READ = HomePage()


@dataclass(frozen=True, slots=True)
class Announced:
    """What a channel's body said."""

    links: Sequence[FoundLink] = ()
    channels: Sequence[FoundChannel] = ()
    title: str | None = None


@dataclass(slots=True)
class ChannelBodies:
    """Reads bodies with the outlet's own selectors."""

    job: CrawlJob
    home: HomePage = NOT_READ
    feeds: list[tuple[str, Feed]] = field(default_factory=list)

    def read(self, channel: Channel, response: Response, body: bytes) -> Announced:
        """What the body of a channel says; `home` and `feeds` remember what describes the outlet.

        Raises FeedUnreadable.
        """
        url, kind = response.url, channel.kind
        if kind is ChannelKind.FEED:
            feed = read_feed(body, url, content_type(response))
            self.feeds.append((channel.url, feed))
            return Announced(feed.links, title=feed.title)
        if kind is ChannelKind.SITEMAP:
            sitemap = read_sitemap(body, url)
            children = [FoundChannel(ChannelKind.SITEMAP, child.url) for child in self._worth_reading(sitemap.children)]
            return Announced(sitemap.links, children)
        return self._listing(channel, response, body)

    def _listing(self, channel: Channel, response: Response, body: bytes) -> Announced:
        outlet, url = self.job.outlet, response.url
        if same_page(channel.url, outlet.url):
            self.home = read_home(body, url, content_type(response))
        selector = next((one.links for one in outlet.listings or () if same_page(one.url, channel.url)), None)
        links = article_links(body, url, selector, content_type(response))
        is_home = same_page(channel.url, outlet.url)
        # an outlet that has moved sends its old home page on to the new one, whose links are its own
        sites = {outlet.url, url if is_home else channel.url}
        own = [link for link in links if _is_on(sites, link.url)]
        return Announced(own, self._named_by_home(sites) if is_home else ())

    def _named_by_home(self, sites: Collection[str]) -> list[FoundChannel]:
        outlet, home = self.job.outlet, self.home
        found = [FoundChannel(ChannelKind.FEED, url) for url in home.feeds if outlet.feeds is None]
        found += [FoundChannel(ChannelKind.SITEMAP, url) for url in home.sitemaps if outlet.sitemaps is None]
        found += [FoundChannel(ChannelKind.LISTING, url) for url in home.sections if outlet.listings is None]
        return [one for one in found if one.kind is not ChannelKind.LISTING or _is_on(sites, one.url)]

    def _worth_reading(self, children: Sequence[FoundLink]) -> list[FoundLink]:
        """The newest ones, without those last changed before the time we were asked to look at."""
        since = self.job.since(datetime.now(UTC))
        recent = [child for child in children if not (since and child.announced_at and child.announced_at < since)]
        return [recent[number] for number in newest_first(child.announced_at for child in recent)][:MAX_CHILDREN]


def _is_on(sites: Iterable[str], url: str) -> bool:
    return any(same_site(url, site) for site in sites)


def same_page(one: str, other: str) -> bool:
    return page_key(one) == page_key(other)


def page_key(url: str) -> int | None:
    try:
        return url_key(canonicalise(url))
    except ValueError:
        return None
