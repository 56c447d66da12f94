"""What discovery has learnt of an outlet, put together: its own words first, then what its address tells."""

import re
from collections.abc import Iterable

from crawler.discovery.feeds import Feed
from crawler.discovery.homepage import HomePage
from news.outlets import FoundOutlet
from news.urls import host_of

# One zone each: countries with several (US, CA, AU, BR, RU, MX, ...) are left out, and so are country domains sold to
# everybody (io, co, tv, me, ...). Outlying islands do not count: their outlets can set `timezone`.
_ZONE_OF_COUNTRY = {
    "DE": "Europe/Berlin", "AT": "Europe/Vienna", "CH": "Europe/Zurich", "LI": "Europe/Vaduz",
    "LU": "Europe/Luxembourg", "FR": "Europe/Paris", "BE": "Europe/Brussels", "NL": "Europe/Amsterdam",
    "IT": "Europe/Rome", "ES": "Europe/Madrid", "PT": "Europe/Lisbon", "GB": "Europe/London",
    "UK": "Europe/London", "IE": "Europe/Dublin", "DK": "Europe/Copenhagen", "SE": "Europe/Stockholm",
    "NO": "Europe/Oslo", "FI": "Europe/Helsinki", "IS": "Atlantic/Reykjavik", "PL": "Europe/Warsaw",
    "CZ": "Europe/Prague", "SK": "Europe/Bratislava", "HU": "Europe/Budapest", "SI": "Europe/Ljubljana",
    "HR": "Europe/Zagreb", "RS": "Europe/Belgrade", "BA": "Europe/Sarajevo", "MK": "Europe/Skopje",
    "AL": "Europe/Tirane", "RO": "Europe/Bucharest", "BG": "Europe/Sofia", "GR": "Europe/Athens",
    "TR": "Europe/Istanbul", "CY": "Asia/Nicosia", "MT": "Europe/Malta", "EE": "Europe/Tallinn",
    "LV": "Europe/Riga", "LT": "Europe/Vilnius", "UA": "Europe/Kyiv", "BY": "Europe/Minsk",
    "IL": "Asia/Jerusalem", "EG": "Africa/Cairo", "ZA": "Africa/Johannesburg", "NG": "Africa/Lagos",
    "KE": "Africa/Nairobi", "IN": "Asia/Kolkata", "PK": "Asia/Karachi", "BD": "Asia/Dhaka",
    "LK": "Asia/Colombo", "TH": "Asia/Bangkok", "VN": "Asia/Ho_Chi_Minh", "SG": "Asia/Singapore",
    "PH": "Asia/Manila", "JP": "Asia/Tokyo", "KR": "Asia/Seoul", "TW": "Asia/Taipei",
    "HK": "Asia/Hong_Kong", "CN": "Asia/Shanghai",
}  # fmt: skip
# Languages of one country only; German, English, French, Spanish, Portuguese and Arabic are spoken in several zones.
_COUNTRY_OF_LANGUAGE = {
    "pl": "PL", "cs": "CZ", "sk": "SK", "hu": "HU", "sl": "SI", "hr": "HR", "bg": "BG", "da": "DK", "nb": "NO",
    "nn": "NO", "no": "NO", "fi": "FI", "is": "IS", "et": "EE", "lv": "LV", "lt": "LT", "uk": "UA", "he": "IL",
    "tr": "TR", "ja": "JP", "ko": "KR", "th": "TH", "vi": "VN", "ro": "RO",
}  # fmt: skip


def time_zone(url: str, language: str | None) -> str | None:
    """The time zone of the country that the domain names, else the language tag; None where that leaves a choice."""
    domain = host_of(url).rpartition(".")[2].upper()
    tongue, _, region = (language or "").partition("-")
    country = next((code for code in (domain, region) if code in _ZONE_OF_COUNTRY), None)
    if country is None and not region:
        country = _COUNTRY_OF_LANGUAGE.get(tongue)
    return _ZONE_OF_COUNTRY.get(country or "")


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
