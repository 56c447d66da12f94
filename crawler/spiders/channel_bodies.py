"""What the bodies of feeds, sitemaps and listings announce: links, and further channels of the outlet."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from scrapy.http import Response

from archive.channels import Channel, FoundChannel
from crawler.discovery.feeds import Feed, read_feed
from crawler.discovery.homepage import HomePage, read_home
from crawler.discovery.listing import article_links
from crawler.discovery.sitemaps import read_sitemap
from crawler.job import CrawlJob
from crawler.spiders.asking import content_type
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
        own = [link for link in links if same_site(link.url, outlet.url)]
        return Announced(own, self._named_by_home() if same_page(channel.url, outlet.url) else ())

    def _named_by_home(self) -> list[FoundChannel]:
        outlet, home = self.job.outlet, self.home
        found = [FoundChannel(ChannelKind.FEED, url) for url in home.feeds if outlet.feeds is None]
        found += [FoundChannel(ChannelKind.SITEMAP, url) for url in home.sitemaps if outlet.sitemaps is None]
        found += [FoundChannel(ChannelKind.LISTING, url) for url in home.sections if outlet.listings is None]
        return [one for one in found if same_site(one.url, outlet.url) or one.kind is not ChannelKind.LISTING]

    def _worth_reading(self, children: Sequence[FoundLink]) -> list[FoundLink]:
        """The newest ones, without those last changed before the time we were asked to look at."""
        since = self.job.since(datetime.now(UTC))
        recent = [child for child in children if not (since and child.announced_at and child.announced_at < since)]
        return [recent[number] for number in newest_first(child.announced_at for child in recent)][:MAX_CHILDREN]


def same_page(one: str, other: str) -> bool:
    return page_key(one) == page_key(other)


def page_key(url: str) -> int | None:
    try:
        return url_key(canonicalise(url))
    except ValueError:
        return None
