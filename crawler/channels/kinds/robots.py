"""robots.txt: what a site allows to be fetched (RFC 9309), how long to wait, and which sitemaps it names."""

import re
from dataclasses import dataclass, field
from time import monotonic

from protego import Protego

from crawler.channels.kind import ChannelKind
from crawler.channels.plain_values import absolute

MAX_ROBOTS_BYTES = 500 * 1024  # what Google reads (RFC 9309 asks for at least that)

AGENT = "Newskeep"
CACHE_SECONDS = 3600.0
_CACHE_SIZE = 5000


class RobotsKind(ChannelKind):
    """Fetched by the robots middleware before anything else; a channel so that its state is recorded."""

    name = "robots"
    announces = False


KIND = RobotsKind()


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """One robots.txt. `closed` says why nothing may be fetched; None when the rules decide."""

    rules: Protego | None = None
    closed: str | None = None
    delay: float | None = None  # seconds between two requests that the site asks for
    sitemaps: tuple[str, ...] = ()
    count: int = 0  # of lines that say what we may fetch

    def allows(self, url: str) -> bool:
        """True when *url* may be fetched."""
        return self.closed is None and (self.rules is None or self.rules.can_fetch(url, AGENT))


@dataclass(slots=True)
class RobotsCache:
    """Rules that were read a short while ago, by site; a long-lived worker need not ask for them at every crawl.

    RFC 9309 lets a crawler keep them for a day. Only what could be read is kept.
    """

    _kept: dict[str, tuple[float, RobotsRules]] = field(default_factory=dict)

    def get(self, site: str) -> RobotsRules | None:
        """The rules, None when they are not known or old."""
        since, rules = self._kept.get(site, (0.0, None))
        return rules if rules and monotonic() - since < CACHE_SECONDS else None

    def keep(self, site: str, rules: RobotsRules) -> None:
        """Remember rules that were just read."""
        if rules.closed is None:
            self._kept.pop(site, None)
            self._kept[site] = monotonic(), rules
            if len(self._kept) > _CACHE_SIZE:
                del self._kept[next(iter(self._kept))]  # the oldest


def read_robots(status: int, body: bytes, url: str) -> RobotsRules:
    """The rules in an answer to the request for *url*: no such file allows everything, a broken server nothing."""
    if status == 429 or status >= 500:
        return RobotsRules(closed=f"robots_http_{status}")
    if not 200 <= status < 300:
        return RobotsRules()
    text = body[:MAX_ROBOTS_BYTES].decode("utf-8-sig", errors="replace")
    delay, sitemaps = crawl_delay(text, AGENT), sitemap_lines(text, url)
    return RobotsRules(Protego.parse(text), None, delay, sitemaps, count_rules(text, AGENT))


MAX_DELAY_SECONDS = 300.0  # a longer wait asks for no visits at all; the outlet's owner can say so with Disallow
_MAX_SITEMAPS = 200
_SITEMAP_LINE = re.compile(r"^[ \t]*site-?maps?[ \t]*:[ \t]*([^\s#]+)", re.IGNORECASE | re.MULTILINE)

_LINE = re.compile(r"^[ \t]*(user-agent|allow|disallow)[ \t]*:[ \t]*([^\s#]*)", re.IGNORECASE | re.MULTILINE)


def sitemap_lines(text: str, url: str) -> tuple[str, ...]:
    """The sitemaps that robots.txt at *url* names, absolute, in its order, at most 200."""
    found = (absolute(url, line) for line in _SITEMAP_LINE.findall(text[:MAX_ROBOTS_BYTES]))
    return tuple(dict.fromkeys(link for link in found if link))[:_MAX_SITEMAPS]


def count_rules(text: str, user_agent: str) -> int:
    """How many lines of robots.txt say what *user_agent* may fetch: those of its own group, or of the group for all."""
    counts: dict[str, int] = {}
    group: list[str] = []
    begun = False  # a group begins with one or more names, and ends at the next name after its rules
    for key, value in _LINE.findall(text[:MAX_ROBOTS_BYTES]):
        if key.lower() == "user-agent":
            group = [value.lower()] if begun else [*group, value.lower()]
            begun = False
        else:
            begun = True
            counts.update({name: counts.get(name, 0) + bool(value) for name in group})
    return counts.get(user_agent.lower(), counts.get("*", 0))


def crawl_delay(text: str, user_agent: str) -> float | None:
    """Seconds that robots.txt asks *user_agent* to wait between requests, at most five minutes; None if it does not."""
    asked = Protego.parse(text[:MAX_ROBOTS_BYTES]).crawl_delay(user_agent)
    return min(float(asked), MAX_DELAY_SECONDS) if asked is not None and 0 <= asked < float("inf") else None
