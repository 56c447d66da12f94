"""robots.txt: what a site allows to be fetched (RFC 9309), how long to wait, and which sitemaps it names."""

import re
from dataclasses import dataclass, field
from time import monotonic
from urllib.parse import urljoin

from protego import Protego

from archive.channels import ROBOTS
from crawler.channels.kind import ChannelKind
from crawler.channels.plain_values import absolute
from news.access_signs import mining_agents_in, reservation_in

AGENT = "Newskeep"
MAX_ROBOTS_BYTES = 500 * 1024  # what Google reads (RFC 9309 asks for at least that)
MAX_DELAY_SECONDS = 300.0  # a site that asks for more is not crawled at all
CACHE_SECONDS = 3600.0
_CACHE_SIZE = 5000
_MAX_SITEMAPS = 200
_SITEMAP_LINE = re.compile(r"^[ \t]*site-?maps?[ \t]*:[ \t]*([^\s#]+)", re.IGNORECASE | re.MULTILINE)
_RULE_LINE = re.compile(r"^[ \t]*(user-agent|allow|disallow)[ \t]*:[ \t]*([^\s#]*)", re.IGNORECASE | re.MULTILINE)


class RobotsKind(ChannelKind):
    """A channel only so that its state is recorded: the robots middleware fetches it before anything else."""

    name = ROBOTS
    announces = False


KIND = RobotsKind()


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """One robots.txt. `closed` is the reason why nothing may be fetched; None when the rules decide."""

    rules: Protego | None = None
    closed: str | None = None
    delay: float | None = None  # seconds between two requests that the site asks for
    sitemaps: tuple[str, ...] = ()
    count: int = 0  # lines that apply to us
    opt_out: str | None = None  # what reserves text and data mining

    def allows(self, url: str) -> bool:
        """Return whether *url* may be fetched."""
        return self.closed is None and (self.rules is None or self.rules.can_fetch(url, AGENT))


def read_robots(status: int, body: bytes, url: str) -> RobotsRules:
    """Rules in an answer to the request for *url*: a missing file allows everything, a broken server nothing.

    A site that asks for a pause of more than five minutes is closed: fetching faster would be rude, waiting useless.
    """
    if status == 429 or status >= 500:
        return RobotsRules(closed=f"robots_http_{status}")
    if not 200 <= status < 300:
        return RobotsRules()
    text = body[:MAX_ROBOTS_BYTES].decode("utf-8-sig", errors="replace")
    delay, sitemaps = crawl_delay(text, AGENT), sitemap_lines(text, url)
    if delay is not None and delay > MAX_DELAY_SECONDS:
        return RobotsRules(closed="robots_crawl_delay")
    rules = Protego.parse(text)
    return RobotsRules(rules, None, delay, sitemaps, count_rules(text, AGENT), _opt_out(text, rules, url))


def _opt_out(text: str, rules: Protego, url: str) -> str | None:
    """Return the line that reserves mining, or the crawlers for mining that may not fetch the home page; we may."""
    home = urljoin(url, "/")
    closed = [agent for agent in mining_agents_in(text) if not rules.can_fetch(home, agent)]
    names = f"Disallow: / for {', '.join(closed)}" if closed and rules.can_fetch(home, AGENT) else None
    return reservation_in(text) or names


def crawl_delay(text: str, user_agent: str) -> float | None:
    """Return the seconds that robots.txt asks *user_agent* to wait between requests, None if it does not."""
    asked = Protego.parse(text[:MAX_ROBOTS_BYTES]).crawl_delay(user_agent)
    return float(asked) if asked is not None and 0 <= asked < float("inf") else None


def sitemap_lines(text: str, url: str) -> tuple[str, ...]:
    """Return absolute URLs of the sitemaps that robots.txt at *url* names, in its order, at most 200."""
    found = (absolute(url, line) for line in _SITEMAP_LINE.findall(text[:MAX_ROBOTS_BYTES]))
    return tuple(dict.fromkeys(link for link in found if link))[:_MAX_SITEMAPS]


def count_rules(text: str, user_agent: str) -> int:
    """Count the Allow and Disallow lines in the group of *user_agent*, or in the group for all."""
    counts: dict[str, int] = {}
    group: list[str] = []
    in_rules = False  # a group begins with one or more names, and ends at the next name after its rules
    for key, value in _RULE_LINE.findall(text[:MAX_ROBOTS_BYTES]):
        if key.lower() == "user-agent":
            group = [value.lower()] if in_rules else [*group, value.lower()]
            in_rules = False
        else:
            in_rules = True
            counts.update({name: counts.get(name, 0) + bool(value) for name in group})
    return counts.get(user_agent.lower(), counts.get("*", 0))


@dataclass(slots=True)
class RobotsCache:
    """Rules by site, for an hour, so that a long-lived worker need not fetch them at every crawl.

    RFC 9309 allows a day. Sites whose rules could not be read are not cached.
    """

    _entries: dict[str, tuple[float, RobotsRules]] = field(default_factory=dict)  # (when read, rules)

    def get(self, site: str) -> RobotsRules | None:
        """Rules; None when they are missing or too old."""
        read_at, rules = self._entries.get(site, (0.0, None))
        return rules if rules and monotonic() - read_at < CACHE_SECONDS else None

    def put(self, site: str, rules: RobotsRules) -> None:
        """Add rules that were just read."""
        if rules.closed is None:
            self._entries.pop(site, None)
            self._entries[site] = monotonic(), rules
            if len(self._entries) > _CACHE_SIZE:
                del self._entries[next(iter(self._entries))]  # the oldest
