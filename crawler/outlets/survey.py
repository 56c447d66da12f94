"""Survey an outlet without saving anything: its feeds, sitemaps and links, and some of its articles as read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

from archive.home import Home
from archive.ingest.fetched import FetchedPage
from crawler.channels.homepage import HomePage, describe, read_home
from crawler.channels.kinds.feed import Feed, feed_guesses, read_feed
from crawler.channels.kinds.listing import article_links
from crawler.channels.kinds.robots import AGENT, crawl_delay, sitemap_lines
from crawler.channels.kinds.sitemap import read_sitemap, sitemap_guesses
from crawler.channels.markup import decoded
from crawler.fetch import Fetched, fetch
from crawler.reading import READING, read_article
from news.article import Article
from news.errors import NewsError, OutletBlocked
from news.outlets import FoundLink, FoundOutlet, Outlet
from news.reasons import in_words
from news.urls import page_key

MAX_FEEDS_TRIED, MAX_SITEMAPS_TRIED = 12, 4
_RECENT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Survey:
    """Findings of a survey: the outlet, its links (each article once, newest first), and articles per day."""

    found: FoundOutlet
    links: tuple[FoundLink, ...] = ()
    per_day: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """An article that was read, or why it could not be read."""

    url: str
    article: Article | None = None
    problem: str | None = None


def survey(home: Home, outlet: Outlet, contact: str | None, now: datetime) -> Survey:
    """Fetch the outlet's home page and robots.txt, and the feeds and sitemaps that it sets or that are found.

    Raises OutletBlocked if the home page cannot be fetched, SettingError if a contact address is missing.
    """
    page, robots = fetch(home, [outlet.url, urljoin(outlet.url, "/robots.txt")], contact=contact, delay=outlet.delay)
    if page.error or page.status != 200:
        raise _blocked(outlet.url, page.error or f"HTTP {page.status}")
    front = read_home(page.body, page.final_url, page.content_type)
    rules = decoded(robots.body) if robots.status == 200 else ""
    channels = _Channels(home, contact, outlet.delay)
    feeds = channels.feeds(*_feeds_of(outlet, front, page.final_url))
    sitemaps = channels.sitemaps(
        *_sitemaps_of(outlet, (*sitemap_lines(rules, robots.final_url), *front.sitemaps), page.final_url)
    )
    found = describe(page.final_url, front, feeds, sitemaps, crawl_delay(rules, AGENT), channels.problems)
    links = _newest_first([*channels.links, *_links_of_listing(outlet, front, page)])
    return Survey(found, links, per_day([link.announced_at for link in links], now))


def _feeds_of(outlet: Outlet, front: HomePage, url: str) -> tuple[Sequence[str], bool]:
    """Return the addresses to try, and whether they are guesses."""
    declared = outlet.feeds if outlet.feeds is not None else front.feeds
    return (declared, False) if declared or outlet.feeds is not None else (feed_guesses(url), True)


def _sitemaps_of(outlet: Outlet, declared: Sequence[str], url: str) -> tuple[Sequence[str], bool]:
    named = outlet.sitemaps if outlet.sitemaps is not None else declared
    return (named, False) if named or outlet.sitemaps is not None else (sitemap_guesses(url), True)


def _links_of_listing(outlet: Outlet, front: HomePage, page: Fetched) -> tuple[FoundLink, ...]:
    chosen = next((listing.links for listing in outlet.listings or () if listing.links), None)
    return article_links(page.body, page.final_url, chosen) if chosen else front.links


def _blocked(url: str, reason: str) -> OutletBlocked:
    if reason == "forbidden_address":
        own = "set NEWSKEEP_ALLOW_NETWORKS to its network, such as 10.1.2.0/24, when it is yours to crawl"
        return OutletBlocked(f"{url} cannot be read: it is a private address", own)
    hint = f"newskeep outlets add {url} --no-look   (the first crawl will look again)"
    return OutletBlocked(f"{url} cannot be read: {in_words(reason)}", hint)


def _why(page: Fetched) -> str:
    return in_words(page.error) if page.error else f"HTTP {page.status}"


class _Channels:
    """Fetches feeds and sitemaps; collects their links, and a problem for each that cannot be read."""

    def __init__(self, home: Home, contact: str | None, delay: float | None) -> None:
        self.home, self.contact, self.delay = home, contact, delay
        self.links: list[FoundLink] = []
        self.problems: list[str] = []

    def feeds(self, addresses: Sequence[str], guessed: bool) -> list[tuple[str, Feed]]:
        """Return each address that holds a feed, with the feed; of guesses only the first."""
        read: list[tuple[str, Feed]] = []
        for page in self._pages(addresses[:MAX_FEEDS_TRIED], guessed):
            try:
                read.append((page.url, read_feed(page.body, page.final_url, page.content_type)))
            except NewsError as error:
                self._note(str(error), guessed)
        read = read[:1] if guessed else read
        self.links += [link for _, feed in read for link in feed.links]
        return read

    def sitemaps(self, addresses: Sequence[str], guessed: bool) -> list[str]:
        """Return the addresses that hold a sitemap. An index is not followed: a survey is no crawl."""
        good = []
        for page in self._pages(addresses[:MAX_SITEMAPS_TRIED], guessed):
            try:
                self.links += read_sitemap(page.body, page.final_url).links
                good.append(page.url)
            except NewsError as error:
                self._note(str(error), guessed)
        return [*good, *([] if guessed else addresses[MAX_SITEMAPS_TRIED:])]

    def _pages(self, addresses: Sequence[str], guessed: bool) -> Iterable[Fetched]:
        if not addresses:
            return
        for page in fetch(self.home, addresses, contact=self.contact, delay=self.delay):
            if page.error or page.status != 200:
                self._note(f"{page.url}: {_why(page)}", guessed)
            else:
                yield page

    def _note(self, problem: str, guessed: bool) -> None:
        if not guessed:
            self.problems.append(problem)


def _newest_first(links: Iterable[FoundLink]) -> tuple[FoundLink, ...]:
    """Return each article once, newest first; links without a date come last."""
    by_key: dict[int, FoundLink] = {}
    for link in links:
        key = page_key(link.url)
        if key is not None and (key not in by_key or (by_key[key].announced_at is None and link.announced_at)):
            by_key[key] = link
    never = datetime.min.replace(tzinfo=UTC)
    return tuple(sorted(by_key.values(), key=lambda link: link.announced_at or never, reverse=True))


def per_day(times: Iterable[datetime | None], now: datetime) -> float | None:
    """Return articles announced per 24 hours, by the last seven days; None with fewer than two of them."""
    recent = [time for time in times if time and now - _RECENT <= time <= now]
    if len(recent) < 2:
        return None
    span = max((now - min(recent)).total_seconds(), 3600.0)
    return len(recent) * 86_400 / span


def read_some(
    home: Home, outlet: Outlet, links: Sequence[FoundLink], contact: str | None, now: datetime
) -> list[Reading]:
    """Fetch and read the pages behind *links*."""
    pages = fetch(home, [link.url for link in links], contact=contact, delay=outlet.delay) if links else []
    return [_read(page, outlet, now) for page in pages]


def _read(page: Fetched, outlet: Outlet, now: datetime) -> Reading:
    if page.error or page.status != 200:
        return Reading(page.url, problem=_why(page))
    try:
        fetched = FetchedPage.unlinked(page.final_url, page.body, now, _charset(page))
        return Reading(page.url, read_article(fetched, outlet, READING))
    except NewsError as error:
        return Reading(page.url, problem=str(error))


def _charset(page: Fetched) -> str | None:
    return page.content_type.lower().partition("charset=")[2].partition(";")[0].strip("\"' ") or None
