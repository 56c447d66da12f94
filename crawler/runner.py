"""Runs the crawls of one command in this process: outlets side by side, stopped cleanly by a signal."""

import asyncio
import os
import signal
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Engine

from archive.captures import CaptureFiles
from archive.captures.upload import Uploader
from archive.crawls import CrawlRecord, find_crawl
from archive.home import Home
from archive.lookup import address_of
from crawler.engine import require_contact, threads
from crawler.job import Listener
from crawler.listening import GuardedListener
from crawler.pool import CrawlPool
from crawler.results import CrawlResult
from crawler.sandbox import watched
from crawler.targets import CrawlOptions, Target, TargetKind, UnknownTarget, known_outlets, resolve
from news.outlets import Outlet
from news.urls import canonicalise


def crawl(
    home: Home,
    engine: Engine,
    targets: Sequence[str],
    options: CrawlOptions | None = None,
    listener: Listener | None = None,
) -> list[CrawlResult]:
    """Crawl *targets* (names or addresses; none with `options.retry`: that crawl's outlet) and return how each ended.

    Raises UnknownTarget, SettingError (outlets.toml, contact) or ArchiveError before anything is fetched; later
    problems are in the results. What the listener raised is raised after the crawls have ended.
    """
    chosen, contact = choose_targets(home, engine, targets, options := options or CrawlOptions())
    require_contact(home, contact, [target.address for target in chosen])
    with (
        Uploader(engine, home) as uploader,
        CaptureFiles(home, uploader.wake) as captures,
        asyncio.Runner() as loop,
    ):
        pool, guarded = CrawlPool(home, engine, captures), GuardedListener(listener or Listener())
        results = loop.run(_Run(pool, replace(options, contact=contact), guarded).all(chosen))
    if guarded.problem:
        raise guarded.problem
    return results


def choose_targets(
    home: Home, engine: Engine, targets: Sequence[str], options: CrawlOptions
) -> tuple[list[Target], str | None]:
    """Return the targets and the contact address. Raises UnknownTarget or SettingError."""
    outlets, archived = known_outlets(home, engine)
    known = archived | {outlet.name: outlet for outlet in outlets.outlets}
    with engine.connect() as conn:
        of_ids = {text: address_of(conn, text) for text in targets if text not in known}
        retried = find_crawl(conn, options.retry) if options.retry is not None else None
    chosen = [resolve(of_ids.get(text) or text, outlets, archived) for text in targets]
    if options.retry is not None:
        chosen = [_retried(options.retry, retried, chosen, known)]
    return _each_once(chosen), home.settings["NEWSKEEP_CONTACT"] or outlets.contact


def _retried(number: int, crawl: CrawlRecord | None, targets: Iterable[Target], known: Mapping[str, Outlet]) -> Target:
    """Return the outlet of the crawl to retry. Raises UnknownTarget without one, or if *targets* has others."""
    if crawl is None:
        raise UnknownTarget(f"there is no crawl {number}", "newskeep crawls list")
    for target in targets:
        if target.kind is not TargetKind.OUTLET or target.outlet.name != crawl.outlet:
            other = target.outlet.name if target.kind is TargetKind.OUTLET else target.address
            raise UnknownTarget(
                f"crawl {number} was of “{crawl.outlet}”, not of “{other}”", f"newskeep crawl --retry {number}"
            )
    outlet = known[crawl.outlet]
    return Target(outlet, TargetKind.OUTLET, outlet.url)


def _each_once(targets: Sequence[Target]) -> list[Target]:
    """Drop repeated targets, other spellings of an address included."""
    once: dict[tuple[str, str], Target] = {}
    for target in targets:
        once.setdefault((target.outlet.name, canonicalise(target.address)), target)
    return list(once.values())


@dataclass(slots=True)
class _Run:
    """All crawls of one command."""

    pool: CrawlPool
    options: CrawlOptions
    listener: Listener
    locks: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def all(self, targets: Sequence[Target]) -> list[CrawlResult]:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(threads())
        signals = _listen(loop, self._signalled)
        at_once = asyncio.Semaphore(self.pool.home.settings["CRAWL_OUTLETS_AT_ONCE"])
        keeping = loop.create_task(self.pool.keep_outlets())
        try:
            with watched(loop):
                return list(await asyncio.gather(*(self._in_turn(target, at_once) for target in targets)))
        finally:
            keeping.cancel()
            await self.pool.flush()
            for number in signals:
                loop.remove_signal_handler(number)

    async def _in_turn(self, target: Target, at_once: asyncio.Semaphore) -> CrawlResult:
        """One crawl per outlet at a time: a second target of the same outlet waits for the first."""
        lock = self.locks.setdefault(target.outlet.name, asyncio.Lock())
        async with lock, at_once:
            result = await self.pool.crawl(target, self.options, self.listener)
            self.listener.crawl_ended(result)
            return result

    def _signalled(self) -> None:
        """Stop cleanly at the first signal, at once at the second: database and capture files survive it."""
        if self.pool.stopping:
            os._exit(130)
        self.pool.stop()


def _listen(loop: asyncio.AbstractEventLoop, handler: object) -> list[signal.Signals]:
    """Have *handler* called for SIGINT and SIGTERM, where this thread may."""
    numbers = [signal.SIGINT, signal.SIGTERM]
    try:
        for number in numbers:
            loop.add_signal_handler(number, handler)  # type: ignore[arg-type]
    except (ValueError, RuntimeError, NotImplementedError):
        return []
    return numbers


__all__ = ["CrawlOptions", "CrawlResult", "Listener", "TargetKind", "UnknownTarget", "choose_targets", "crawl"]
