"""Looks at an outlet's feeds, sitemaps and listings, and enters in the frontier what they announce."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from scrapy import Request
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from sqlalchemy import Connection

from archive.captures import StoredRecord, read_record
from archive.channels import (
    Channel,
    FoundChannel,
    Look,
    LookOutcome,
    ensure_channels,
    known_channels,
    latest_body,
    save_looks,
)
from archive.frontier import Link, add_links
from archive.outlets import found_of, save_found
from archive.store import store_captures
from crawler.channels.homepage import describe, feed_guesses, sitemap_guesses
from crawler.channels.kind import sniff
from crawler.channels.kinds.robots import RobotsRules
from crawler.job import CrawlJob
from crawler.patience import patiently
from crawler.safety.failures import Refused, reason_of
from crawler.spiders.channel_bodies import NOT_READ, Announced, ChannelBodies, page_key
from crawler.spiders.requests import channel_request, header
from news.errors import ArchiveError, CaptureDamaged, FeedUnreadable, StoreUnavailable
from news.outlets import ChannelKind, Listing
from news.schedule.backoff import pause_after
from news.selection import KILLED_THE_CRAWL
from news.urls import canonicalise, url_key

Ask = Callable[[Request], Awaitable[Response]]

SITEMAP_DEPTH = 2  # an index of indexes is read, no deeper
MAX_CHANNELS = 500
ENOUGH_LINKS = 5  # a listing that gave so many and gives none has not just had a quiet day
GUESS_AGAIN = timedelta(days=7)
_AT_ONCE = 4


@dataclass(slots=True)
class ChannelReader:
    """Reads an outlet's channels once each and gathers the links they announce."""

    job: CrawlJob
    ask: Ask
    links: dict[int, Link] = field(default_factory=dict)  # by id, each once, however often it is listed
    robots: dict[str, RobotsRules] = field(default_factory=dict)
    robots_to_save: dict[str, RobotsRules] = field(default_factory=dict)
    _waiting: list[tuple[int, Channel]] = field(default_factory=list)  # (depth, channel)
    _met: set[int] = field(default_factory=set)
    _pages_of_ours: set[int] = field(default_factory=set)  # keys of listings: they are no articles
    bodies: ChannelBodies = field(init=False)
    _looked: int = 0
    _saved: bool = False
    _left_alone: frozenset[int] = frozenset()  # ids of channels whose pause is not over

    def __post_init__(self) -> None:
        self.bodies = ChannelBodies(self.job)

    async def read_outlet(self) -> None:
        """All channels: those that outlets.toml names, or those known, found and, for a new outlet, guessed."""
        outlet = self.job.outlet
        every = await self._known()
        self._left_alone = _in_pause(every, datetime.now(UTC)) if self.job.options.on_schedule else frozenset()
        known = [channel for channel in every if self._is_free(channel.kind)]
        await self._take(self._named() + [_again(channel) for channel in known if channel.kind is ChannelKind.FEED])
        await self._drain()
        await self._take(self._from_robots() + self._remembered(known))
        await self._drain()
        if outlet.feeds is None and outlet.sitemaps is None:
            await self._guess()
        await self.save()

    async def read_one(self, kind: ChannelKind, url: str) -> None:
        """One channel alone, even one that was set aside, and the further sitemaps it names."""
        await self._take([FoundChannel(kind, url)], even_set_aside=True)
        await self._drain()
        await self.save()

    async def save(self) -> None:
        """Remember robots.txt files and what was learnt of the outlet."""
        job, sites = self.job, self.robots_to_save
        if not sites and self._saved:
            return
        self._saved, self.robots_to_save = True, {}
        delay = max((rules.delay for rules in self.robots.values() if rules.delay is not None), default=None)
        found = describe(job.outlet.url, self.bodies.home, self.bodies.feeds, delay=delay)
        learnt = {"title": found.title, "language": found.language, "timezone": found.timezone, "delay": delay}

        def write(conn: Connection) -> None:
            rows = ensure_channels(conn, job.crawl.outlet_id, [FoundChannel(ChannelKind.ROBOTS, u) for u in sites])
            save_looks(conn, *(_robots_look(row, sites[row.url]) for row in rows if row.url in sites))
            save_found(conn, job.crawl.outlet_id, learnt)

        await job.db(write)

    def _named(self) -> list[FoundChannel]:
        outlet = self.job.outlet
        listings = outlet.listings if outlet.listings is not None else (Listing(outlet.url),)
        return [
            *(FoundChannel(ChannelKind.FEED, url) for url in outlet.feeds or ()),
            *(FoundChannel(ChannelKind.SITEMAP, url) for url in outlet.sitemaps or ()),
            *(FoundChannel(ChannelKind.LISTING, listing.url) for listing in listings),
        ]

    def _is_free(self, kind: ChannelKind) -> bool:
        """True for the kinds of channels that outlets.toml leaves to discovery."""
        outlet = self.job.outlet
        named = {
            ChannelKind.FEED: outlet.feeds,
            ChannelKind.SITEMAP: outlet.sitemaps,
            ChannelKind.LISTING: outlet.listings,
        }
        return kind in named and named[kind] is None

    def _remembered(self, known: Sequence[Channel]) -> list[FoundChannel]:
        """Sitemaps that were guessed once and, when the home page could not be read, all that it once named.

        Otherwise sections and sitemaps come from the page or index that names them now: old ones drop out.
        """
        guesses = {page_key(url) for url in sitemap_guesses(self.job.outlet.url)}
        unread = self.bodies.home is NOT_READ
        return [_again(channel) for channel in known if unread or page_key(channel.url) in guesses]

    def _from_robots(self) -> list[FoundChannel]:
        if self.job.outlet.sitemaps is not None:
            return []
        return [FoundChannel(ChannelKind.SITEMAP, url) for rules in self.robots.values() for url in rules.sitemaps]

    async def _guess(self) -> None:
        """Try the usual places, now and then, where nothing was ever found; only what is there becomes a channel."""
        url, now = self.job.outlet.url, datetime.now(UTC)
        found = await self.job.db(lambda conn: found_of(conn, self.job.crawl.outlet_id))
        late = str(found.get("guessed_at", "")) < (now - GUESS_AGAIN).isoformat()
        if not late or self.bodies.home is NOT_READ:
            return
        if any(channel.kind in (ChannelKind.FEED, ChannelKind.SITEMAP) for channel in await self._known()):
            return
        await self.job.db(lambda conn: save_found(conn, self.job.crawl.outlet_id, {"guessed_at": now.isoformat()}))
        for kind, guesses in ((ChannelKind.FEED, feed_guesses(url)), (ChannelKind.SITEMAP, sitemap_guesses(url))):
            for guess in guesses:
                if await self._is_there(kind, guess):
                    await self._take([FoundChannel(kind, guess)])
                    break
        await self._drain()

    async def _known(self) -> list[Channel]:
        return await self.job.db(lambda conn: known_channels(conn, self.job.crawl.outlet_id))

    async def _is_there(self, kind: ChannelKind, url: str) -> bool:
        try:
            response = await self.ask(Request(url, callback=NO_CALLBACK))
            return response.status == 200 and sniff(response.body, url) is kind
        except ArchiveError:
            raise
        except Exception:
            return False

    async def _take(self, found: Iterable[FoundChannel], depth: int = 0, *, even_set_aside: bool = False) -> None:
        """Enter channels that were not met yet and queue them."""
        new = [one for one in found if self._meet(one)]
        if new:
            rows = await self.job.db(lambda conn: ensure_channels(conn, self.job.crawl.outlet_id, new))
            aside = {row.id: row.url for row in rows if _set_aside(row) and not even_set_aside}
            self.job.reasons.update(dict.fromkeys(aside.values(), KILLED_THE_CRAWL))
            self._waiting += [(depth, row) for row in rows if row.id not in self._left_alone | aside.keys()]

    def _meet(self, found: FoundChannel) -> bool:
        try:
            key = url_key(canonicalise(found.url))
        except ValueError:
            return False
        if found.kind is ChannelKind.LISTING:
            self._pages_of_ours.add(key)
        if key in self._met or len(self._met) >= MAX_CHANNELS:
            return False
        self._met.add(key)
        return True

    async def _drain(self) -> None:
        """Look at every queued channel, a few at a time; what they name is queued in turn."""
        while self._waiting:
            some, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
            await asyncio.gather(*(self._look(channel, depth) for depth, channel in some))
            self._looked += len(some)
            self.job.listener.channels_read(self.job, self._looked, self._looked + len(self._waiting))

    async def _look(self, channel: Channel, depth: int) -> None:
        try:
            response = await self.ask(channel_request(channel))
            body, look = await self._body(channel, response)
            read = self._read(channel, response, body) if body is not None else Announced()
        except (ArchiveError, asyncio.CancelledError):
            raise
        except Exception as error:
            await self._failed(channel, error)
            return
        self.job.looked = True
        self.job.channels[channel.kind] += 1
        lost = _lost_its_links(channel, read) if body is not None else _still_lost(channel)
        if lost:
            self.job.reasons[channel.url] = lost
        await self._enter(channel, read, depth)
        await self._save_look(channel, response, look, read, lost)

    def _read(self, channel: Channel, response: Response, body: bytes) -> Announced:
        with self.job.mark.on_channel(channel.id):
            return self.bodies.read(channel, response, body)

    async def _body(self, channel: Channel, response: Response) -> tuple[bytes | None, LookOutcome]:
        """(what to read, how the look ended); an unchanged channel is read from its capture to recheck its links."""
        if response.status == 304:
            return (await self._kept_body(channel) if self.job.options.recheck else None), LookOutcome.UNCHANGED
        if response.status != 200:
            raise Refused(f"http_{response.status}")
        same = response.meta.get("digest") == channel.body_digest
        return response.body, LookOutcome.UNCHANGED if same else LookOutcome.READ

    async def _kept_body(self, channel: Channel) -> bytes:
        digest = channel.body_digest or b""
        where = await self.job.db(lambda conn: latest_body(conn, channel.url, digest))
        if where:
            try:
                return await asyncio.to_thread(lambda: read_record(self.job.home, *where).decoded_body())
            except (CaptureDamaged, StoreUnavailable):
                pass  # it is fetched again below
        response = await self.ask(channel_request(channel, whatever=True))
        return bytes(response.body) if response.status == 200 else b""

    async def _enter(self, channel: Channel, read: Announced, depth: int) -> None:
        if read.channels and (channel.kind is not ChannelKind.SITEMAP or depth < SITEMAP_DEPTH):
            await self._take(read.channels, depth + 1)
        found = [link for link in read.links if page_key(link.url) not in self._pages_of_ours]
        links = await self.job.db(
            lambda conn: add_links(conn, self.job.crawl.outlet_id, self.job.crawl.id, channel.id, found)
        )
        self.add(links)

    def add(self, links: Iterable[Link]) -> None:
        """Take up *links* that this crawl owes, each once."""
        for link in links:
            if link.owed:
                self.links.setdefault(link.id, link)
        self.job.links = len(self.links)

    async def _save_look(
        self, channel: Channel, response: Response, ended: LookOutcome, read: Announced, lost: str | None
    ) -> None:
        await self._save_capture(channel, response, ended)
        look = Look(
            channel.id,
            ended,
            lost,
            looked_at=datetime.now(UTC),
            title=read.title,
            etag=header(response, "ETag"),
            last_modified=header(response, "Last-Modified"),
            body_digest=response.meta.get("digest") if ended is LookOutcome.READ else None,
            links=len(read.links) if ended is LookOutcome.READ and not lost else None,
        )
        await self.job.db(lambda conn: save_looks(conn, look))

    async def _save_capture(self, channel: Channel, response: Response, ended: LookOutcome) -> None:
        record: StoredRecord | None = response.meta.get("record")
        if record and ended is LookOutcome.READ:
            job, key = self.job, url_key(canonicalise(channel.url))
            outlet_id, crawl_id, pairs = job.crawl.outlet_id, job.crawl.id, [(key, record)]
            await patiently(lambda: store_captures(job.engine, job.keeper.files, outlet_id, crawl_id, pairs))

    async def _failed(self, channel: Channel, error: Exception) -> None:
        reason = "unreadable" if isinstance(error, FeedUnreadable) else reason_of(error)
        if reason == "stopping":
            return
        self.job.reasons[channel.url] = reason
        skipped = isinstance(error, Refused) and reason == "robots_txt"
        again = datetime.now(UTC) + pause_after(channel.failures + 1, channel.url)
        ended = LookOutcome.SKIPPED if skipped else LookOutcome.FAILED
        look = Look(channel.id, ended, reason, next_due_at=None if skipped else again)
        await self.job.db(lambda conn: save_looks(conn, look))


def _in_pause(channels: Sequence[Channel], now: datetime) -> frozenset[int]:
    """The channels that failed and are to be left alone still; none when those are all there are.

    The outlet has a pause of its own, and when that is over something has to be tried.
    """
    announcing = [channel for channel in channels if channel.kind is not ChannelKind.ROBOTS]
    resting = {channel.id for channel in announcing if channel.next_due_at and channel.next_due_at > now}
    return frozenset(resting) if len(resting) < len(announcing) else frozenset()


def _set_aside(channel: Channel) -> bool:
    """True for a channel that killed two crawls in a row; naming it tries it again."""
    return (channel.disposition, channel.reason) == (LookOutcome.SKIPPED, KILLED_THE_CRAWL)


def _again(channel: Channel) -> FoundChannel:
    return FoundChannel(channel.kind, channel.url)


def _lost_its_links(channel: Channel, read: Announced) -> str | None:
    """The reason when a listing that gave links gives none: its layout has changed, or it is drawn by a script now."""
    gave = channel.links_last or 0
    return "layout_changed" if channel.kind is ChannelKind.LISTING and gave >= ENOUGH_LINKS and not read.links else None


def _still_lost(channel: Channel) -> str | None:
    """What was found when the listing was last read holds while it has not changed."""
    return channel.reason if channel.reason == "layout_changed" else None


def _robots_look(row: Channel, rules: RobotsRules) -> Look:
    return Look(row.id, LookOutcome.FAILED if rules.closed else LookOutcome.READ, rules.closed)
