"""Read an outlet's channels and enter in the frontier what they announce."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from sqlalchemy import Connection

from archive.captures import StoredRecord, read_record
from archive.captures.index import find_original
from archive.channels import (
    Channel,
    FoundChannel,
    Look,
    LookOutcome,
    ensure_channels,
    known_channels,
    save_looks,
)
from archive.frontier import Link, add_links
from archive.ingest.store import store_captures
from archive.outlets import found_of, save_found
from archive.session_names import session_names_of
from crawler.batch_writer import retry_in_outage
from crawler.channels.homepage import HomePage, describe
from crawler.channels.kind import Announced, ChannelKind, Document, channel_kinds, read_channel, recognise
from crawler.channels.kinds import robots, sitemap
from crawler.channels.kinds.robots import RobotsRules
from crawler.job import CrawlJob
from crawler.safety.failures import CRAWL_STOPPED, Refused, reason_of
from crawler.safety.http_heads import header
from crawler.spiders.requests import Ask, channel_request
from news.access import AccessState, Source
from news.access_signs import reserves_site
from news.dispositions import newest_first
from news.errors import ArchiveError, CaptureDamaged, FeedUnreadable, StoreUnavailable
from news.outlets import FoundLink
from news.reasons import Reason
from news.schedule.backoff import pause_after
from news.urls import canonicalise, is_on_site, page_key, url_key

MAX_DEPTH = 2  # channels that a channel names are read, and those that these name: an index of indexes
MAX_CHANNELS = 500
MAX_BULK_LINKS = 50_000  # entered in one crawl from lists that are longer than its limit: one full sitemap
GUESS_INTERVAL = timedelta(days=7)
_CONCURRENCY = 4
_RESERVATION_BYTES = 1_000_000


@dataclass(slots=True)
class Discovery:
    """Reads each channel of an outlet once and gathers the links they announce."""

    job: CrawlJob
    ask: Ask
    links: dict[int, Link] = field(default_factory=dict)  # by id
    robots: dict[str, RobotsRules] = field(default_factory=dict)  # by the URL of robots.txt
    home: HomePage | None = None  # None: not read, or unchanged
    bulk: set[int] = field(default_factory=set)  # ids of links that only lists longer than a crawl's limit announce
    _unsaved_robots: dict[str, RobotsRules] = field(default_factory=dict)
    _names: list[tuple[str | None, str | None]] = field(default_factory=list)  # title and language that channels give
    _queue: list[tuple[int, Channel]] = field(default_factory=list)  # (depth, channel)
    _queued_keys: set[int] = field(default_factory=set)
    _page_keys: set[int] = field(default_factory=set)  # of channels that are web pages: they are no articles
    _bulk_taken: int = 0  # of the room for such links
    _read_count: int = 0
    _session_names: frozenset[str] = frozenset()
    _is_saved: bool = False
    _resting: frozenset[int] = frozenset()  # ids of channels whose pause is not over

    async def read_outlet(self) -> None:
        """Read all channels: those that outlets.toml sets, or those known, found and, for a new outlet, guessed."""
        self._session_names = await self.job.db(lambda conn: session_names_of(conn, self.job.crawl.outlet_id))
        known = await self._known()
        self._resting = _resting(known, datetime.now(UTC)) if self.job.options.on_schedule else frozenset()
        free = [channel for channel in known if self._is_free(_kind_of(channel))]
        permanent = [_found(channel) for channel in free if _kind_of(channel).is_permanent]
        await self._read_all(self._first() + permanent)
        await self._read_all(self._from_robots() + self._remembered(free))
        await self._guess()
        await self._read_reservation()
        await self.save()

    async def read_past(self) -> None:
        """Read the outlet's sitemaps for pages of the crawl's periods; what the channels list now is left as it was."""
        kind, url = sitemap.KIND, self.job.outlet.url
        known = [_found(channel) for channel in await self._known() if _kind_of(channel) is kind]
        await self._read_all([*known, *(FoundChannel(kind.name, given) for given in kind.first_urls(self.job.outlet))])
        if not known:
            guesses = [guess for guess in kind.guesses(url) if await self._exists(kind, guess)]
            await self._read_all(FoundChannel(kind.name, guess) for guess in guesses)
        await self._read_all(self._from_robots())
        await self.save()

    async def read_one(self, kind: str, url: str) -> None:
        """Read one channel, even one that was set aside, and the channels it names."""
        self._session_names = await self.job.db(lambda conn: session_names_of(conn, self.job.crawl.outlet_id))
        await self._read_all([FoundChannel(kind, url)], even_set_aside=True)
        await self.save()

    def add_links(self, links: Iterable[Link]) -> None:
        """Add those of *links* that this crawl owes, each once."""
        for link in links:
            if link.owed:
                self.links.setdefault(link.id, link)
        self.job.tally.links = len(self.links)

    def add_robots(self, url: str, rules: RobotsRules, *, fresh: bool) -> None:
        """Note the rules of the robots.txt at *url*; *fresh* ones were fetched now and are recorded."""
        self.robots[url] = rules
        if fresh:
            self._unsaved_robots[url] = rules

    async def save(self) -> None:
        """Record fetched robots.txt files and what was learnt of the outlet."""
        job, sites = self.job, self._unsaved_robots
        if not sites and self._is_saved:
            return
        self._is_saved, self._unsaved_robots = True, {}
        delay = max((rules.delay for rules in self.robots.values() if rules.delay is not None), default=None)
        found = describe(job.outlet.url, self.home or HomePage(), self._names)
        learnt = {"title": found.title, "language": found.language, "timezone": found.timezone, "delay": delay}

        def write(conn: Connection) -> None:
            rows = ensure_channels(conn, job.crawl.outlet_id, [FoundChannel(robots.KIND.name, url) for url in sites])
            save_looks(conn, *(_robots_look(row, sites[row.url]) for row in rows if row.url in sites))
            save_found(conn, job.crawl.outlet_id, learnt)

        await job.db(write)

    # Which channels to read --------------------------------------------------------------------------------------

    async def _known(self) -> list[Channel]:
        """Outlet's channels in the archive, of the kinds that exist."""
        channels = await self.job.db(lambda conn: known_channels(conn, self.job.crawl.outlet_id))
        return [channel for channel in channels if channel.kind in channel_kinds()]

    def _is_free(self, kind: ChannelKind) -> bool:
        """Return whether outlets.toml leaves channels of this kind to discovery."""
        return kind.announces and kind.option(self.job.outlet) is None

    def _first(self) -> list[FoundChannel]:
        kinds = channel_kinds().values()
        return [FoundChannel(kind.name, url) for kind in kinds for url in kind.first_urls(self.job.outlet)]

    def _from_robots(self) -> list[FoundChannel]:
        if not self._is_free(sitemap.KIND):
            return []
        return [FoundChannel(sitemap.KIND.name, url) for rules in self.robots.values() for url in rules.sitemaps]

    def _remembered(self, free: Sequence[Channel]) -> list[FoundChannel]:
        """Return channels that were once guessed and, when the home page could not be read, all that it once named.

        Otherwise sections and sitemaps come from the page or index that names them now, so that old ones drop out.
        """
        url = self.job.outlet.url
        guesses = {page_key(guess) for kind in channel_kinds().values() for guess in kind.guesses(url)}
        return [_found(channel) for channel in free if self.home is None or page_key(channel.url) in guesses]

    def _named_by_home(self, home: HomePage, url: str) -> list[FoundChannel]:
        sites = self.job.outlet.url, url
        found = [(kind, found) for kind in channel_kinds().values() for found in home.channels.get(kind.name, ())]
        return [
            FoundChannel(kind.name, url)
            for kind, url in found
            if self._is_free(kind) and (not kind.is_html or is_on_site(url, sites))
        ]

    async def _guess(self) -> None:
        """Try the usual URLs once a week where no channel was ever found; only those that exist become channels."""
        url = self.job.outlet.url
        guesses = {kind: kind.guesses(url) for kind in channel_kinds().values() if kind.guesses(url)}
        if self.home is None or not all(map(self._is_free, guesses)):
            return
        names = {kind.name for kind in guesses}
        if any(channel.kind in names for channel in await self._known()) or not await self._is_time_for("guessed_at"):
            return
        for kind, urls in guesses.items():
            for guess in urls:
                if await self._exists(kind, guess):
                    await self._enqueue([FoundChannel(kind.name, guess)])
                    break
        await self._drain()

    async def _exists(self, kind: ChannelKind, url: str) -> bool:
        try:
            response = await self.ask(Request(url, callback=NO_CALLBACK))
            return response.status == 200 and recognise(Document(response.body, url)) is kind
        except ArchiveError:
            raise
        except Exception:
            return False

    async def _read_reservation(self) -> None:
        """Ask once a week whether the site reserves text and data mining as a whole (W3C TDM Reservation Protocol)."""
        if self.home is None or not await self._is_time_for("reservation_read_at"):
            return
        url, log = urljoin(self.job.outlet.url, "/.well-known/tdmrep.json"), self.job.tally.access
        try:
            response = await self.ask(Request(url, callback=NO_CALLBACK))
            if response.status == 200 and reserves_site(json.loads(response.body[:_RESERVATION_BYTES])):
                log.add(AccessState.OPT_OUT, Source.TDMREP, url)
        except ArchiveError:
            raise
        except Exception:  # refused, not there, or no JSON
            return
        log.tdmrep += 1

    async def _is_time_for(self, name: str) -> bool:
        """Whether a week has passed since the last time, which is noted among what was found; note this one."""
        outlet_id, now = self.job.crawl.outlet_id, datetime.now(UTC)
        found = await self.job.db(lambda conn: found_of(conn, outlet_id))
        if str(found.get(name, "")) >= (now - GUESS_INTERVAL).isoformat():
            return False
        await self.job.db(lambda conn: save_found(conn, outlet_id, {name: now.isoformat()}))
        return True

    # Reading them ------------------------------------------------------------------------------------------------

    async def _read_all(self, found: Iterable[FoundChannel], *, even_set_aside: bool = False) -> None:
        await self._enqueue(found, even_set_aside=even_set_aside)
        await self._drain()

    async def _enqueue(self, found: Iterable[FoundChannel], depth: int = 0, *, even_set_aside: bool = False) -> None:
        """Enter channels in the archive that were not queued before, and queue them."""
        new = [channel for channel in found if self._is_new(channel)]
        if new:
            rows = await self.job.db(lambda conn: ensure_channels(conn, self.job.crawl.outlet_id, new))
            aside = {row.id: row.url for row in rows if _is_set_aside(row) and not even_set_aside}
            self.job.tally.reasons.update(dict.fromkeys(aside.values(), Reason.KILLED_THE_CRAWL))
            named = map(_as_named, rows, new)
            self._queue += [(depth, row) for row in named if row.id not in self._resting | aside.keys()]

    def _is_new(self, found: FoundChannel) -> bool:
        key = page_key(found.url)
        if key is None:
            return False
        if channel_kinds()[found.kind].is_html:
            self._page_keys.add(key)
        if key in self._queued_keys or len(self._queued_keys) >= MAX_CHANNELS:
            return False
        self._queued_keys.add(key)
        return True

    async def _drain(self) -> None:
        """Look at every queued channel, a few at a time; the channels they name are queued in turn."""
        while self._queue:
            batch, self._queue = self._queue[:_CONCURRENCY], self._queue[_CONCURRENCY:]
            await asyncio.gather(*(self._look(channel, depth) for depth, channel in batch))
            self._read_count += len(batch)
            self.job.listener.channels_read(self.job, self._read_count, self._read_count + len(self._queue))

    async def _look(self, channel: Channel, depth: int) -> None:
        try:
            response = await self.ask(channel_request(channel))
            body, outcome = await self._body(channel, response)
            kind, announced = _kind_of(channel), None
            if body is not None:
                kind, announced = self._read(channel, response, body)
        except (ArchiveError, asyncio.CancelledError):
            raise
        except Exception as error:
            await self._save_failure(channel, error)
            return
        self.job.tally.looked = True
        self.job.tally.channels[kind.name] += 1
        self.job.tally.unchanged += body is None and bool(channel.links_last)
        problem = _problem(channel, kind, announced)
        if problem:
            self.job.tally.reasons[channel.url] = problem
        announced = announced or Announced()
        await self._enter(channel, announced, depth)
        if self.job.options.periods:
            return  # the next crawl must not take for unchanged what was read in part
        await self._save_look(channel, kind, response, outcome, announced, problem)

    async def _body(self, channel: Channel, response: Response) -> tuple[bytes | None, LookOutcome]:
        """Return (body to read, how the look ended); an unchanged body comes from its capture, to recheck its links."""
        if response.status == 304:
            return (await self._stored_body(channel) if self.job.options.recheck else None), LookOutcome.UNCHANGED
        if response.status != 200:
            raise Refused(f"http_{response.status}")
        same = response.meta.get("digest") == channel.body_digest
        return response.body, LookOutcome.UNCHANGED if same else LookOutcome.READ

    async def _stored_body(self, channel: Channel) -> bytes:
        key, digest = url_key(canonicalise(channel.url)), channel.body_digest or b""
        stored = await self.job.db(lambda conn: find_original(conn, key, digest=digest))
        if stored:
            try:
                return await asyncio.to_thread(lambda: read_record(self.job.home, *stored.place).decoded_body())
            except (CaptureDamaged, StoreUnavailable):
                pass  # it is fetched again below
        response = await self.ask(channel_request(channel, conditional=False))
        return bytes(response.body) if response.status == 200 else b""

    def _read(self, channel: Channel, response: Response, body: bytes) -> tuple[ChannelKind, Announced]:
        """Return the kind of the channel, by its body, and what it announces."""
        document = Document(body, response.url, header(response, "Content-Type"), channel.url)
        since, proven = self.job.since(datetime.now(UTC)), channel.last_read_at is not None
        with self.job.mark.on_channel(channel.id):
            if self.job.options.periods:
                return sitemap.KIND, sitemap.read_past(document, self.job.options.periods)
            kind, announced = read_channel(document, self.job.outlet, _kind_of(channel), since, proven=proven)
        if announced.title or announced.language:
            self._names.append((announced.title, announced.language))
        if announced.home:
            self.home = announced.home
            named = self._named_by_home(announced.home, response.url)
            announced = replace(announced, channels=[*announced.channels, *named])
        return kind, announced

    async def _enter(self, channel: Channel, announced: Announced, depth: int) -> None:
        if announced.channels and depth < MAX_DEPTH:
            await self._enqueue(announced.channels, depth + 1)
        is_bulk = len(announced.links) > (self.job.limit or len(announced.links))
        found = self._with_room(channel, announced.links) if is_bulk else announced.links
        found = [link for link in found if page_key(link.url) not in self._page_keys]
        crawl, names = self.job.crawl, self._session_names
        links = await self.job.db(lambda conn: add_links(conn, crawl.outlet_id, crawl.id, channel.id, found, names))
        ids = {link.id for link in links}
        self.bulk = self.bulk | ids if is_bulk else self.bulk - ids
        self.add_links(links)

    def _with_room(self, channel: Channel, found: Sequence[FoundLink]) -> Sequence[FoundLink]:
        """Return the newest links of a long list for which this crawl has room, and take the room: others ask, too."""
        room = MAX_BULK_LINKS - self._bulk_taken
        self._bulk_taken += min(room, len(found))
        if len(found) <= room:
            return found
        self.job.tally.reasons[channel.url] = Reason.TOO_MANY_LINKS
        return [found[number] for number in newest_first(link.announced_at for link in found)[:room]]

    # How looks ended ---------------------------------------------------------------------------------------------

    async def _save_look(
        self,
        channel: Channel,
        kind: ChannelKind,
        response: Response,
        outcome: LookOutcome,
        announced: Announced,
        problem: str | None,
    ) -> None:
        is_read = outcome is LookOutcome.READ
        if is_read:
            await self._save_capture(channel, response)
        look = Look(
            channel.id,
            outcome,
            problem,
            looked_at=datetime.now(UTC),
            title=announced.title,
            etag=header(response, "ETag"),
            last_modified=header(response, "Last-Modified"),
            body_digest=response.meta.get("digest") if is_read else None,
            links=len(announced.links) if is_read and not problem else None,
            kind=kind.name,
        )
        await self.job.db(lambda conn: save_looks(conn, look))

    async def _save_capture(self, channel: Channel, response: Response) -> None:
        record: StoredRecord | None = response.meta.get("record")
        if record:
            job, pairs = self.job, [(url_key(canonicalise(channel.url)), record)]
            outlet_id, crawl_id = job.crawl.outlet_id, job.crawl.id
            await retry_in_outage(lambda: store_captures(job.engine, job.recorder.files, outlet_id, crawl_id, pairs))

    async def _save_failure(self, channel: Channel, error: Exception) -> None:
        reason = Reason.UNREADABLE if isinstance(error, FeedUnreadable) else reason_of(error)
        if reason == CRAWL_STOPPED:
            return
        self.job.tally.reasons[channel.url] = reason
        if isinstance(error, Refused) and reason == Reason.ROBOTS_TXT:
            look = Look(channel.id, LookOutcome.SKIPPED, reason)
        else:
            due = datetime.now(UTC) + pause_after(channel.failures + 1, channel.url)
            look = Look(channel.id, LookOutcome.FAILED, reason, next_due_at=due)
        await self.job.db(lambda conn: save_looks(conn, look))


def _kind_of(channel: Channel) -> ChannelKind:
    return channel_kinds()[channel.kind]


def _found(channel: Channel) -> FoundChannel:
    return FoundChannel(channel.kind, channel.url)


def _as_named(row: Channel, found: FoundChannel) -> Channel:
    """Return the channel to read as the kind that was named now; one of another kind is read in full."""
    return row if row.kind == found.kind else replace(row, kind=found.kind, last_read_at=None)


def _resting(channels: Sequence[Channel], now: datetime) -> frozenset[int]:
    """Return channels that failed and whose pause is not over; none when no other channel is left.

    The outlet has a pause of its own; when that is over, something has to be tried.
    """
    announcing = [channel for channel in channels if _kind_of(channel).announces]
    resting = {channel.id for channel in announcing if channel.next_due_at and channel.next_due_at > now}
    return frozenset(resting) if len(resting) < len(announcing) else frozenset()


def _is_set_aside(channel: Channel) -> bool:
    """Return whether *channel* killed two crawls in a row; it is only read again when a person names it."""
    return (channel.disposition, channel.reason) == (LookOutcome.SKIPPED, Reason.KILLED_THE_CRAWL)


def _problem(channel: Channel, kind: ChannelKind, announced: Announced | None) -> str | None:
    """Return what is wrong with a channel that answered. A changed layout stays a problem until the channel changes."""
    if announced is not None:
        return kind.problem(channel.links_last, announced)
    return channel.reason if channel.reason == Reason.LAYOUT_CHANGED else None


def _robots_look(row: Channel, rules: RobotsRules) -> Look:
    return Look(row.id, LookOutcome.FAILED if rules.closed else LookOutcome.READ, rules.closed)
