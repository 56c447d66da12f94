"""An outlet as data, and what discovery finds of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class ChannelKind(StrEnum):
    """Where an outlet announces its articles (and robots.txt, which says what may be fetched)."""

    FEED = "feed"
    SITEMAP = "sitemap"
    LISTING = "listing"
    ROBOTS = "robots"


class OnPaywall(StrEnum):
    """What is done with a page that shows only the beginning of its text."""

    HEADLINE = "headline"  # keep headline and lead, flagged
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Listing:
    """A section or home page; `links` is the CSS selector of its article links (None: found by their look)."""

    url: str
    links: str | None = None


@dataclass(frozen=True, slots=True)
class Outlet:
    """One outlet as outlets.toml describes it. None means: not set, discovery finds it.

    `delay` is in seconds. `article_url` and `skip_url` are regular expressions searched in the canonical URL.
    `budget` is what [defaults] says of `every` where the outlet's own is "auto": it takes no more looks than that.
    `remove` and `keep` are CSS selectors for text that is (not) a teaser.
    """

    name: str
    url: str
    title: str | None = None
    language: str | None = None
    timezone: str | None = None
    schedule: str | None = None
    every: timedelta | str | None = None
    budget: timedelta | None = None
    delay: float | None = None
    feeds: tuple[str, ...] | None = None
    sitemaps: tuple[str, ...] | None = None
    listings: tuple[Listing, ...] | None = None
    article_url: str | None = None
    skip_url: tuple[str, ...] = ()
    revisit: tuple[timedelta, ...] = ()
    remove: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    on_paywall: OnPaywall = OnPaywall.HEADLINE
    enabled: bool = True
    note: str | None = None


@dataclass(frozen=True, slots=True)
class FoundLink:
    """An address that a channel announces; `title` and `announced_at` (published or modified) as it says, or None."""

    url: str
    title: str | None = None
    announced_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FoundOutlet:
    """What discovery learnt from an outlet's own pages: each value is None or empty when nothing was found."""

    title: str | None = None
    language: str | None = None
    timezone: str | None = None
    delay: float | None = None  # seconds, from robots.txt
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    problems: tuple[str, ...] = field(default=(), compare=False)
