"""Fetch a few URLs through the guarded engine without storing anything, to try out an outlet."""

import asyncio
import logging
import signal
import threading
import warnings
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.http import Response

from archive.home import Home
from crawler.engine import require_contact, scrapy_settings, threads
from crawler.safety.failures import reason_of
from crawler.safety.guard import SilentHosts
from news.reasons import Reason


@dataclass(frozen=True, slots=True)
class Fetched:
    """The answer to one request: `headers` have lower-case names, `body` is unpacked.

    Without an answer, `error` is the reason (see crawler.safety.failures), the status 0 and the body empty.
    """

    url: str
    final_url: str
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    error: str | None = None

    @property
    def content_type(self) -> str:
        """The Content-Type header; empty when it is missing."""
        return self.headers.get("content-type", "")


def fetch(
    home: Home,
    urls: Sequence[str],
    *,
    contact: str | None = None,
    delay: float | None = None,
    progress: Callable[[Fetched], None] | None = None,
) -> list[Fetched]:
    """Fetch *urls* and return one Fetched each, in order; call *progress* with each as it arrives.

    Robots.txt (error `robots_txt`), limits and the address guard apply; redirects are followed. Raises SettingError
    when one is a live site and there is neither *contact* nor NEWSKEEP_CONTACT.
    """
    contact = contact or home.settings["NEWSKEEP_CONTACT"]
    require_contact(home, contact, list(urls))
    collector = _Collector(urls, progress)
    stopped = threading.Event()
    try:
        with asyncio.Runner() as runner:
            loop = runner.get_loop()
            if threading.current_thread() is threading.main_thread():
                # KeyboardInterrupt in a callback of Twisted would become a failed request
                loop.add_signal_handler(signal.SIGINT, _stop, loop, stopped)
            loop.run_until_complete(_run(home, contact, delay, collector))
    except RuntimeError:
        if not stopped.is_set():
            raise
        # Scrapy's unfinished work is dropped, and both would warn of it
        logging.getLogger("asyncio").disabled = True
        warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
        raise KeyboardInterrupt from None
    return collector.results()


def _stop(loop: asyncio.AbstractEventLoop, stopped: threading.Event) -> None:
    stopped.set()
    loop.stop()


class _Collector:
    def __init__(self, urls: Sequence[str], progress: Callable[[Fetched], None] | None) -> None:
        self.urls, self.progress = list(urls), progress
        self.found: dict[int, Fetched] = {}

    def add(self, number: int, fetched: Fetched) -> None:
        self.found[number] = fetched
        if self.progress:
            self.progress(fetched)

    def results(self) -> list[Fetched]:
        pages = enumerate(self.urls)
        return [self.found.get(number) or Fetched(url, url, error=Reason.INTERRUPTED) for number, url in pages]


class FetchSpider(Spider):
    """Requests each URL once."""

    name = "fetch"

    def __init__(self, collector: _Collector, **more: Any) -> None:
        super().__init__(**more)
        self.collector = collector
        self.silent_hosts = SilentHosts()

    async def start(self) -> AsyncIterator[Request]:
        for number, url in enumerate(self.collector.urls):
            try:
                yield Request(
                    url, self.parse, errback=self.failed, cb_kwargs={"number": number}, meta={"number": number}
                )
            except ValueError:
                self.collector.add(number, Fetched(url, url, error=Reason.NOT_HTTP))

    def parse(self, response: Response, number: int) -> None:
        headers = {
            name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
            for name, values in response.headers.items()
        }
        url = self.collector.urls[number]
        self.collector.add(number, Fetched(url, response.url, response.status, headers, response.body))

    def failed(self, failure: Any) -> None:
        if failure.check(asyncio.CancelledError):
            return  # Ctrl-C
        number = failure.request.meta["number"]
        url = self.collector.urls[number]
        self.collector.add(number, Fetched(url, failure.request.url, error=reason_of(failure.value)))


async def _run(home: Home, contact: str | None, delay: float | None, collector: _Collector) -> None:
    asyncio.get_running_loop().set_default_executor(threads())
    logging.getLogger("scrapy").setLevel(logging.ERROR)
    settings = scrapy_settings(home, contact, delay)
    settings.set("ITEM_PIPELINES", {}, priority="cmdline")
    settings["DOWNLOADER_MIDDLEWARES"]["crawler.middlewares.CaptureMiddleware"] = None
    await AsyncCrawlerRunner(settings).crawl(FetchSpider, collector=collector)
