"""What discovery has learnt of an outlet, put together: its own words first, then what its address tells."""

import re
from collections.abc import Iterable

from crawler.discovery.feeds import Feed
from crawler.discovery.homepage import HomePage
from news.outlets import FoundOutlet
from news.zones import time_zone


def describe(
    url: str,
    home: HomePage,
    feeds: Iterable[tuple[str, Feed]] = (),
    sitemaps: Iterable[str] = (),
    delay: float | None = None,
    problems: Iterable[str] = (),
) -> FoundOutlet:
    """All that is known of the outlet at *url*: from its home page, the feeds that could be read, and robots.txt."""
    read = list(feeds)
    language = _with_region(home.language, [feed.language for _, feed in read])
    return FoundOutlet(
        title=home.title or next((_short(feed.title) for _, feed in read if feed.title), None),
        language=language,
        timezone=time_zone(url, language),
        delay=delay,
        feeds=tuple(dict.fromkeys(address for address, _ in read)),
        sitemaps=tuple(dict.fromkeys(sitemaps)),
        listings=(url, *home.sections),
        problems=tuple(problems),
    )


def _with_region(own: str | None, said: Iterable[str | None]) -> str | None:
    """The page's language, with the region that its feeds add to it."""
    tags = [tag for tag in said if tag]
    if own is None:
        return max(tags, key=tags.count, default=None)
    regions = {tag for tag in tags if tag.partition("-")[0] == own and "-" in tag}
    return regions.pop() if len(regions) == 1 else own


def _short(title: str | None) -> str | None:
    return re.split(r"\s+[|–—-]\s+", title)[0] if title else None
