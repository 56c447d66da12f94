"""Settings for Scrapy's engine: the project's, overlaid with the user's."""

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from scrapy.settings import BaseSettings, SettingsAttribute
from scrapy.settings import Settings as ScrapySettings

import crawler.settings
from archive.home import Home
from crawler.channels.kinds.robots import AGENT
from news.errors import SettingError
from news.ip_addresses import is_test_host
from news.schedule.backoff import concurrency

THREADS = 32  # for DNS look-ups, writing captures and storing batches


class CrawlSettings(ScrapySettings):
    """Scrapy's settings with a copy that is fifty times faster: Scrapy copies them for every crawl.

    No value is ever changed in place, so a copy shares the values.
    """

    def copy(self) -> "CrawlSettings":
        new: CrawlSettings = _copied(self)
        return new


def _copied(settings: Any) -> Any:
    new = object.__new__(type(settings))
    new.__dict__.update(settings.__dict__)
    new.attributes = {name: _copied_attribute(attribute) for name, attribute in settings.attributes.items()}
    return new


def _copied_attribute(attribute: SettingsAttribute) -> SettingsAttribute:
    new = object.__new__(SettingsAttribute)
    value = attribute.value
    new.value = _copied(value) if type(value) is BaseSettings else value  # an instance check of an ABC is slow
    new.priority = attribute.priority
    return new


@lru_cache(maxsize=1)
def _project_settings() -> CrawlSettings:
    settings = CrawlSettings()
    settings.setmodule(crawler.settings, priority="project")
    return settings


def scrapy_settings(home: Home, contact: str | None, delay: float | None = None) -> CrawlSettings:
    """Return the settings for one outlet's crawl; *delay* is in seconds, None means CRAWL_DELAY_SECONDS."""
    pace = home.settings["CRAWL_DELAY_SECONDS"] if delay is None else delay
    settings = _project_settings().copy()
    settings.setdict(
        {
            "USER_AGENT": user_agent(contact),
            "ALLOW_NETWORKS": home.settings["NEWSKEEP_ALLOW_NETWORKS"],
            "DOWNLOAD_DELAY": pace,
            "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency(pace),
            # few requests may wait for their turn at a slow site, so that a crawl can be stopped
            "CONCURRENT_REQUESTS": max(2, concurrency(pace)),
            "DOWNLOAD_TIMEOUT": home.settings["FETCH_TIMEOUT_SECONDS"],
            "DOWNLOAD_MAXSIZE": home.settings["FETCH_MAX_BYTES"],
            "REDIRECT_MAX_TIMES": home.settings["FETCH_MAX_REDIRECTS"],
        },
        priority="cmdline",
    )
    return settings


def user_agent(contact: str | None) -> str:
    """Return the User-Agent header; characters of *contact* that could end the header are left out."""
    clean = "".join(char for char in contact or "" if char.isprintable() and char.isascii() and char not in "()")
    return f"{AGENT}/{_version()}" + (f" (+{clean})" if clean else "")


@lru_cache(maxsize=1)
def _version() -> str:
    """Return the major and minor version; the lookup takes milliseconds."""
    return ".".join(version("newskeep").split(".")[:2])


def require_contact(home: Home, contact: str | None, urls: list[str]) -> None:
    """Raise SettingError when one of *urls* is on the internet and there is no contact address."""
    live = [url for url in urls if not is_test_host(_host(url), home.settings["NEWSKEEP_ALLOW_NETWORKS"])]
    if live and not contact:
        raise SettingError(
            f"{live[0]} is a live site, and NEWSKEEP_CONTACT does not say how its people can reach you",
            'NEWSKEEP_CONTACT=you@example.org newskeep crawl …   # or `contact = "…"` in outlets.toml',
        )


def threads() -> ThreadPoolExecutor:
    """Return the thread pool for blocking work; asyncio's own is so small that slow name servers could occupy it."""
    return ThreadPoolExecutor(THREADS, thread_name_prefix="newskeep")


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
