"""What a crawl is asked for: targets named on the command line, and options."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum
from urllib.parse import urljoin, urlsplit

from sqlalchemy import Engine, select

from archive.home import Home
from archive.models import outlets as outlet_table
from archive.outlets import host_name
from crawler.outlets.file import OutletsFile, load_outlets
from crawler.outlets.options import from_row
from news.backfill import Period
from news.errors import NewsError
from news.exit_codes import ExitCode
from news.outlets import Outlet
from news.urls import canonicalise, fetchable, page_key, same_site, url_key


class TargetKind(StrEnum):
    """What a target is: an outlet, a channel or a page."""

    OUTLET = "outlet"
    CHANNEL = "channel"
    ARTICLE = "article"
    UNKNOWN = "unknown"  # a URL that is a channel or an article: its content decides


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """Options of a crawl.

    `since` skips links that were announced earlier; `limit` is the maximum of pages fetched per outlet; `wait` waits
    for an outlet that another crawl holds. `recheck` fetches every listed link again, even where its channel has not
    changed. `on_schedule` skips what is not due: pages before their recheck, failing feeds during their pause; `due_at`
    is then the time of the outlet's turn. With `periods`, a crawl is a backfill: it reads sitemaps only, and fetches
    pages of those times that were never fetched. `contact` goes into the user agent.
    """

    limit: int | None = None
    since: timedelta | None = None
    delay: float | None = None
    retry: int | None = None
    recheck: bool = True
    on_schedule: bool = False
    wait: bool = False
    periods: tuple[Period, ...] = ()
    contact: str | None = None
    due_at: datetime | None = None


SCHEDULED = CrawlOptions(recheck=False, on_schedule=True)


class UnknownTarget(NewsError):
    """No outlet has that name, and it is no address."""

    exit_code = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class Target:
    """What is crawled: `address` is the outlet's home page or the URL that was given.

    `outlet_id` is set by who has read the outlet from its row, which is then left as it is.
    """

    outlet: Outlet
    kind: TargetKind
    address: str
    outlet_id: int | None = None


def known_outlets(home: Home, engine: Engine) -> tuple[OutletsFile, dict[str, Outlet]]:
    """Return the outlets of outlets.toml, and those of the archive by name. Raises OutletsInvalid, SettingError."""
    columns = outlet_table.c.name, outlet_table.c.url, outlet_table.c.settings
    with engine.connect() as conn:
        archived = {row.name: from_row(row.name, row.url, row.settings) for row in conn.execute(select(*columns))}
    return load_outlets(home.outlets_file), archived


def resolve(text: str, outlets: OutletsFile, archived: Mapping[str, Outlet]) -> Target:
    """Return the target that *text* names; *archived* has the outlets of the archive by name.

    An address that belongs to no known outlet makes one named after its host. Raises UnknownTarget; an outlet that was
    removed from outlets.toml is only crawled by its address.
    """
    named = outlets.by_name(text) or archived.get(text)
    if named and outlets.exists and not outlets.by_name(text) and named.name != host_name(named.url):
        raise _removed(named, outlets)
    if named:
        return Target(named, TargetKind.OUTLET, named.url)
    if not text.lower().startswith(("http://", "https://")):
        raise _unknown(text, [outlet.name for outlet in outlets.outlets] + list(archived))
    return _by_address(text, outlets, archived)


def _by_address(text: str, outlets: OutletsFile, archived: Mapping[str, Outlet]) -> Target:
    try:
        key, parts = url_key(canonicalise(text)), urlsplit(text)
    except ValueError as error:
        raise UnknownTarget(f"“{text}” is no address that can be fetched", "newskeep crawl https://…") from error
    if "@" in parts.netloc:
        raise UnknownTarget(
            "a user name or password in an address would be stored and shown", f"newskeep crawl {fetchable(text)}"
        )
    text = fetchable(text)
    outlet = owner(text, outlets, archived)
    at_home = key in (url_key(canonicalise(outlet.url)), url_key(canonicalise(urljoin(text, "/"))))
    return Target(outlet, TargetKind.OUTLET if at_home else TargetKind.UNKNOWN, outlet.url if at_home else text)


def owner(text: str, outlets: OutletsFile, archived: Mapping[str, Outlet]) -> Outlet:
    """Return the outlet of the address's host, or a new one named after the host."""
    named = next((outlet for outlet in outlets.outlets if _one_host(outlet.url, text)), None)
    if named:
        return named
    known = next((outlet for outlet in archived.values() if _one_host(outlet.url, text)), None)
    parts = urlsplit(text.replace("\\", "/"))  # as browsers read it
    return known or Outlet(host_name(text), f"{parts.scheme}://{parts.netloc}/")


def _one_host(url: str, other: str) -> bool:
    return same_site(url, other) and _port(url) == _port(other)


def _port(url: str) -> int | None:
    return urlsplit(canonicalise(url)).port


def _removed(outlet: Outlet, outlets: OutletsFile) -> UnknownTarget:
    other = next((other for other in outlets.outlets if page_key(other.url) == page_key(outlet.url)), None)
    hint = f"newskeep crawl {other.name if other else outlet.url}"
    return UnknownTarget(f"“{outlet.name}” is not in outlets.toml; what was collected from it is kept", hint)


def _unknown(text: str, names: list[str]) -> UnknownTarget:
    near = get_close_matches(text, names, n=1, cutoff=0.5)
    hint = f"newskeep crawl {near[0]}" if near else "newskeep outlets list   # or give an address: https://…"
    return UnknownTarget(f"there is no outlet “{text}”", hint)
