"""Survey an outlet without saving anything: its feeds, sitemaps and links, and some of its articles as read."""

import socket
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from urllib.parse import urljoin, urlsplit

from archive.home import Home
from archive.ingest.fetched import FetchedPage
from crawler.channels.homepage import HomePage, describe
from crawler.channels.kind import Announced, ChannelKind, Document, channel_kinds, read_channel, recognise
from crawler.channels.kinds import listing, sitemap
from crawler.channels.kinds.robots import AGENT, crawl_delay, sitemap_lines
from crawler.channels.xml_input import decoded
from crawler.fetch import Fetched, fetch
from crawler.reading import READING, read_article
from news.article import Article
from news.errors import NewsError, OutletBlocked
from news.ip_addresses import may_connect
from news.outlets import FoundLink, FoundOutlet, Outlet
from news.reasons import Reason, in_words
from news.urls import page_key

Progress = Callable[[Fetched], None]

_RECENT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Survey:
    """Findings of a survey: the outlet, its links (each article once, newest first), and articles per day.

    `channel` is the kind of channel at the outlet's address if that is no web page; `site` is the page it belongs to.
    """

    found: FoundOutlet
    links: tuple[FoundLink, ...] = ()
    per_day: float | None = None
    channel: str | None = None
    site: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """An article that was read, or why it could not be read."""

    url: str
    article: Article | None = None
    problem: str | None = None


def survey(
    home: Home,
    outlet: Outlet,
    contact: str | None,
    now: datetime,
    progress: Progress | None = None,
    known: Mapping[str, Sequence[str]] | None = None,
) -> Survey:
    """Fetch home page, robots.txt and the channels that an outlet sets or that are found; read them as a crawl does.

    Where the home page cannot be read, the *known* channels ({kind: URLs}) stand for those that it would name; None
    ends the survey there. *progress* is called with each answer. Raises OutletBlocked if nothing can be read,
    SettingError if a contact address is missing.
    """
    channels = _Channels(home, outlet, contact, progress)
    page, robots = channels.fetch([outlet.url, urljoin(outlet.url, "/robots.txt")])
    blocked = (page.error or f"HTTP {page.status}") if page.error or page.status != 200 else None
    kind, front = (listing.KIND, Announced()) if blocked else read_channel(_document(page), outlet, listing.KIND)
    if blocked:
        if known is None:
            raise _blocked(outlet.url, blocked)
        channels.problems.append(f"{outlet.url}: {in_words(blocked)}")
    elif outlet.listings is None or any(_is_same_page(url, outlet.url) for url in _addresses(outlet)):
        channels.add(kind, page.final_url, front)
    rules = decoded(robots.body) if robots.status == 200 else ""
    home_page = front.home or HomePage(front.title, front.language)
    named = {sitemap.KIND.name: sitemap_lines(rules, robots.final_url)}
    if blocked and known is not None:
        named = {kind.name: (*named.get(kind.name, ()), *known.get(kind.name, ())) for kind in _kinds()}
    _read_channels(channels, home_page, named, page.final_url, guess=page.error is None)
    if blocked and not any(channels.read.values()):
        raise _blocked(outlet.url, blocked)
    described = describe(page.final_url, home_page, channels.names())
    delay, problems = crawl_delay(rules, AGENT), tuple(channels.problems)
    found = replace(described, delay=delay, channels=channels.addresses(), problems=problems)
    links = _newest_first(channels.links)
    volume = per_day([link.announced_at for link in links], now)
    return Survey(found, links, volume, None if kind.is_html else kind.name, front.site)


def _read_channels(
    channels: "_Channels", home_page: HomePage, named: Mapping[str, Sequence[str]], url: str, *, guess: bool
) -> None:
    """Read the channels that are set, else those that are declared; without any, *guess* the usual addresses."""
    for kind in _kinds():
        declared = list(dict.fromkeys([*named.get(kind.name, ()), *home_page.channels.get(kind.name, ())]))
        own = kind.option(channels.outlet)
        if own is None and kind.is_html:  # sections are left to the crawl
            channels.unread[kind.name] = declared
        else:
            channels.read_all(kind, declared if own is None else own)
    guessed = [kind for kind in _kinds() if guess and kind.guesses(url)]
    if not any(kind.option(channels.outlet) is not None or channels.has(kind) for kind in guessed):
        for kind in guessed:
            channels.guess(kind, url)


def _kinds() -> list[ChannelKind]:
    """Return the kinds of channels that announce articles, in reading order."""
    return [kind for kind in channel_kinds().values() if kind.announces]


def _blocked(url: str, reason: str) -> OutletBlocked:
    if reason == Reason.FORBIDDEN_ADDRESS:
        return OutletBlocked(f"{url} cannot be read: it is a private address", allow_hint(url))
    hint = f"newskeep outlets add {url} --no-look   # the first crawl will look again"
    return OutletBlocked(f"{url} cannot be read: {in_words(reason)}", hint)


def _why(page: Fetched) -> str:
    return in_words(page.error) if page.error else f"HTTP {page.status}"


def _addresses(outlet: Outlet) -> list[str]:
    """Return the channels that outlets.toml sets."""
    return [url for kind in _kinds() for url in kind.option(outlet) or ()]


def _is_same_page(url: str, other: str) -> bool:
    return page_key(url) == page_key(other)


def _document(page: Fetched) -> Document:
    return Document(page.body, page.final_url, page.content_type, page.url)


class _Channels:
    """Fetches channels; collects their links, and a problem for each that cannot be read."""

    def __init__(self, home: Home, outlet: Outlet, contact: str | None, progress: Progress | None) -> None:
        self.home, self.outlet, self.contact, self.progress = home, outlet, contact, progress
        self.links: list[FoundLink] = []
        self.problems: list[str] = []
        self.read: dict[str, list[tuple[str, Announced]]] = defaultdict(list)  # by kind
        self.unread: dict[str, Sequence[str]] = defaultdict(list)  # those over the number that a survey reads

    def fetch(self, addresses: Sequence[str]) -> list[Fetched]:
        if not addresses:
            return []
        return fetch(self.home, addresses, contact=self.contact, delay=self.outlet.delay, progress=self.progress)

    def add(self, kind: ChannelKind, url: str, announced: Announced) -> None:
        """Add what the channel at *url* announces. An index of sitemaps is not followed: a survey is no crawl."""
        self.links += announced.links
        self.read[kind.name].append((url, announced))

    def names(self) -> list[tuple[str | None, str | None]]:
        """Return the title and language that each channel gives the outlet."""
        return [(announced.title, announced.language) for read in self.read.values() for _, announced in read]

    def addresses(self) -> dict[str, tuple[str, ...]]:
        """Return the addresses of the channels by kind: those that were read, and those over the number read."""
        read = {kind.name: [url for url, _ in self.read[kind.name]] for kind in _kinds()}
        return {kind: tuple(dict.fromkeys([*urls, *self.unread[kind]])) for kind, urls in read.items()}

    def has(self, kind: ChannelKind) -> bool:
        return bool(self.read[kind.name] or self.unread[kind.name])

    def read_all(self, kind: ChannelKind, addresses: Sequence[str]) -> None:
        """Read the first of these channels; note why one cannot be read."""
        most = kind.surveyed
        for page in self.fetch([url for url in addresses[:most] if not _is_same_page(url, self.outlet.url)]):
            try:
                if page.error or page.status != 200:
                    raise OutletBlocked(f"{page.url}: {_why(page)}")
                found, announced = read_channel(_document(page), self.outlet, kind)
            except NewsError as error:
                self.problems.append(str(error))
            else:
                self.add(found, page.url, announced)
        self.unread[kind.name] = addresses[most:]

    def guess(self, kind: ChannelKind, url: str) -> None:
        """Read the first of the usual addresses that holds such a channel."""
        pages = (page for page in self.fetch(kind.guesses(url)) if page.status == 200)
        first = next((page for page in pages if recognise(_document(page)) is kind), None)
        if first:
            self.add(kind, first.url, kind.read(_document(first), self.outlet))


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
    return [_read(page, outlet, now, link.announced_at) for page, link in zip(pages, links, strict=False)]


def _read(page: Fetched, outlet: Outlet, now: datetime, announced_at: datetime | None) -> Reading:
    if page.error or page.status != 200:
        return Reading(page.url, problem=_why(page))
    try:
        fetched = FetchedPage.unlinked(page.final_url, page.body, now, _charset(page), announced_at)
        return Reading(page.url, read_article(fetched, outlet, READING))
    except NewsError as error:
        return Reading(page.url, problem=str(error))


def _charset(page: Fetched) -> str | None:
    return page.content_type.lower().partition("charset=")[2].partition(";")[0].strip("\"' ") or None


def allow_hint(url: str) -> str:
    """Return the setting that lets the private addresses of *url*'s host be crawled, as a line for the shell."""
    try:
        answers = socket.getaddrinfo(urlsplit(url).hostname, None)
        found = {str(answer[4][0]).partition("%")[0] for answer in answers}
        own = sorted(str(ip_network(address)) for address in found if not may_connect(address))
    except (OSError, ValueError):
        own = []
    return f"NEWSKEEP_ALLOW_NETWORKS={','.join(own[:4]) or 'NETWORK'}   # when it is yours to crawl"
