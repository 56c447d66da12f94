"""What robots.txt tells a collector beside its rules: where the sitemaps are and how long to wait."""

import re

from protego import Protego

from crawler.discovery.limits import MAX_ROBOTS_BYTES
from crawler.discovery.tidy import absolute

MAX_DELAY_SECONDS = 300.0  # a longer wait asks for no visits at all; the outlet's owner can say so with Disallow
_MAX_SITEMAPS = 200
_SITEMAP_LINE = re.compile(r"^[ \t]*site-?maps?[ \t]*:[ \t]*([^\s#]+)", re.IGNORECASE | re.MULTILINE)

_LINE = re.compile(r"^[ \t]*(user-agent|allow|disallow)[ \t]*:[ \t]*([^\s#]*)", re.IGNORECASE | re.MULTILINE)


def sitemap_lines(text: str, url: str) -> tuple[str, ...]:
    """The sitemaps that robots.txt at *url* names, absolute, in its order, at most 200."""
    found = (absolute(url, line) for line in _SITEMAP_LINE.findall(text[:MAX_ROBOTS_BYTES]))
    return tuple(dict.fromkeys(link for link in found if link))[:_MAX_SITEMAPS]


def rules_for(text: str, user_agent: str) -> int:
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
