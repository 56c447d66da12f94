"""Fetches a few URLs through the guarded engine without keeping anything: for trying out an outlet."""

import asyncio
import logging
import warnings
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.http import Response

from archive.home import Home
from crawler.engine import require_contact, scrapy_settings, threads
from crawler.safety.failures import reason_of


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back; `headers` have lower-case names, `body` is unpacked.

    `error` names why there is no answer (see crawler.safety.failures); then status is 0 and body empty.
    """

    url: str
    final_url: str
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    error: str | None = None

    @property
    def content_type(self) -> str:
        """As the header says, or empty."""
        return self.headers.get("content-type", "")


def fetch(home: Home, urls: Sequence[str], *, contact: str | None = None, delay: float | None = None) -> list[Fetched]:
    """One Fetched per URL, in order. Obeys robots.txt (error `robots_txt`), redirects, limits and the address guard.

    Raises SettingError when a live site is asked for and *contact* (or NEWSKEEP_CONTACT) is empty.
    """
    contact = contact or home.settings["NEWSKEEP_CONTACT"]
    require_contact(home, contact, list(urls))
    spider_done = _Collector(urls)
    try:
        with asyncio.Runner() as runner:  # its own run() would turn Ctrl-C into a cancelled request, a mere failure
            runner.get_loop().run_until_complete(_run(home, contact, delay, spider_done))
    except KeyboardInterrupt:  # what Scrapy was at is dropped where it stands, and both would complain of that
        logging.getLogger("asyncio").disabled = True
        warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
        raise
    return spider_done.results()


class _Collector:
    def __init__(self, urls: Sequence[str]) -> None:
        self.urls = list(urls)
        self.found: dict[int, Fetched] = {}

    def results(self) -> list[Fetched]:
        return [self.found.get(number, Fetched(url, url, error="interrupted")) for number, url in enumerate(self.urls)]


class FetchSpider(Spider):
    """Asks for each URL once."""

    name = "fetch"

    def __init__(self, collector: _Collector, **more: Any) -> None:
        super().__init__(**more)
        self.collector = collector

    async def start(self) -> AsyncIterator[Request]:
        for number, url in enumerate(self.collector.urls):
            try:
                yield Request(
                    url, self.parse, errback=self.failed, cb_kwargs={"number": number}, meta={"number": number}
                )
            except ValueError:
                self.collector.found[number] = Fetched(url, url, error="not_http")

    def parse(self, response: Response, number: int) -> None:
        headers = {
            name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
            for name, values in response.headers.items()
        }
        url = self.collector.urls[number]
        self.collector.found[number] = Fetched(url, response.url, response.status, headers, response.body)

    def failed(self, failure: Any) -> None:
        number = failure.request.meta["number"]
        url = self.collector.urls[number]
        self.collector.found[number] = Fetched(url, failure.request.url, error=reason_of(failure.value))


async def _run(home: Home, contact: str | None, delay: float | None, collector: _Collector) -> None:
    asyncio.get_running_loop().set_default_executor(threads())
    logging.getLogger("scrapy").setLevel(logging.ERROR)
    settings = scrapy_settings(home, contact, delay)
    settings.set("ITEM_PIPELINES", {}, priority="cmdline")
    settings["DOWNLOADER_MIDDLEWARES"]["crawler.middlewares.CaptureMiddleware"] = None
    await AsyncCrawlerRunner(settings).crawl(FetchSpider, collector=collector)
