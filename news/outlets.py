"""An outlet as data, the table of its options in outlets.toml, and what discovery finds of it."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime, timedelta
from enum import StrEnum


class OnPaywall(StrEnum):
    """What to do with a page that a paywall cuts short."""

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
    `remove` and `keep` are CSS selectors for text that is (not) a teaser. `budget` is `every` of [defaults] where the
    outlet's own `every` is "auto": "auto" may not crawl more often than that on average. OPTIONS lists how each is set.
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
    links_per_crawl: int = 300
    remove: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    on_paywall: OnPaywall = OnPaywall.HEADLINE
    keep_for: timedelta | None = None
    enabled: bool = True
    note: str | None = None


class Kind(StrEnum):
    """Kind of an option's value, as the documents call it; `crawler/outlets/options.py` has a reader for each."""

    NAME = "a name of letters, digits, `-`, `_` and `.`"
    TEXT = "a text"
    URL = "a web address"
    LANGUAGE = "a language tag"
    TIMEZONE = "a time zone"
    SCHEDULE = "five fields, as in cron"
    INTERVAL = 'a duration or `"auto"`'
    DURATION = "a duration"
    SECONDS = "a number of seconds, 0 to 3600"
    COUNT = "a whole number from 1"
    PATTERN = "a regular expression"
    SELECTOR = "a CSS selector"
    LISTING = "a web address, or a table with `url` and `links`"
    ON_PAYWALL = '`"headline"` or `"skip"`'
    SWITCH = "`true` or `false`"


@dataclass(frozen=True, slots=True)
class Option:
    """One option of an outlet: `key` in outlets.toml ("teasers.keep" is `keep` in the table `teasers`).

    `example` is a value as TOML. `unset` says what holds without it, where that is not the default. `many` makes the
    value a list; `shared` allows the key in [defaults].
    """

    key: str
    kind: Kind
    help: str
    example: str
    unset: str = ""
    many: bool = False
    shared: bool = False

    @property
    def field(self) -> str:
        """Field of Outlet that holds the value."""
        return self.key.rpartition(".")[2]


# All options, in the order in which they are shown. A new one is a row here and a field of Outlet; reading, checking,
# showing, keeping in the archive and docs/outlets.md follow.
OPTIONS = (
    Option("name", Kind.NAME, "Name of the outlet in commands and reports.", '"krone"', "main part of the host"),
    Option("url", Kind.URL, "Home page. The only key that an outlet must have.", '"https://www.krone.at"'),
    Option("title", Kind.TEXT, "Title, as its readers know it.", '"Kronen Zeitung"', "found on the site"),
    Option("language", Kind.LANGUAGE, "Language of its articles.", '"de-AT"', "found on the site", shared=True),
    Option(
        "timezone", Kind.TIMEZONE, "Time zone of `schedule`, and of times on its pages that state none.",
        '"Europe/Vienna"', "follows from address and language", shared=True,
    ),
    Option("schedule", Kind.SCHEDULE, "When it is crawled.", '"*/20 5-23 * * *"', "`every` applies", shared=True),
    Option(
        "every", Kind.INTERVAL, "Time between crawls; `auto` learns when the outlet publishes. Not with `schedule`.",
        '"30m"', "30 minutes", shared=True,
    ),
    Option(
        "delay", Kind.SECONDS, "Pause between two requests to the site.", "2",
        "`CRAWL_DELAY_SECONDS`, or more if robots.txt asks for it", shared=True,
    ),
    Option("feeds", Kind.URL, "RSS and Atom feeds.", '["https://www.krone.at/rss"]', "found on the site", many=True),
    Option("sitemaps", Kind.URL, "Sitemaps.", '["https://www.krone.at/news.xml"]', "found on the site", many=True),
    Option(
        "listings", Kind.LISTING, "Pages that list articles; `links` is a CSS selector of links to articles.",
        '[{ url = "https://www.krone.at/", links = "article a" }]', "home page and sections", many=True,
    ),
    Option("article_url", Kind.PATTERN, "Only addresses that match are articles.", r"'/\d{7}$'", "any address"),
    Option("skip_url", Kind.PATTERN, "Addresses that match are skipped.", "['/live/']", many=True, shared=True),
    Option(
        "revisit", Kind.DURATION, "Ages at which an article is fetched again, to see changes.",
        '["1h", "6h", "1d"]', "whenever its age has doubled", many=True, shared=True,
    ),
    Option(
        "links_per_crawl", Kind.COUNT, "Most pages that a crawl fetches, the newest first; others wait for the next.",
        "1000", shared=True,
    ),
    Option(
        "teasers.remove", Kind.SELECTOR, "Elements of an article page that are not part of the article.",
        '[".c_related"]', many=True, shared=True,
    ),
    Option(
        "teasers.keep", Kind.SELECTOR, "Elements that look like teasers but are part of the article.",
        '[".fact-box"]', many=True, shared=True,
    ),
    Option(
        "on_paywall", Kind.ON_PAYWALL, "Page behind a paywall: keep headline and lead, or skip the page.",
        '"skip"', shared=True,
    ),
    Option(
        "keep_for", Kind.DURATION, "Articles that were captured longer ago are removed for good.", '"90d"',
        "they are kept for ever", shared=True,
    ),
    Option("enabled", Kind.SWITCH, "Whether the outlet is crawled.", "false"),
    Option("note", Kind.TEXT, "A remark for yourself.", '"new layout since May"'),
)  # fmt: skip

DEFAULTS: dict[str, object] = {
    each.name: None if each.default is MISSING else each.default for each in fields(Outlet)
}  # by field of Outlet


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
    channels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # addresses by kind
    problems: tuple[str, ...] = field(default=(), compare=False)
