"""What a site's robots.txt says, as RFC 9309 reads it."""

from dataclasses import dataclass, field
from time import monotonic

from protego import Protego

from crawler.discovery.limits import MAX_ROBOTS_BYTES
from crawler.discovery.robots import crawl_delay, rules_for, sitemap_lines

AGENT = "Newskeep"
KEPT_SECONDS = 3600.0
MOST_KEPT = 5000


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
class RobotsMemory:
    """Rules that were read a short while ago, by site; a long-lived worker need not ask for them at every crawl.

    RFC 9309 lets a crawler keep them for a day. Only what could be read is kept.
    """

    _kept: dict[str, tuple[float, RobotsRules]] = field(default_factory=dict)

    def get(self, site: str) -> RobotsRules | None:
        """The rules, None when they are not known or old."""
        since, rules = self._kept.get(site, (0.0, None))
        return rules if rules and monotonic() - since < KEPT_SECONDS else None

    def keep(self, site: str, rules: RobotsRules) -> None:
        """Remember rules that were just read."""
        if rules.closed is None:
            self._kept.pop(site, None)
            self._kept[site] = monotonic(), rules
            if len(self._kept) > MOST_KEPT:
                del self._kept[next(iter(self._kept))]  # the oldest


def read_robots(status: int, body: bytes, url: str) -> RobotsRules:
    """The rules in an answer to the request for *url*: no such file allows everything, a broken server nothing."""
    if status == 429 or status >= 500:
        return RobotsRules(closed=f"robots_http_{status}")
    if not 200 <= status < 300:
        return RobotsRules()
    text = body[:MAX_ROBOTS_BYTES].decode("utf-8-sig", errors="replace")
    delay, sitemaps = crawl_delay(text, AGENT), sitemap_lines(text, url)
    return RobotsRules(Protego.parse(text), None, delay, sitemaps, rules_for(text, AGENT))
